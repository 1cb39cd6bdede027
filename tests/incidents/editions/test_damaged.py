"""Editions whose files are not what was written: found when a question reads the block, and told as damage."""

from pathlib import Path

import pytest

from incidents.editions.errors import EditionDamaged
from tests.factories import make_random_rows, make_store


def spoil(path: Path, begin: int, end: int) -> None:
    """Change a byte in every block but for those at both ends."""
    content = bytearray(path.read_bytes())
    for at in range(begin, len(content) - end, 4_096):
        content[at] ^= 0xFF
    path.write_bytes(bytes(content))


def test_a_damaged_block_is_told_as_damage(tmp_path: Path) -> None:
    store = make_store(tmp_path, make_random_rows(3_000))
    # The header and the catalogue at the end stay, so that the file still opens.
    spoil(tmp_path / "1" / "incidents.duckdb", 300_000, 600_000)
    with pytest.raises(EditionDamaged, match="edition 1"):
        store.current().details_by_number(range(3_000))


@pytest.mark.parametrize("damage", ["spoilt", "cut", "another's"])
def test_tables_that_are_not_what_was_written_are_told_as_damage(damage: str, tmp_path: Path) -> None:
    rows = list(make_random_rows(700))
    store = make_store(tmp_path / "one", rows)
    path = tmp_path / "one" / "1" / "incidents.parquet"
    if damage == "spoilt":
        spoil(path, 5_000, 30_000)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-8])
    else:
        make_store(tmp_path / "other", rows[:-1])
        path.write_bytes((tmp_path / "other" / "1" / "incidents.parquet").read_bytes())
    with pytest.raises(EditionDamaged, match="edition 1"):
        list(store.current().flat_rows())


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
