"""The store of editions: finds, opens and holds the folders that readers ask for, and says what is gone.

It reads folders, `current` and the tombstones; it never writes and knows no ledger.
"""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from incidents.editions.edition import Counts, Edition
from incidents.editions.errors import (
    EditionBusy,
    EditionError,
    EditionGone,
    EditionNotFound,
    EditionOutdated,
    NoEditionYet,
)
from incidents.editions.manifest import Manifest, read_manifest
from incidents.editions.schema import SORTS
from incidents.editions.tombstones import TOMBSTONES, Stamp, Tombstone, ids_since, read_tombstones, stamp_of

__all__ = ["SORTS", "Counts", "Edition", "EditionStore", "Manifest"]

CURRENT = "current"
_MOST_OPEN = 3
_NAME = re.compile(r"([1-9]\d{0,8})(?:\.([1-9]\d{0,5}))?", re.ASCII)


def parse_name(name: str) -> tuple[int, int]:
    """Read "7" or "7.1" to number and amendment. Raises EditionNotFound for any other text."""
    found = _NAME.fullmatch(name)
    if not found:
        msg = "an edition's name is a number such as 7, or 7.1 when it was amended"
        raise EditionNotFound(msg)
    return int(found[1]), int(found[2] or 0)


def make_name(number: int, amendment: int) -> str:
    """Give "7" or "7.1"."""
    return f"{number}.{amendment}" if amendment else str(number)


class EditionStore:
    """The folder of editions. Opening is cached for each process; threads may share one store."""

    def __init__(self, root: Path) -> None:
        """Remember the folder, which need not exist yet."""
        self.root = root
        self._lock = threading.Lock()
        self._forget()

    def newest(self) -> Path | None:
        """Give the folder of the newest edition; None where there is none."""
        names = self.names()
        return self.root / names[-1] if names else None

    def current_name(self) -> str:
        """Give the name of the current edition, by one look at the disk. Raises NoEditionYet."""
        try:
            return os.readlink(self.root / CURRENT)  # noqa: PTH115 - one cheap call per request
        except OSError:
            msg = "nothing has been published yet"
            raise NoEditionYet(msg) from None

    def current(self) -> Edition:
        """Give the current edition, noticing a new one. Raises NoEditionYet, EditionDamaged.

        What is given stays readable for as long as somebody holds it, whatever is published or pruned meanwhile.
        """
        while True:
            name = self.current_name()
            try:
                return self._open(name)
            except EditionError:
                # Between reading `current` and opening its folder another may have taken its place.
                if name == self.current_name():
                    raise

    def get(self, name: str) -> Edition:
        """Give an edition by name.

        Raises EditionNotFound, EditionGone when it was amended, EditionBusy while it is being amended.
        """
        parse_name(name)
        is_current = name == self._current_or_none()
        if not is_current and (newest := self._newest(name)) is not None and newest != name:
            raise EditionGone(name, newest)
        edition = self._open(name)
        if edition.hidden and not is_current:
            msg = f"edition {name} is being amended; ask again in a moment"
            raise EditionBusy(msg)
        return edition

    def get_amended(self, name: str) -> Edition:
        """Give an edition as it stands now: by its number, or by the name of any amendment that it ever had.

        Raises EditionNotFound, EditionBusy while it is being amended.
        """
        while True:
            newest = self._newest(name)
            if newest is None or parse_name(newest) < parse_name(name):
                msg = f"there is no edition {name}, or it was pruned"
                raise EditionNotFound(msg)
            try:
                return self.get(newest)
            except EditionGone:
                continue  # It was amended between the two looks.

    def taken_back(self, id_: str) -> Tombstone | None:
        """Give the last tombstone of an incident, if it has one: it was taken back, or its place made coarser."""
        with self._lock:
            tombstones = self._read_tombstones()
        return next((stone for stone in reversed(tombstones) if id_ in stone.ids), None)

    @contextmanager
    def reading(self, name: str | None = None) -> Iterator[Edition]:
        """Hold one edition from the first byte to the last: the current one, or one as `get_amended` finds it."""
        yield self.current() if name is None else self.get_amended(name)

    def names(self) -> list[str]:
        """Give the names of the editions that can be read, oldest first."""
        found: dict[int, int] = {}
        for entry in os.listdir(self.root) if self.root.is_dir() else ():  # noqa: PTH208 - names are all it takes
            if _NAME.fullmatch(entry):
                number, amendment = parse_name(entry)
                found[number] = max(amendment, found.get(number, 0))
        return [make_name(number, amendment) for number, amendment in sorted(found.items())]

    def list(self) -> list[Manifest]:
        """Give the manifests of the editions that can be read, oldest first. Raises EditionDamaged."""
        found = []
        for name in self.names():
            with suppress(EditionOutdated):
                found.append(read_manifest(self.root / name))
        return found

    def _open(self, name: str) -> Edition:
        folder = self.root / name
        if not folder.is_dir():
            if (newest := self._newest(name)) is not None and parse_name(newest) > parse_name(name):
                raise EditionGone(name, newest)
            msg = f"there is no edition {name}, or it was pruned"
            raise EditionNotFound(msg)
        with self._lock:
            if self._process != os.getpid():
                self._forget()
            tombstones = self._read_tombstones()
            key = (name, len(tombstones))
            edition = self._editions.pop(key, None) or _open_folder(folder, tombstones)
            self._editions[key] = edition
            while len(self._editions) > _MOST_OPEN:
                # Dropped, not closed: whoever still reads it holds it, and the last one to let go closes it.
                self._editions.pop(next(iter(self._editions)))
            return edition

    def _forget(self) -> None:
        # Handles inherited over a fork are kept and never used: closing them here would wait for threads of the parent.
        self._inherited = getattr(self, "_editions", None)
        self._process = os.getpid()
        self._editions: dict[tuple[str, int], Edition] = {}
        self._tombstones: tuple[Tombstone, ...] = ()
        self._stamp: Stamp | None = None

    def _read_tombstones(self) -> tuple[Tombstone, ...]:
        """Give the tombstones as they are now on disk, reading the file only when it changed."""
        stamp = stamp_of(self.root / TOMBSTONES)
        if stamp != self._stamp:
            self._tombstones = read_tombstones(self.root)
            self._stamp = stamp
        return self._tombstones

    def _current_or_none(self) -> str | None:
        try:
            return self.current_name()
        except NoEditionYet:
            return None

    def _newest(self, name: str) -> str | None:
        """Give the newest amendment of the edition with this number; None where there is no folder of it."""
        number, _ = parse_name(name)
        return next((other for other in self.names() if parse_name(other)[0] == number), None)


def _open_folder(folder: Path, tombstones: tuple[Tombstone, ...]) -> Edition:
    edition = Edition(folder)
    taken_back = ids_since(tombstones, edition.manifest.tombstones)
    if taken_back and (hidden := [row[0] for row in edition.origins(taken_back)]):
        edition.close()
        return Edition(folder, hidden)
    return edition
