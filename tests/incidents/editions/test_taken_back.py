"""What an edition says while tombstones await an amendment: nothing by which what is taken back could be found."""

import datetime as dt
import json
from pathlib import Path

import pytest

from geodata.points import LonLat
from incidents.drafts import EquipmentDraft
from incidents.editions import shelf
from incidents.editions.errors import EditionDamaged
from incidents.editions.reader import EditionStore
from incidents.editions.tombstones import add_tombstone
from tests.factories import CHIN, MYANMAR, SAGAING, make_id, make_location, make_public, make_store


def test_extents_counts_and_lists_forget_what_is_taken_back(tmp_path: Path) -> None:
    far = make_public(
        2,
        kind="port_call",
        location=make_location(point=LonLat(93.123456, 21.654321), regions=(MYANMAR, CHIN)),
        aircraft=(EquipmentDraft("su-30"),),
        date="1999-01-02",
        earliest=dt.date(1999, 1, 2),
        latest=dt.date(1999, 1, 2),
    )
    near = make_public(1, location=make_location(regions=(MYANMAR, SAGAING)), aircraft=())
    store = make_store(tmp_path, [near, far])
    bounds = store.current().manifest.bounds
    assert bounds is not None
    assert bounds[0] == pytest.approx(93.123456)
    add_tombstone(tmp_path, [make_id(2)], reason="safety", at="2026-01-02T03:04:05+00:00")
    edition = EditionStore(tmp_path).current()
    about = edition.manifest
    assert about.bounds == (95.4012, 22.6834, 95.4012, 22.6834)
    assert (about.incidents, about.patterns) == (1, 0)
    assert about.first != "1999-01-02"
    assert {region["code"] for region in edition.known_regions()} == {"MM", "MM-01"}
    terms = edition.rows.terms
    assert {region.code for region in terms.regions} == {"MM", "MM-01"}
    assert (terms.kinds, terms.aircraft) == (("airstrike",), ())


@pytest.mark.parametrize("taken_back", [(), (2, 5), (1,)])
def test_features_name_the_other_records_that_stand_and_no_other(tmp_path: Path, taken_back: tuple[int, ...]) -> None:
    links = {1: (2,), 3: (2,), 4: (5,)}
    rows = [make_public(at, links=tuple(map(make_id, links.get(at, ())))) for at in range(1, 7)]
    make_store(tmp_path, rows)
    if taken_back:
        add_tombstone(tmp_path, [make_id(at) for at in taken_back], reason="safety", at="2026-01-02T03:04:05+00:00")
    edition = EditionStore(tmp_path).current()
    groups = [{1, 2, 3}, {4, 5}, {6}]
    whole = b",".join(edition.features())
    assert not any(make_id(at).encode() in whole for at in taken_back)
    said = {feature["id"]: feature["properties"]["same_as"] for feature in json.loads(b"[%b]" % whole)}
    assert said == {
        make_id(at): [make_id(other) for other in sorted(group - {at} - {*taken_back})]
        for group in groups
        for at in group - {*taken_back}
    }


def test_tags_that_cannot_be_read_stop_pruning(tmp_path: Path) -> None:
    make_store(tmp_path, [make_public(1)])
    for content in ("x", "[]", '{"kept": "1"}'):
        (tmp_path / "tags.json").write_text(content)
        with pytest.raises(EditionDamaged):
            shelf.prune(tmp_path, 1)
