"""Tombstones: what was taken back from editions, heeded by every reader before any folder is amended.

The file beside the editions is written atomically and only ever grows. It holds ids and reason codes, no content.
"""

import fcntl
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from incidents.editions.errors import EditionDamaged

TOMBSTONES = "tombstones.json"
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Incidents that were taken back at a time (UTC, ISO 8601) for a reason, in the order of `number` from 1."""

    number: int
    at: str
    reason: str
    ids: tuple[str, ...]


def read_tombstones(root: Path) -> tuple[Tombstone, ...]:
    """Read the file; an absent one is empty. Raises EditionDamaged for one that cannot be read."""
    try:
        text = (root / TOMBSTONES).read_bytes()
    except FileNotFoundError:
        return ()
    try:
        return tuple(
            Tombstone(item["number"], item["at"], item["reason"], tuple(item["ids"]))
            for item in json.loads(text)["tombstones"]
        )
    except (ValueError, KeyError, TypeError) as error:
        # Going on without them would show again what was taken back.
        msg = f"{TOMBSTONES} cannot be read"
        raise EditionDamaged(msg) from error


def ids_since(tombstones: Collection[Tombstone], heeded: int) -> frozenset[str]:
    """Give the ids taken back since the first `heeded` tombstones."""
    return frozenset(id_ for stone in tombstones if stone.number > heeded for id_ in stone.ids)


def add_tombstone(root: Path, ids: Collection[str], *, reason: str, at: str) -> Tombstone:
    """Write one more tombstone, whole or not at all."""
    with _one_writer(root):
        stones = read_tombstones(root)
        stone = Tombstone(len(stones) + 1, at, reason, tuple(sorted(ids)))
        document = {"tombstones": [asdict(item) for item in (*stones, stone)]}
        write_atomically(root / TOMBSTONES, json.dumps(document, indent=1).encode())
        return stone


def drop_half_written(root: Path) -> None:
    """Remove what a killed writer of tombstones left; nobody read it."""
    with _one_writer(root):
        _temporary(root / TOMBSTONES).unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Put a file in place by one rename, on disk before anybody can see it. For one writer at a time."""
    temporary = _temporary(path)
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def stamp_of(path: str | Path) -> Stamp | None:
    """Tell one content of a file from any other that takes its place, by one look; None where there is none.

    Raises OSError where it cannot be looked at.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - one cheap call per request
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def sync_files(folder: Path) -> None:
    """Bring a folder and each of its files to disk."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Bring the folder's own entries to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _one_writer(root: Path) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".tombstones.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
