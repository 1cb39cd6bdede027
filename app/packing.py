"""Makes files that must be whole before their first byte is known, in a process that ends with each of them.

One at a time for each process that answers, and for so long at most; what the process takes of memory goes with it. It
knows no request, and no format by itself.
"""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from incidents.editions.errors import EditionBusy, QueryTooSlow
from incidents.editions.reader import Edition, EditionStore
from incidents.exporting.formats import FORMATS, Format
from incidents.filters import IncidentFilter, parse_filter

_WAIT_S, _LONGEST_S = 20.0, 120.0
_PIECE = 1 << 20
_turn = threading.Lock()


def pack_apart(root: Path, edition: Edition, wanted: Format, filter_: IncidentFilter, base_url: str) -> Iterator[bytes]:
    """Make the file, when it is its turn, and give it piece by piece. root: the folder of editions.

    Nothing comes first, with which the answer begins: so that who waits for the file sees it coming. Raises EditionBusy
    at once; after that EditionBusy and QueryTooSlow, which end the answer before its end.
    """
    made = _pack(root, edition, wanted, filter_, base_url)
    next(made)
    return made


def _pack(root: Path, edition: Edition, wanted: Format, filter_: IncidentFilter, base_url: str) -> Iterator[bytes]:
    if not _turn.acquire(timeout=_WAIT_S):
        msg = "other files are being made; ask again in a moment"
        raise EditionBusy(msg)
    try:
        # To whoever ordered, and to whoever asked.
        yield b""
        yield b""
        with tempfile.TemporaryDirectory(prefix="bearing-") as folder:
            path = Path(folder) / f"incidents.{wanted.suffix}"
            order = {
                "root": str(root.absolute()),
                "edition": edition.name,
                "hidden": len(edition.taken_back),
                "suffix": wanted.suffix,
                "filter": filter_.to_pairs(),
                "base_url": base_url,
                "path": str(path),
            }
            _run(json.dumps(order))
            # Its folder goes now, its content with the last who reads it.
            file = path.open("rb")
    finally:
        _turn.release()
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _run(order: str) -> None:
    command = [sys.executable, "-m", "app.packing"]
    try:
        done = subprocess.run(command, input=order, text=True, check=False, timeout=_LONGEST_S, capture_output=True)  # noqa: S603 - this very program
    except subprocess.TimeoutExpired as error:
        msg = f"the file takes longer than {_LONGEST_S:.0f} seconds to make; narrow the filter"
        raise QueryTooSlow(msg) from error
    if done.returncode:
        msg = "the file was not made this time; ask again in a moment"
        raise EditionBusy(msg)


def main(order: str) -> int:
    """Make what is ordered; give 1 where the edition is not as it was when it was ordered."""
    said = json.loads(order)
    with EditionStore(Path(said["root"])).reading(said["edition"]) as edition:
        if len(edition.taken_back) != said["hidden"]:
            return 1
        selection = parse_filter([(name, text) for name, text in said["filter"]], edition.taxonomy)
        blocks = FORMATS[said["suffix"]].blocks(edition, selection, said["base_url"])
        with Path(said["path"]).open("wb") as file:
            file.writelines(blocks)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.read()))
