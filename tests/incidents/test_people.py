"""People in the ledger."""

import pytest
from sqlalchemy.orm import Session

from incidents.errors import BadName, PersonExists, UnknownPerson
from incidents.people import add_person, find_person, list_people


def test_a_person_is_found_whatever_the_case_accents_and_spaces(session: Session) -> None:
    added = add_person(session, "  Zoë   Müller ", roles=["reviewer"])
    assert added.name == "Zoë Müller"
    assert find_person(session, "zoe muller") is added
    assert [person.name for person in list_people(session)] == ["Zoë Müller"]


def test_nobody_is_added_twice_under_names_that_look_alike(session: Session) -> None:
    add_person(session, "Ada")
    with pytest.raises(PersonExists):
        add_person(session, "ÁDA")


@pytest.mark.parametrize("name", ["", "  ", "a" * 201, "Ada\u202e", "A\x00da"])
def test_a_name_that_is_none_is_refused(session: Session, name: str) -> None:
    with pytest.raises(BadName):
        add_person(session, name)


def test_a_stranger_is_not_found_and_a_role_that_is_none_refused(session: Session) -> None:
    with pytest.raises(UnknownPerson, match="bearing people add"):
        find_person(session, "Nobody")
    with pytest.raises(BadName, match="roles are"):
        add_person(session, "Ada", roles=["king"])
