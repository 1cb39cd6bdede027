"""What an edition's rows say: details from DuckDB and features from their own file, by the numbers of rows.

It selects nothing: it is told which rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np

from incidents.editions.columns import Numbers
from incidents.editions.completing import UNENDED, complete_features, join_features
from incidents.editions.database import NUMBERED, Database
from incidents.editions.feature_texts import FeatureTexts
from incidents.editions.linking import Linked
from incidents.editions.packing import read_detail

# The first rows come soon, the others quickly.
_FIRST, _BLOCK = 500, 4_096


class Texts:
    """The texts of one edition. hidden: ids that no answer has."""

    def __init__(self, database: Database, features: FeatureTexts, hidden: Sequence[str]) -> None:
        """Keep what to ask, and what to leave out."""
        self._database = database
        self._features = features
        self._hidden = list(hidden)

    def details_by_number(self, numbers: Sequence[int], linked: Linked) -> list[dict[str, Any]]:
        """Give the details of row numbers, in the order asked; numbers that are none are left out.

        linked: as `whole_features` has it.
        """
        question = f"SELECT number, same_as, detail FROM incident WHERE {NUMBERED} AND {self._shown}"
        with self._database.asking() as cursor:
            rows = cursor.execute(question, [list(numbers), *self._bound]).fetchall()
            groups = linked.others(np.array([number for number, _, _ in rows], dtype=np.int64)).values()
            others = self._others(cursor, sorted({other for group in groups for other in group.tolist()}))
        details = {}
        for number, same_as, text in rows:
            detail = read_detail(text)
            detail["number"] = number
            detail["same_as"] = [others[id_] for id_ in same_as if id_ in others]
            details[number] = detail
        return [details[number] for number in dict.fromkeys(numbers) if number in details]

    def whole_features(self, numbers: Numbers, linked: Linked, edition: str, base_url: str) -> list[bytes]:
        """Give the features of rows in UTF-8, in the order asked.

        linked: which rows are the same incident, those that are taken back not among them. base_url: what comes before
        `/incidents/<id>` in each feature's `url`, without a slash at its end.
        """
        return complete_features(*self._stored(numbers, linked), edition, base_url)

    def joined_features(self, numbers: Numbers, linked: Linked, edition: str, base_url: str) -> bytes:
        """Give the same, joined by commas."""
        return join_features(*self._stored(numbers, linked), edition, base_url)

    def features(self, numbers: Numbers, linked: Linked, edition: str, base_url: str) -> Iterator[bytes]:
        """Give the same in blocks, features within a block joined by commas; no block is empty. numbers: rising."""
        for block in blocks_of(numbers):
            whole = self.joined_features(block, linked, edition, base_url)
            self._features.let_go()
            yield whole

    def _stored(
        self, numbers: Numbers, linked: Linked
    ) -> tuple[Sequence[memoryview], Mapping[int, Sequence[memoryview]]]:
        others = {place: self._features.texts(rows) for place, rows in linked.others(numbers).items()}
        return self._features.texts(numbers, UNENDED), others

    def size(self, numbers: Numbers) -> int:
        """Give the bytes of the stored texts of some rows' features."""
        return int(self._features.sizes(numbers).sum())

    @property
    def _shown(self) -> str:
        return "NOT list_contains(?::VARCHAR[], id)" if self._hidden else "true"

    @property
    def _bound(self) -> list[list[str]]:
        return [self._hidden] if self._hidden else []

    def _others(self, cursor: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> Mapping[str, dict[str, Any]]:
        """Give by id what a detail says of the other records of the same incident."""
        if not numbers:
            return {}
        question = f"SELECT id, detail FROM incident WHERE {NUMBERED} AND {self._shown}"
        rows = cursor.execute(question, [numbers, *self._bound]).fetchall()
        found = {}
        for id_, text in rows:
            other = read_detail(text)
            found[id_] = {
                "id": id_,
                "title": other["title"],
                "kind_label": other["kind_label"],
                "harm_words": other["harm"]["words"],
                "dataset": other["dataset"]["title"] if other["dataset"] else None,
            }
        return found


def blocks_of(numbers: Numbers) -> Iterator[Numbers]:
    """Give the numbers of rows in blocks, the first a small one."""
    if len(numbers):
        yield numbers[:_FIRST]
    for start in range(_FIRST, len(numbers), _BLOCK):
        yield numbers[start : start + _BLOCK]
