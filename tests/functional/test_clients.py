"""Real clients open what is served and exported: GDAL and geopandas, over HTTP and from files."""

import re
import subprocess
import sys
from pathlib import Path

import geopandas
import pytest

from tests.functional.conftest import ROOT, Serve, clean_env

pytestmark = pytest.mark.acceptance


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


def count_features(source: str) -> int:
    return int(re.findall(r"^Feature Count: (\d+)$", run_gdal("ogrinfo", "-so", "-al", source), re.MULTILINE)[0])


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
