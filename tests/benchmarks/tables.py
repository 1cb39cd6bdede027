"""What is read from the tables of RESULTS.md and said beneath them: how costs grow, and why a figure falls short.

It measures nothing. As a program it says both anew in a file of results: FILE.
"""

import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_REMARKS = Path(__file__).with_name("remarks.toml")
_WHY = "Why: "
_GROWTH = "Growth, from the tables of each size"
_MAPS = re.compile(r"## ([\d,]+) incidents in Chromium$")
_QUERIES = re.compile(r"## (?:Clusters and counts|Further questions) of ([\d,]+) rows, in process, ms$")
# Of what a map's table has.
_OF_A_MAP = (
    "first events after, ms",
    "event data of the whole first view, kB gzipped",
    "a step of the time slider, ms",
    "a kind switched by hand, ms",
    "a kind switched by script, ms",
)
# What no question's time stands under.
_BESIDE = ("filter", "asked for", "rows", "the same in DuckDB", "clusters, kB gzipped")


def make_table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[object]], note: str = "", after: str = ""
) -> str:
    """Give a table in Markdown: its title, a note before it, and what follows from it."""
    lines = [" | ".join(str(cell) for cell in row) for row in (head, ["---"] * len(head), *rows)]
    table = "\n".join(f"| {line} |" for line in lines)
    return "\n\n".join(filter(None, (f"## {title}", note, table, after)))


def finish(parts: Sequence[str]) -> list[str]:
    """Give tables with remarks beneath those that have one, and at the end how costs grow with the number of rows."""
    remarks: dict[str, str] = tomllib.loads(_REMARKS.read_text(encoding="utf-8"))
    finished = []
    for part in parts:
        title = part.partition("\n")[0].removeprefix("## ")
        if title == _GROWTH:
            continue
        kept = [paragraph for paragraph in part.split("\n\n") if not paragraph.startswith(_WHY)]
        if title in remarks:
            kept.append(f"{_WHY}{remarks[title].strip()}")
        finished.append("\n\n".join(kept))
    growth = describe_growth(finished)
    return finished + [growth] * bool(growth)


@dataclass
class Size:
    """What was measured at one size: the map's lines, and the milliseconds of each question."""

    map_: dict[str, str] = field(default_factory=dict)
    questions: dict[str, float] = field(default_factory=dict)


def describe_growth(parts: Sequence[str]) -> str:
    """Make the table of growth from the tables of each size; "" where there are no two sizes."""
    sizes: dict[int, Size] = {}
    for part in parts:
        title = part.partition("\n")[0]
        for pattern in (_MAPS, _QUERIES):
            if found := pattern.match(title):
                size = sizes.setdefault(int(found[1].replace(",", "")), Size())
                head, *rows = read_table(part)
                if pattern is _MAPS:
                    size.map_ = {row[0]: row[head.index("Bearing")] for row in rows}
                else:
                    size.questions |= read_questions(head, rows)
    lines = []
    before: tuple[int, dict[str, float]] | None = None
    for rows_, size in sorted(sizes.items()):
        worst = worst_grown = "–"
        if asked := size.questions:
            worst = say_worst(asked, "ms")
            if before:
                times = {name: ms / before[1][name] for name, ms in asked.items() if before[1].get(name)}
                worst_grown = (
                    f"{say_worst(times, '×')}; {max(asked.values()) / max(before[1].values()):,.1f} × the worst"
                )
                worst_grown += f", for {rows_ / before[0]:,.0f} × the rows"
            before = rows_, asked
        lines.append([f"{rows_:,}", *(size.map_.get(name, "–") for name in _OF_A_MAP), worst, worst_grown])
    if len(lines) < 2:
        return ""
    head = ["incidents", *_OF_A_MAP, "worst query in process", "grown most"]
    note = "10 times the incidents are promised to cost at most 10 times in the worst query and about nothing at first."
    return make_table(_GROWTH, head, lines, note)


def read_questions(head: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, float]:
    """Give the milliseconds of each question that a table has an answer to, by what was asked."""
    return {
        f"{row[0]}, {name}": float(row[at].replace(",", ""))
        for row in rows
        for at, name in enumerate(head)
        if name not in _BESIDE and re.fullmatch(r"[\d,.]+", row[at])
    }


def say_worst(figures: Mapping[str, float], unit: str) -> str:
    """Give the largest figure and what it is of."""
    name = max(figures, key=lambda each: figures[each])
    return f"{figures[name]:,.1f} {unit}: {name}"


def read_table(part: str) -> list[list[str]]:
    """Read a table's rows, the head first."""
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [cells[0], *cells[2:]]


def main(file: str) -> None:
    """Say growth and remarks anew in a file of results."""
    path = Path(file)
    first, *parts = path.read_text(encoding="utf-8").rstrip().split("\n\n## ")
    path.write_text("\n\n".join((first, *finish([f"## {part}" for part in parts]))) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
