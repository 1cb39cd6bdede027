"""A bounded store of bodies in memory. It knows nothing of requests, editions or encodings."""

import threading
from collections import OrderedDict


class ByteStore:
    """Bodies by key, the least lately used given up first, never more than `most_bytes` of them."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def get(self, key: str) -> bytes | None:
        """Give what is held under the key, or None."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: str, body: bytes) -> None:
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
