"""The folder that editions stand in, as who publishes sees it: one at a time, whole folders in, old ones out.

It looks into no row and knows no ledger. Readers need none of it.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from incidents.editions.errors import AlreadyPublishing, EditionDamaged, EditionNotFound
from incidents.editions.manifest import MANIFEST
from incidents.editions.reader import CURRENT, EditionStore, parse_name
from incidents.editions.tombstones import drop_half_written, sync_folder, write_atomically

TAGS = "tags.json"
_MAKING = ".making-"
_LOCK = ".publishing.lock"


@contextmanager
def exclusively(root: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Be the only one who publishes, amends or prunes here; the lock goes with the process, however it ends.

    Raises AlreadyPublishing when somebody else still is after `wait_s` seconds.
    """
    root.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_s
    with (root / _LOCK).open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    msg = "somebody else is publishing or amending right now; try again when they are done"
                    raise AlreadyPublishing(msg) from None
                time.sleep(0.1)
        yield


def room(root: Path, name: str) -> Path:
    """Give the path of the folder that an edition is made in; readers never look there."""
    return root / f"{_MAKING}{name}"


def replace_room(made: Path, again: Path) -> None:
    """Put what was made again in the place of what was made first."""
    shutil.rmtree(made)
    again.rename(made)


def put_in_place(root: Path, name: str) -> None:
    """Give the folder that was made, and is finished, its name, by one rename."""
    room(root, name).rename(root / name)
    sync_folder(root)


def room_ahead(root: Path) -> Path:
    """Give the path of the folder that an edition is made in ahead of its publication: beside the others, private."""
    folder = _ahead(root)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "making"


def put_ahead(root: Path, number: int, before: Path | None) -> None:
    """Give the folder that was made ahead, and is finished, its name: its number, and which edition it follows."""
    sync_folder(room_ahead(root))
    room_ahead(root).rename(_ahead(root) / _name_ahead(number, before))


def find_ahead(root: Path, number: int, before: Path | None) -> Path | None:
    """Give the folder of the edition of a number that was made ahead to follow just that one; None for none."""
    folder = _ahead(root) / _name_ahead(number, before)
    return folder if (folder / MANIFEST).is_file() else None


def drop_ahead(root: Path) -> None:
    """Remove what was made ahead, finished or not."""
    shutil.rmtree(_ahead(root), ignore_errors=True)


def switch_current(root: Path, name: str) -> None:
    """Make an edition the current one, by one rename."""
    link = root / f".{CURRENT}.{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    link.replace(root / CURRENT)
    sync_folder(root)


def tidy(root: Path) -> None:
    """Finish what a killed publisher left: drop what is half made, switch to what is whole, drop what was replaced.

    To be called only by who holds the lock.
    """
    for path in root.glob(f"{_MAKING}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in root.glob(f".{CURRENT}.*"):
        path.unlink()
    drop_half_written(root)
    store = EditionStore(root)
    whole = [name for name in store.names() if (root / name / MANIFEST).is_file()]
    if whole and _current_or_none(store) != whole[-1]:
        switch_current(root, whole[-1])
    for path in root.iterdir():
        if path.is_dir() and path.name[:1].isdigit() and path.name not in whole:
            _remove(path)


def prune(root: Path, keep: int, *, spared: Collection[int] = ()) -> list[str]:
    """Remove all but the newest `keep` editions, the tagged and the spared ones; give the names of what went."""
    names = EditionStore(root).names()
    tagged = {*read_tags(root).values(), *spared}
    gone = [name for name in names[: max(0, len(names) - max(keep, 1))] if parse_name(name)[0] not in tagged]
    for name in gone:
        _remove(root / name)
    return gone


def tag(root: Path, label: str, name: str) -> None:
    """Give an edition a label, which keeps it from being pruned. Raises EditionNotFound."""
    if name not in EditionStore(root).names():
        msg = f"there is no edition {name}"
        raise EditionNotFound(msg)
    tags = {**read_tags(root), label: parse_name(name)[0]}
    write_atomically(root / TAGS, json.dumps(tags, ensure_ascii=False, indent=1, sort_keys=True).encode())


def untag(root: Path, label: str) -> None:
    """Take a label away. Raises EditionNotFound where no edition has it."""
    tags = dict(read_tags(root))
    if tags.pop(label, None) is None:
        msg = f"no edition is tagged {label}"
        raise EditionNotFound(msg)
    write_atomically(root / TAGS, json.dumps(tags, ensure_ascii=False, indent=1, sort_keys=True).encode())


def read_tags(root: Path) -> Mapping[str, int]:
    """Give the numbers of tagged editions by label; an amendment keeps its edition's. Raises EditionDamaged."""
    try:
        tags = json.loads((root / TAGS).read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        tags = None
    if not isinstance(tags, dict) or not all(isinstance(number, int) for number in tags.values()):
        # Going on without them would prune what was to be kept.
        msg = f"{TAGS} cannot be read"
        raise EditionDamaged(msg)
    return tags


def _ahead(root: Path) -> Path:
    return root.with_name(f"{root.name}-ahead")


def _name_ahead(number: int, before: Path | None) -> str:
    return f"{number} after {before.name if before else 'none'}"


def _remove(folder: Path) -> None:
    """Remove an edition's folder: first from where readers look, then from the disk."""
    doomed = folder.with_name(f"{_MAKING}removed-{folder.name}")
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def _current_or_none(store: EditionStore) -> str | None:
    try:
        return os.readlink(store.root / CURRENT)  # noqa: PTH115 - the name alone is meant
    except OSError:
        return None
