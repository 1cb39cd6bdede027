"""How a stored feature's text is completed: links, edition and address, which are the reader's to add.

It chooses no row.
"""

from collections.abc import Mapping, Sequence

from incidents.editions.compact import dump_json

# Where the id of 32 digits stands in every stored feature: it begins {"type":"Feature","id":"...
_ID = slice(len('{"type":"Feature","id":"'), len('{"type":"Feature","id":"') + 32)
_END = b"}}"


def complete_features(
    texts: Sequence[bytes], linked: Mapping[int, Sequence[bytes]], edition: str, base_url: str
) -> list[bytes]:
    """Give the whole features of stored texts.

    linked: the texts of the other records of the same incident, by the place of those that have any; only of what
    readers may know of. base_url: what comes before `/incidents/<id>` in each feature's `url`, without a slash at its
    end.
    """
    opened = ',"same_as":['
    rest = f'],"edition":{dump_json(edition)},"url":{dump_json(base_url + "/incidents/")[:-1]}'.encode()
    middle, end = opened.encode() + rest, b'"' + _END
    whole = [b"%b%b%b%b" % (text[: -len(_END)], middle, text[_ID], end) for text in texts]
    for place, others in linked.items():
        ids = ",".join(dump_json(id_) for id_ in sorted(other[_ID].decode() for other in others))
        text = texts[place]
        whole[place] = b"".join((text[: -len(_END)], opened.encode(), ids.encode(), rest, text[_ID], end))
    return whole
