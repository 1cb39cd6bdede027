"""Backups: ledger, evidence and editions in one file that is whole or does not exist, and back into an empty place.

It decides nothing about incidents. The installation's secret is not in it: a restored one makes its own.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from isal import igzip, isal_zlib
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

from incidents import clock, history
from incidents.dumping import dump_ledger, give_name, is_newest_schema, ledger_is_there, load_ledger, schema_at
from incidents.editions.reader import CURRENT
from incidents.editions.shelf import exclusively, switch_current
from incidents.editions.tombstones import TOMBSTONES, sync_folder
from incidents.errors import BackupExists, BadBackup, LedgerExists

_MANIFEST = "manifest.json"
_FORM = "bearing backup"
_FORM_VERSION = 1
_BLOCK = 1 << 20
_WAIT_S = 600.0
# Databases compress well at any level; what editions hold is compressed already. This one takes an eighth of the time
# of zlib's third, for 4 % more bytes.
_COMPRESSION = isal_zlib.ISAL_DEFAULT_COMPRESSION
# Only editions are for others to read.
_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds: how many files, their size in bytes before compression, and when it was made (UTC)."""

    files: int
    size_bytes: int
    made_at: str


def back_up(engine: Engine, file: Path, *, editions: Path, evidence: Path) -> Saved:
    """Write everything to a new file, readable by its owner alone, while the ledger is in use.

    Nobody publishes meanwhile, and the ledger is as it was when the tombstones were as they are saved. The file
    gets its name when it is whole and on the disk. Raises BackupExists, AlreadyPublishing.
    """
    file = file.absolute()
    _refuse(file)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    half = Path(name)
    try:
        with (
            tempfile.TemporaryDirectory(prefix=".dumping-", dir=file.parent) as dump,
            exclusively(editions, wait_s=_WAIT_S),
            os.fdopen(handle, "wb") as out,
        ):
            tombstones = _dump_beside_tombstones(engine, Path(dump), editions)
            saved = _write(out, engine, Path(dump), tombstones, editions=editions, evidence=evidence)
            out.flush()
            os.fsync(out.fileno())
        try:
            give_name(half, file)
        except FileExistsError:
            _refuse(file)
        sync_folder(file.parent)
    finally:
        half.unlink(missing_ok=True)
    return saved


def restore(url: str, file: Path, *, editions: Path, evidence: Path) -> Saved:
    """Bring back what `back_up` wrote, and commit it: every file is checked before any is put in place.

    url: the ledger's address, of the same kind of database. Raises LedgerExists or BackupExists where anything is
    in the way, BadBackup for a file that is damaged, cut off or no backup, and BrokenHistory.
    """
    if ledger_is_there(url):
        msg = "there is a ledger already: restore into an empty place"
        raise LedgerExists(msg)
    for folder in (editions, evidence):
        if folder.exists() and any(not path.name.startswith(".") for path in folder.iterdir()):
            msg = f"{folder} is not empty: restore into an empty place"
            raise BackupExists(msg)
    room = editions.absolute().parent
    room.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=room) as made:
        said = _read(file, Path(made))
        if said["database"] != _database(url):
            msg = f"the backup is of a ledger on {said['database']}, and this one is to be on {_database(url)}"
            raise BadBackup(msg)
        with (
            _put_in_place(Path(made) / "editions", editions),
            _put_in_place(Path(made) / "evidence", evidence, _PRIVATE),
        ):
            if said["current"]:
                switch_current(editions, said["current"])
            load_ledger(url, Path(made) / "ledger", said["schema"], partial(_check, said=said))
    return Saved(len(said["files"]), sum(one["size"] for one in said["files"].values()), said["made_at"])


def _refuse(file: Path) -> None:
    if file.exists():
        msg = f"{file.name} exists already; a backup replaces nothing"
        raise BackupExists(msg)


def _dump_beside_tombstones(engine: Engine, dump: Path, editions: Path) -> bytes:
    """Dump the ledger until the tombstones are the same after it as before it; give them.

    Otherwise a withdrawal meanwhile could be in the tombstones and not in the ledger, and the next edition of the
    restored place would show again what was taken back.
    """
    while True:
        before = _read_or_empty(editions / TOMBSTONES)
        shutil.rmtree(dump)
        dump.mkdir()
        dump_ledger(engine, dump)
        if _read_or_empty(editions / TOMBSTONES) == before:
            return before


def _read_or_empty(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _write(
    out: Any,  # noqa: ANN401 - a file opened for writing
    engine: Engine,
    dump: Path,
    tombstones: bytes,
    *,
    editions: Path,
    evidence: Path,
) -> Saved:
    made_at = clock.stamp()
    with engine.connect() as connection:
        schema = schema_at(connection)
    files: dict[str, dict[str, Any]] = {}
    with (
        igzip.open(out, "wb", compresslevel=_COMPRESSION) as packed,  # type: ignore[no-untyped-call]  # it has no types
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for prefix, folder in (("ledger", dump), ("evidence", evidence), ("editions", editions)):
            for path in _files_in(folder):
                name = f"{prefix}/{path.relative_to(folder).as_posix()}"
                if name != f"editions/{TOMBSTONES}":
                    files[name] = _add_file(archive, name, path)
        if tombstones:
            files[f"editions/{TOMBSTONES}"] = _add_bytes(archive, f"editions/{TOMBSTONES}", tombstones)
        # The manifest comes last: an archive without it is cut off.
        said = {
            "form": _FORM,
            "version": _FORM_VERSION,
            "made_at": made_at,
            "database": "spatialite" if engine.dialect.name == "sqlite" else "postgis",
            "schema": schema,
            "current": _current(editions),
            "files": files,
        }
        _add_bytes(archive, _MANIFEST, json.dumps(said, indent=1).encode())
    return Saved(len(files), sum(one["size"] for one in files.values()), made_at)


def _files_in(folder: Path) -> Iterator[Path]:
    """Give the files in a folder, in order, without what begins with a dot, which is a lock or half made."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            yield from _files_in(path)
        else:
            yield path


def _add_file(archive: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        archive.addfile(_member(name, size), file)
    return {"size": size, "sha256": digest}


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> dict[str, Any]:
    archive.addfile(_member(name, len(content)), io.BytesIO(content))
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _current(editions: Path) -> str | None:
    try:
        return (editions / CURRENT).readlink().name
    except OSError:
        return None


def _read(file: Path, room: Path) -> dict[str, Any]:
    """Unpack an archive, check it against its manifest, and give the manifest. Raises BadBackup."""
    found: dict[str, dict[str, Any]] = {}
    said: dict[str, Any] = {}
    try:
        with tarfile.open(file, mode="r|gz") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isreg() else None
                if content is None:
                    msg = f"{file.name}: holds something that is no file, so it is no backup of Bearing's"
                    raise BadBackup(msg)
                if member.name == _MANIFEST:
                    said = json.loads(content.read())
                else:
                    path = _safe_path(file, room, member.name)
                    found[member.name] = _unpack(content, path, private=not member.name.startswith("editions/"))
    except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError) as error:
        msg = f"{file.name}: cannot be read as a backup: {error}"
        raise BadBackup(msg) from None
    if not isinstance(said, dict) or said.get("form") != _FORM:
        msg = f"{file.name}: has no manifest at its end, so it is cut off, or no backup of Bearing's"
        raise BadBackup(msg)
    if said["version"] != _FORM_VERSION:
        msg = f"{file.name}: was made by a newer version of Bearing"
        raise BadBackup(msg)
    if wrong := sorted(
        name for name in said["files"].keys() | found.keys() if said["files"].get(name) != found.get(name)
    ):
        msg = f"{file.name}: {len(wrong)} of its files are missing or changed, the first is {wrong[0]}"
        raise BadBackup(msg)
    return said


def _safe_path(file: Path, room: Path, name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.parts[:1] not in {("ledger",), ("evidence",), ("editions",)}:
        msg = f"{file.name}: holds a file outside its folders, so it is no backup of Bearing's"
        raise BadBackup(msg)
    return room / path


def _unpack(content: Any, path: Path, *, private: bool) -> dict[str, Any]:  # noqa: ANN401 - an open file of an archive
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as out:
        if private:
            path.chmod(0o600)
        while block := content.read(_BLOCK):
            out.write(block)
            digest.update(block)
            size += len(block)
        out.flush()
        os.fsync(out.fileno())
    return {"size": size, "sha256": digest.hexdigest()}


@contextmanager
def _put_in_place(made: Path, folder: Path, mode: int = 0o777) -> Iterator[None]:
    """Move what was unpacked to its place; take it away again when what follows fails."""
    if not made.is_dir():
        yield
        return
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    moved: list[Path] = []
    try:
        for path in made.iterdir():
            path.rename(folder / path.name)
            moved.append(folder / path.name)
        sync_folder(folder)
        yield
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        (folder / CURRENT).unlink(missing_ok=True)
        raise


def _database(url: str) -> str:
    return "spatialite" if make_url(url).get_backend_name() == "sqlite" else "postgis"


def _check(session: Session, said: dict[str, Any]) -> None:
    """Go through the whole history, where its tables are this version's. Raises BadBackup, BrokenHistory."""
    if schema_at(session.connection()) != said["schema"]:
        msg = "the ledger in the backup is not what its manifest says"
        raise BadBackup(msg)
    if is_newest_schema(said["schema"]):
        history.verify_chain(session)
