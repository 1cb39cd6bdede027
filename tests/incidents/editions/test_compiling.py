"""Functions are compiled once for all processes, and whatever becomes of what is kept, they are run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import numpy as np
from incidents.editions.compiling import compiled, compiled_as, part

def name():
    return 1

@compiled_as(name)
def name_at_once():
    return 2

@part
def twice(number):
    return name() * number

def add(numbers):
    added = 0
    for number in numbers:
        added += twice(number)
    return added

if __name__ == "__main__":
    print(add(range(5)), compiled(add)(np.arange(5)))
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "source" / "adding.py"
    path.parent.mkdir()
    path.write_text(SCRIPT)
    return path


def start(script: Path, kept: Path, **env: str) -> subprocess.Popen[str]:
    env = {**os.environ, "NUMBA_CACHE_DIR": str(kept), "NUMBA_DEBUG_CACHE": "1", **env}
    return subprocess.Popen([sys.executable, "-W", "error", str(script)], env=env, stdout=subprocess.PIPE, text=True)


def run(script: Path, kept: Path, **env: str) -> tuple[str, bool]:
    """Give its last line, and whether what is kept was taken."""
    said, _ = start(script, kept, **env).communicate()
    return said.strip().rpartition("\n")[2], "data loaded" in said


def test_what_is_compiled_is_kept_for_other_processes(script: Path, tmp_path: Path) -> None:
    both = [start(script, tmp_path / "kept") for _ in range(2)]
    assert all(one.communicate()[0].endswith("10 20\n") for one in both)
    assert run(script, tmp_path / "kept") == ("10 20", True)
    script.write_text(SCRIPT.replace("return 2", "return 3"))
    assert run(script, tmp_path / "kept") == ("10 30", False), "its source has changed"


@pytest.mark.parametrize(("files", "left"), [("*.nbi", b"nonsense"), ("*.nbc", None)])
def test_what_is_kept_may_be_broken(script: Path, tmp_path: Path, files: str, left: bytes | None) -> None:
    assert run(script, tmp_path) == ("10 20", False)
    for path in tmp_path.rglob(files):
        content = path.read_bytes()
        path.write_bytes(left or content[: len(content) // 2])
    assert run(script, tmp_path) == ("10 20", False)


def test_there_may_be_nowhere_to_keep_it(script: Path, tmp_path: Path) -> None:
    # Where a file lies no folder can be made, not by root either.
    taken = tmp_path / "taken"
    taken.touch()
    (script.parent / "__pycache__").touch()
    assert run(script, taken, HOME=str(taken), XDG_CACHE_HOME=str(taken)) == ("10 20", False)
