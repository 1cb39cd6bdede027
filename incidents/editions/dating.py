"""Dating rows: in which edition each was first shown, and in which what the public reads of it last changed.

It compares rows with those of an older folder; it decides nothing about what is shown.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from incidents.editions.database import DATABASE, NUMBERED
from incidents.editions.errors import EditionDamaged
from incidents.editions.feature_texts import FeatureTexts
from incidents.editions.older import open_attached, open_texts, read_ids
from incidents.editions.packing import read_detail
from incidents.editions.rows import FEATURE

_ID = "S32"
_STEP = 20_000
_MADE_UNDER = ("revision", "policy")


class Dating:
    """Dates the rows of one edition. It needs no older one: then all of its rows are new."""

    def __init__(self, number: int) -> None:
        """Date rows of the edition with this number, as its first."""
        self.number = number
        self.rows_before = 0
        self._amends = False
        self._db: duckdb.DuckDBPyConnection | None = None
        self._known = pa.table({"number": pa.array([], pa.int32())})
        self._ids = np.empty(0, _ID)
        self._linked: dict[str, set[str]] = {}
        self._texts: FeatureTexts | None = None

    @classmethod
    def after(cls, number: int, folder: Path, config: Mapping[str, Any], *, kept: NDArray[np.bool_] | None) -> Self:
        """Date rows against the edition before; kept: its rows, by number, that are taken over as they stand."""
        dating = cls(number)
        try:
            dating._read(folder, config, kept)
        except (EditionDamaged, duckdb.Error):
            # What cannot be read, or was written when rows were not dated yet, tells nothing: all rows are new.
            dating.close()
            return cls(number)
        return dating

    @classmethod
    def amending(cls, number: int, folder: Path, config: Mapping[str, Any], *, without: NDArray[np.bool_]) -> Self:
        """Date rows made anew against the same edition's folder. without: its rows, by number, that go.

        They keep the edition that first showed them and lose the one that changed them: what changed may be just what
        is withheld from now on, and then the date alone would tell that it did.
        """
        dating = cls(number)
        dating._read(folder, config, ~without)
        dating._amends = True
        return dating

    def removed(self, rows: int, added: int) -> int:
        """Give how many rows of the edition before are not among an edition's; `added` of those are new."""
        return 0 if self._amends else self.rows_before - (rows - added)

    def close(self) -> None:
        """Let go of the older file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def date(self, made: pa.Table) -> pa.Table:
        """Fill in `added_in` and `changed_in` of rows that were made, not taken over."""
        count = made.num_rows
        added, changed = np.full(count, self.number, np.int32), np.full(count, self.number, np.int32)
        if count and len(self._ids):
            ids = np.array(made["id"].to_pylist(), dtype=_ID)
            at = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
            here = np.flatnonzero(self._ids[at] == ids)
            before = self._known.take(pa.array(at[here]))
            added[here] = before["added_in"].to_numpy()
            if self._amends:
                changed[here] = added[here]
            else:
                same = self._says_the_same(made.take(pa.array(here)), before)
                changed[here] = np.where(same, before["changed_in"].to_numpy(), self.number)
        for name, values in (("added_in", added), ("changed_in", changed)):
            made = made.set_column(made.schema.get_field_index(name), made.schema.field(name), pa.array(values))
        return made

    def joined_anew(self, linked: Mapping[str, Collection[str]]) -> set[str]:
        """Give the ids whose other records of the same incident are not those of the edition before."""
        if self._amends or self._db is None:
            return set()
        return {id_ for id_ in {*linked, *self._linked} if set(linked.get(id_, ())) != self._linked.get(id_, set())}

    def _read(self, folder: Path, config: Mapping[str, Any], kept: NDArray[np.bool_] | None) -> None:
        self._db = open_attached(folder / DATABASE, config)
        # An older version of this program kept them elsewhere: then an incident that was revised has changed.
        with suppress(EditionDamaged):
            self._texts = open_texts(folder)
        columns = ("number", "id", *_MADE_UNDER, "added_in", "changed_in")
        # Rows lie in the order of their numbers.
        reader = self._db.sql(f"SELECT {', '.join(columns)} FROM incident").to_arrow_reader(_STEP)
        batches = []
        for batch in reader:
            begin, self.rows_before = self.rows_before, self.rows_before + batch.num_rows
            batches.append(batch if kept is None else batch.filter(pa.array(~kept[begin : self.rows_before])))
        known = pa.Table.from_batches(batches, reader.schema)
        ids = read_ids(known["id"])
        order = np.argsort(ids)
        self._ids, self._known = ids[order], known.drop_columns(["id"]).take(pa.array(order))
        rows = self._db.execute("SELECT id, same_as FROM incident WHERE len(same_as) > 0").fetchall()
        self._linked = {id_: set(others) for id_, others in rows}

    def _says_the_same(self, made: pa.Table, before: pa.Table) -> NDArray[np.bool_]:
        """Whether each row says what it said before. An older revision's words are not other ones for a new program.

        What a row says to readers are feature and detail; all else in it follows from these, or is a key of our own.
        """
        assert self._db is not None  # noqa: S101 - whoever asks has rows of the older file
        same = np.ones(made.num_rows, np.bool_)
        for name in _MADE_UNDER:
            same &= np.array(
                [one == other for one, other in zip(made[name].to_pylist(), before[name].to_pylist(), strict=True)],
                np.bool_,
            )
        doubtful = np.flatnonzero(~same)
        if len(doubtful) and self._texts is not None:
            numbers = before["number"].to_numpy()[doubtful].astype(np.int64)
            question = f"SELECT number, detail FROM incident WHERE {NUMBERED}"
            details = dict(self._db.execute(question, [numbers.tolist()]).fetchall())
            features = self._texts.texts(numbers)
            now = made.select([FEATURE, "detail"]).take(pa.array(doubtful)).to_pylist()
            for row, number, feature, said in zip(doubtful, numbers.tolist(), features, now, strict=True):
                detail = details[number]
                same[row] = bytes(feature) == said[FEATURE].encode() and (
                    detail == said["detail"] or read_detail(detail) == read_detail(said["detail"])
                )
        return same
