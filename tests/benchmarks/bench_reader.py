"""What reading typed columns takes in a browser: Bearing's reader of Arrow IPC, the official one, and none, by JSON.

Run by `make bench`, in Chromium. Each reader is bundled as the page's scripts are, and gives the same typed arrays.
"""

import gzip
import json
import os
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from app.assets.build import HERE as ASSETS
from app.assets.build import find_npm
from tests.benchmarks import folium_site, watching
from tests.benchmarks.conftest import Results

# A page loads the columns of so many rows at most.
ROWS = min(200_000, max(int(rows) for rows in os.environ.get("BEARING_BENCH_ROWS", "200000").split()))
ROUNDS = 7
_OWN = ASSETS / "src/arrow.js"
# Each gives, for the bytes, how many numbers are in its typed arrays.
READERS = {
    "Arrow IPC, Bearing's reader (flechette)": f"""
        import {{ readArrow }} from {json.dumps(str(_OWN))};
        globalThis.read = (bytes) => {{
            const table = readArrow(bytes);
            return table.names.reduce((sum, name) => sum + table.column(name).length, 0);
        }};""",
    "Arrow IPC, apache-arrow": """
        import { tableFromIPC } from "apache-arrow";
        globalThis.read = (bytes) => {
            const table = tableFromIPC(bytes);
            return table.schema.fields.reduce((sum, { name }) => sum + table.getChild(name).toArray().length, 0);
        };""",
    "JSON, no reader": """
        globalThis.read = (bytes) => {
            const columns = JSON.parse(new TextDecoder().decode(bytes));
            return Object.values(columns).reduce((sum, numbers) => sum + Int32Array.from(numbers).length, 0);
        };""",
}
_TIMED = """async (rounds) => {
    const bytes = new Uint8Array(await (await fetch("/data")).arrayBuffer());
    const taken = [];
    let numbers = 0;
    for (let round = 0; round <= rounds; round += 1) {
        const begun = performance.now();
        numbers = globalThis.read(bytes);
        taken.push(performance.now() - begun);
    }
    return { numbers, taken: taken.slice(1) };
}"""
# No such place is ever asked: the page's requests are answered here.
_PAGE = "http://localhost/"


def test_readers(many: Callable[[int], Path], results: Results) -> None:
    packed = (many(ROWS) / "editions" / "1" / "columns.arrow").read_bytes()
    with pa.ipc.open_file(packed) as file:
        text = json.dumps(file.read_all().to_pydict(), separators=(",", ":")).encode()
    folium_site.install()
    rows, numbers = [], set()
    for name, script in READERS.items():
        bundle = bundle_script(script)
        data = text if name.startswith("JSON") else packed
        found = read_in_browser(bundle, data)
        numbers.add(found["numbers"])
        reader_kb = 0.0 if name.startswith("JSON") else len(gzip.compress(bundle, 9)) / 1000
        data_kb = len(gzip.compress(data, 6)) / 1000
        rows.append(
            (
                name,
                f"{reader_kb:.1f}",
                f"{len(data) / 1000:,.0f}",
                f"{data_kb:,.0f}",
                f"{statistics.median(found['taken']):.1f}",
            )
        )
    assert len(numbers) == 1, "the readers gave different numbers"
    results.add(
        f"Readers of the columns of {ROWS:,} rows, in Chromium",
        (
            "columns as, and what reads them",
            "reader, kB gzipped",
            "columns, kB",
            "columns, kB gzipped",
            "read after, ms",
        ),
        rows,
        f"Medians of {ROUNDS} readings, from unpacked bytes to {numbers.pop():,} numbers in typed arrays. Each reader "
        "is bundled and minified alone, as the page's scripts are, of which Bearing's is a part.",
    )


def bundle_script(script: str) -> bytes:
    """Bundle and minify a script that imports packages from here or from the front end."""
    command = [
        *find_npm().node,
        str(ASSETS / "node_modules/esbuild/bin/esbuild"),
        "--bundle",
        "--format=iife",
        "--minify",
    ]
    return subprocess.run(command, cwd=folium_site.HERE, input=script.encode(), capture_output=True, check=True).stdout


def read_in_browser(bundle: bytes, data: bytes) -> Any:
    """Read data with a script in a browser of its own; give how many numbers it found and the milliseconds of each."""
    with watching.fresh_page(within_s=watching.LIMIT_S) as page:
        page.route(_PAGE, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.route(f"{_PAGE}data", lambda route: route.fulfill(body=data))
        page.goto(_PAGE)
        page.add_script_tag(content=bundle.decode())
        return page.evaluate(_TIMED, ROUNDS)
