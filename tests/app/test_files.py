from pathlib import Path

from app.files import Assets, FileSet, type_of


def test_a_changed_asset_gets_another_name(tmp_path: Path) -> None:
    (tmp_path / "bearing.js").write_text("one")
    (tmp_path / "bearing.js.map").write_text("{}")
    first = Assets(tmp_path)
    (tmp_path / "bearing.js").write_text("two")
    second = Assets(tmp_path)
    assert first.names == ("bearing.js",)
    assert first.hashed_name("bearing.js") != second.hashed_name("bearing.js")
    assert first.digest != second.digest
    assert second.path_or_none(second.hashed_name("bearing.js")) == tmp_path / "bearing.js"
    assert second.path_or_none(first.hashed_name("bearing.js")) is None
    assert second.path_or_none("bearing.js") is None


def test_what_is_not_built_is_linked_to_but_not_there(tmp_path: Path) -> None:
    assets = Assets(tmp_path / "nowhere")
    assert assets.hashed_name("bearing.js") == "bearing.js"
    assert assets.path_or_none("bearing.js") is None


def test_a_file_set_changes_its_digest_with_any_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    files = {name: tmp_path / name for name in ("a", "b")}
    first = FileSet(files).digest
    assert FileSet(dict(reversed(files.items()))).digest == first
    (tmp_path / "b").write_text("c")
    assert FileSet(files).digest != first
    assert FileSet(files).path_or_none("../b") is None


def test_types_do_not_depend_on_the_machine() -> None:
    assert type_of("bearing.0a1b.js") == "text/javascript"
    assert type_of("a/world.json") == "application/json"
    assert type_of("x.strange") == "application/octet-stream"
