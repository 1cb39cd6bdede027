"""`bearing doctor`: says what is missing or wrong, one line each. It repairs nothing and writes nothing."""

import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from app.assets.build import digest_of_inputs, stamp_of_built
from app.errors import BadSetting, BadSettings
from app.files import Assets
from app.settings import PREFIX, SETTINGS, Settings
from incidents.errors import IncidentError

NEEDED_ASSETS = ("bearing.js", "bearing.css")
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: "ok", "note" (works, but think again) or "wrong" (will fail); what was looked at; what was found."""

    state: str
    what: str
    said: str


Check = Callable[[Settings], Iterator[Finding]]


@click.command()
def doctor() -> None:
    """Say what is missing or wrong, one line each; status 1 when anything is wrong."""
    findings = list(examine(os.environ))
    for finding in findings:
        click.echo(f"{finding.state:<6}{finding.what}: {finding.said}")
    if any(finding.state == "wrong" for finding in findings):
        sys.exit(1)


def examine(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at everything in turn; a check that fails itself is a finding like any other."""
    try:
        settings = Settings.from_env(environ)
    except (BadSetting, BadSettings) as error:
        for one in error.every if isinstance(error, BadSettings) else (error,):
            yield Finding("wrong", "settings", str(one))
        yield from _strange_settings(environ)
        return
    yield from check_settings(settings, environ)
    for check in (check_process, check_system, check_assets, check_folders, check_editions, check_ledger):
        try:
            yield from check(settings)
        except ModuleNotFoundError as error:
            yield Finding("wrong", "python packages", f"{error.name} is missing: run `make setup`")


def check_settings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look for names that nothing reads, and defaults that suit this machine alone."""
    known = {row.variable for row in SETTINGS}
    strange = list(_strange_settings(environ))
    yield from strange
    if settings.public_url == Settings().public_url:
        yield Finding("note", "settings", f"{PREFIX}PUBLIC_URL is not set: links are right on this machine only")
    elif settings.public_url.startswith("https://") and not settings.proxies:
        yield Finding("note", "settings", f"the site is https, yet {PREFIX}PROXIES is 0: who ends TLS?")
    if not strange:
        yield Finding("ok", "settings", f"{len(set(environ) & known)} given, {len(known)} known")


def _strange_settings(environ: Mapping[str, str]) -> Iterator[Finding]:
    known = {row.variable for row in SETTINGS}
    for name in sorted(name for name in environ if name.startswith(PREFIX) and name not in known):
        yield Finding("wrong", "settings", f"{name} is no setting: correct its name or remove it")


def check_process(settings: Settings) -> Iterator[Finding]:
    """Say who runs it, on which Python."""
    del settings
    yield Finding("ok", "python", sys.version.split()[0])
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield Finding("note", "user", "this runs as root: outside a container use a user of its own")


def check_system(settings: Settings) -> Iterator[Finding]:
    """See whether SpatiaLite is installed, where the ledger needs it."""
    if not settings.database_url.startswith(_SQLITE):
        return
    from incidents.database import open_engine

    engine = open_engine("sqlite://")
    try:
        with engine.connect():
            yield Finding("ok", "system packages", "SpatiaLite is installed")
    except IncidentError as error:
        yield Finding("wrong", "system packages", str(error))
    finally:
        engine.dispose()


def check_assets(settings: Settings) -> Iterator[Finding]:
    """Look for the front end's files."""
    del settings
    missing = [name for name in NEEDED_ASSETS if name not in Assets().names]
    if missing:
        yield Finding("wrong", "assets", f"{', '.join(missing)} not built: run `make setup`")
    elif stamp_of_built() != digest_of_inputs():
        # Old scripts beside new answers draw no map.
        yield Finding("wrong", "assets", "built from other sources than are here: run `make setup`")
    else:
        yield Finding("ok", "assets", "built")


def check_folders(settings: Settings) -> Iterator[Finding]:
    """See whether the data folder is there, writable for us, and for nobody else."""
    folder = settings.data_dir
    if not folder.is_dir():
        yield Finding("note", "data folder", f"{folder} is not there yet: `bearing init` or `bearing demo` makes it")
        return
    if not os.access(folder, os.W_OK):
        yield Finding("note", "data folder", f"{folder} cannot be written: good for serving, not for recording")
    loose = [path for path in (folder, *_private_files(settings)) if _mode(path) & stat.S_IWOTH]
    readable = [path for path in _private_files(settings) if _mode(path) & stat.S_IROTH]
    for path in loose:
        yield Finding("wrong", "permissions", f"anybody may write {path}: run `chmod o-w {path}`")
    for path in readable:
        yield Finding("wrong", "permissions", f"anybody on this machine may read {path}: run `chmod o-r {path}`")
    if not loose and not readable:
        yield Finding("ok", "permissions", f"{folder} is ours")


def _private_files(settings: Settings) -> list[Path]:
    files = [settings.data_dir / "secret", settings.evidence_dir]
    if settings.database_url.startswith(_SQLITE):
        files.append(Path(settings.database_url.removeprefix(_SQLITE)))
    return [path for path in files if path.exists()]


def _mode(path: Path) -> int:
    return path.stat().st_mode


def check_editions(settings: Settings) -> Iterator[Finding]:
    """See whether each edition is the files that its manifest says."""
    from incidents.editions.errors import EditionOutdated
    from incidents.editions.manifest import MANIFEST, verify
    from incidents.editions.shelf import read_tags
    from incidents.editions.tombstones import read_tombstones
    from incidents.saved_maps import verify_maps

    root = settings.editions_dir
    if (root / "current").is_symlink() and not (root / "current").exists():
        gone = (root / "current").readlink()
        yield Finding(
            "wrong", "editions", f"the current one, {gone}, is missing: `bearing restore` or `bearing publish`"
        )
        return
    if not (root / "current").exists():
        yield Finding(
            "note", "editions", "nothing is published yet: `bearing publish`, or `bearing demo` for an example"
        )
        return
    folders = sorted(path.parent for path in root.glob(f"[0-9]*/{MANIFEST}"))
    broken = 0
    for read in (read_tombstones, read_tags):
        try:
            read(root)
        except IncidentError as error:
            broken += 1
            yield Finding("wrong", "editions", f"{error}: bring it back with `bearing restore`")
    for sentence in verify_maps(root):
        broken += 1
        yield Finding("wrong", "saved maps", f"{sentence}: bring it back with `bearing restore`")
    for folder in folders:
        try:
            wrong = verify(folder)
        except EditionOutdated as error:
            is_current = folder.samefile(root / "current")
            broken += is_current
            yield Finding("wrong" if is_current else "note", "editions", f"{error}; readers are not shown it")
            continue
        except IncidentError as error:
            wrong = [str(error)]
        for sentence in wrong:
            yield Finding("wrong", f"edition {folder.name}", f"{sentence}: bring it back with `bearing restore`")
        broken += bool(wrong)
    if not broken:
        current = (root / "current").resolve().name
        yield Finding("ok", "editions", f"{len(folders)} whole, the current one is {current}")


def check_ledger(settings: Settings) -> Iterator[Finding]:
    """See whether the ledger opens, with its extension, with this version's tables and a history that adds up."""
    if not settings.database_url.startswith(_SQLITE):
        place = "the database of BEARING_DATABASE_URL"
    else:
        place = settings.database_url.removeprefix(_SQLITE)
        if not Path(place).is_file():
            yield Finding("note", "ledger", f"there is none at {place}: a public door needs none, recording does")
            return
    try:
        from incidents.database import is_demonstration, open_engine, schema_is_current, snapshot
        from incidents.history import verify_chain

        engine = open_engine(settings.database_url)
        try:
            if not schema_is_current(engine):
                yield Finding(
                    "wrong", "ledger", "its tables are another version's: `bearing backup`, then `bearing upgrade`"
                )
                return
            with snapshot(engine) as session:
                kind = "a demonstration" if is_demonstration(session) else "real"
                verified = verify_chain(session)
        finally:
            engine.dispose()
    except IncidentError as error:
        yield Finding("wrong", "ledger", str(error))
    # Whatever a driver or a missing library raises, its name without its text, which may hold the address.
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a line of the report
        yield Finding("wrong", "ledger", f"{place} cannot be opened ({type(error).__name__})")
    else:
        yield Finding("ok", "ledger", f"current, {kind}; its history of {verified.length:,} links adds up")
