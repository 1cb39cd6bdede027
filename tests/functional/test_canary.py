"""What is in a draft, a returned, embargoed or withdrawn incident is in no public answer, header, file or log."""

import datetime as dt
import gzip
import io
import json
import re
import sqlite3
import struct
import urllib.error
import urllib.request
import zipfile
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import duckdb
import numpy as np
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from app.cli import bearing
from app.cli.ledger_access import find_person, writing
from app.settings import Settings
from geodata.locations import Found, Location, RegionLink
from geodata.points import LonLat
from geodata.precision import Precision
from incidents.drafts import CitationDraft, DatasetDraft, IncidentDraft, SourceDraft, to_payload
from incidents.editions.columns import place
from incidents.exporting.formats import FORMATS
from incidents.recording import record
from tests.functional.conftest import Running, Serve
from tests.marked import make_marked_draft

WORD = "Qanary"
LON, LAT = 95.731946, 22.913758
KILLED, VALUE, COUNT = 864_213, 975_318_642, 73_519
X, Y = (int(part[0]) for part in place(np.array([LON]), np.array([LAT])))
# What gives one of these incidents away, however it is written: in words, or as numbers in columns.
TRACES = re.compile(
    rb"[Qq]anary|95\.7319|22\.9137|864,?213|975,?318,?642|73,?519|1987-06|June 1987|"
    + b"|".join(re.escape(struct.pack("<i", number)) for number in (X, Y)),
    re.IGNORECASE,
)
# Fields that hold a word of a list, a date or a code, and so cannot hold the canary.
LISTED = {
    "kind", "extent", "date", "earliest", "latest", "time_sense", "reported", "published", "precision", "role", "type",
    "types", "certainty", "aircraft_match", "stage", "currency", "group", "grade", "field", "scheme", "code", "how",
    "source_key", "method", "language", "digest", "time_earliest", "time_latest", "time_zone",
}  # fmt: skip


def make_marked(label: str) -> IncidentDraft:
    """Make an incident that has the canary in every text, and figures that nothing else has."""

    def say(what: str) -> str:
        return f"{WORD} {label} {what}"

    return make_marked_draft(
        say,
        key=f"{WORD}-{label}",
        location=Location(
            precision=Precision.EXACT,
            reason=say("reason"),
            method="own place",
            point=LonLat(LON, LAT),
            radius_m=10.0,
            regions=(
                RegionLink(0, "Myanmar", "ISO 3166-1", "MM", Found.NAMED),
                RegionLink(1, "Sagaing", "ISO 3166-2", "MM-01", Found.NAMED),
                RegionLink(3, say("township"), None, None, Found.NAMED),
            ),
        ),
        killed=KILLED,
        value=VALUE,
        count=COUNT,
    )


def make_plain() -> IncidentDraft:
    """Make the one incident that is public; what is private of it has the canary too, and it names a hidden one."""
    return IncidentDraft(
        kind="airstrike",
        title="Airstrike on a village school",
        location=Location(
            precision=Precision.STATE,
            reason="The source names the state.",
            method="name",
            regions=(
                RegionLink(0, "Myanmar", "ISO 3166-1", "MM", Found.NAMED),
                RegionLink(1, "Sagaing", "ISO 3166-2", "MM-01", Found.NAMED),
            ),
        ),
        private_notes=f"{WORD} private notes of a public incident",
        date="2022-09-16",
        earliest=dt.date(2022, 9, 16),
        latest=dt.date(2022, 9, 16),
        citations=(CitationDraft(SourceDraft("wire", "A report", url="https://news.example/report")),),
        same_as=tuple(f"{WORD.lower()}-set:{WORD}-{label}" for label in ("draft", "embargoed", "withdrawn")),
    )


def leaves(value: object, name: str = "") -> list[tuple[str, str]]:
    """Give every text of a payload with the name of its field."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, key)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item, name)]
    return [(name, value)] if isinstance(value, str) else []


def empty_fields(value: object, name: str = "") -> list[str]:
    """Give the names of fields that hold nothing."""
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in empty_fields(item, key)]
    if isinstance(value, list):
        return [name] if not value else [found for item in value for found in empty_fields(item, name)]
    return [name] if value is None else []


def test_the_canary_is_in_every_field() -> None:
    payload = to_payload(make_marked("draft"))
    texts = leaves(payload)
    assert [text for name, text in texts if WORD.lower() not in text.lower() and name not in LISTED] == [
        "Myanmar",
        "Sagaing",
    ]
    # These have no canary: a point has no stand-in, and the figures that are missing are upper bounds or groups.
    allowed = {"stand_in", "distance_m", "maximum", "minimum", "role", "scheme", "code", "grade", "digest"}
    assert set(empty_fields(payload)) <= allowed


class Ledger:
    """A real ledger in a folder, written to by two people through the commands."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_dir=folder)
        self.run("init")
        self.run("people", "add", "Ma Thida")
        self.run("people", "add", "Ko Aung", "--by", "Ma Thida")

    def run(self, *arguments: str) -> str:
        """Run a command; give what it printed."""
        answer = CliRunner().invoke(bearing, arguments, env={"BEARING_DATA_DIR": str(self.settings.data_dir)})
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    def record(self, draft: IncidentDraft, dataset: DatasetDraft | None = None) -> str:
        """Record an incident; give its public id."""
        with writing(self.settings) as session:
            return record(session, draft, by=find_person(session, "Ma Thida"), dataset=dataset).public_id


def crawl(running: Running, more: list[str]) -> dict[str, bytes]:
    """Ask for everything that the pages lead to and for more; give each answer, headers and body, unpacked."""
    answers: dict[str, bytes] = {}
    waiting = [
        "/",
        "/incidents",
        "/about",
        "/data",
        "/data/changes",
        "/data/changes?what=changed",
        "/feed.atom",
        "/data/citation.json",
        "/embed",
        "/healthz",
        "/incidents.geojson",
        "/regions.geojson",
        *more,
    ]
    while waiting:
        path = waiting.pop()
        if path in answers:
            continue
        request = urllib.request.Request(running.address + path, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own server
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - our own server
                headers, body = response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                headers, body = error.headers, error.read()
        # A digest, whose digits may be any.
        del headers["ETag"]
        if headers["Content-Encoding"] == "gzip":
            body = gzip.decompress(body)
        answers[path] = str(headers).encode() + open_up(path, body)
        if headers.get_content_type() == "text/html":
            text = body.decode()
            found = re.findall(r'(?:href|src|action)="([^"]+)"', text)
            view = re.search(r'id="bearing-view">(.*?)</script>', text, re.DOTALL)
            if view:
                urls = json.loads(view[1])["urls"]
                found += [urls["basemap"] + "0/0_0_0.json"]
                found += [
                    urls["data"] + name
                    for name in ("columns.arrow", "terms.json", "names.json", "areas.json", "rows.json?n=0")
                ]
            for link in found:
                parts = urlsplit(urljoin(running.address + path, unescape(link)))
                if f"{parts.scheme}://{parts.netloc}" == running.address and len(answers) + len(waiting) < 600:
                    waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return answers


def open_up(path: str, body: bytes) -> bytes:
    """Give what stands in an answer whose format packs it."""
    if urlsplit(path).path.endswith(".parquet") and body.startswith(b"PAR1"):
        table = pyarrow.parquet.read_table(io.BytesIO(body))
        return repr((table.schema.metadata, table.to_pylist())).encode()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    if body.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(":memory:")) as db:
            db.deserialize(body)
            return body + "\n".join(db.iterdump()).encode()
    return body


def assert_silent(answers: dict[str, bytes], ids: list[str]) -> None:
    """Find no trace in any answer."""
    for path, said in answers.items():
        found = TRACES.search(said)
        assert not found, (path, said[max(0, found.start() - 80) : found.end() + 20])
        for id_ in ids:
            if id_ not in path:
                assert id_.encode() not in said, path


def questions(ids: list[str]) -> list[str]:
    """Give addresses that would lead to the hidden ones, did they exist. None holds a trace itself."""
    box = f"bbox={LON - 0.01:.2f},{LAT - 0.01:.2f},{LON + 0.01:.2f},{LAT + 0.01:.2f}"
    filters = [box, "from=1987&to=1987", "kind=airstrike&region=MM-01", "aircraft=mi-35", "precision=exact", "q=school"]
    bases = ["/", "/incidents", "/embed", "/regions.geojson", *(f"/incidents.{suffix}" for suffix in FORMATS)]
    asked = [f"{base}?{filter_}" for base in bases for filter_ in filters]
    asked += [f"/incidents/{id_}" for id_ in ids]
    for name in ("1", "1.1", "1.2", "2"):
        asked += [f"/editions/{name}/rows.json?id={id_}" for id_ in ids]
        asked += [
            f"/editions/{name}/{file}" for file in ("columns.arrow", "areas.json", "rows.json?n=0", "rows.json?n=0,1,2")
        ]
        across = 100_000
        column, row = X * across >> 31, Y * across >> 31
        cells = f"clusters.arrow?across={across}&view={column - 9},{row - 9},{column + 9},{row + 9}"
        within = ",".join(str(edge & ~0xFFFFF) for edge in (X, Y)) + f",{X | 0xFFFFF},{Y | 0xFFFFF}"
        asked += [f"/editions/{name}/{cells}", f"/editions/{name}/members.json?within={within}"]
        for file in (
            *(
                "clusters.arrow?across=93",
                "tallies.json",
                "unshown.json",
                "terms.json",
                "names.json",
                "histogram.json?unit=month",
            ),
            *("series.json?by=aircraft", "series.json?by=region", "members.json", "members.json?placeless=1"),
            *(
                "harm.json",
                "harm.json?group=civilians",
                "certain.json",
                "found.json",
                "outlines.json?across=64",
                "outlines.json?across=64&level=1",
                "outlines.json?across=64&area=MM-01",
            ),
        ):
            asked += [f"/editions/{name}/{file}"]
            asked += [f"/editions/{name}/{file}{'&' if '?' in file else '?'}{one}" for one in filters[1:4]]
        asked += [
            f"/editions/{name}/{file}?{filter_}" for file in ("matches.json", "columns.arrow") for filter_ in filters
        ]
        asked += [f"/incidents.geojson?edition={name}", f"/?edition={name}", f"/incidents?edition={name}"]
    return asked


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "case")


def test_nothing_hidden_is_public(ledger: Ledger, serve: Serve) -> None:
    plain = ledger.record(make_plain())
    ids = {
        label: ledger.record(make_marked(label))
        for label in ("draft", "returned", "embargoed", "withdrawn", "internal")[:4]
    }
    internal = DatasetDraft(f"{WORD.lower()}-internal", f"{WORD} internal", terms="internal")
    # Its key stands beside its counts, which are public.
    counted = DatasetDraft("counted-only", "Counted only", terms="aggregate only")
    ids["internal"] = ledger.record(make_marked("internal"), internal)
    ids["counted"] = ledger.record(make_marked("counted"), counted)
    fit = [plain, *(ids[label] for label in ("embargoed", "withdrawn", "internal", "counted"))]
    ledger.run("review", "approve", *fit, "--by", "Ko Aung")
    ledger.run("review", "return", ids["returned"], "--by", "Ko Aung")
    ledger.run("embargo", ids["embargoed"], "--until", "2999-01-01", "--by", "Ma Thida")
    ledger.run("publish", "--note", "First", "--by", "Ko Aung")

    running = serve(ledger.settings.data_dir)
    hidden = [id_ for label, id_ in ids.items() if label != "withdrawn"]
    before = crawl(running, questions(list(ids.values())))
    # The one that is still public shows that these questions would find the others.
    assert sum(bool(TRACES.search(said)) for said in before.values()) > 20
    for said in before.values():
        assert not re.search(rb"Qanary (draft|returned|embargoed|internal|counted)|private notes", said)
    for path, said in before.items():
        assert not [id_ for id_ in hidden if id_.encode() in said and id_ not in path], path

    ledger.run("withdraw", ids["withdrawn"], "--reason", "safety", "--by", "Ma Thida")
    everything = list(ids.values())
    after = crawl(running, questions(everything))
    assert_silent(after, everything)
    assert any(b"Airstrike on a village school" in said for said in after.values())
    for label, id_ in ids.items():
        # Only of what was public once may a reader learn that it was taken back.
        assert running.get(f"/incidents/{id_}")[0] == (410 if label == "withdrawn" else 404)
    assert running.get("/editions/1/columns.arrow")[0] == 410
    assert not json.loads(running.get("/incidents.geojson?q=qanary")[1])["features"]

    ledger.run("publish", "--note", "Second", "--by", "Ko Aung")
    assert_silent(crawl(running, questions(everything)), everything)

    running.process.terminate()
    running.process.wait(30)
    # The fractions of a second have any six digits, some of which are a trace's.
    log = re.sub(r'"timestamp": "[^"]*"', "", "".join(running.log))
    assert log.count("answered") > 100
    assert not TRACES.search(log.encode())


def test_nothing_hidden_is_in_an_editions_files(ledger: Ledger) -> None:
    ids = [ledger.record(make_plain())] + [
        ledger.record(make_marked(label)) for label in ("draft", "embargoed", "withdrawn")
    ]
    ledger.run("review", "approve", ids[0], *ids[2:], "--by", "Ko Aung")
    ledger.run("embargo", ids[2], "--until", "2999-01-01", "--by", "Ma Thida")
    ledger.run("publish", "--by", "Ko Aung")
    ledger.run("withdraw", ids[3], "--reason", "safety", "--by", "Ma Thida")
    editions = ledger.settings.editions_dir
    folders = [path for path in editions.iterdir() if (path / "manifest.json").exists() and not path.is_symlink()]
    assert folders
    for folder in folders:
        for path in folder.iterdir():
            content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            assert not TRACES.search(content), path
        for name, reader in (("incidents.duckdb", None), ("incidents.parquet", "read_parquet")):
            with duckdb.connect(
                str(folder / name) if reader is None else ":memory:", read_only=reader is None
            ) as connection:
                tables = (
                    [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
                    if reader is None
                    else [f"{reader}('{folder / name}')"]
                )
                for table in tables:
                    for row in connection.execute(f"SELECT * FROM {table}").fetchall():
                        assert not TRACES.search(repr(row).encode()), table
