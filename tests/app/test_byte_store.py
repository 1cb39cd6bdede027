from app.byte_store import ByteStore


def test_it_never_holds_more_than_it_may_and_gives_up_the_least_lately_used() -> None:
    store = ByteStore(100)
    for key in "abcd":
        store.put(key, key.encode() * 25)
    assert store.get("a") == b"a" * 25
    store.put("e", b"e" * 25)
    assert store.size == 100
    assert store.get("b") is None
    assert store.get("a") is not None


def test_a_body_too_large_is_not_held() -> None:
    store = ByteStore(100)
    store.put("a", b"x" * 26)
    assert store.get("a") is None
    assert store.size == 0


def test_a_body_put_twice_counts_once() -> None:
    store = ByteStore(100)
    store.put("a", b"x" * 10)
    store.put("a", b"x" * 10)
    assert store.size == 10
