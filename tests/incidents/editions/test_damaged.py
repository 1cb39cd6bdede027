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
        list(edition.flat_rows())


@pytest.mark.parametrize("name", ["features.json", "features.npy"])
@pytest.mark.parametrize("damage", ["missing", "cut", "another's"])
def test_texts_that_do_not_belong_together_are_told_as_damage(name: str, damage: str, tmp_path: Path) -> None:
    rows = list(make_random_rows(40))
    store = make_store(tmp_path / "one", rows)
    other = make_store(tmp_path / "other", rows[:39]).current()
    path = tmp_path / "one" / "1" / name
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[:-8])
    elif damage == "another's":
        path.write_bytes((tmp_path / "other" / "1" / name).read_bytes())
    assert len(other.details()) == 39
    with pytest.raises(EditionDamaged, match="edition 1"):
        store.current()
