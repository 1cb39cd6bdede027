"""People who record, review and publish. It knows no login and no password."""

import unicodedata
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.names import fold
from incidents import clock
from incidents.errors import BadName, PersonExists, UnknownPerson
from incidents.models import Person, Role
from incidents.models.people import ROLES

_LONGEST = 200


def add_person(session: Session, name: str, *, roles: Iterable[str] = ()) -> Person:
    """Add somebody. Raises BadName, and PersonExists for a name that is told apart by case, accents or spaces alone."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST or any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in name):
        msg = f"a name has 1 to {_LONGEST} characters, none of them invisible"
        raise BadName(msg)
    if unknown := set(roles) - set(ROLES):
        msg = f"roles are {', '.join(ROLES)}, not {', '.join(sorted(unknown))}"
        raise BadName(msg)
    if session.scalars(select(Person).where(Person.folded_name == fold(name))).first():
        msg = f"the ledger already knows {name}"
        raise PersonExists(msg)
    person = Person(name=name, folded_name=fold(name), added_at=clock.now())
    session.add(person)
    session.flush()  # What they do next names them by their key.
    session.add_all(Role(person_id=person.id, role=role) for role in sorted(set(roles)))
    return person


def find_person(session: Session, name: str) -> Person:
    """Find somebody by name; case, accents and spaces do not matter. Raises UnknownPerson."""
    person = session.scalars(select(Person).where(Person.folded_name == fold(name))).first()
    if person is None:
        msg = f"the ledger knows nobody named {name!r}: add them with `bearing people add`"
        raise UnknownPerson(msg)
    return person


def list_people(session: Session) -> list[Person]:
    """Give everybody, by name."""
    return list(session.scalars(select(Person).order_by(Person.folded_name)))
