"""Pages of features against plain Python: numbers from the columns, from SQL and from the drafts must agree."""

import datetime as dt
import json
import random

import pytest

from geodata.bbox import BBox
from geodata.precision import Precision
from incidents.editions.catalogue import list_collections
from incidents.editions.cql import parse_cql
from incidents.editions.cql_conditions import make_condition
from incidents.editions.items import Items, Selection
from incidents.editions.reader import Edition
from incidents.filters import IncidentFilter
from tests.factories import make_random_rows, make_store

ROWS = 1_500


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return make_store(tmp_path_factory.mktemp("items"), make_random_rows(ROWS, seed=5)).current()


def make_filters(rng: random.Random) -> tuple[IncidentFilter, ...]:
    found = []
    for _ in range(rng.choice([1, 1, 2])):
        west, south = rng.uniform(91, 100), rng.uniform(9, 27)
        box = BBox(west, south, west + rng.choice([0.1, 3, 20]), south + rng.choice([0.1, 3, 20]))
        start = dt.date(1990, 1, 1) + dt.timedelta(days=rng.randrange(12_000))
        found.append(
            IncidentFilter(
                kind=rng.choice([(), (), ("airstrike", "protest")]),
                aircraft=rng.choice([(), (), (), ("helicopter",)]),
                region=rng.choice([(), (), ("MM-01",)]),
                start=rng.choice([None, start]),
                end=rng.choice([None, start + dt.timedelta(days=900)]),
                undated=rng.choice([True, True, False]),
                precision=rng.choice([None, None, Precision.NEAR]),
                words=rng.choice([(), (), ("kalay",)]),
                bbox=rng.choice([None, box, BBox(178, -90, -179, 90)]),
            )
        )
    return tuple(found)


def test_columns_and_sql_find_the_same(edition: Edition) -> None:
    rng = random.Random(11)  # noqa: S311 - nothing secret hangs on it
    items = Items(edition, list_collections(edition.taxonomy)["incidents"])
    everything = make_condition(True, {})
    sizes = set()
    for _ in range(150):
        filters = make_filters(rng)
        limit, after = rng.choice([1, 7, 2_000]), rng.choice([-1, -1, 700])
        by_columns = items.find(Selection(filters), after=after, limit=limit)
        by_sql = items.find(Selection(filters, everything), after=after, limit=limit)
        assert by_columns == by_sql, filters
        sizes.add(by_columns.matched)
    assert len(sizes) > 40


def test_a_page_and_a_stream_give_the_same_texts(edition: Edition) -> None:
    items = Items(edition, list_collections(edition.taxonomy)["incidents"])
    streamed = b"".join(block + b"," for block in edition.features(base_url="https://map.example.org"))
    for keys in (tuple(range(ROWS)), tuple(range(0, ROWS, 3)), (4,)):
        paged = json.loads(b"[%b]" % b",".join(items.write(keys, base_url="https://map.example.org")))
        whole = json.loads(b"[" + streamed[:-1] + b"]")
        assert paged == [whole[key] for key in keys]
    assert any(feature["properties"]["same_as"] for feature in whole)


def test_shapes_are_met_as_a_geometry_library_says(edition: Edition) -> None:
    import shapely

    items = Items(edition, list_collections(edition.taxonomy)["incidents"])
    features = json.loads(b"[%b]" % b",".join(items.write(range(ROWS))))
    rng = random.Random(3)  # noqa: S311 - nothing secret hangs on it
    for _ in range(20):
        corners = [(rng.uniform(92, 101), rng.uniform(10, 28)) for _ in range(3)]
        wanted = shapely.Polygon(corners)
        text = ", ".join(f"{lon} {lat}" for lon, lat in [*corners, corners[0]])
        queryables = list_collections(edition.taxonomy)["incidents"].queryables
        condition = make_condition(
            parse_cql(f"S_INTERSECTS(geometry, POLYGON(({text}))) AND geometry IS NOT NULL", "cql2-text"), queryables
        )
        found = set(items.find(Selection(condition=condition), limit=ROWS).keys)
        expected = {
            key
            for key, feature in enumerate(features)
            if feature["geometry"] and wanted.intersects(shapely.Point(feature["geometry"]["coordinates"]))
        }
        assert found == expected


def test_every_area_that_is_drawn_is_met_by_a_point_in_it(edition: Edition) -> None:
    import shapely

    areas = Items(edition, list_collections(edition.taxonomy)["incident-areas"])
    page = areas.find(Selection(), limit=ROWS)
    features = json.loads(b"[%b]" % b",".join(areas.write(page.keys)))
    assert page.matched == len(features) > 300
    queryables = list_collections(edition.taxonomy)["incident-areas"].queryables
    for feature in features[::40]:
        inside = shapely.from_geojson(json.dumps(feature["geometry"])).representative_point()
        tree = {"op": "s_intersects", "args": [{"property": "geometry"}, json.loads(shapely.to_geojson(inside))]}
        found = areas.find(Selection(condition=make_condition(tree, queryables)), limit=ROWS)
        texts = json.loads(b"[%b]" % b",".join(areas.write(found.keys)))
        assert feature["id"] in {one["id"] for one in texts}
        # Its extent holds it, but for what drawing rounds.
        west, south, east, north = shapely.from_geojson(json.dumps(feature["geometry"])).bounds
        box = feature["bbox"]
        assert box[0] - 2e-3 <= west
        assert box[1] - 2e-3 <= south
        assert east <= box[2] + 2e-3
        assert north <= box[3] + 2e-3
