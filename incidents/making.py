"""Making rows of an edition from approved incidents: here, or in processes of their own where there are many.

It asks no ledger, and decides nothing about what is public: redaction does.
"""

import gc
import os
import pickle
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from geodata.bbox import BBox
from incidents.approved import Approval, make_incident
from incidents.coarsening import World
from incidents.editions.rows import Shape, make_table
from incidents.editions.staging import write_rows
from incidents.errors import IncidentError
from incidents.redaction import redact
from incidents.scrubbing import NotFitToPublish
from incidents.surroundings import ShippedWorld
from incidents.taxonomy import Taxonomy

Shapes = Callable[[Iterable[str]], Mapping[str, Shape]]
"""Gives the regions of some codes, and may give others beside them."""

_MOST_PROCESSES = 4
# What a child runs: the caller's own way of finding modules, and nothing of its main program.
_CHILD = "import sys; sys.path[:] = {path!r}; from incidents.making import work; work()"


class MakingFailed(IncidentError):
    """A process that made rows for an edition ended before it was done."""


@dataclass(frozen=True, slots=True)
class Said:
    """An approved revision to make a row of: its approval, its payload, and the digest of all that the row hangs on."""

    approval: Approval
    payload: str
    made_from: bytes


class Maker(Protocol):
    """Makes files of rows from blocks of what is approved."""

    def make(self, blocks: Iterable[Sequence[Said]], files: Iterator[Path]) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Give, for each block and in any order, the file that has its rows, and the ids of those that are unfit."""


class RowMaker:
    """Makes rows in this process."""

    def __init__(self, taxonomy: Taxonomy, world: World, shapes: Shapes) -> None:
        self._taxonomy = taxonomy
        self._world = world
        self._shapes = shapes

    def make(self, blocks: Iterable[Sequence[Said]], files: Iterator[Path]) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Make the rows of one block after the other."""
        for block in blocks:
            path = next(files)
            yield path, self.make_file(block, path)

    def make_file(self, block: Sequence[Said], path: Path) -> tuple[str, ...]:
        """Write the rows of a block to a file; give the ids of those that are unfit for their policies."""
        fit, digests, unfit = [], [], []
        for said in block:
            try:
                fit.append(redact(make_incident(said.approval, said.payload), self._world))
                digests.append(said.made_from)
            except NotFitToPublish:
                unfit.append(said.approval.id)
        shapes = self._shapes({link.code for one in fit for link in one.draft.location.regions if link.code})
        write_rows(path, make_table(fit, self._taxonomy, shapes, digests))
        return tuple(unfit)


class RowProcesses:
    """Makes rows in as many processes as there are cores for it, each of which ends with this one, however it ends."""

    def __init__(self, taxonomy: Taxonomy, shapes: Shapes) -> None:
        """Start the processes. They know the world as the project ships it."""
        self._shapes = shapes
        self._stack = ExitStack()
        count = min(_MOST_PROCESSES, len(os.sched_getaffinity(0)))
        command = [sys.executable, "-c", _CHILD.format(path=sys.path)]
        self._processes = []
        with ExitStack() as starting:
            for _ in range(count):
                process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - ours
                starting.callback(_end, process)
                self._processes.append(process)
                _tell(process, taxonomy.to_json())
            self._stack = starting.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def make(self, blocks: Iterable[Sequence[Said]], files: Iterator[Path]) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Make the rows of several blocks at once. Raises MakingFailed."""
        idle = list(self._processes)
        busy: dict[Any, Path] = {}
        with selectors.DefaultSelector() as selector:
            for process in self._processes:
                selector.register(process.stdout, selectors.EVENT_READ, process)  # type: ignore[arg-type]  # piped
            for block in blocks:
                while not idle:
                    yield from self._hear(selector, busy, idle)
                process = idle.pop()
                busy[process] = next(files)
                _tell(process, (list(block), busy[process]))
            while busy:
                yield from self._hear(selector, busy, idle)

    def _hear(
        self, selector: selectors.BaseSelector, busy: dict[Any, Path], idle: list[Any]
    ) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Wait until a process says something: that it is done, or for which regions it must know the shapes."""
        for key, _ in selector.select():
            try:
                what, value = pickle.load(key.data.stdout)  # noqa: S301 - our own process says it
            except EOFError:
                msg = "a process that made rows ended before it was done, perhaps for want of memory"
                raise MakingFailed(msg) from None
            if what == "shapes":
                known = self._shapes(value)
                _tell(key.data, {code: _Known.of(known[code]) for code in value if code in known})
            else:
                idle.append(key.data)
                yield busy.pop(key.data), value


@dataclass(frozen=True, slots=True)
class _Known:
    """What a process is told of a region."""

    local_name: str | None
    extent: BBox | None

    @classmethod
    def of(cls, shape: Shape) -> Self:
        return cls(shape.local_name, shape.extent)


def work() -> None:
    """Be one of the processes: make the rows of each block that comes in, until no more can come."""
    # Drafts and rows hold no circles, and looking for some among thousands of them takes a quarter of the time.
    gc.disable()
    # What anything prints here must not stand between what the parent reads.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    questions = sys.stdin.buffer
    known: dict[str, _Known] = {}
    asked: set[str] = set()

    def say(what: str, value: object) -> None:
        pickle.dump((what, value), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()

    def shapes(codes: Iterable[str]) -> Mapping[str, Shape]:
        if unknown := set(codes) - asked:
            say("shapes", sorted(unknown))
            known.update(pickle.load(questions))  # noqa: S301 - our parent says it
            asked.update(unknown)
        return known

    try:
        maker = RowMaker(Taxonomy.from_json(pickle.load(questions)), ShippedWorld(), shapes)  # noqa: S301 - as above
        while True:
            block, path = pickle.load(questions)  # noqa: S301 - as above
            say("made", maker.make_file(block, path))
    except EOFError:
        return  # Nobody is left to ask for rows.


def _tell(process: "subprocess.Popen[bytes]", message: object) -> None:
    assert process.stdin is not None  # noqa: S101 - it is piped
    try:
        pickle.dump(message, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
    except BrokenPipeError:
        msg = "a process that made rows ended before it was done, perhaps for want of memory"
        raise MakingFailed(msg) from None


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
