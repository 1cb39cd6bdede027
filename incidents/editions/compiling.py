"""Runs functions compiled for this machine over many rows, and as they are over few.

What is compiled is kept where Numba keeps such things: in the folder that NUMBA_CACHE_DIR names, beside its source, or
at home of who runs it. Loading Numba takes half a second and some thirty megabytes: who serves few rows never does.
"""

import threading
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar, cast

import numpy.typing as npt

Held = Any
"""An array, or a list of its values."""
Function = TypeVar("Function", bound=Callable[..., Any])

MANY_ROWS = 5_000
"""From so many rows on functions are compiled. Fewer take Python thirty milliseconds at most, and a server of 256 MB
has no room for a compiler."""


class Preparation:
    """Says whether compiled functions can be run. They can be at once, by whoever may wait for the compiler."""

    def __init__(self) -> None:
        """Leave it to whoever runs them first."""
        self._prepare: Callable[[], None] | None = None
        self._begun = threading.Lock()
        self._is_done = threading.Event()

    def leave_to(self, prepare: Callable[[], None]) -> None:
        """Let nobody wait: `prepare` makes them ready in a thread of its own, once somebody has a use for them."""
        self._prepare = prepare

    def is_done(self) -> bool:
        """Say whether they can be run, and see to it that they will be."""
        if self._prepare is None:
            return True
        if self._begun.acquire(blocking=False):
            # Where Python ends under what is not Python, that ends with an error; so it is no daemon.
            threading.Thread(target=self._run, args=(self._prepare,), name="preparing").start()
        return self._is_done.is_set()

    def _run(self, prepare: Callable[[], None]) -> None:
        try:
            prepare()
        finally:
            # Where that failed, whoever runs them next waits for the compiler.
            self._is_done.set()


preparation = Preparation()
"""Of this process, which compiles for all of its threads."""


class Runner:
    """Runs functions over rows, compiled or not; what they read must be held by it."""

    def __init__(self, *, is_compiled: bool) -> None:
        """Keep how."""
        self.is_compiled = is_compiled

    def run(self, function: Function) -> Function:
        """Give a function as it is run."""
        return compiled(function) if self.is_compiled else function

    def hold(self, values: npt.NDArray[Any]) -> Held:
        """Give values as it reads them quickest, mapped from a file or not: nothing is written to them."""
        return as_unwritten(values) if self.is_compiled else values.tolist()


def as_unwritten(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Give an array to which nothing is written, whether it is mapped from a file or not: for both is compiled once."""
    held = values.view()
    held.flags.writeable = False
    return held


_turn = threading.RLock()
_parts: dict[Callable[..., Any], Callable[..., Any]] = {}


def part(function: Function) -> Function:
    """Let compiled functions call another one."""
    _parts[function] = function
    return function


def compiled_as(function: Callable[..., Any]) -> Callable[[Function], Function]:
    """Let compiled functions call another one in place of a function."""

    def note(other: Function) -> Function:
        _parts[function] = other
        return other

    return note


@cache
def compiled(function: Function) -> Function:
    """Give a function compiled, for the types of arguments that it is called with; other threads may go on meanwhile.

    Where nothing can be kept, or what is kept cannot be read, each process compiles for itself.
    """
    # It is loaded only where it is of use.
    from numba import njit  # noqa: PLC0415
    from numba.extending import overload  # noqa: PLC0415

    with _turn:
        while _parts:
            called, how = _parts.popitem()
            overload(called, jit_options={"error_model": "numpy"}, strict=False)(_always(how))
    alone = njit(nogil=True, error_model="numpy")(function)
    try:
        chosen = njit(nogil=True, error_model="numpy", cache=True)(function)
    except RuntimeError:
        return cast("Function", alone)

    @wraps(chosen)
    def call(*arguments: object) -> object:
        nonlocal chosen
        how = chosen
        try:
            return how(*arguments)
        except Exception:
            # What is kept may be broken in any way. What failed for another reason fails again.
            if how is alone:
                raise
            chosen = alone
            return alone(*arguments)

    return cast("Function", call)


def _always(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *_: function
