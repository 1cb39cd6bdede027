"""Keeps the table of SHA-256 in geodata/README.md, by which a test knows each shipped file.

It does not judge where a file comes from: the rest of the README says so.
"""

import hashlib
from pathlib import Path

BASE_MAP = "basemap/"
START, END = "<!-- hashes: start -->", "<!-- hashes: end -->"


def hashes(data: Path) -> dict[str, str]:
    """Give the SHA-256 of each file below `data`; the files of the base map are taken as one.

    Their hash is that of the lines `<sha256>  <name>`, sorted by name, which begins with the folder's.
    """
    by_name = {
        path.relative_to(data).as_posix(): _sha256(path.read_bytes())
        for path in sorted(data.rglob("*"))
        if path.is_file()
    }
    found = {name: digest for name, digest in by_name.items() if not name.startswith(BASE_MAP)}
    parts = sorted((name.removeprefix(BASE_MAP), digest) for name, digest in by_name.items() if name not in found)
    found[f"{BASE_MAP}*/*.json"] = _sha256("".join(f"{digest}  {name}\n" for name, digest in parts).encode())
    return dict(sorted(found.items()))


def write_hashes(readme: Path, data: Path) -> None:
    """Put the table of hashes between its two marks."""
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(START)
    after = rest.split(END)[1]
    readme.write_text(f"{before}{START}\n{table(data)}{END}{after}", encoding="utf-8")


def table(data: Path) -> str:
    """Give the table as Markdown."""
    rows = "".join(f"| `{name}` | `{digest}` |\n" for name, digest in hashes(data).items())
    return f"| file | SHA-256 |\n|---|---|\n{rows}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
