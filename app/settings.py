"""Settings: what an operator chooses, read once from environment variables that begin with BEARING_.

It reads the environment and nothing else: no file is opened, no folder made, no database touched.
"""

import dataclasses
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import BadSetting, BadSettings

PREFIX = "BEARING_"
KNOWN_DOORS = ("public",)
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_HOST = re.compile(r"\.?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.ASCII)


def _text(value: str) -> str:
    return value.strip()


def _path(value: str) -> Path:
    return Path(value).expanduser()


def _whole_number(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            msg = f"must be a whole number from {least} to {most}"
            raise ValueError(msg)
        return int(value)

    return parse


def _yes_or_no(value: str) -> bool:
    if value.lower() not in {"yes", "no"}:
        msg = "must be yes or no"
        raise ValueError(msg)
    return value.lower() == "yes"


def _names(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in re.split(r"[\s,]+", value) if name))


def _doors(value: str) -> tuple[str, ...]:
    doors = _names(value)
    if not doors or not set(doors) <= set(KNOWN_DOORS):
        msg = f"must be one or more of {', '.join(KNOWN_DOORS)}"
        raise ValueError(msg)
    return doors


def _hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(host.lower() for host in _names(value))
    if not all(_HOST.fullmatch(host) for host in hosts):
        msg = "must be host names without scheme, port or path, such as maps.example.org or .example.org"
        raise ValueError(msg)
    return hosts


def _public_url(value: str) -> str:
    found = re.fullmatch(r"(https?)://([^/?#@]+?)((?::\d{1,5})?)/?", value, re.ASCII | re.IGNORECASE)
    if not found or not _HOST.fullmatch(found[2].lower()) or found[2].startswith("."):
        msg = "must be a scheme and a host, such as https://maps.example.org, and nothing after it"
        raise ValueError(msg)
    return found[0].rstrip("/").lower()


def _tiles_url(value: str) -> str:
    # Its origin becomes a part of the Content-Security-Policy, where a comma or semicolon would start another rule.
    address = re.fullmatch(r"https://(\{s\}\.)?[a-z0-9][a-z0-9.-]*(:\d+)?/[^\s,;'\"<>\\]*", value, re.ASCII)
    if not address or not all(part in value for part in ("{z}", "{x}", "{y}")):
        msg = "must be an https address that holds {z}, {x} and {y}"
        raise ValueError(msg)
    return value


def _database_url(value: str) -> str:
    if value.startswith("sqlite:") and (
        not value.partition("sqlite:///")[2] or ":memory:" in value or "mode=memory" in value
    ):
        msg = "must name a file, as sqlite:///FILE does: a ledger in memory would be gone with the command"
        raise ValueError(msg)
    return value


def _optional(parse: Callable[[str], object]) -> Callable[[str], object]:
    return lambda value: parse(value) if value else None


# ruff: noqa: RUF009 - each call of `_setting` in the class gives a field's description, which is immutable
def _setting(default: object, parse: Callable[[str], object], sentence: str, *, shown: bool = True) -> Any:  # noqa: ANN401 - as `field` does, so that each field keeps its own type
    return field(default=default, repr=shown, metadata={"parse": parse, "sentence": sentence})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One operator's choices. Each field is the variable BEARING_ and its name in capitals; see `SETTINGS`."""

    data_dir: Path = _setting(Path("var"), _path, "Folder that holds the embedded ledger, the editions and the secret.")
    database_url: str = _setting(
        "",
        _database_url,
        "Ledger to write to: sqlite:///FILE or postgresql+psycopg://...; empty is ledger.sqlite in the data folder.",
        shown=False,
    )
    doors: tuple[str, ...] = _setting(("public",), _doors, "Doors to open; `public` needs neither database nor secret.")
    public_url: str = _setting(
        "http://127.0.0.1:8000",
        _public_url,
        "Address at which readers find the site; every absolute link is made from it.",
    )
    trusted_hosts: tuple[str, ...] = _setting(
        (), _hosts, "Host names to answer to, others get 400; empty is the public address's host and this machine."
    )
    proxies: int = _setting(0, _whole_number(0, 9), "How many reverse proxies of your own stand in front.")
    cache_seconds: int = _setting(60, _whole_number(0, 86_400), "How long browsers and caches may keep pages and data.")
    keep_editions: int = _setting(10, _whole_number(1, 10_000), "How many editions `bearing editions prune` leaves.")
    person: str = _setting("", _text, "Who writes when a command is not told with --by.")
    disclaimer: str = _setting(
        "The boundaries, names and designations shown do not imply any opinion on the legal status of a territory.",
        _text,
        "What maps, embeds and exports say about boundaries.",
    )
    tiles_url: str | None = _setting(
        None,
        _optional(_tiles_url),
        "Tile provider to draw under the incidents, with {z}, {x} and {y}; none by default.",
    )
    tiles_attribution: str = _setting("", _text, "Whom to name for the tiles.")
    site_title: str = _setting("Bearing", _text, "Name of the site.")
    taxonomy_dir: Path | None = _setting(
        None, _optional(_path), "Folder of TOML files that add kinds, aircraft and systems to those that come along."
    )
    log_readers: bool = _setting(
        False, _yes_or_no, "Whether logs name readers' addresses, referrers, paths and query strings: yes or no."
    )
    workers: int | None = _setting(
        None,
        _optional(_whole_number(1, 64)),
        "How many processes serve; empty is two, or one where there is less than a gigabyte of memory.",
    )
    threads: int = _setting(16, _whole_number(1, 256), "How many requests each process answers at a time.")
    stall_seconds: int = _setting(
        20, _whole_number(1, 3_600), "How long a reader may take nothing of an answer before the connection is ended."
    )

    def __post_init__(self) -> None:
        """Fill in what follows from other settings, and refuse tiles without attribution."""
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir / 'ledger.sqlite'}")
        if not self.trusted_hosts:
            host = re.sub(r":\d+$", "", self.public_url.partition("://")[2])
            object.__setattr__(self, "trusted_hosts", tuple(dict.fromkeys((host, *_LOCAL_HOSTS))))
        if self.tiles_url and not self.tiles_attribution:
            variable, reason = f"{PREFIX}TILES_ATTRIBUTION", f"must be given with {PREFIX}TILES_URL"
            raise BadSetting(variable, reason)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; an empty variable is one that is not set.

        Raises BadSetting, naming the variable, and BadSettings where several are wrong.
        """
        environ = os.environ if environ is None else environ
        given: dict[str, Any] = {}
        wrong: list[BadSetting] = []
        for each in dataclasses.fields(cls):
            variable = PREFIX + each.name.upper()
            value = environ.get(variable, "").strip()
            if not value:
                continue
            if any("\ud800" <= character <= "\udfff" for character in value):
                wrong.append(BadSetting(variable, "must be in UTF-8"))
                continue
            try:
                given[each.name] = each.metadata["parse"](value)
            except ValueError as error:
                wrong.append(BadSetting(variable, str(error)))
        try:
            settings = cls(**given)
        except BadSetting as error:
            wrong.append(error)
        if wrong:
            raise wrong[0] if len(wrong) == 1 else BadSettings(wrong)
        return settings

    def without_ledger(self) -> "Settings":
        """Give the settings that a public door gets: without the ledger's address, which may hold a password."""
        return dataclasses.replace(self, database_url="")

    @property
    def editions_dir(self) -> Path:
        """Folder of the editions."""
        return self.data_dir / "editions"

    @property
    def evidence_dir(self) -> Path:
        """Folder of the files kept as evidence."""
        return self.data_dir / "evidence"


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting as the documentation and `bearing doctor` name it."""

    variable: str
    default: str
    sentence: str


def _default_in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, tuple) else str(value)


SETTINGS: tuple[SettingRow, ...] = tuple(
    SettingRow(PREFIX + each.name.upper(), _default_in_words(each.default), each.metadata["sentence"])
    for each in dataclasses.fields(Settings)
)
