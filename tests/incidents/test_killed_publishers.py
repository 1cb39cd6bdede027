import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("most", [8, pytest.param(48, marks=pytest.mark.acceptance)])
@pytest.mark.parametrize("what", ["publish", "ahead", "withdraw"])
def test_a_killed_publisher_leaves_the_old_edition_or_the_new_one_whole(
    what: str, most: int, spatialite_url: str, tmp_path: Path
) -> None:
    ledger = spatialite_url.removeprefix("sqlite:///")
    command = [sys.executable, "-m", "tests.incidents.killing", what, ledger, str(tmp_path), str(most)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["killed"] == most
    assert found["old"] > 0
    assert found["new"] > 0
