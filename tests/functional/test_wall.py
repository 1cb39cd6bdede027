"""The public door in a process of its own has nothing of the ledger in it, not even loaded code."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import make_public, write_edition
from tests.functional.conftest import ROOT, clean_env

WALLED = (
    "incidents.models", "incidents.database", "incidents.spatialite", "incidents.recording", "incidents.review",
    "incidents.coarsening", "incidents.redaction", "incidents.scrubbing",
    "incidents.people", "incidents.history", "incidents.importing", "incidents.publishing",
    "incidents.approved", "incidents.backup", "incidents.boundaries",
    "incidents.editions.writer", "incidents.editions.amending",
    "migrations", "sqlalchemy", "geoalchemy2", "alembic", "pysqlite3", "sqlean", "psycopg",
)  # fmt: skip
# Not walled, but what a small machine should not have to hold in order to serve. (Folium itself loads pandas.)
HEAVY = ("geopandas", "shapely", "pyproj", "pyogrio")

CODE = """
import sys
from app import create_app
client = create_app().test_client()
for address in {addresses}:
    response = client.get(address, headers={{"Host": "localhost"}})
    assert response.status_code == 200, (address, response.text)
print("\\n".join(sorted(sys.modules)))
"""


def test_public_modules(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", [make_public(1)])
    addresses = [
        "/", "/incidents", "/incidents?q=school", "/incidents/" + f"{1:032x}", "/about", "/embed",
        "/regions", "/regions/MM-01", "/aircraft", "/aircraft/mi-35", "/charts/time.svg", "/charts/time.csv",
        "/incidents.geojson",
        "/regions.geojson", "/editions/1/columns.arrow",
        "/editions/1/columns.arrow?kind=airstrike", "/editions/1/areas.json", "/editions/1/outlines.json?across=2",
        "/editions/1/rows.json?n=0",
        "/editions/1/matches.json?q=school", "/healthz",
        "/api/", "/api/collections", "/api/collections/incidents/items?bbox=90,0,110,30&filter=kind='airstrike'",
        "/api/collections/incidents/items?f=html", "/api/collections/regions/items", "/api/counts?by=kind",
        "/api/openapi", "/map.png?width=480&height=360",
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(addresses=addresses)],
        cwd=ROOT,
        env=clean_env(BEARING_DATA_DIR=str(tmp_path), BEARING_DOORS="public"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert "app.public.pages" in loaded
    for name in (*WALLED, *HEAVY):
        assert not [module for module in loaded if module == name or module.startswith(f"{name}.")], name


@pytest.mark.parametrize("module", ["app", "app.cli", "app.settings", "app.errors", "app.params"])
def test_the_edge_is_light(module: str) -> None:
    code = f"import sys, {module}; print('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    for name in ("flask", "duckdb", "folium", "numpy", "sqlalchemy", "app.public", "app.embed"):
        assert name not in loaded
