"""`bearing maps`, as a person types it."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import bearing
from incidents.database import open_engine, session_factory
from incidents.editions.reader import EditionStore
from incidents.people import add_person
from incidents.saved_maps import SAVED_MAPS, SavedMap, SavedMaps, read_book
from tests.factories import make_random_rows, write_edition


class Terminal:
    """Runs commands over a data folder with editions, and a ledger of two people."""

    def __init__(self, url: str, folder: Path) -> None:
        self.editions = folder / "editions"
        self._environment = {"BEARING_DATA_DIR": str(folder), "BEARING_DATABASE_URL": url, "BEARING_PERSON": ""}
        engine = open_engine(url)
        with session_factory(engine).begin() as session:
            add_person(session, "Ada")
            add_person(session, "Bo")
        engine.dispose()

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(bearing, words, env=self._environment)

    def done(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return result.output

    def saved(self, slug: str) -> SavedMap:
        return read_book(self.editions).maps[slug]


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write editions 1 and 2, which nobody changes."""
    root = tmp_path_factory.mktemp("maps") / "editions"
    for name in ("1", "2"):
        write_edition(root, make_random_rows(20), name)
    return root


@pytest.fixture
def terminal(spatialite_url: str, editions: Path, tmp_path: Path) -> Terminal:
    shutil.copytree(editions, tmp_path / "editions", symlinks=True)
    return Terminal(spatialite_url, tmp_path)


def test_a_map_is_saved_listed_shown_changed_and_removed(terminal: Terminal) -> None:
    said = terminal.done(
        "maps", "save", "strikes", "--title", "Airstrikes", "--text", "One.\nTwo.", "--filter",
        "kind=airstrike&from=2001", "--view", "7/21.90/95.9", "--frame-site", "https://News.example.org/",
        "--by", "ada",
    )  # fmt: skip
    assert re.search(r"Saved strikes: \d+ of 20 records of edition 2 now\.", said)
    assert "http://127.0.0.1:8000/maps/strikes\n" in said
    one = terminal.saved("strikes")
    assert one.filter == (("kind", "airstrike"), ("from", "2001-01-01"))
    assert (one.view, one.sites, one.edition) == ("7/21.9/95.9", ("https://news.example.org",), None)
    assert "strikes  following  listed" in terminal.done("maps", "list")
    terminal.done("maps", "save", "strikes", "--edition", "1", "--frame-site", "any", "--by", "Bo")
    changed = terminal.saved("strikes")
    assert (changed.title, changed.text, changed.filter, changed.view) == (one.title, one.text, one.filter, one.view)
    assert (changed.edition, changed.sites) == (1, ())
    shown = terminal.done("maps", "show", "strikes")
    assert "filter: kind=airstrike&from=2001-01-01" in shown
    assert shown.count("  save  by person ") == 2
    stored = (terminal.editions / SAVED_MAPS).read_text()
    assert not re.search(r"\b(Ada|Bo)\b", stored), "names stay in the ledger"
    terminal.done("maps", "remove", "strikes", "--by", "Ada")
    assert "No map is saved yet" in terminal.done("maps", "list")


def test_an_address_from_the_browser_says_it_all(terminal: Terminal) -> None:
    address = (
        "https://map.example.org/?kind=airstrike&kind=protest&to=2015&edition=1#6.5/21.5/96.25&regions=rate&chart=kind"
    )
    terminal.done("maps", "save", "seen", "--title", "Seen", "--from-url", address, "--by", "Ada")
    one = terminal.saved("seen")
    assert one.filter == (("kind", "airstrike"), ("kind", "protest"), ("to", "2015-12-31"))
    assert (one.view, one.regions, one.chart, one.edition) == ("6.5/21.5/96.25", "rate", "kind", 1)
    terminal.done("maps", "save", "seen", "--from-url", address, "--edition", "following", "--by", "Ada")
    assert terminal.saved("seen").edition is None


def test_an_unlisted_map_stays_so_until_it_is_listed(terminal: Terminal) -> None:
    said = terminal.done("maps", "save", "quiet", "--title", "Quiet", "--unlisted", "--by", "Ada")
    found = re.search(r"/maps/([0-9a-f]{32})\n", said)
    assert found
    assert "told only now" in said
    for words in (("list",), ("show", "quiet"), ("save", "quiet", "--title", "Renamed", "--by", "Ada")):
        assert found[1] not in terminal.done("maps", *words)
    assert SavedMaps(terminal.editions).find(found[1]).title == "Renamed"
    assert not terminal.saved("quiet").listed
    again = terminal.done("maps", "save", "quiet", "--new-link", "--by", "Ada")
    assert found[1] not in again
    assert re.search(r"/maps/[0-9a-f]{32}\n", again)
    assert "/maps/quiet\n" in terminal.done("maps", "save", "quiet", "--listed", "--by", "Ada")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Bad_Slug", "--title", "x"), "slug: must be"),
        (("x",), "title: must be given"),
        (("x", "--title", "x", "--filter", "kind=nonsense"), "filter: kind: 'nonsense' is not known"),
        (("x", "--title", "x", "--filter", "kind"), "filter: must be written as in an address"),
        (("x", "--title", "x", "--filter", "from=2020&to=2019"), "filter: to: ends before"),
        (("x", "--title", "x", "--view", "1/2"), "view: must be zoom/latitude/longitude"),
        (("x", "--title", "x", "--edition", "9"), "edition: there is no edition 9"),
        (("x", "--title", "x", "--edition", "new"), "edition: must be an edition's number"),
        (("x", "--title", "x", "--frame-site", "news.example.org"), "frame-site: must be a scheme and a host"),
        (("x", "--title", "x", "--from-url", "/?kind=airstrike"), "from-url: must be a whole address"),
        (("x", "--title", "x", "--from-url", "https://a.example/maps/y"), "from-url: /maps/y is not the map"),
        (("x", "--title", "x", "--from-url", "https://a.example/?z=1"), "from-url: 'z' is nothing"),
        (("x", "--title", "x", "--new-link"), "new-link: is for unlisted maps"),
    ],
)
def test_errors_name_the_value(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    result = terminal.run("maps", "save", *words, "--by", "Ada")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {said}"), result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (terminal.editions / SAVED_MAPS).exists()


@pytest.mark.parametrize("by", [(), ("--by", "Nobody")])
def test_saving_is_somebody_s_doing(terminal: Terminal, by: tuple[str, ...]) -> None:
    assert terminal.run("maps", "save", "x", "--title", "x", *by).exit_code == 1
    assert not (terminal.editions / SAVED_MAPS).exists()
    terminal.done("maps", "save", "x", "--title", "x", "--by", "Ada")
    assert terminal.run("maps", "remove", "x", *by).exit_code == 1
    assert terminal.saved("x")


def test_pruning_keeps_what_maps_stay_with_and_verifying_looks_at_them(terminal: Terminal) -> None:
    write_edition(terminal.editions, make_random_rows(2), "3")
    terminal.done("maps", "save", "x", "--title", "x", "--edition", "1", "--by", "Ada")
    assert "Removed: 2." in terminal.done("editions", "prune", "--keep", "1", "--by", "Ada")
    assert EditionStore(terminal.editions).names() == ["1", "3"]
    terminal.done("editions", "verify")
    path = terminal.editions / SAVED_MAPS
    path.write_text(path.read_text().replace('"title": "x"', '"title": "y"'))
    result = terminal.run("editions", "verify")
    assert result.exit_code == 1
    assert f"{SAVED_MAPS} is not as it was saved" in result.stderr
    assert "saved maps: maps.json is not as it was saved" in terminal.run("doctor").output
