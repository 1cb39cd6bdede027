"""Each shipped file is the one that geodata/README.md tells of."""

import csv
from pathlib import Path

import geodata
from geodata.build.packages import PACKAGES
from geodata.build.provenance import table
from geodata.points import LonLat
from geodata.precision import Precision

ROOM = Path(geodata.__file__).parent


def test_the_hashes_hold() -> None:
    assert table(ROOM / "data") in (ROOM / "README.md").read_text(encoding="utf-8"), (
        "a file of geodata/data was changed: say why, and write the table with geodata.build.provenance"
    )


def test_the_readme_names_every_package_with_its_version() -> None:
    readme = (ROOM / "README.md").read_text(encoding="utf-8")
    for package in PACKAGES.values():
        assert f"`{package.name}` {package.version}" in readme
        assert len(package.sha256) == 64


def test_the_data_stay_small() -> None:
    assert sum(path.stat().st_size for path in (ROOM / "data").rglob("*") if path.is_file()) < 21_000_000


def test_every_place_of_our_own_has_a_source() -> None:
    with (ROOM / "data" / "places_own.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        assert row["source"].strip()
        assert Precision(row["precision"]).claims_point
        LonLat(float(row["lon"]), float(row["lat"]))


def test_no_place_codes_that_may_not_be_passed_on_are_shipped() -> None:
    for name in ("places_own.csv", "regions.csv"):
        text = (ROOM / "data" / name).read_text(encoding="utf-8")
        assert "MMR0" not in text
        assert "MIMU" not in text
