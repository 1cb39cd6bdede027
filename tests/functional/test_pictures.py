"""Pictures from a real server: drawn in a process apart, one at a time, and never by a reader's worker."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.factories import make_random_rows, write_edition
from tests.functional.conftest import Running, Serve

SMALL = "width=480&height=360"


def children_of(pid: int) -> list[int]:
    """Give the processes that a process started and that have not ended."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def loads(pid: int, name: str) -> bool:
    """Whether a process has loaded a library; one that has ended has none."""
    try:
        return name in Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False


def get_patiently(running: Running, path: str) -> tuple[int, bytes]:
    """Ask again for as long as the answer is to wait: on a busy machine the turn comes late."""
    until = time.monotonic() + 60
    answer = running.get(path)
    while answer[0] == 503 and time.monotonic() < until:
        answer = running.get(path)
    return answer


def draughtsman_of(running: Running, workers: int) -> int:
    """Give the process that draws, once the one that told the address has ended."""
    until = time.monotonic() + 20
    others: set[int] = set()
    while len(others) != 1 and time.monotonic() < until:
        time.sleep(0.02)
        others = set(children_of(running.process.pid)) - set(running.workers(workers))
        others = {pid for pid in others if loads(pid, "python")}
    (found,) = others
    return found


def test_pictures_are_drawn_beside_the_workers(serve: Serve, tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", make_random_rows(200))
    running = serve(tmp_path, "--workers", "2")
    draughtsman = draughtsman_of(running, 2)
    assert not loads(draughtsman, "matplotlib"), "a service that is never asked for a picture need not hold what draws"
    with ThreadPoolExecutor(4) as pool:
        asked = [
            pool.submit(running.get, f"/map.{kind}?{SMALL}&view=5/20/{lon}")
            for kind in ("png", "svg")
            for lon in (90, 96)
        ]
        answers = [each.result() for each in asked]
    assert {status for status, _ in answers} <= {200, 503}
    status, body = get_patiently(running, f"/map.png?{SMALL}&theme=dark")
    assert status == 200
    assert body.startswith(b"\x89PNG")
    (drawing,) = children_of(draughtsman)
    assert loads(drawing, "matplotlib")
    assert not loads(drawing, "duckdb"), "what draws reads no edition"
    assert not loads(draughtsman, "matplotlib")
    assert not any(loads(worker, "matplotlib") for worker in running.workers())


def test_a_drawing_that_dies_is_no_harm_to_the_next(serve: Serve, tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", make_random_rows(200))
    running = serve(tmp_path, "--workers", "1")
    (worker,) = running.workers(1)
    draughtsman = draughtsman_of(running, 1)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(running.get, "/map.svg?width=2400&height=1600&view=7/21/96")
        until = time.monotonic() + 20
        while not children_of(draughtsman) and not asked.done() and time.monotonic() < until:
            time.sleep(0.002)
        for drawing in children_of(draughtsman):
            os.kill(drawing, signal.SIGKILL)
        # It may have been quicker than this test.
        assert asked.result()[0] in {200, 503}
    assert get_patiently(running, f"/map.png?{SMALL}")[0] == 200
    assert running.workers(1) == [worker]


def test_the_draughtsman_ends_with_the_service(serve: Serve, tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", make_random_rows(5))
    running = serve(tmp_path, "--workers", "1")
    draughtsman = draughtsman_of(running, 1)
    running.process.kill()
    running.process.wait()
    until = time.monotonic() + 20
    while Path(f"/proc/{draughtsman}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{draughtsman}").exists()
