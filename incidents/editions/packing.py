"""Details packed for the edition's file, since most of a row's text is words that every row has.

A detail takes a sixth of the room so, and writing an edition half the time. It knows nothing of what a detail says.
"""

import threading
from functools import cached_property
from typing import Any

import msgspec
import zstandard

from incidents.editions.compact import dump_json

# What almost every detail holds, word for word, the most frequent last; packed details then only point to it (RFC 8878
# section 5, raw content). They can be read with this very text alone: it never changes.
_KNOWN = (
    '"transfer":null,"type":"","label":"","words":null},"place":null,"scheme":"Natural Earth",'
    '"how":"polygon","distance_m":"how":"gazetteer","how":"nearest","point":[,"precision":"exact",'
    '"precision":"township","precision_label":"Township","precision":"district","precision_label":"District",'
    '"precision":"state","precision_label":"State or region","precision":"near","precision":"settlement",'
    '"stage":"stage_label":"value_min":"value_max":"currency":"goods":[{"types":["labels":["what":"count_min":1,'
    '"count_max":1,"role":null,"certainty":"suspected"},{"type":"label":"certainty":"denied"}'
    '"kind":"airstrike","kind_label":"Airstrike","kind":"violence_against_civilians","kind_label":"Violence against '
    'civilians","kind":"armed_clash","kind_label":"Armed clash","title":"Armed clash in ","title":"Armed clash near '
    '","summary":null,"summary":"UCDP records one-sided violence by . The sources tell of it as a whole, so that the '
    'single events cannot be told apart.","summary":"UCDP records state-based fighting between and .",'
    '"extent":"pattern","source_codes":{"active_year":"True","adm_1":"adm_2":"best":"0","code_status":"Clear",'
    '"conflict_dset_id":"conflict_name":"Government of conflict_new_id":"country":"country_id":"date_prec":"1",'
    '"deaths_a":"0","deaths_b":"0","deaths_civilians":"0","deaths_unknown":"0","dyad_dset_id":"dyad_name":"Government '
    'of dyad_new_id":"event_clarity":"1","gwnoa":"high":"0","low":"0","number_of_sources":"1","region":"Asia",'
    '"relid":"side_a_dset_id":"side_a_new_id":"side_b_dset_id":"side_b_new_id":"type_of_violence":"1","where_prec":"'
    '"dataset":{"key":"ucdp-ged","title":"UCDP Georeferenced Event Dataset (GED)","licence":"CC BY 4.0",'
    '"attribution":"Uppsala Conflict Data Program; Sundberg, Ralph, and Erik Melander (2013): Introducing the UCDP '
    "Georeferenced Event Dataset. Journal of Peace Research 50(4), 523-532; Davies, Shawn, Therese Pettersson and "
    "Magnus Öberg (2023): Organized violence 1989-2022, and the return of conflict between states. Journal of Peace "
    'Research 60(4)"}}"reason":"UCDP GED gives coordinates of the named place (where_prec 1).","method":"source '
    'coordinates","reason":"UCDP GED places it within about 25 km of this point (where_prec 2).","reason":"UCDP GED '
    'knows the district and no more (where_prec 3).","reason":"UCDP GED knows the first-level unit and no more '
    '(where_prec 4).","method":"source code","reason":"UCDP GED codes a part of a region or something unclear '
    '(where_prec 5); its text names ","method":"source code and text","uncertainty_m":25000.0,"uncertainty_m":2000.0,'
    '{"id":"","number":null,"extent":"one","occurrences":{"min":null,"max":null},"when":{"edtf":"2022-","words":" '
    '2022","earliest":"2022-","latest":"2022-","sense":"within","time_of_day":null,"duration":null,"reported":null},'
    '"where":{"place":"","words":", place not known more closely","uncertainty_m":null,"generalised":null,'
    '"withheld":null,"point":null,"regions":[{"level":0,"scheme":"ISO 3166-1","code":"MM","name":"Myanmar",'
    '"local_name":null,"how":"named","distance_m":null},{"level":1,"scheme":"ISO 3166-2","code":"MM-01","name":"",'
    '"local_name":"","how":"named","distance_m":null},{"level":2,"scheme":null,"code":null,"name":"","local_name":null,'
    '"how":"named","distance_m":null}]},"aircraft":{"match":"all","words":null,"uses":[]},"participants":[{"name":"",'
    '"role":"perpetrator","role_label":"Perpetrator","certainty":"known","as_spelled":null},{"name":"Civilians",'
    '"role":"victim","role_label":"Victim","certainty":"known","as_spelled":null}],"participants":[{"name":"Government '
    'of ","role":"side_a","role_label":"Side A","certainty":"known","as_spelled":null},{"name":"","role":"side_b",'
    '"role_label":"Side B","certainty":"known","as_spelled":null}],"targets":[],"transfer":null,"harm":{"words":"in '
    'all: 0 killed; civilians: 0 killed","claims":[{"group":"total","group_label":"in all","killed":{"min":0,"max":0,'
    '"approximate":false},"injured":{"min":null,"max":null,"approximate":false},"displaced":{"min":null,"max":null,'
    '"approximate":false},"claimant":null,"source":"ucdp-ged","chosen":true,"grade":null,"words":"in all: 0 killed"},'
    '{"group":"civilians","group_label":"civilians","killed":{"min":1,"max":1,"approximate":false},"injured":{"min":'
    'null,"max":null,"approximate":false},"displaced":{"min":null,"max":null,"approximate":false},"claimant":null,'
    '"source":"ucdp-ged","chosen":true,"grade":null,"words":"civilians: 1 killed"}]},"sources":[{"key":"ucdp-ged",'
    '"title":"UCDP Georeferenced Event Dataset (GED), version 23.1","publisher":"Uppsala Conflict Data Program",'
    '"author":null,"url":"https://ucdp.uu.se/downloads/","published":null,"note":null},{"key":"","title":"",'
    '"publisher":"","author":null,"url":null,"published":"2022-","note":null}],"citations":[{"source":"ucdp-ged",'
    '"field":"incident","value":null,"claimant":null,"locator":"event ()","quote":null},{"source":"ucdp-ged","field":'
    '"place","value":"","claimant":null,"locator":null,"quote":null},{"source":"ucdp-ged","field":"harm","value":'
    '"killed in all, estimates: low 0, best 0, high ","claimant":null,"locator":null,"quote":null},{"source":"",'
    '"field":"incident","value":null,"claimant":null,"locator":null,"quote":null}],"contradictions":[],"references":['
    '"ucdp-ged:"],"source_codes":{},"same_as":[],"dataset":null}'
).encode()


_DICTIONARY = zstandard.ZstdCompressionDict(_KNOWN, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
_LEVEL = 1
# Once and for all: doing it again frees what packers in other threads point to.
_DICTIONARY.precompute_compress(level=_LEVEL)


class _Tools(threading.local):
    """Packer and unpacker, each for one thread alone; whoever only reads has no packer."""

    @cached_property
    def packer(self) -> zstandard.ZstdCompressor:
        return zstandard.ZstdCompressor(level=_LEVEL, dict_data=_DICTIONARY, write_checksum=False)

    @cached_property
    def unpacker(self) -> zstandard.ZstdDecompressor:
        return zstandard.ZstdDecompressor(dict_data=_DICTIONARY)


_tools = _Tools()


def pack_detail(detail: Any) -> bytes:  # noqa: ANN401 - JSON is Any
    """Write a detail as JSON, and that packed. The same detail always gives the same bytes on one machine."""
    return pack_text(dump_json(detail))


def pack_text(text: str) -> bytes:
    """Pack a detail that is JSON already."""
    return _tools.packer.compress(text.encode())


def read_detail(packed: bytes) -> Any:  # noqa: ANN401 - JSON is Any
    """Read what `pack_detail` wrote. Raises zstandard.ZstdError or ValueError for anything else."""
    return msgspec.json.decode(_tools.unpacker.decompress(packed))
