"""Limits: whatever a reader asks for, no row beyond them is selected."""

import datetime as dt
import itertools
from pathlib import Path

import pytest

from geodata.bbox import BBox
from geodata.precision import Precision
from incidents.editions.edition import Edition
from incidents.editions.reader import EditionStore
from incidents.errors import BadFilter
from incidents.filters import NONE, IncidentFilter, parse_filter
from incidents.limits import find_limits, narrow, own_part
from tests.factories import make_random_rows, write_edition

DAY = dt.date
LIMITS = [
    IncidentFilter(),
    IncidentFilter(kind=("airstrike", "protest")),
    IncidentFilter(kind=NONE),
    IncidentFilter(region=("MM-01",)),
    IncidentFilter(region=("MM",)),
    IncidentFilter(aircraft=("helicopter",)),
    IncidentFilter(aircraft=("mi-24", "su-30")),
    IncidentFilter(start=DAY(2005, 1, 1), end=DAY(2015, 12, 31)),
    IncidentFilter(undated=False, precision=Precision.NEAR),
    IncidentFilter(words=("kalay",)),
    IncidentFilter(bbox=BBox(92, 10, 97, 25)),
    IncidentFilter(grade=("confirmed",)),
]
WANTED = [
    *LIMITS,
    IncidentFilter(kind=("arms_transfer",)),
    IncidentFilter(kind=("airstrike", "arms_transfer")),
    IncidentFilter(aircraft=("aircraft",)),
    IncidentFilter(aircraft=("mi-35",)),
    IncidentFilter(region=("MM-01", "TH")),
    IncidentFilter(start=DAY(1900, 1, 1), end=DAY(2100, 1, 1)),
    IncidentFilter(start=DAY(2016, 1, 1)),
    IncidentFilter(end=DAY(2004, 12, 31)),
    IncidentFilter(precision=Precision.COUNTRY),
    IncidentFilter(bbox=BBox(-180, -90, 180, 90)),
    IncidentFilter(bbox=BBox(170, -10, 100, 10)),
    IncidentFilter(bbox=BBox(93, 11, 96, 24)),
]


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    root: Path = tmp_path_factory.mktemp("limited")
    write_edition(root, make_random_rows(300))
    return EditionStore(root).current()


def test_nothing_a_reader_asks_for_is_beyond_the_limits(edition: Edition) -> None:
    refused = narrowed = 0
    for held, wanted in itertools.product(LIMITS, WANTED):
        limits = find_limits(edition, held)
        try:
            found = narrow(limits, wanted).filter
        except BadFilter:
            refused += 1
            continue
        rows = set(edition.matches(found))
        assert rows <= set(edition.matches(held)), (held, wanted)
        assert rows <= set(edition.matches(wanted)) or wanted.precision or wanted.start or wanted.end, (held, wanted)
        # What links and pages hand on is understood again, and means the same.
        assert parse_filter(found.to_pairs(), edition.taxonomy) == found
        assert narrow(limits, own_part(held, found)).filter == found
        narrowed += len(rows) < limits.total
    assert refused > 10
    assert narrowed > 20


@pytest.mark.parametrize(
    ("held", "wanted", "name"),
    [
        ("kind=airstrike", "kind=protest", "kind"),
        ("kind=airstrike", "kind=airstrike,protest", "kind"),
        ("region=MM-01", "region=MM", "region"),
        ("region=MM-01", "region=XX-99", "region"),
        ("aircraft=mi-24", "aircraft=helicopter", "aircraft"),
        ("grade=confirmed", "grade=alleged", "grade"),
        ("to=2015", "from=2016", "from"),
        ("from=2005", "to=2004", "to"),
        ("bbox=92,10,97,25", "bbox=92,10,97,26", "bbox"),
        ("bbox=92,10,97,25", "bbox=96,11,93,20", "bbox"),
        (f"q={'a' * 200}", f"q={'b' * 200}", "q"),
    ],
)
def test_what_reaches_beyond_is_refused_by_name(edition: Edition, held: str, wanted: str, name: str) -> None:
    def read(text: str) -> IncidentFilter:
        return parse_filter([tuple(text.split("=", 1))], edition.taxonomy)  # type: ignore[list-item]  # two parts

    with pytest.raises(BadFilter) as refused:
        narrow(find_limits(edition, read(held)), read(wanted))
    assert refused.value.name == name


def test_a_window_is_cut_and_that_is_said(edition: Edition) -> None:
    limits = find_limits(edition, IncidentFilter(start=DAY(2005, 1, 1), end=DAY(2015, 12, 31)))
    cut = narrow(limits, IncidentFilter(start=DAY(2000, 1, 1), end=DAY(2020, 1, 1)))
    assert (cut.filter.start, cut.filter.end) == (DAY(2005, 1, 1), DAY(2015, 12, 31))
    assert cut.said == (
        "This map begins on 1 January 2005; earlier days are left out.",
        "This map ends on 31 December 2015; later days are left out.",
    )
    assert narrow(limits, IncidentFilter(start=DAY(2010, 1, 1))).said == ()
