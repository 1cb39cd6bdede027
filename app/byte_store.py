"""A bounded store of bodies, in memory or mapped from disk. It knows nothing of requests, editions or encodings."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sized
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Body = TypeVar("Body", bound=Sized)


@dataclass(slots=True)
class _Making:
    """The lock of a body that is being made, and how many want it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted_by: int = 0


class ByteStore(Generic[Body]):
    """Bodies by key, the least lately used given up first, never more than `most_bytes` of them."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held: OrderedDict[str, Body] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[str, _Making] = {}
        self.size = 0

    def get_or_make(self, key: str, make: Callable[[], Body]) -> Body:
        """Give what is held under the key, or else what `make` makes, and hold that.

        Who asks while another is making it waits, so that many readers of a new page cost what one does. What `make`
        raises goes to the one whose it was; the next in line tries anew.
        """
        with self._lock:
            making = self._making.setdefault(key, _Making())
            making.wanted_by += 1
        try:
            with making.lock:
                body = self.get(key)
                if body is None:
                    body = make()
                    self.put(key, body)
                return body
        finally:
            with self._lock:
                making.wanted_by -= 1
                if not making.wanted_by:
                    del self._making[key]

    def get(self, key: str) -> Body | None:
        """Give what is held under the key, or None."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: str, body: Body) -> None:
        """Hold a body; one that would fill more than a quarter of the store is not held at all."""
        if len(body) * 4 > self._most:
            return
        with self._lock:
            if key in self._held:
                return
            self._held[key] = body
            self.size += len(body)
            while self.size > self._most:
                _, given_up = self._held.popitem(last=False)
                self.size -= len(given_up)
