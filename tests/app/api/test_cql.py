"""Filters in CQL2, as text and as JSON, over HTTP."""

# ruff: noqa: E501 - a filter reads best in one line
import json
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.api.conftest import (
    ALL,
    DISC,
    EPSG_3857,
    EPSG_4326,
    FIJI,
    NOWHERE,
    OPEN,
    PATTERN,
    STATE,
    TAVEUNI,
    UNDATED,
    VILLAGE,
    Items,
    ids,
)
from tests.app.test_errors import assert_error

ITEMS = "/api/collections/incidents/items"
CHIN_TRIANGLE = "POLYGON((93 21, 93.5 21, 93 21.5, 93 21))"
OVER_FIJI = "MULTIPOLYGON(((178 -18, 180 -18, 180 -16, 178 -16, 178 -18)), ((-180 -18, -179 -18, -179 -16, -180 -16, -180 -18)))"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind = 'port_call'", {FIJI, TAVEUNI}),
        ("kind <> 'airstrike'", {FIJI, TAVEUNI}),
        ("NOT kind = 'airstrike'", {FIJI, TAVEUNI}),
        ("kind = 'port_call' AND NOT (id = '" + FIJI + "' OR id = 'x')", {TAVEUNI}),
        ("title = 'Ship''s call: 100%_sure'", {FIJI}),
        ("title LIKE '%100\\%\\_sure'", {FIJI}),
        ("title LIKE 'ship%'", set()),
        ("CASEI(title) LIKE CASEI('SHIP%')", {FIJI}),
        ("CASEI(place) = CASEI('mandalay café')", {OPEN}),
        ("ACCENTI(CASEI(place)) = accenti(casei('Mandalay Cafe'))", {OPEN}),
        ("place IS NULL", {UNDATED}),
        ("place IS NOT NULL", ALL - {UNDATED}),
        ("geometry IS NULL", {STATE, DISC, NOWHERE}),
        ("kind IN ('port_call', 'protest')", {FIJI, TAVEUNI}),
        ("kind NOT IN ('port_call', 'protest')", ALL - {FIJI, TAVEUNI}),
        ("coordinate_uncertainty_m BETWEEN 1000 AND 3000", ALL - {STATE, DISC, NOWHERE}),
        ("coordinate_uncertainty_m NOT BETWEEN -1.5e3 AND +3e3", set()),
        # What is not known is neither above nor below.
        ("coordinate_uncertainty_m < 1 OR coordinate_uncertainty_m >= 1", ALL - {STATE, DISC, NOWHERE}),
        ("earliest >= DATE('2022-01-01')", {VILLAGE, STATE, OPEN, PATTERN}),
        ("earliest >= '2022-01-01' AND earliest < TIMESTAMP('2023-01-01T00:00:00Z')", {VILLAGE, STATE, PATTERN}),
        ("earliest BETWEEN '2020-01-01' AND DATE('2020-12-31')", {FIJI, TAVEUNI}),
        ("earliest IN ('2020-01-01', '2020-06-30')", {FIJI, TAVEUNI}),
        ("T_AFTER(earliest, DATE('2022-09-16'))", {OPEN}),
        ("T_BEFORE(latest, TIMESTAMP('2020-01-01T00:00:00Z'))", {NOWHERE}),
        ("T_EQUALS(earliest, DATE('2020-01-01'))", {FIJI}),
        # A missing end of an interval is unbounded.
        ("T_INTERSECTS(INTERVAL(earliest, latest), INTERVAL('2022-09-16', '2022-09-20'))", {VILLAGE, STATE, PATTERN, UNDATED}),
        ("T_INTERSECTS(INTERVAL(earliest, latest), DATE('2999-01-01'))", {OPEN, UNDATED}),
        ("T_DISJOINT(INTERVAL(earliest, latest), INTERVAL('2019-01-01', '2021-12-31'))", {VILLAGE, STATE, PATTERN, OPEN}),
        ("T_DURING(INTERVAL(earliest, latest), INTERVAL('2021-01-01', '..'))", {DISC, VILLAGE, STATE, PATTERN}),
        ("T_CONTAINS(INTERVAL(earliest, latest), INTERVAL('2022-02-01', '2022-03-01'))", {PATTERN, UNDATED}),
        ("T_STARTS(INTERVAL(earliest, latest), INTERVAL('2022-01-01', '2023-12-31'))", {PATTERN}),
        ("T_FINISHES(INTERVAL(earliest, latest), INTERVAL('2021-01-01', '2022-12-31'))", {PATTERN}),
        ("T_STARTEDBY(INTERVAL(earliest, latest), INTERVAL('2022-01-01', '2022-01-31'))", {PATTERN}),
        ("T_FINISHEDBY(INTERVAL(earliest, latest), INTERVAL('2022-12-01', '2022-12-31'))", {PATTERN}),
        ("T_MEETS(INTERVAL(earliest, latest), INTERVAL('2022-12-31', '2023-12-31'))", {PATTERN}),
        ("T_METBY(INTERVAL(earliest, latest), INTERVAL('2021-01-01', '2022-01-01'))", {PATTERN}),
        ("T_OVERLAPS(INTERVAL(earliest, latest), INTERVAL('2022-06-01', '2023-12-31'))", {PATTERN}),
        ("T_OVERLAPPEDBY(INTERVAL(earliest, latest), INTERVAL('2021-06-01', '2022-06-01'))", {PATTERN}),
        ("A_CONTAINS(aircraft, ('mi-24'))", {VILLAGE, STATE, UNDATED, OPEN, PATTERN}),
        ("A_CONTAINS(aircraft, ('mi-24', 'mi-35'))", {VILLAGE, UNDATED, OPEN, PATTERN}),
        ("A_OVERLAPS(aircraft, ('mi-35', 'jet'))", {VILLAGE, UNDATED, OPEN, PATTERN}),
        ("A_EQUALS(regions, ('MM', 'MM-14'))", {STATE}),
        ("A_CONTAINEDBY(regions, ('MM', 'MM-14'))", {STATE, FIJI, TAVEUNI, DISC, NOWHERE}),
        ("aircraft IS NULL", {FIJI, TAVEUNI, DISC, NOWHERE}),
        ("S_INTERSECTS(geometry, BBOX(95, 22, 96, 23))", {VILLAGE, UNDATED, OPEN}),
        ("S_INTERSECTS(geometry, BBOX(178, -18, -179, -16))", {FIJI, TAVEUNI, DISC}),
        ("S_INTERSECTS(geometry, POINT(95.4012 22.6834))", {VILLAGE, UNDATED, OPEN}),
        ("S_INTERSECTS(geometry, POLYGON((95 22, 96 22, 95 23, 95 22)))", set()),
        ("S_INTERSECTS(geometry, POLYGON((95 22, 96 22, 96 23, 95 23, 95 22)))", {VILLAGE, UNDATED, OPEN}),
        (f"S_INTERSECTS(geometry, {CHIN_TRIANGLE})", {STATE}),
        (f"S_INTERSECTS({CHIN_TRIANGLE}, geometry)", {STATE}),
        (f"S_INTERSECTS(geometry, {OVER_FIJI})", {FIJI, TAVEUNI, DISC}),
        ("S_INTERSECTS(geometry, POINT(180 -17))", {DISC}),
        ("S_INTERSECTS(geometry, LINESTRING(-179.9 -17, -179.4 -17))", {TAVEUNI, DISC}),
        (f"S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(178.5 -17), {CHIN_TRIANGLE}))", {FIJI, STATE}),
        # What has no place neither meets a geometry nor fails to.
        (f"NOT S_INTERSECTS(geometry, {CHIN_TRIANGLE})", ALL - {STATE, NOWHERE}),
        (f"S_INTERSECTS(geometry, {CHIN_TRIANGLE}) OR S_INTERSECTS(geometry, POINT(178.5 -17))", {STATE, FIJI}),
        ("TRUE", ALL),
        ("FALSE OR kind = 'port_call'", {FIJI, TAVEUNI}),
        ("\"kind\" = 'port_call'", {FIJI, TAVEUNI}),
        ("date IS NULL", {UNDATED, OPEN, PATTERN}),
    ],
)  # fmt: skip
def test_text_finds_what_it_says(items: Items, text: str, expected: set[str]) -> None:
    assert ids(items(filter=text)) == expected


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"op": "=", "args": [{"property": "kind"}, "port_call"]}, {FIJI, TAVEUNI}),
        ({"op": "and", "args": [
            {"op": "like", "args": [{"property": "title"}, "Ship%"]},
            {"op": "t_before", "args": [{"property": "earliest"}, {"date": "2021-01-01"}]},
        ]}, {FIJI}),
        ({"op": "a_contains", "args": [{"property": "aircraft"}, ["mi-35"]]}, {VILLAGE, UNDATED, OPEN, PATTERN}),
        ({"op": "a_containedBy", "args": [{"property": "aircraft"}, []]}, {FIJI, TAVEUNI, DISC, NOWHERE}),
        ({"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [178.5, -17]}]}, {FIJI}),
        ({"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [95, 22, 96, 23]}]}, {VILLAGE, UNDATED, OPEN}),
        ({"op": "t_intersects", "args": [
            {"interval": [{"property": "earliest"}, {"property": "latest"}]}, {"interval": ["..", "2019-12-31"]},
        ]}, {NOWHERE, UNDATED}),
        ({"op": "in", "args": [{"op": "casei", "args": [{"property": "kind"}]}, [{"op": "casei", "args": ["PORT_CALL"]}]]},
         {FIJI, TAVEUNI}),
        ({"op": "between", "args": [{"property": "coordinate_uncertainty_m"}, 1, 5]}, set()),
        ({"op": "isNull", "args": [{"property": "place"}]}, {UNDATED}),
        (True, ALL),
    ],
)  # fmt: skip
def test_json_finds_what_it_says(items: Items, tree: Any, expected: set[str]) -> None:
    assert ids(items(filter=json.dumps(tree), filter_lang="cql2-json")) == expected


@pytest.mark.parametrize(
    ("point", "crs"),
    [("178.5 -17", None), ("-17 178.5", EPSG_4326), ("19870529.11 -1920825.04", EPSG_3857)],
)
def test_geometries_come_in_the_system_that_filter_crs_says(items: Items, point: str, crs: str | None) -> None:
    first, second = (float(number) for number in point.split())
    reach = 20 if crs == EPSG_3857 else 0.01
    ring = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    text = ", ".join(f"{first + x * reach:f} {second + y * reach:f}" for x, y in ring)
    more = {"filter_crs": crs} if crs else {}
    assert ids(items(filter=f"S_INTERSECTS(geometry, POLYGON(({text})))", **more)) == {FIJI}
    box = f"{first - reach:f}, {second - reach:f}, {first + reach:f}, {second + reach:f}"
    assert ids(items(filter=f"S_INTERSECTS(geometry, BBOX({box}))", **more)) == {FIJI}


def test_regions_are_asked_by_their_own_names(items: Items) -> None:
    assert ids(items("regions", filter="level = 1 AND name LIKE 'S%'")) == {"MM-01"}
    assert ids(items("regions", filter=f"S_INTERSECTS(geometry, {CHIN_TRIANGLE})")) == {"MM", "MM-14"}
    assert ids(items("regions", filter="parent IS NULL")) == {"MM"}
    assert ids(items("regions", bbox="96,26,96.5,26.5")) == {"MM", "MM-01"}


def test_areas_are_asked_by_their_areas(items: Items) -> None:
    assert ids(items("incident-areas", filter=f"S_INTERSECTS(geometry, {CHIN_TRIANGLE})")) == {STATE}


def test_a_filter_narrows_all_others(items: Items) -> None:
    found = items(filter="kind = 'port_call'", bbox="178,-18,-179,-16", datetime="2020-06-01/..", q="village")
    assert ids(found) == {TAVEUNI}


BAD = [
    "", " ", "kind", "'a'", "1", "kind =", "kind = 'a' garbage", "kind = 'a", "(kind = 'a'", "kind = 'a')", "((())", "NOT",
    "nonsense = 1", "detail = 'a'", "lon > 1", "rowid = 1", "search LIKE '%a%'", "policy = 'x'",
    "kind = 1", "kind = TRUE", "coordinate_uncertainty_m = 'a'", "earliest = 'yesterday'", "earliest = 5",
    "earliest > DATE('2022-02-30')", "earliest > TIMESTAMP('2022-01-01')x", "earliest > TIMESTAMP('2022')",
    "title LIKE place", "title LIKE 'a\\'", "coordinate_uncertainty_m LIKE 'a'", "kind IN ()", "kind BETWEEN 1 AND 2",
    "kind + 1 = 2", "kind = 'a' || 'b'", "2 * 3 = 6", "sqrt(4) = 2", "read_csv('/etc/passwd') = 1", "kind = 'a'; DROP TABLE x",
    "kind = 'a' -- comment", "CASEI(earliest) = 'x'", "aircraft = 'mi-24'", "A_CONTAINS(kind, ('a'))",
    "A_CONTAINS(aircraft, (1, 2))", "A_CONTAINS(aircraft)", "geometry = 'x'", "geometry = geometry",
    "S_INTERSECTS(geometry, geometry)", "S_INTERSECTS(kind, POINT(1 2))", "S_INTERSECTS(geometry)",
    "S_INTERSECTS(geometry, POINT(1))", "S_INTERSECTS(geometry, POINT(181 0))", "S_INTERSECTS(geometry, POINT(0 91))",
    "S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1)))", "S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1, 0 1)))",
    "S_INTERSECTS(geometry, LINESTRING(0 0))", "S_INTERSECTS(geometry, BBOX(1, 2, 3))", "S_INTERSECTS(geometry, BBOX(0, 5, 1, 0))",
    "S_WITHIN(geometry, POINT(1 2))", "T_INTERSECTS(kind, DATE('2020-01-01'))", "T_DURING(earliest, DATE('2020-01-01'))",
    "T_AFTER(earliest, INTERVAL('2021-01-01', '2020-01-01'))", "T_AFTER(earliest)", "INTERVAL('a', 'b')",
    "(" * 11 + "kind = 'a'" + ")" * 11, "(" * 3000, ")" * 3000, "NOT " * 900 + "TRUE", "-" * 3000 + "1 = 1",
    "kind = 'a' AND " * 250 + "kind = 'a'", "kind = '" + "x" * 301 + "'", "x" * 4001, "kind = 'a\x00b'",
    "S_INTERSECTS(geometry,POINT EMPTY)", "S_INTERSECTS(geometry,GEOMETRYCOLLECTION(POINT EMPTY))",
    "((((((((((kind = ))))))))))", "f(" * 9 + "kind" + ")" * 9, "kind^" * 700 + "kind = 1",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_filter_is_400(api: FlaskClient, text: str) -> None:
    assert_error(api.get(f"{ITEMS}?filter={quote(text)}"), 400, code="bad_filter", parameter="filter")


@pytest.mark.parametrize(
    "tree",
    [
        "{", "null", "[]", "{}", "1", '"kind"', "NaN", '{"op":"="}', '{"op":"=","args":[]}', '{"op":"=","args":{}}',
        '{"op":1,"args":[]}', '{"op":"=","args":[{"property":"kind"},{"property":1}]}', '{"op":"and","args":[]}',
        '{"op":"=","args":[{"property":"kind"},"\\ud800"]}', '{"op":"=","args":[{"property":"kind"},"a\\u0000b"]}',
        '{"op":"=","args":[{"property":"level"},1e999]}', '{"op":"<","args":[{"property":"coordinate_uncertainty_m"},1' + "0" * 400 + "]}",
        '{"op":"not","args":[' * 60 + "true" + "]}" * 60, "[" * 3000, '{"a":' * 1500,
        '{"op":"in","args":[{"property":"kind"},"x"]}', '{"op":"in","args":[{"property":"kind"},[["x"]]]}',
        '{"op":"a_contains","args":[{"property":"aircraft"},[1]]}', '{"op":"or","args":[1]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[true,false]}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":"x"}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point"}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Circle","coordinates":[1,2]}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"GeometryCollection","geometries":[]}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[1' + "0" * 400 + ",1]}]}",
        '{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":["a",1,2,3]}]}',
        '{"op":"t_after","args":[{"property":"earliest"},{"date":["2020-01-01"]}]}',
        '{"op":"t_after","args":[{"property":"earliest"},{"interval":[1,2]}]}',
        '{"op":"t_after","args":[{"property":"earliest"},{"interval":["2020-01-01"]}]}',
        '{"op":"=","args":[{"property":"kind"},"a"],"sql":"x"}',
    ],
)  # fmt: skip
def test_what_is_no_filter_in_json_is_400(api: FlaskClient, tree: str) -> None:
    response = api.get(f"{ITEMS}?filter-lang=cql2-json&filter={quote(tree)}")
    assert_error(response, 400, code="bad_filter", parameter="filter")


def test_vertices_are_bounded(api: FlaskClient) -> None:
    ring = ",".join(f"[{number % 90},{number % 45}]" for number in range(2_100))
    tree = '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"MultiPoint","coordinates":[' + ring + "]}]}"
    response = api.get(f"{ITEMS}?filter-lang=cql2-json&filter={quote(tree)}")
    assert_error(response, 400, code="bad_filter", parameter="filter")


TOKENS = [
    "(", ")", ",", "NOT", "AND", "OR", "IN", "LIKE", "BETWEEN", "IS", "NULL", "kind", "earliest", "aircraft", "geometry",
    "'a'", "1", "-1", "--", "=", "<>", "<", "DATE('2020-01-01')", "S_INTERSECTS", "POINT(1 2)", "BBOX(1,2,3,4)", "A_CONTAINS",
    "T_AFTER", "INTERVAL('..','2020-01-01')", "CASEI", '"x"', "'", "+", "TRUE", "[", "{", "\\", "é",
]  # fmt: skip


@settings(max_examples=600, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(tokens=st.lists(st.sampled_from(TOKENS), max_size=60), times=st.sampled_from([1, 1, 1, 5]))
def test_nothing_that_looks_like_a_filter_breaks_the_service(api: FlaskClient, tokens: list[str], times: int) -> None:
    response = api.get(ITEMS, query_string={"limit": 1, "filter": " ".join(tokens * times)})
    assert response.status_code in {200, 400}


def test_the_reader_is_not_told_the_parsers_words(api: FlaskClient) -> None:
    response = api.get(f"{ITEMS}?filter={quote('kind = = 1')}")
    assert response.json["error"]["what"] == "filter: is not a filter in CQL2 text"  # type: ignore[index]
