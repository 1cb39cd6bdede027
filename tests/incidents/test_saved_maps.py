import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from incidents.errors import BadSavedMap, SavedMapsDamaged, UnknownSavedMap
from incidents.saved_maps import (
    SAVED_MAPS,
    SavedMap,
    SavedMaps,
    hash_secret,
    read_book,
    remove_map,
    save_map,
    verify_maps,
)

STRIKES = SavedMap("strikes", "Airstrikes", "Known ones.\nသတင်း", (("kind", "airstrike"),), view="7/22/95", edition=3)


def test_what_is_saved_is_found_and_every_act_is_kept(tmp_path: Path) -> None:
    readers = SavedMaps(tmp_path)
    assert readers.listed() == []
    assert not save_map(tmp_path, STRIKES, by=7).replaced
    found = readers.find("strikes")
    assert (found.title, found.text, found.filter, found.view, found.edition) == (
        STRIKES.title,
        STRIKES.text,
        STRIKES.filter,
        STRIKES.view,
        3,
    )
    before = found.etag
    assert save_map(tmp_path, SavedMap("strikes", "Others"), by=8).replaced
    assert readers.find("strikes").title == "Others", "noticed without being told"
    assert readers.find("strikes").etag != before
    assert remove_map(tmp_path, "strikes", by=7) == 3
    with pytest.raises(UnknownSavedMap):
        readers.find("strikes")
    with pytest.raises(UnknownSavedMap, match="maps list"):
        remove_map(tmp_path, "strikes", by=7)
    assert [(act.version, act.what, act.slug, act.by) for act in read_book(tmp_path).acts] == [
        (1, "save", "strikes", 7),
        (2, "save", "strikes", 8),
        (3, "remove", "strikes", 7),
    ]


def test_an_unlisted_map_is_found_by_its_secret_alone_which_is_nowhere(tmp_path: Path) -> None:
    kept = save_map(tmp_path, SavedMap("quiet", "Unlisted"), by=1, unlisted=True)
    assert kept.secret
    assert len(bytes.fromhex(kept.secret)) == 16
    readers = SavedMaps(tmp_path)
    assert readers.find(kept.secret).slug == "quiet"
    assert readers.listed() == []
    stored = (tmp_path / SAVED_MAPS).read_text()
    assert kept.secret not in stored
    assert hash_secret(kept.secret) in stored
    for name in ("quiet", hash_secret(kept.secret), kept.secret.upper(), kept.secret[:-1], "", "\ud800"):
        with pytest.raises(UnknownSavedMap):
            readers.find(name)


def test_a_link_stays_until_another_is_asked_for(tmp_path: Path) -> None:
    first = save_map(tmp_path, SavedMap("quiet", "Unlisted"), by=1, unlisted=True).secret
    assert first
    assert save_map(tmp_path, SavedMap("quiet", "Renamed"), by=1, unlisted=True).secret is None
    readers = SavedMaps(tmp_path)
    assert readers.find(first).title == "Renamed"
    second = save_map(tmp_path, SavedMap("quiet", "Renamed"), by=1, unlisted=True, new_link=True).secret
    assert second
    assert second != first
    assert readers.find(second)
    with pytest.raises(UnknownSavedMap):
        readers.find(first)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("slug", {"slug": "../etc"}),
        ("slug", {"slug": "a.png"}),
        ("slug", {"slug": "Strikes"}),
        ("slug", {"slug": "a" * 65}),
        ("slug", {"slug": ""}),
        ("title", {"title": " "}),
        ("title", {"title": "a\nb"}),
        ("title", {"title": "a" * 201}),
        ("text", {"text": "a\x00"}),
        ("text", {"text": "a" * 4_001}),
        ("regions", {"regions": "all"}),
        ("chart", {"chart": "pie"}),
        ("basemap", {"base_map": "moon"}),
        ("edition", {"edition": 0}),
        ("frame-site", {"sites": ("https://a.example; script-src *",)}),
        ("frame-site", {"sites": ("https://a.example/path",)}),
        ("frame-site", {"sites": ("*",)}),
        ("frame-site", {"sites": ("javascript:alert(1)",)}),
    ],
)
def test_what_no_map_can_have_is_refused_by_name(name: str, changes: dict[str, object], tmp_path: Path) -> None:
    values: dict[str, object] = {"slug": "strikes", "title": "Airstrikes", **changes}
    with pytest.raises(BadSavedMap) as refused:
        save_map(tmp_path, SavedMap(**values), by=1)  # type: ignore[arg-type]  # wrong on purpose
    assert refused.value.name == name
    assert not (tmp_path / SAVED_MAPS).exists()


def test_titles_of_any_script_are_taken(tmp_path: Path) -> None:
    title = "می‌خواهم \u202eعنوان လေကြောင်း"
    save_map(tmp_path, SavedMap("one", title), by=1)
    assert SavedMaps(tmp_path).find("one").title == title


@pytest.mark.parametrize("content", ["", "{", "[]", '{"form": 1}', '{"form": 2}', '{"form": 1, "version": "x"}'])
def test_a_damaged_file_is_told_and_never_written_over(content: str, tmp_path: Path) -> None:
    (tmp_path / SAVED_MAPS).write_text(content)
    with pytest.raises(SavedMapsDamaged):
        SavedMaps(tmp_path).listed()
    with pytest.raises(SavedMapsDamaged):
        save_map(tmp_path, STRIKES, by=1)
    assert verify_maps(tmp_path)
    assert (tmp_path / SAVED_MAPS).read_text() == content


def test_a_change_by_hand_is_found(tmp_path: Path) -> None:
    save_map(tmp_path, STRIKES, by=1)
    assert verify_maps(tmp_path) == []
    path = tmp_path / SAVED_MAPS
    document = json.loads(path.read_text())
    document["maps"][0]["filter"] = []
    path.write_text(json.dumps(document))
    assert verify_maps(tmp_path) == [f"{SAVED_MAPS} is not as it was saved"]


def test_of_many_writers_at_once_none_is_lost(tmp_path: Path) -> None:
    def work(number: int) -> None:
        for step in range(5):
            save_map(tmp_path, SavedMap(f"map-{number}-{step}", "A map"), by=number + 1)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book = read_book(tmp_path)
    assert len(book.maps) == book.version == len(book.acts) == 30
    assert verify_maps(tmp_path) == []


_DIE = """
import os, signal, sys
from pathlib import Path
from incidents.saved_maps import SavedMap, save_map
root, fatal = Path(sys.argv[1]), int(sys.argv[2])
seen = 0
def hear(event, args):
    global seen
    if event in {"open", "os.rename"} and any(str(root) in str(one) for one in args):
        if seen == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1
sys.addaudithook(hear)
save_map(root, SavedMap("strikes", "New"), by=1)
"""


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    endings = []
    for fatal in range(8):
        folder = tmp_path / str(fatal)
        folder.mkdir()
        save_map(folder, SavedMap("strikes", "Old"), by=1)
        command = [sys.executable, "-c", _DIE, str(folder), str(fatal)]
        done = subprocess.run(command, cwd=root, env=os.environ, capture_output=True, check=False, timeout=60)
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr
        assert verify_maps(folder) == []
        endings.append((done.returncode == 0, SavedMaps(folder).find("strikes").title))
        if done.returncode == 0:
            break
        # Whoever comes next is not held up by what the dead one left.
        save_map(folder, SavedMap("strikes", "Next"), by=1)
        assert SavedMaps(folder).find("strikes").title == "Next"
    assert (False, "Old") in endings
    assert endings[-1] == (True, "New")
