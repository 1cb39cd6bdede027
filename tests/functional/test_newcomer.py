"""A newcomer's walk: a clone in an empty folder, `make serve`, the map; and again, at once and without a change."""

import hashlib
import os
import re
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.functional.conftest import ROOT, clean_env

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newcomer") / "bearing"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


def serve_once(clone: Path) -> tuple[float, list[str], bytes]:
    """Run `make serve` until it says its address; give the seconds, what it printed, and the first page."""
    started = time.monotonic()
    process = subprocess.Popen(
        ["make", "serve", "PORT=0"],
        cwd=clone,
        env=clean_env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    lines = []
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.append(line.strip())
            if re.fullmatch(r"http://127\.0\.0\.1:\d+", lines[-1]):
                break
        seconds = time.monotonic() - started
        with urllib.request.urlopen(lines[-1], timeout=30) as response:  # noqa: S310 - our own server
            page = response.read()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        process.stdout.close()
    return seconds, lines, page


def digest_data(clone: Path) -> dict[str, str]:
    """Digest what is in the data folder, but for SQLite's files of the moment."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (clone / "var").rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_make_serve_twice_in_an_empty_folder(clone: Path) -> None:
    first, lines, page = serve_once(clone)
    print(f"\nfirst make serve: {first:.1f} s")
    assert "Edition 1 is published" in "\n".join(lines)
    assert b'id="bearing-view"' in page
    state = digest_data(clone)
    second, _, again = serve_once(clone)
    print(f"second make serve: {second:.1f} s")
    assert second < first
    # Each start had a free port of its own, which stands in addresses, also in those within others.
    port = re.compile(rb"127\.0\.0\.1(:|%3A)\d+")
    assert port.sub(b"", again) == port.sub(b"", page)
    assert digest_data(clone) == state
    assert subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, check=True).stdout == b""
