"""Real clients open what is served and exported: GDAL and geopandas, over HTTP and from files."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas
import pytest

from tests.functional.conftest import ROOT, Running, Serve, clean_env

pytestmark = pytest.mark.acceptance

SYSTEM_PYTHON = "/usr/bin/python3"
# The formats of many layers: what each calls the incidents, and the areas that incidents are known only to.
LAYERS = {"gpkg": ("incidents", "incident_areas"), "kml": ("Incidents", "Areas that incidents are known only to")}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clients")
    run_bearing(folder, "demo")
    return folder


def run_bearing(data_dir: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "app", *arguments]
    env = clean_env(BEARING_DATA_DIR=str(data_dir))
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout


def run_gdal(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def count_layers(source: str) -> dict[str, int]:
    said = run_gdal("ogrinfo", "-so", "-al", source)
    found = re.findall(r"^Layer name: (.+)$(?s:.*?)^Feature Count: (\d+)$", said, re.MULTILINE)
    return {name: int(count) for name, count in found}


def count_features(source: str) -> int:
    return next(iter(count_layers(source).values()))


def ask(running: Running, path: str) -> list[dict[str, Any]]:
    """Give the features of a GeoJSON answer."""
    status, body = running.get(path)
    assert status == 200
    features: list[dict[str, Any]] = json.loads(body)["features"]
    return features


def open_in_qgis(file: Path, *layers: str) -> dict[str, Any]:
    """Open layers of a file in QGIS; for each give what it found."""
    home = str(file.parent)
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": home, "XDG_RUNTIME_DIR": home}
    env.pop("PYTHONPATH", None)
    command = [SYSTEM_PYTHON, str(Path(__file__).with_name("qgis_layers.py")), str(file), *layers]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_gdal_reads_the_collection_over_http(serve: Serve, data_dir: Path) -> None:
    address = serve(data_dir).address + "/incidents.geojson"
    assert count_features(address) == 76
    fields = set(re.findall(r"^(\w+): \w+", run_gdal("ogrinfo", "-so", "-al", address), re.MULTILINE))
    assert {"kind", "title", "date", "earliest", "precision", "url"} <= fields


def test_gdal_writes_a_geopackage_with_equal_counts(serve: Serve, data_dir: Path, tmp_path: Path) -> None:
    running = serve(data_dir)
    for name, count in (("incidents", 76), ("regions", 8)):
        package = tmp_path / f"{name}.gpkg"
        run_gdal("ogr2ogr", "-f", "GPKG", str(package), f"{running.address}/{name}.geojson")
        assert count_features(str(package)) == count


def test_geopandas_reads_address_export_and_parquet_alike(serve: Serve, data_dir: Path, tmp_path: Path) -> None:
    exported = tmp_path / "airstrikes.geojson"
    run_bearing(data_dir, "export", "--kind", "airstrike", "-o", str(exported))
    served = geopandas.read_file(serve(data_dir).address + "/incidents.geojson?kind=airstrike")
    from_file = geopandas.read_file(exported)
    whole = geopandas.read_parquet(data_dir / "editions" / "current" / "incidents.parquet")
    assert len(served) == len(from_file) == (whole["kind"] == "airstrike").sum() == 10
    assert sorted(served["id"]) == sorted(from_file["id"])
    assert served.crs == whole.crs == "OGC:CRS84" or served.crs == "EPSG:4326"
    # Nothing known only to a state or country has a point.
    coarse = served["precision"].isin(["state", "country"])
    assert coarse.sum() == 9
    assert served.geometry[coarse].isna().all()


@pytest.mark.parametrize("query", ["", "?kind=airstrike"])
@pytest.mark.parametrize("suffix", LAYERS)
def test_every_client_finds_as_much_in_a_file_as_is_served(
    serve: Serve, data_dir: Path, tmp_path: Path, suffix: str, query: str
) -> None:
    running = serve(data_dir)
    served = {feature["id"]: feature["geometry"] for feature in ask(running, f"/incidents.geojson{query}")}
    points = sum(geometry is not None for geometry in served.values())
    assert 0 < points < len(served)
    # In a GeoPackage each incident has its area; KML has each area once.
    api = query.replace("?", "&").replace("kind=airstrike", "filter=kind='airstrike'")
    incident_areas = ask(running, f"/api/collections/incident-areas/items?limit=1000{api}")
    areas = {"gpkg": len(incident_areas), "kml": len(ask(running, f"/regions.geojson{query}"))}[suffix]
    incidents, known_only_to = LAYERS[suffix]
    file = tmp_path / f"incidents.{suffix}"
    file.write_bytes(running.get(f"/incidents.{suffix}{query}")[1])

    counted = count_layers(str(file))
    assert (counted[incidents], counted[known_only_to]) == (len(served), areas)
    other = tmp_path / "other.gpkg"
    run_gdal("ogr2ogr", "-f", "GPKG", str(other), str(file))
    assert count_layers(str(other)).items() >= counted.items()

    frame = geopandas.read_file(file, layer=incidents)
    assert sorted(frame["id"]) == sorted(served)
    assert {id_ for id_, there in zip(frame["id"], ~frame.geometry.isna(), strict=True) if there} == {
        id_ for id_, geometry in served.items() if geometry
    }
    assert frame.crs == "EPSG:4326"
    assert len(geopandas.read_file(file, layer=known_only_to)) == areas

    found = open_in_qgis(file, incidents, known_only_to)
    for name, count, shown in ((incidents, len(served), points), (known_only_to, areas, areas)):
        layer = found[name]
        assert layer["valid"]
        assert (layer["count"], layer["features"], layer["shown"]) == (count, count, shown)
        assert layer["crs"] == "EPSG:4326"
