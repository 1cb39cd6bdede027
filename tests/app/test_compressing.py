import gzip
from collections.abc import Iterator

from app.compressing import compress, compress_stream


def test_the_same_body_gives_the_same_bytes() -> None:
    body = b"incident " * 1000
    assert compress(body) == compress(body)
    assert gzip.decompress(compress(body)) == body


def test_a_stream_is_one_gzip_file() -> None:
    blocks = [str(number).encode() * 50_000 for number in range(9)]
    assert gzip.decompress(b"".join(compress_stream(blocks))) == b"".join(blocks)


def test_a_stream_begins_before_it_is_whole() -> None:
    taken = []

    def blocks() -> Iterator[bytes]:
        for number in range(1000):
            taken.append(number)
            yield bytes(range(256)) * 64

    next(compress_stream(blocks()))
    assert len(taken) < 20
