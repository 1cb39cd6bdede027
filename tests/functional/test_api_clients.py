"""Real clients open the API of a running service: GDAL, QGIS, OWSLib, geopandas and DuckDB."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import geopandas
import pytest

from tests.factories import make_random_rows, write_edition
from tests.functional.conftest import Running, Serve

# OWSLib imports what warns of its own age.
pytestmark = [pytest.mark.acceptance, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

ROWS = 700
SYSTEM_PYTHON = "/usr/bin/python3"
COLLECTIONS = ("incidents", "incident-areas", "regions", "airstrike", "port_call")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("api_clients")
    write_edition(folder / "editions", make_random_rows(ROWS))
    return folder


@pytest.fixture
def running(serve: Serve, data_dir: Path) -> Running:
    return serve(data_dir)


@pytest.fixture
def api(running: Running) -> str:
    return f"{running.address}/api"


def ask(running: Running, path: str) -> dict[str, Any]:
    status, body = running.get(f"/api{path}")
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def count(running: Running, collection: str, query: str = "") -> int:
    matched: int = ask(running, f"/collections/{collection}/items?limit=1{query}")["numberMatched"]
    return matched


def run_gdal(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def count_features(*source: str) -> int:
    return int(re.findall(r"^Feature Count: (\d+)$", run_gdal("ogrinfo", "-so", *source), re.MULTILINE)[0])


def test_gdal_lists_and_counts(running: Running, api: str) -> None:
    layers = set(re.findall(r"^\d+: (\S+) ", run_gdal("ogrinfo", f"OAPIF:{api}"), re.MULTILINE))
    assert set(COLLECTIONS) < layers
    for collection in COLLECTIONS:
        assert count_features(f"OAPIF:{api}", collection) == count(running, collection) > 0
    # GDAL finds the parameter in the description and lets the service filter.
    by_kind = count_features("-where", "kind = 'airstrike'", f"OAPIF:{api}", "incidents")
    assert by_kind == count(running, "airstrike")
    # What has no geometry matches our box and is left out again by GDAL itself.
    box = count_features("-spat", "94", "20", "97", "27", f"OAPIF:{api}", "incidents")
    assert 0 < box <= count(running, "incidents", "&bbox=94,20,97,27")


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("page_size", [100, 10_000])
def test_gdal_writes_a_geopackage_with_equal_counts(
    running: Running, api: str, tmp_path: Path, collection: str, page_size: int
) -> None:
    package = tmp_path / "out.gpkg"
    source = f"OAPIF:{api}/collections/{collection}"
    run_gdal("ogr2ogr", "-f", "GPKG", str(package), source, "-oo", f"PAGE_SIZE={page_size}")
    written = geopandas.read_file(package)
    assert len(written) == count(running, collection)
    served = ask(running, f"/collections/{collection}/items?limit=10000")["features"]
    assert sorted(written["id" if collection != "regions" else "code"]) == sorted(f["id"] for f in served)
    assert (~written.geometry.isna()).sum() == sum(feature["geometry"] is not None for feature in served)


def test_gdal_puts_the_axes_right_in_each_reference_system(running: Running, tmp_path: Path) -> None:
    address = f"{running.address}/api/collections/incidents/items?limit=10000&precision=near&crs="
    plain, turned, metres = (
        geopandas.read_file(address + quote(f"http://www.opengis.net/def/crs/{name}", safe=""))
        for name in ("OGC/1.3/CRS84", "EPSG/0/4326", "EPSG/0/3857")
    )
    assert len(plain) > 50
    assert (plain.geometry.x - turned.geometry.y).abs().max() < 1e-6
    assert (plain.geometry.y - turned.geometry.x).abs().max() < 1e-6
    projected = plain.set_crs("OGC:CRS84", allow_override=True).to_crs("EPSG:3857").geometry
    assert (projected.x - metres.geometry.x).abs().max() < 0.02
    assert (projected.y - metres.geometry.y).abs().max() < 0.02


def test_qgis_opens_the_collections(running: Running, api: str, tmp_path: Path) -> None:
    here = Path(__file__).parent
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    env.pop("PYTHONPATH", None)
    assert shutil.which(SYSTEM_PYTHON)
    names = ("incidents", "incident-areas", "regions")
    done = subprocess.run(
        [SYSTEM_PYTHON, str(here / "qgis_layers.py"), api, *names],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    for name in names:
        served = ask(running, f"/collections/{name}/items?limit=10000")
        layer = found[name]
        assert layer["valid"]
        assert layer["count"] == layer["features"] == served["numberMatched"]
        assert layer["shown"] == sum(feature["geometry"] is not None for feature in served["features"])
        assert layer["crs"] in {"EPSG:4326", "OGC:CRS84"}
    assert {"id", "kind", "title", "date", "precision", "url"} <= set(found["incidents"]["fields"])
    assert 0 < found["box"] <= count(running, "incidents", "&bbox=94,20,97,27")


def test_owslib_reads_and_filters(running: Running, api: str) -> None:
    from owslib.ogcapi.features import Features

    client = Features(api)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in client.conformance()["conformsTo"]
    assert set(COLLECTIONS) < set(client.feature_collections())
    assert client.collection("incidents")["id"] == "incidents"
    assert "kind" in client.collection_queryables("incidents")["properties"]
    found = client.collection_items("incidents", limit=7, bbox=[92, 10, 101, 28], datetime_="2000-01-01/2020-01-01")
    assert found["numberMatched"] == count(running, "incidents", "&bbox=92,10,101,28&datetime=2000-01-01/2020-01-01")
    one = found["features"][0]
    alone = client.collection_item("incidents", one["id"])
    assert alone["properties"] == one["properties"]
    filtered = client.collection_items("incidents", filter="kind = 'port_call' AND precision <> 'country'")
    assert 0 < filtered["numberMatched"] < count(running, "port_call")


def test_geopandas_reads_pages_and_one_feature(running: Running, api: str) -> None:
    frame = geopandas.read_file(f"{api}/collections/incident-areas/items?limit=10000")
    assert len(frame) == count(running, "incident-areas")
    assert frame.geometry.is_valid.all()
    assert set(frame.geometry.geom_type) <= {"Polygon", "MultiPolygon"}
    one = geopandas.read_file(f"{api}/collections/regions/items/MM-01")
    assert one["name"].tolist() == ["Sagaing"]


def test_duckdb_reads_what_was_downloaded(running: Running, tmp_path: Path) -> None:
    page = tmp_path / "page.json"
    page.write_bytes(running.get("/api/collections/incidents/items?limit=10000")[1])
    counts = (
        duckdb.connect()
        .execute(
            "SELECT feature.properties.kind AS kind, count(*) AS rows FROM "
            f"(SELECT unnest(features) AS feature FROM read_json('{page}')) GROUP BY 1 ORDER BY 1"
        )
        .fetchall()
    )
    told = ask(running, "/counts?by=kind")["counts"]
    assert counts == [(group["kind"], group["records"]) for group in told]


def test_pages_are_gzipped_for_those_who_take_it(running: Running) -> None:
    path = "/api/collections/incidents/items?limit=500"
    packed, plain = running.get(path, **{"Accept-Encoding": "gzip"})[1], running.get(path)[1]
    assert packed.startswith(b"\x1f\x8b")
    assert len(packed) < len(plain) / 4
