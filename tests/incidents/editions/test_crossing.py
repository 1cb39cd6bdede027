"""Counts of one aircraft by kind, held against the facets of each, and by place; counts of areas against features."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter
from tests.factories import make_random_rows, make_store

FILTERS = (
    IncidentFilter(),
    IncidentFilter(region=("MM-01",)),
    IncidentFilter(kind=("airstrike", "shelling", "port_call")),
    IncidentFilter(undated=False, words=("kalay",)),
    IncidentFilter(kind=("none",)),
)
AIRCRAFT = ("aircraft", "helicopter", "mi-24", "munition", "su-30")


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return make_store(tmp_path_factory.mktemp("editions"), make_random_rows(600, seed=3)).current()


@pytest.mark.parametrize("selection", FILTERS)
def test_one_aircraft_is_counted_by_kind_as_the_facets_count_it(edition: Edition, selection: IncidentFilter) -> None:
    checked = 0
    for key in AIRCRAFT:
        crossed = edition.of_aircraft(selection, key)
        for one in {*crossed["certain"].kinds, *crossed["possible"].kinds}:
            # Alternatives of one name are met by any of them, so that a choice of one is a choice of that alone.
            if selection.kind and one not in selection.kind:
                continue
            facets = edition.facets(replace(selection, kind=(one,)))["aircraft"][key]
            for how, counts in crossed.items():
                incidents, patterns = counts.kinds.get(one, (0, 0))
                assert facets[how] == {"incidents": incidents, "patterns": patterns}, (key, one)
            checked += 1
    assert checked > 10 or selection.is_closed()


@pytest.mark.parametrize("selection", FILTERS)
def test_every_row_of_one_aircraft_is_counted_by_place(edition: Edition, selection: IncidentFilter) -> None:
    """As plain Python counts the rows: by unit, else by country, else nowhere; none falls out."""
    checked = set()
    for key in AIRCRAFT:
        expected: dict[str, list[int]] = {}
        for detail in edition.details(replace(selection, aircraft=(key,)), limit=1000):
            codes = [(one["code"], one["level"]) for one in detail["where"]["regions"] if one["code"]]
            units = [code for code, level in codes if level == 1]
            wholes = [code for code, level in codes if level == 0 and not any(one.startswith(code) for one in units)]
            for code in {*units, *wholes} or {""}:
                expected.setdefault(code, [0, 0])[detail["extent"] == "pattern"] += 1
        found: dict[str, list[int]] = {}
        for code, counts in (
            item for one in edition.of_aircraft(selection, key).values() for item in one.places.items()
        ):
            found[code] = [sum(pair) for pair in zip(found.get(code, (0, 0)), counts, strict=True)]
        assert found == expected, key
        checked |= {*found}
    assert {"", "MM", "MM-01"} <= checked or selection != IncidentFilter()


def test_what_no_row_names_is_counted_nowhere(edition: Edition) -> None:
    crossed = edition.of_aircraft(IncidentFilter(), "no such type")
    assert not any((one.kinds, one.places) != ({}, {}) for one in crossed.values())


@pytest.mark.parametrize("selection", FILTERS)
def test_areas_are_counted_as_their_features_say(edition: Edition, selection: IncidentFilter) -> None:
    told = {}
    for feature in map(json.loads, edition.areas(selection)):
        properties = feature["properties"]
        told[feature["id"]] = tuple(properties[name] for name in ("records", "incidents", "patterns"))
    assert edition.area_counts(selection) == told
    assert told or selection.is_closed()


def test_hidden_rows_are_in_neither(tmp_path: Path) -> None:
    rows = list(make_random_rows(200, seed=9))
    make_store(tmp_path, rows)
    hidden = [row.id for row in rows[::2]]
    half, whole = Edition(tmp_path / "1", hidden), Edition(tmp_path / "1")
    rest = make_store(tmp_path / "rest", [replace(row, links=()) for row in rows[1::2]]).current()
    assert {code: counts[0] for code, counts in half.area_counts().items()} == {
        code: counts[0] for code, counts in rest.area_counts().items()
    }
    assert half.area_counts() != whole.area_counts()
    half.close()
    whole.close()
