"""`bearing serve` as an operator meets it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.cli import serving
from incidents.editions.compiling import MANY_ROWS
from incidents.editions.sweeping import compile_all
from tests.factories import make_public, make_random_rows, write_edition
from tests.functional.conftest import ROOT, Running, Serve, clean_env

# So few that nothing is compiled for them: a server would take half as long again to start.
ROWS = 4_000
# With them a download is more than fits into the buffers between server and reader.
LONG = "Helicopters fired at a school. " * 50


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    rows = (replace(row, draft=replace(row.draft, summary=LONG)) for row in make_random_rows(ROWS))
    write_edition(folder / "editions", rows)
    return folder


@pytest.fixture(scope="module")
def many_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an edition of so many rows that what counts them is compiled."""
    folder = tmp_path_factory.mktemp("many")
    write_edition(folder / "editions", make_random_rows(MANY_ROWS))
    # Servers need not do it, who have a minute to start.
    compile_all()
    return folder


def stall(running: Running, path: str) -> socket.socket:
    """Ask for something large and take nothing of it but its first bytes."""
    parts = urlsplit(running.address)
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect((parts.hostname, parts.port))
    reader.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert reader.recv(15) == b"HTTP/1.1 200 OK"
    return reader


def test_the_address_is_the_last_line_and_answers(serve: Serve, many_dir: Path) -> None:
    running = serve(many_dir)
    assert running.lines == [running.address]
    status, body = running.get("/healthz")
    assert (status, json.loads(body)) == (200, {"status": "ok", "edition": "1"})
    clusters = "/editions/1/clusters.arrow?across=4&view=0,0,3,3"
    for path in ("/", "/incidents", "/incidents.geojson?kind=airstrike&from=2020", "/embed", clusters, clusters):
        assert running.get(path)[0] == 200
    assert running.address.encode() in running.get("/incidents.geojson?q=mandalay&from=2020")[1]
    assert len(running.workers()) == 2
    assert running.process.poll() is None


def test_each_process_opens_the_edition_before_anybody_asks_it(serve: Serve, data_dir: Path) -> None:
    running = serve(data_dir)
    until = time.monotonic() + 20
    for worker in running.workers():
        while "columns.arrow" not in Path(f"/proc/{worker}/maps").read_text():
            assert time.monotonic() < until, "it waits for its first reader"
    assert "failed" not in "".join(running.log)


@pytest.mark.parametrize(("rows", "library"), [(MANY_ROWS - 1, []), (MANY_ROWS, ["libllvmlite.so"])])
def test_what_counts_many_rows_is_loaded_for_all_processes(
    serve: Serve, many_dir: Path, tmp_path: Path, rows: int, library: list[str]
) -> None:
    shutil.copytree(many_dir, tmp_path / "data", symlinks=True)
    manifest = tmp_path / "data" / "editions" / "1" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"rows": rows}))
    running = serve(tmp_path / "data")
    mapped = Path(f"/proc/{running.process.pid}/maps").read_text()
    assert [name for name in ("libllvmlite.so",) if name in mapped] == library


@pytest.mark.usefixtures("many_dir")
def test_what_counts_many_rows_is_loaded_beside_answers_where_they_come_later(
    serve: Serve, data_dir: Path, tmp_path: Path
) -> None:
    shutil.copytree(data_dir, tmp_path / "data", symlinks=True)
    running = serve(tmp_path / "data")

    def is_loaded() -> bool:
        return any("libllvmlite.so" in Path(f"/proc/{worker}/maps").read_text() for worker in running.workers())

    assert not is_loaded()
    write_edition(tmp_path / "data" / "editions", make_random_rows(MANY_ROWS), "2")
    paths = iter(f"/editions/2/clusters.arrow?across={across}&view=0,0,3,3" for across in range(4, 10_000))
    assert running.get(next(paths))[0] == 200
    # The first reader has not waited for it: another process has yet to be started for it.
    assert not is_loaded()
    until = time.monotonic() + 60
    while not is_loaded():
        assert time.monotonic() < until, "it is never loaded"
        assert running.get(next(paths))[0] == 200
    assert running.get(next(paths))[0] == 200
    assert not [line for line in running.log if "failed" in line or "Traceback" in line]


def test_what_compiling_takes_of_memory_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "compile_all", lambda: (tmp_path / "pid").write_text(str(os.getpid())))
    serving.compile_apart()
    assert int((tmp_path / "pid").read_text()) != os.getpid()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_stalled_downloads_do_not_stop_the_site(serve: Serve, data_dir: Path, workers: str) -> None:
    running = serve(data_dir, "--workers", workers)
    readers = [stall(running, "/incidents.geojson") for _ in range(4)]
    # A reader who connects and says nothing, and one who never ends the headers.
    parts = urlsplit(running.address)
    for said in (b"", b"GET / HTTP/1.1\r\nHost: localh"):
        silent = socket.create_connection((parts.hostname or "", parts.port or 0))
        silent.sendall(said)
        readers.append(silent)
    time.sleep(0.3)
    for path in ("/healthz", "/", "/incidents?q=mandalay", "/editions/1/columns.arrow"):
        started = time.monotonic()
        assert running.get(path)[0] == 200
        assert time.monotonic() - started < 5
    for reader in readers:
        reader.close()
    assert running.get("/healthz")[0] == 200


def test_as_many_stalled_downloads_as_a_busy_site_has_do_not_stop_it(serve: Serve, data_dir: Path) -> None:
    running = serve(data_dir, "--workers", "2")
    readers = [stall(running, "/incidents.geojson") for _ in range(16)]
    time.sleep(0.3)
    started = time.monotonic()
    assert running.get("/healthz")[0] == 200
    assert time.monotonic() - started < 5
    for reader in readers:
        reader.close()


def test_more_stalled_downloads_than_threads_end_before_long(serve: Serve, data_dir: Path) -> None:
    running = serve(data_dir, "--workers", "1", BEARING_THREADS="4", BEARING_STALL_SECONDS="1")
    readers = [stall(running, "/incidents.geojson") for _ in range(4)]
    time.sleep(0.3)
    for path in ("/healthz", "/", "/incidents?q=mandalay"):
        assert running.get(path)[0] == 200
    # Whoever takes something now and then is served to the end, however long that takes.
    slow = stall(running, "/incidents.geojson")
    slow.settimeout(30)
    received = bytearray()
    for _ in range(8):
        received += slow.recv(1 << 16)
        time.sleep(0.5)
    while not received.endswith(b"0\r\n\r\n"):
        received += slow.recv(1 << 20)
    assert received.count(b'"edition":"1","url"') == ROWS
    for reader in (*readers, slow):
        reader.close()
    running.process.terminate()
    running.process.wait(30)
    said = [json.loads(line)["event"] for line in running.log if line.startswith("{")]
    assert said.count("stalled") == 4


def test_a_stalled_download_ends_on_the_edition_it_began_with(serve: Serve, data_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(data_dir, tmp_path, symlinks=True, dirs_exist_ok=True)
    running = serve(tmp_path, "--workers", "1")
    reader = stall(running, "/incidents.geojson")
    write_edition(tmp_path / "editions", [make_public(1)], "2")
    assert json.loads(running.get("/healthz")[1])["edition"] == "2"
    received = bytearray()
    reader.settimeout(30)
    while not received.endswith(b"0\r\n\r\n"):
        received += reader.recv(1 << 20)
    reader.close()
    assert received.count(b'"edition":"1","url"') == ROWS
    assert b'"edition":"2"' not in received


def test_every_worker_notices_a_new_edition(serve: Serve, tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", [make_public(1)])
    running = serve(tmp_path, "--workers", "3")
    for _ in range(30):
        assert json.loads(running.get("/healthz")[1])["edition"] == "1"
    write_edition(tmp_path / "editions", [make_public(1), make_public(2)], "2")
    for _ in range(30):
        assert json.loads(running.get("/healthz")[1])["edition"] == "2"
    assert len(running.workers(3)) == 3


def test_a_worker_that_dies_is_replaced(serve: Serve, data_dir: Path) -> None:
    running = serve(data_dir, "--workers", "1")
    (worker,) = running.workers(1)
    os.kill(worker, signal.SIGKILL)
    assert running.get("/healthz")[0] == 200
    assert running.workers(1) != [worker]


def test_the_log_says_nothing_of_readers(serve: Serve, data_dir: Path) -> None:
    running = serve(data_dir)
    running.get("/incidents?q=headmaster", Referer="https://mail.example/inbox")
    running.get("/" + "x" * 9000)
    parts = urlsplit(running.address)
    for said in (
        b"nonsense headmaster\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: headmaster\r\nBad Header: headmaster\r\n\r\n",
    ):
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as reader:
            reader.sendall(said)
            reader.recv(1000)
    reader = stall(running, "/incidents.geojson?q=incident")
    reader.close()
    running.process.terminate()
    running.process.wait(30)
    log = "".join(running.log)
    assert '"route": "/incidents"' in log
    for word in ("headmaster", "127.0.0.1", "mail.example", "xxxx", "Mandalay"):
        assert word not in log
    for line in running.log:
        assert line.startswith(("{", "Warning: this runs as root")), line


def test_where_it_listens_on_every_host_the_address_is_one_that_works(serve: Serve, data_dir: Path) -> None:
    running = serve(data_dir, "--host", "0.0.0.0")  # noqa: S104 - that is what is tested
    assert running.address.startswith("http://127.0.0.1:")
    assert running.get("/healthz")[0] == 200
    assert any("BEARING_PUBLIC_URL" in line for line in running.log)


def test_it_ends_quietly_while_it_makes_the_first_view(serve: Serve, data_dir: Path, many_dir: Path) -> None:
    for folder in (data_dir, many_dir, data_dir):
        running = serve(folder)
        running.process.terminate()
        running.process.wait(30)
        assert [line for line in running.log if not line.startswith(("{", "Warning: this runs as root"))] == []


def test_it_stops_when_asked(serve: Serve, data_dir: Path) -> None:
    running = serve(data_dir)
    reader = stall(running, "/incidents.geojson")
    reader.close()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0


def refused(data_dir: Path, *options: str, **env: str) -> str:
    """Start the server where it cannot start; give the one line that it says."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "serve", *options],
        cwd=ROOT,
        env=clean_env(BEARING_DATA_DIR=str(data_dir), **env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("Warning:")]
    return line


def test_without_an_edition_it_says_what_to_do(tmp_path: Path) -> None:
    said = refused(tmp_path)
    assert "bearing publish" in said
    assert "bearing demo" in said


def test_an_edition_that_an_older_version_wrote_is_told(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", [])
    manifest = tmp_path / "editions" / "1" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "format": 2}))
    said = refused(tmp_path)
    assert "older version" in said
    assert "bearing publish" in said


def test_a_taken_port_is_told(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"port {port} is taken" in refused(data_dir, "--port", port)


def test_a_bad_setting_is_told(data_dir: Path) -> None:
    assert "BEARING_WORKERS" in refused(data_dir, BEARING_WORKERS="lots")


def test_a_host_that_is_not_this_machine_is_told(data_dir: Path) -> None:
    assert "cannot listen on 192.0.2.1" in refused(data_dir, "--host", "192.0.2.1")


def test_the_public_door_loads_nothing_that_writes_and_never_sees_the_ledgers_address(
    serve: Serve, many_dir: Path
) -> None:
    running = serve(
        many_dir, BEARING_DATABASE_URL="postgresql+psycopg://u:hunter2@127.0.0.1:1/x", BEARING_DOORS="public"
    )
    assert running.get("/")[0] == 200
    assert running.get("/incidents")[0] == 200
    for number in range(8):  # So many that each worker has some.
        assert running.get(f"/editions/1/clusters.arrow?across=4&view=0,0,3,3&from={1990 + number}")[0] == 200
    for worker in running.workers():
        mapped = Path(f"/proc/{worker}/maps").read_text()
        for library in ("pysqlite3", "spatialite", "psycopg", "sqlalchemy", "pyogrio", "pandas"):
            assert library not in mapped.lower(), library
    assert not (many_dir / "secret").exists()
