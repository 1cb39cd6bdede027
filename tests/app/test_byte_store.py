from concurrent.futures import ThreadPoolExecutor

import pytest

from app.byte_store import ByteStore


def test_it_never_holds_more_than_it_may_and_gives_up_the_least_lately_used() -> None:
    store: ByteStore[bytes] = ByteStore(100)
    for key in "abcd":
        store.put(key, key.encode() * 25)
    assert store.get("a") == b"a" * 25
    store.put("e", b"e" * 25)
    assert store.size == 100
    assert store.get("b") is None
    assert store.get("a") is not None


def test_a_body_too_large_is_not_held() -> None:
    store: ByteStore[bytes] = ByteStore(100)
    store.put("a", b"x" * 26)
    assert store.get("a") is None
    assert store.size == 0


def test_a_body_put_twice_counts_once() -> None:
    store: ByteStore[bytes] = ByteStore(100)
    store.put("a", b"x" * 10)
    store.put("a", b"x" * 10)
    assert store.size == 10


def test_what_many_ask_for_at_once_is_made_once() -> None:
    store: ByteStore[bytes] = ByteStore(100)
    made: list[str] = []

    def make() -> bytes:
        made.append("a")
        while store._making["a"].wanted_by < 8:
            pass  # Until all the others ask, too.
        return b"body"

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: store.get_or_make("a", make), range(8))) == {b"body"}
    assert made == ["a"]
    assert store._making == {}


def test_who_could_not_make_it_leaves_it_to_the_next() -> None:
    store: ByteStore[bytes] = ByteStore(100)
    with pytest.raises(ZeroDivisionError):
        store.get_or_make("a", lambda: bytes(1 // 0))
    assert store._making == {}
    assert store.get_or_make("a", lambda: b"body") == b"body"


def test_what_is_too_large_to_be_held_is_given_all_the_same() -> None:
    store: ByteStore[bytes] = ByteStore(100)
    assert store.get_or_make("a", lambda: b"x" * 50) == b"x" * 50
    assert store.get("a") is None
