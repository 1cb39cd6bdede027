"""The project as a whole: locks, top level, and that nothing third-party or of this workplace is in it."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-test.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert len(blocks) > 20
    for block in blocks:
        assert "==" in block.splitlines()[0]
        assert "--hash=sha256:" in block
    assert "://" not in text
    assert "--index-url" not in text


def test_both_locks_agree() -> None:
    served, tested = (set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS)
    assert served <= tested


def test_each_dependency_is_argued() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text[text.index("dependencies = [") : text.index("[project.scripts]")]
    lines = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert lines
    assert all("  # " in line for line in lines)


def test_the_top_level_holds_what_it_should_and_no_third_party_file() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    top = {name.split("/")[0] for name in listed if name}
    assert top <= {
        "pyproject.toml", "README.md", "app", "geodata", "incidents", "migrations", "tests",
        "Makefile", "LICENSE", "requirements.lock", "requirements-test.lock", ".gitignore", ".ci",
    }  # fmt: skip
    assert not [
        name for name in listed if "node_modules" in name or "static/vendor/" in name or "static/built/" in name
    ]
