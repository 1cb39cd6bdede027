"""Draws pictures in a process apart, one at a time for the whole service.

Drawing takes tens of megabytes and may take seconds: here it holds up no reader, is ended when its time is over, and
a minute after the last picture its process is gone. It reads no edition: what there is to draw comes from the process
that asks.
"""

import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.memory import keep_little_memory
from app.pictures.errors import DrawingBusy, DrawingFailed, DrawingTooSlow

if TYPE_CHECKING:
    from app.pictures.bars import BarChart
    from app.pictures.fills import Fill
    from app.pictures.frames import Frame
    from app.pictures.glyphs import Cell
    from app.pictures.maps import Surveyed
    from app.pictures.surveys import Survey

# How long one who asks waits for the turn.
WAIT_S = 10.0
# What a process gets beyond the time that drawing itself heeds, before it is ended.
_GRACE_S = 3.0
_QUEUE = 64
# Where the program finds its listening socket, and the pipe that ends with the service.
_LISTENER, _ALIVE = 0, 3
# For how long after a picture what draws is kept, and after how many it is begun anew, since libraries lose memory.
_KEEP_S = 60.0
_MOST = 100
# What of a surveyor the process that draws may ask.
_QUESTIONS = ("survey", "cells", "fill", "bars")
_FAILURES: dict[str, Callable[[str], Exception]] = {"slow": DrawingTooSlow, "failed": DrawingFailed}


class Draughtsman:
    """The process that draws, as those see it that ask."""

    def __init__(self, address: Path, pid: int, alive: int, places: int = 1) -> None:
        """Know where it listens, and hold the pipe by whose end it learns that nobody is left to draw for.

        places: how many of a process may wait for a picture at a time; its other threads stay free for what is quick.
        """
        self._places = threading.BoundedSemaphore(places)
        self._address = str(address)
        self._pid = pid
        self._alive = alive

    def end(self) -> None:
        """End it, and what it draws; only the process that started it may."""
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._pid, signal.SIGTERM)
            os.waitpid(self._pid, 0)

    def order(
        self,
        task: str,
        *values: object,
        surveyor: "Surveyed | None" = None,
        wait_s: float = WAIT_S,
        seconds: float = 15.0,
        **named: object,
    ) -> bytes:
        """Have a picture drawn.

        task: "module:function" of `app.pictures`, which gets the surveyor, if there is one, and the values, and gives
        bytes. wait_s: how long to wait for the turn. seconds: how long drawing may take. Raises DrawingBusy,
        DrawingTooSlow, DrawingFailed, and what the surveyor raises.
        """
        until = time.monotonic() + wait_s
        if not self._places.acquire(blocking=False):
            msg = "Many wait for a picture."
            raise DrawingBusy(msg)
        try:
            with Client(self._address, "AF_UNIX") as line:
                line.send((task, values, named, surveyor is not None, seconds))
                return _attend(line, surveyor, until, seconds + _GRACE_S)
        except (EOFError, OSError) as error:
            msg = "the process that draws has gone"
            raise DrawingFailed(msg) from error
        finally:
            self._places.release()


def start_draughtsman(places: int) -> Draughtsman:
    """Start the process, as a child of this one; it ends when this one does. places: as Draughtsman has them."""
    # Only this user may enter a folder that mkdtemp makes.
    address = Path(tempfile.mkdtemp(prefix="bearing-")) / "pictures"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(address))
        listener.listen(_QUEUE)
        # A program of its own: forked from this one, it would keep a copy of all that this one holds.
        # All processes of the service hold the writing end: when the last one is gone, the reading end says so.
        reading, writing = os.pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, listener.fileno(), _LISTENER),
            (os.POSIX_SPAWN_DUP2, reading, _ALIVE),
        ]
        program = [sys.executable, "-m", "app.draughtsman", str(address)]
        pid = os.posix_spawn(sys.executable, program, os.environ, file_actions=actions)
        os.close(reading)
    return Draughtsman(address, pid, writing, places)


def main(address: Path) -> None:
    """Draw what is ordered, for as long as anybody is left to order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _serve(socket.socket(fileno=_LISTENER))
    finally:
        shutil.rmtree(address.parent, ignore_errors=True)


def _attend(line: "Connection[Any, Any]", surveyor: "Surveyed | None", turn: float, seconds: float) -> bytes:
    """Answer what the drawing process asks until it hands over the picture."""
    if not line.poll(max(0.0, turn - time.monotonic())):
        msg = "Other pictures are being drawn."
        raise DrawingBusy(msg)
    until = time.monotonic() + seconds
    while line.poll(max(0.0, until - time.monotonic())):
        said, *rest = line.recv()
        if surveyor and said in _QUESTIONS:
            line.send(getattr(surveyor, said)(*rest))
        elif said == "done":
            return bytes(rest[0])
        elif said in _FAILURES:
            raise _FAILURES[said](*rest)
    msg = "the picture takes too long to draw"
    raise DrawingTooSlow(msg)


def _serve(listener: socket.socket) -> None:
    """Start a process that draws whenever something is ordered and none lives, until the service has ended."""
    while _is_ordered(listener, None):
        drawing = os.fork()
        if not drawing:
            _draw(listener)
        try:
            os.waitpid(drawing, 0)
        except SystemExit:
            os.kill(drawing, signal.SIGKILL)
            raise


def _is_ordered(listener: socket.socket, within_s: float | None) -> bool:
    """Wait for an order; say whether one came before the time was over and the service had ended."""
    ready, _, _ = select.select([listener.fileno(), _ALIVE], [], [], within_s)
    return bool(ready) and _ALIVE not in ready


def _draw(listener: socket.socket) -> None:
    """Draw what is ordered, one after the other, until nothing is for a while, and end this process."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        keep_little_memory()
        # Loaded with the first order: many services are never asked for a picture.
        for name in ("charts", "files"):
            importlib.import_module(f"app.pictures.{name}")
        gc.freeze()
        for _ in range(_MOST):
            if not _is_ordered(listener, _KEEP_S):
                break
            order, _ = listener.accept()
            with Connection(order.detach()) as line, suppress(EOFError, OSError):  # Who asked may have gone.
                _answer(line)
            gc.collect()
    finally:
        os._exit(0)


def _answer(line: "Connection[Any, Any]") -> None:
    """Draw one order."""
    task, values, named, surveyed, seconds = line.recv()
    # Ends this process, wherever it is.
    signal.alarm(int(seconds + _GRACE_S))
    line.send(("turn",))
    line.send(_drawn(task, (_Distant(line), *values) if surveyed else values, named))
    signal.alarm(0)


def _drawn(task: str, values: tuple[object, ...], named: dict[str, object]) -> tuple[str, bytes | str]:
    module, _, name = task.partition(":")
    try:
        return "done", getattr(importlib.import_module(module), name)(*values, **named)
    except DrawingTooSlow as error:
        return "slow", str(error)
    except (EOFError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked is to know that there is no picture
        import structlog  # noqa: PLC0415 - nine services of ten never say this

        structlog.get_logger().error("drawing_failed", error=type(error).__name__)
        return "failed", type(error).__name__


class _Distant:
    """The surveyor of the process that asks."""

    def __init__(self, line: "Connection[Any, Any]") -> None:
        self._line = line

    def survey(self) -> "Survey":
        found: Survey = self._ask("survey")
        return found

    def cells(self, frame: "Frame") -> "list[Cell]":
        found: list[Cell] = self._ask("cells", frame)
        return found

    def fill(self, by: str, frame: "Frame") -> "Fill":
        found: Fill = self._ask("fill", by, frame)
        return found

    def bars(self, by: str) -> "BarChart":
        found: BarChart = self._ask("bars", by)
        return found

    def _ask(self, *question: object) -> Any:  # noqa: ANN401 - each answer has a type of its own
        self._line.send(question)
        return self._line.recv()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
