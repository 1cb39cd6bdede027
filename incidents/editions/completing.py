"""How a stored feature's text is completed: links, edition and address, which are the reader's to add.

It chooses no row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from incidents.editions.compact import dump_json

# Where the id of 32 digits stands in every stored feature: it begins {"type":"Feature","id":"...
_ID = slice(len('{"type":"Feature","id":"'), len('{"type":"Feature","id":"') + 32)
_END = b"}}"
UNENDED = len(_END)
"""How many bytes at the end of a stored feature come behind what completes it."""

Text = bytes | memoryview


def complete_features(
    texts: Sequence[Text], linked: Mapping[int, Sequence[Text]], edition: str, base_url: str
) -> list[bytes]:
    """Give the whole features of stored texts that were given without their UNENDED last bytes.

    linked: the texts of the other records of the same incident, by the place of those that have any; only of what
    readers may know of. base_url: what comes before `/incidents/<id>` in each feature's `url`, without a slash at its
    end.
    """
    pieces = _lay_out(texts, linked, edition, base_url)
    return [b"".join(pieces[at : at + 4]) for at in range(0, len(pieces), 4)]


def join_features(texts: Sequence[Text], linked: Mapping[int, Sequence[Text]], edition: str, base_url: str) -> bytes:
    """Give the same, joined by commas: each byte is copied once."""
    pieces = _lay_out(texts, linked, edition, base_url)
    pieces[3:-1:4] = [pieces[-1] + b","] * (len(texts) - 1) if texts else []
    return b"".join(pieces)


def _lay_out(texts: Sequence[Text], linked: Mapping[int, Sequence[Text]], edition: str, base_url: str) -> list[Any]:
    """Give four pieces of each: its text, what follows it, its id, and its end."""
    opened = b',"same_as":['
    rest = f'],"edition":{dump_json(edition)},"url":{dump_json(base_url + "/incidents/")[:-1]}'.encode()
    pieces: list[Any] = [b"", opened + rest, b"", b'"' + _END] * len(texts)
    pieces[0::4] = texts
    pieces[2::4] = [text[_ID] for text in texts]
    for place, others in linked.items():
        ids = ",".join(dump_json(id_) for id_ in sorted(bytes(other[_ID]).decode() for other in others))
        pieces[4 * place + 1] = opened + ids.encode() + rest
    return pieces
