"""What the flat formats share: cells as text, and a place into which writers write what is then handed on.

It knows no format.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from incidents.editions.flat import FLAT_COLUMNS, LIST

JOINT = " | "
"""What stands between the items of a list where a cell holds all of them."""


def join_lists(table: pa.Table) -> pa.Table:
    """Give each list as one text; an empty list, as anything unknown, is null."""
    for column in FLAT_COLUMNS:
        if column.type == LIST:
            at = table.schema.get_field_index(column.name)
            joined = pc.binary_join(table.column(at).cast(pa.list_(pa.string())), JOINT)
            table = table.set_column(at, column.name, pc.if_else(pc.equal(joined, ""), None, joined))
    return table


class Basket:
    """A file to write to whose bytes are taken out piece by piece, so that it never holds a whole answer."""

    closed = False

    def __init__(self) -> None:
        """Begin empty."""
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, part: bytes) -> int:
        """Put bytes in."""
        self._parts.append(bytes(part))
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        """Give how many bytes were ever put in."""
        return self._size

    def flush(self) -> None:
        """Do nothing: what is in it can be taken out at any time."""

    def close(self) -> None:
        """Do nothing: what is left is still to be taken out."""

    def readable(self) -> bool:
        """Say that writers cannot read from it."""
        return False

    def writable(self) -> bool:
        """Say that writers can write to it."""
        return True

    def seekable(self) -> bool:
        """Say that writers cannot go back in it."""
        return False

    def take(self) -> Iterator[bytes]:
        """Take out what is in it, in one piece; nothing where it is empty."""
        if self._parts:
            parts, self._parts = self._parts, []
            yield b"".join(parts)
