"""The front end's set-up: what is pinned, what stays out of version control, and when it does nothing."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.assets import build as setup

ROOT = Path(__file__).parents[3]
LOCK = json.loads((setup.HERE / "package-lock.json").read_text())
PACKAGE = json.loads((setup.HERE / "package.json").read_text())


def test_lock_holds_no_address() -> None:
    text = (setup.HERE / "package-lock.json").read_text()
    assert '"resolved"' not in text
    addresses = re.findall(r"https?://[^\"]+", re.sub(r'"funding": (\{[^}]*\}|\[[^\]]*\]|"[^"]*")', "", text))
    assert addresses == []


def test_lock_pins_every_package_by_hash() -> None:
    packages = {name: entry for name, entry in LOCK["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())


def test_package_names_exact_versions() -> None:
    for name, version in (PACKAGE["dependencies"] | PACKAGE["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert LOCK["packages"][f"node_modules/{name}"]["version"] == version


def test_leaflet_is_the_one_that_folium_names() -> None:
    import folium.folium

    addresses = dict(folium.folium._default_js)
    assert f"leaflet@{PACKAGE['dependencies']['leaflet']}/" in addresses["leaflet"]


def test_node_lock_holds_hashes_and_no_address() -> None:
    text = (setup.HERE / "requirements-node.lock").read_text()
    assert "http" not in text
    assert "--index" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block or block.startswith("#")


@pytest.mark.parametrize("name", ["app/static/built/bearing.js", "app/static/vendor/x", "app/assets/node_modules/x"])
def test_what_is_built_and_fetched_is_ignored(name: str) -> None:
    assert subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False).returncode == 0


def test_nothing_changed_nothing_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "BUILT", tmp_path)
    (tmp_path / ".stamp").write_text(setup.digest_of_inputs())
    monkeypatch.setattr(setup, "find_npm", lambda: pytest.fail("looked for npm"))
    assert setup.build() is False


def test_a_changed_module_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src").mkdir()
    for name in ("build.py", "package-lock.json", "src/main.js"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(setup, "HERE", tmp_path)
    before = setup.digest_of_inputs()
    (tmp_path / "src" / "main.js").write_text("changed")
    assert setup.digest_of_inputs() != before


def test_old_node_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "_major", lambda _node: setup.OLDEST_NODE - 1)
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    with pytest.raises(setup.BuildError, match="virtual environment"):
        setup.find_npm()
