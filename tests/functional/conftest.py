"""A real server: gunicorn with its processes, started as an operator starts it, on a free port."""

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START_S = 60


@dataclass
class Running:
    """A server that answers. lines: what it printed on stdout until then; log: what it said on stderr so far."""

    process: subprocess.Popen[str]
    address: str
    lines: list[str]
    log: list[str] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Ask for a path."""
        request = urllib.request.Request(self.address + path, headers=headers)  # noqa: S310 - our own server
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - our own server
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def workers(self, count: int = 2) -> list[int]:
        """Give the worker processes, once there are `count` of them."""
        until = time.monotonic() + 20
        found: list[int] = []
        while time.monotonic() < until:
            listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            found = [int(pid) for pid in listed if _is_worker(int(pid))]
            if len(found) == count:
                return found
            time.sleep(0.05)
        pytest.fail(f"{len(found)} workers, not {count}")


def _is_worker(pid: int) -> bool:
    """Tell a worker from the server's other children: the process that tells the address, and those that have ended.

    A worker alone holds the file by which it tells gunicorn that it lives.
    """
    try:
        held = [str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return any("/wgunicorn-" in file for file in held)


def clean_env(**changes: str) -> dict[str, str]:
    """Give this environment without Bearing's settings, and with some."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BEARING_")} | changes


Serve = Callable[..., Running]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give a function that starts `bearing serve` over a data folder and waits until it says its address."""
    running: list[subprocess.Popen[str]] = []

    def start(data_dir: Path, *options: str, **env: str) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", "0", *options],
            cwd=ROOT,
            env=clean_env(BEARING_DATA_DIR=str(data_dir), **env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        log: list[str] = []
        assert process.stderr is not None
        threading.Thread(target=lambda: log.extend(iter(process.stderr.readline, "")), daemon=True).start()  # type: ignore[union-attr]
        lines: list[str] = []
        timer = threading.Timer(START_S, process.kill)
        timer.start()
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if lines[-1].startswith("http://"):
                break
        timer.cancel()
        assert lines, log
        assert lines[-1].startswith("http://"), lines
        return Running(process, lines[-1], lines, log)

    yield start
    for process in running:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()
