"""Real clients read files by their addresses, as the pages tell to, and take none that was cut for a whole one."""

import json
import os
import re
import shlex
import socket
import socketserver
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.client import IncompleteRead
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pyogrio
import pytest

from tests.factories import make_random_rows, write_edition
from tests.functional.conftest import Running, Serve

# GDAL misses the ending of an address that ends in a filter.
pytestmark = [pytest.mark.acceptance, pytest.mark.filterwarnings("ignore:File .* has GPKG application_id")]

SYSTEM_PYTHON = "/usr/bin/python3"
ROWS, MANY = 300, 30_000
KNOWN_BY_CONTENT = ("geojson", "gpkg", "kml")
# GDAL knows these by the end of their address, where a filter would stand.
KNOWN_BY_NAME = ("csv", "xlsx")


@pytest.fixture(scope="module")
def data_dirs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folders = {rows: tmp_path_factory.mktemp(f"afar_{rows}") for rows in (ROWS, MANY)}
    for rows, folder in folders.items():
        write_edition(folder / "editions", make_random_rows(rows))
    return folders


@pytest.fixture
def running(serve: Serve, data_dirs: dict[int, Path]) -> Running:
    return serve(data_dirs[ROWS])


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def count_airstrikes(running: Running) -> int:
    records: int = json.loads(running.get("/api/counts?kind=airstrike")[1])["totals"]["records"]
    assert 0 < records < ROWS
    return records


def count_first_layer(source: str) -> int:
    done = run("ogrinfo", "-ro", "-so", "-al", source)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    return int(re.findall(r"^Feature Count: (\d+)$", done.stdout, re.MULTILINE)[0])


@pytest.mark.parametrize("suffix", [*KNOWN_BY_CONTENT, *KNOWN_BY_NAME])
def test_gdal_reads_every_format_by_its_address(running: Running, suffix: str) -> None:
    address = f"{running.address}/incidents.{suffix}"
    if suffix != "xlsx":
        # GDAL 3.6 forgets a workbook that it has fetched as a whole before it reads the sheets.
        assert count_first_layer(address) == ROWS
    assert count_first_layer(f"/vsicurl/{address}") == ROWS
    # Of several layers it reads the first, and says so.
    layer = {"gpkg": "incidents", "kml": "Incidents", "xlsx": "Incidents"}.get(suffix)
    assert len(pyogrio.read_dataframe(address, layer=layer)) == ROWS
    narrow, expected = f"{address}?kind=airstrike&edition=1", count_airstrikes(running)
    if suffix in KNOWN_BY_CONTENT:
        assert count_first_layer(narrow) == count_first_layer(f"/vsicurl/{narrow}") == expected
        assert len(pyogrio.read_dataframe(narrow, layer=layer)) == expected
    elif suffix == "csv":
        assert count_first_layer(f"CSV:/vsicurl/{narrow}") == expected


def test_qgis_opens_addresses_of_files(running: Running, tmp_path: Path) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    env.pop("PYTHONPATH", None)
    for suffix in ("gpkg", "geojson"):
        source = f"/vsicurl/{running.address}/incidents.{suffix}?edition=1"
        command = [SYSTEM_PYTHON, str(Path(__file__).with_name("qgis_layers.py")), source, "incidents"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout.splitlines()[-1])["incidents"]
        assert (found["valid"], found["count"], found["features"]) == (True, ROWS, ROWS)


def test_what_the_pages_tell_to_type_does_what_they_say(running: Running, tmp_path: Path) -> None:
    for page, expected in (("/data", ROWS), ("/download?kind=airstrike", count_airstrikes(running))):
        text = unescape(running.get(page)[1].decode())
        told = re.findall(r'<code class="copyable">(.*?)</code>', text[text.index('id="tools"') :])
        (ogr2ogr,) = [shlex.split(line) for line in told if line.startswith("ogr2ogr")]
        package = tmp_path / f"{expected}.gpkg"
        assert run(*(str(package) if part == "incidents.gpkg" else part for part in ogr2ogr)).returncode == 0
        assert count_first_layer(str(package)) == expected
        scripts = [line for line in told if "read_" in line]
        assert len(scripts) == 2
        for script in scripts:
            assert len(eval(script, {"geopandas": geopandas, "pandas": pd})) == expected  # noqa: S307 - our own page's
        (package_address,) = [line for line in told if line.startswith("http") and "gpkg" in line]
        assert count_first_layer(f"/vsicurl/{package_address}") == expected
        (api,) = [line for line in told if line.startswith("OAPIF:")]
        assert "incidents" in run("ogrinfo", api).stdout


def test_large_files_are_read_in_a_stream(serve: Serve, data_dirs: dict[int, Path]) -> None:
    running = serve(data_dirs[MANY])
    address = f"{running.address}/incidents.geojson"
    with urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=60) as head:  # noqa: S310 - our own
        assert head.headers["Content-Length"] is None
    assert count_first_layer(address) == MANY
    assert count_first_layer(f"/vsicurl_streaming/{address}") == MANY
    assert len(geopandas.read_file(address)) == MANY


@contextmanager
def cut(running: Running, path: str, share: float) -> Iterator[str]:
    """Answer with the first part of the bytes that the service answers with; give the address."""
    host, port = running.address.removeprefix("http://").split(":")
    said = b""
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        while block := connection.recv(1 << 20):
            said += block
    assert said.endswith(b"0\r\n\r\n")

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked = self.request.recv(1 << 16)
            self.request.sendall(
                said[: said.index(b"\r\n\r\n") + 4 if asked.startswith(b"HEAD") else int(len(said) * share)]
            )

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Who asks may go away before the end."""

    with Server(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}{path}"
        server.shutdown()


@pytest.mark.parametrize("suffix", [*KNOWN_BY_CONTENT, *KNOWN_BY_NAME])
def test_no_client_takes_a_cut_file_for_a_whole_one(running: Running, suffix: str) -> None:
    for share in (0.6, 0.99):
        with cut(running, f"/incidents.{suffix}", share) as address:
            # 18: part of a file.
            assert run("curl", "--silent", "--output", os.devnull, address).returncode == 18
            for read in (geopandas.read_file, lambda url: urllib.request.urlopen(url, timeout=60).read()):  # noqa: S310 - our own
                with pytest.raises(IncompleteRead):
                    read(address)
            for command in (
                ("ogrinfo", "-ro", "-al", "-so", address),
                ("ogr2ogr", "-f", "CSV", "/vsistdout/", address),
            ):
                done = run(*command)
                assert done.returncode != 0
                assert "Feature Count" not in done.stdout
            if suffix in {"geojson", "kml"}:
                assert run("ogrinfo", "-ro", "-al", "-so", f"/vsicurl_streaming/{address}").returncode != 0
            if suffix == "csv":
                with pytest.raises(IncompleteRead):
                    pd.read_csv(address)


def test_a_package_that_cannot_be_made_cuts_the_connection(running: Running) -> None:
    """Its first bytes are its head alone: what makes it is ended, and the answer ends without its end."""
    command = ["curl", "--silent", "--show-error", "--output", os.devnull, f"{running.address}/incidents.gpkg"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as curl:
        maker = None
        while maker is None and curl.poll() is None:
            maker = _find_child(running.process.pid, "app.packing")
        assert maker is not None
        os.kill(maker, 9)
        _, said = curl.communicate(timeout=60)
    assert (curl.returncode, sys.platform) == (18, "linux"), said
    assert running.get("/incidents.gpkg")[0] == 200


def _find_child(pid: int, name: str) -> int | None:
    try:
        listed = [
            int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()
        ]
        for child in listed:
            if name.encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
            if found := _find_child(child, name):
                return found
    except OSError:
        return None
    return None
