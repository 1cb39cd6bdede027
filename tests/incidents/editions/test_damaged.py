"""Editions whose files are not what was written: found when a question reads the block, and told as damage."""

from pathlib import Path

import pytest

from incidents.editions.errors import EditionDamaged
from tests.factories import make_random_rows, make_store


def test_a_damaged_block_is_told_as_damage(tmp_path: Path) -> None:
    store = make_store(tmp_path, make_random_rows(3_000))
    path = tmp_path / "1" / "incidents.duckdb"
    content = bytearray(path.read_bytes())
    # The header and the catalogue at the end stay, so that the file still opens.
    for at in range(300_000, len(content) - 600_000, 4_096):
        content[at] ^= 0xFF
    path.write_bytes(bytes(content))
    edition = store.current()
    with pytest.raises(EditionDamaged, match="edition 1"):
        b"".join(edition.features())
