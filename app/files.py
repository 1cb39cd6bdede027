"""Files named by their content: the front end's assets and the base map, so that readers may keep them for ever.

It builds nothing; it reads what lies in the folders when the application starts.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

BUILT = Path(__file__).parent / "static" / "built"

# Not left to the machine's own table, which may lack them or call scripts text/plain.
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


def type_of(name: str) -> str:
    """Give the media type of a file by its name."""
    suffix = PurePosixPath(name).suffix
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def digest_of(path: Path) -> str:
    """Give the first 16 hexadecimal digits of a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


class Assets:
    """The files of one folder, each under a name that holds its digest: `bearing.js` is `bearing.<digest>.js`."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._hashed: dict[str, str] = {}
        self._paths: dict[str, Path] = {}
        for path in sorted(folder.glob("*.*")) if folder.is_dir() else ():
            if path.suffix in _TYPES and path.is_file():
                hashed = f"{path.stem}.{digest_of(path)}{path.suffix}"
                self._hashed[path.name] = hashed
                self._paths[hashed] = path

    @property
    def names(self) -> tuple[str, ...]:
        """Give the plain names of all files."""
        return tuple(self._hashed)

    @property
    def digest(self) -> str:
        """Give a digest of them all."""
        return hashlib.sha256("\n".join(sorted(self._paths)).encode()).hexdigest()[:16]

    def hashed_name(self, name: str) -> str:
        """Give the name to link to; the plain one for a file that is not built."""
        return self._hashed.get(name, name)

    def path_or_none(self, hashed_name: str) -> Path | None:
        """Find a file by the name with the digest."""
        return self._paths.get(hashed_name)

    def plain_or_none(self, name: str) -> tuple[Path, str] | None:
        """Find a file, and its digest, by its plain name: style sheets call their fonts by those."""
        hashed = self._hashed.get(name)
        return (self._paths[hashed], hashed) if hashed else None


class FileSet:
    """Files under names of their own, all behind one digest: the base map."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = dict(files)
        total = hashlib.sha256()
        for name in sorted(self._files):
            total.update(f"{name} {digest_of(self._files[name])}\n".encode())
        self.digest = total.hexdigest()[:16]

    @property
    def names(self) -> tuple[str, ...]:
        """Give the names of all files."""
        return tuple(self._files)

    def path_or_none(self, name: str) -> Path | None:
        """Find a file by its name."""
        return self._files.get(name)
