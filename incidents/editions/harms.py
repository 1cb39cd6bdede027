"""The figures of harm of an edition's rows: the claims that stand, in typed arrays and the file that holds them.

It adds nothing up. Only figures that somebody gives are in it: what is missing is unknown, never zero.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from incidents.editions.columns import Ints, Numbers
from incidents.editions.compact import dump_json

HARMS = "harm.arrow"
OPEN = -1
"""An upper bound that nobody gives."""

_ABOUT = b"bearing"
_ALONE = pa.ipc.IpcReadOptions(use_threads=False)
_TYPES = {"number": np.int32, "what": np.uint8, "least": np.int64, "most": np.int64}
_FIGURES = """
    SELECT number, list_position(?::VARCHAR[], affected || ' ' || outcome) - 1 AS what,
           coalesce(least, 0) AS least, coalesce(most, -1) AS most
    FROM (SELECT number, unnest(harm, recursive := true) FROM incident WHERE len(harm) > 0)
    ORDER BY what, number
"""


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Rows with a figure, rising, and its bounds; most is OPEN where there is none above."""

    number: Ints
    least: Numbers
    most: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Harms:
    """Figures by group and outcome: those of one are neighbours. whats: pairs of them, which `what` points to."""

    whats: tuple[tuple[str, str], ...]
    number: Ints
    what: npt.NDArray[np.uint8]
    least: Numbers
    most: Numbers

    def of(self, group: str, outcome: str) -> Figures:
        """Give the figures of one group and outcome."""
        at = self.whats.index((group, outcome)) if (group, outcome) in self.whats else len(self.whats)
        begin, end = np.searchsorted(self.what, [at, at + 1])
        part = slice(int(begin), int(end))
        return Figures(self.number[part], self.least[part], self.most[part])


def make_harms(cursor: duckdb.DuckDBPyConnection) -> Harms:
    """Collect the figures of all rows."""
    whats = cursor.execute(
        "SELECT DISTINCT affected, outcome FROM "
        "(SELECT unnest(harm, recursive := true) FROM incident WHERE len(harm) > 0) ORDER BY ALL"
    ).fetchall()
    keys = [f"{group} {outcome}" for group, outcome in whats]
    given = cursor.execute(_FIGURES, [keys]).fetchnumpy()
    arrays: dict[str, Any] = {name: np.asarray(given[name]).astype(type_) for name, type_ in _TYPES.items()}
    return Harms(tuple((group, outcome) for group, outcome in whats), **arrays)


def write_harms(folder: Path, harms: Harms) -> None:
    """Write the file into a folder."""
    fields = [pa.field(name, pa.from_numpy_dtype(type_), nullable=False) for name, type_ in _TYPES.items()]
    schema = pa.schema(fields, metadata={_ABOUT: dump_json([list(pair) for pair in harms.whats]).encode()})
    arrays = [pa.array(getattr(harms, name)) for name in _TYPES]
    with pa.OSFile(str(folder / HARMS), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        writer.write_batch(pa.record_batch(arrays, schema=schema))


def read_harms(folder: Path) -> Harms:
    """Map a folder's file into memory. Raises OSError, ValueError, KeyError or TypeError for what is no such file."""
    with pa.memory_map(str(folder / HARMS)) as source:
        file = pa.ipc.open_file(source, options=_ALONE)
        batch = file.get_batch(0)
        arrays = {name: batch.column(name).to_numpy(zero_copy_only=True) for name in _TYPES}
        return Harms(tuple((group, outcome) for group, outcome in json.loads(file.schema.metadata[_ABOUT])), **arrays)
