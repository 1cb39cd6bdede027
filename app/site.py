"""What one application holds for as long as it runs: settings, editions, files and the store of bodies.

It answers nothing; the doors ask it.
"""

import hashlib
from dataclasses import dataclass
from importlib import metadata
from mmap import mmap
from pathlib import Path

from flask import current_app

from app.byte_store import ByteStore
from app.draughtsman import Draughtsman
from app.files import Assets, FileSet
from app.settings import Settings
from incidents.editions.reader import EditionStore
from incidents.saved_maps import SavedMaps

# For each process. A page of the map is a few kB, a page of the table some tens of kB.
KEPT_BYTES = 8_000_000
# On disk, of files that are read in parts: all of them, and the largest.
SPOOLED_BYTES = 64_000_000
MOST_SPOOLED_BYTES = SPOOLED_BYTES // 4


@dataclass(frozen=True, slots=True)
class Site:
    """See the module. release: a digest of this code and of what the settings show to readers.

    draughtsman: the process that draws pictures; None where they are drawn here.
    """

    settings: Settings
    editions: EditionStore
    maps: SavedMaps
    assets: Assets
    basemap: FileSet
    store: ByteStore[bytes]
    spooled: ByteStore[mmap]
    release: str
    draughtsman: Draughtsman | None = None

    def asset_url(self, name: str) -> str:
        """Give the address of one of the front end's files."""
        return f"/static/{self.assets.hashed_name(name)}"

    @property
    def basemap_url(self) -> str:
        """Give the address below which the base map's files lie, with a slash at its end."""
        return f"/basemap/{self.basemap.digest}/"


def site() -> Site:
    """Give the running application's."""
    held = current_app.extensions["bearing"]
    assert isinstance(held, Site)  # noqa: S101 - tells the type checker what the factory put there
    return held


def make_release(settings: Settings, assets: Assets, basemap: FileSet) -> str:
    """Digest what pages are made of apart from the edition, so that an upgrade changes every ETag."""
    shown = (
        settings.public_url,
        settings.site_title,
        settings.disclaimer,
        settings.tiles_url,
        settings.tiles_attribution,
    )
    total = hashlib.sha256(repr((metadata.version("bearing-map"), shown, assets.digest, basemap.digest)).encode())
    here = Path(__file__).parent
    patterns = (
        "*.py",
        *(f"{room}/*.py" for room in ("public", "embed", "api", "maps", "pictures")),
        "templates/**/*.html",
        # What makes downloads.
        "../incidents/exporting/*.py",
    )
    for pattern in patterns:
        for path in sorted(here.glob(pattern)):
            total.update(path.read_bytes())
    return total.hexdigest()[:16]
