"""Files that are made while they are sent, put whole on disk so that parts of them can be sent.

It makes none of them and keeps none: their place on disk has no name and goes with the last who reads them.
"""

import tempfile
from collections.abc import Iterable
from mmap import ACCESS_READ, mmap


class TooLarge(Exception):
    """The file is larger than what is put on disk for its parts."""


def spool(blocks: Iterable[bytes], most_bytes: int) -> mmap:
    """Put a file on disk and give it, to be read anywhere. It must not be empty. Raises TooLarge, OSError."""
    with tempfile.TemporaryFile(prefix="bearing-") as file:
        for block in blocks:
            if file.tell() + len(block) > most_bytes:
                raise TooLarge
            file.write(block)
        file.flush()
        return mmap(file.fileno(), 0, access=ACCESS_READ)
