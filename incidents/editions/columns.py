"""The columns of an edition: typed arrays with a value for every row, and the file that holds them (Arrow IPC).

It selects and counts nothing. The file is mapped into memory, so that processes share its pages.
"""

import dataclasses
import gzip
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from incidents.editions.compact import dump_json
from incidents.editions.grids import WORLD

# Arrow's own pool keeps some megabytes for each thread that ever wrote an answer; the system's gives them back.
pa.set_memory_pool(pa.system_memory_pool())

COLUMNS = "columns.arrow"
PACKED_COLUMNS = "columns.arrow.gz"

NO_START = -(2**31)
"""An open beginning, in day numbers."""
NO_END = 2**31 - 1
"""An open end."""

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Bits = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

TYPES: Mapping[str, type[np.generic]] = {
    "kind": np.uint8,
    "precision": np.uint8,
    "pattern": np.uint8,
    "x": np.int32,
    "y": np.int32,
    "radius": np.int32,
    "area": np.int16,
    "region_set": np.int32,
    "aircraft_set": np.int32,
    "earliest": np.int32,
    "latest": np.int32,
    "group": np.int32,
    "grade": np.int8,
}
_ABOUT = b"bearing"
# Arrow's threads do not outlive a fork, and one batch that is mapped needs none.
_ALONE = pa.ipc.IpcReadOptions(use_threads=False)
_PACKED_LEVEL = 5


@dataclass(frozen=True, slots=True)
class RegionTerm:
    """A region in use. level: 0 for countries, 1 for their first-level units and so on."""

    code: str
    name: str
    local_name: str | None
    level: int
    parent: str | None


@dataclass(frozen=True, slots=True)
class AircraftSet:
    """Indices of aircraft, of those whose part is certain and of those whose part is possible."""

    certain: tuple[int, ...] = ()
    possible: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What the numbers in the columns stand for.

    total: rows of the edition, without those that were taken back (withdrawn). span: the first and the last day that
    any row of the edition is bounded by, where not all of its rows are here.
    """

    edition: str
    total: int
    kinds: tuple[str, ...]
    regions: tuple[RegionTerm, ...]
    aircraft: tuple[str, ...]
    grades: tuple[str, ...]
    region_sets: tuple[tuple[int, ...], ...]
    aircraft_sets: tuple[AircraftSet, ...]
    withdrawn: tuple[int, ...] = ()
    span: tuple[int, int] | None = None

    def to_json(self) -> str:
        """Write them; `withdrawn` only where there are such rows, `span` only where it is told."""
        parts = dataclasses.asdict(self)
        return dump_json({name: part for name, part in parts.items() if part or name not in {"withdrawn", "span"}})

    @classmethod
    def from_json(cls, text: str | bytes) -> "Terms":
        """Read what `to_json` wrote. Raises ValueError, KeyError, TypeError for anything else."""
        parts = json.loads(text)
        return cls(
            edition=parts["edition"],
            total=parts["total"],
            kinds=tuple(parts["kinds"]),
            regions=tuple(RegionTerm(**region) for region in parts["regions"]),
            aircraft=tuple(parts["aircraft"]),
            grades=tuple(parts["grades"]),
            region_sets=tuple(tuple(indices) for indices in parts["region_sets"]),
            aircraft_sets=tuple(
                AircraftSet(tuple(part["certain"]), tuple(part["possible"])) for part in parts["aircraft_sets"]
            ),
            withdrawn=tuple(parts.get("withdrawn", ())),
            span=tuple(parts["span"]) if "span" in parts else None,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """An edition's rows, in the order of their numbers; no array is ever written again.

    kind: index into terms.kinds. precision: rank. pattern: 1 where an unknown number of incidents is meant.
    x, y: place in the square of Mercator, 0 .. 2^31-1; -1 for none. radius: metres; -1 for none. area: index of the
    region that stands for the place; -1 for none. region_set, aircraft_set: index into the sets of the terms.
    earliest, latest: days since 1970-01-01, NO_START and NO_END where open. group: number of the first row of the same
    incident. grade: index into terms.grades; -1 for none.
    """

    terms: Terms
    kind: Bytes
    precision: Bytes
    pattern: Bytes
    x: Ints
    y: Ints
    radius: Ints
    area: npt.NDArray[np.int16]
    region_set: Ints
    aircraft_set: Ints
    earliest: Ints
    latest: Ints
    group: Ints
    grade: npt.NDArray[np.int8]

    def __len__(self) -> int:
        """Give the number of rows, withdrawn ones among them."""
        return len(self.kind)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Give the arrays by name, in the order of the file."""
        return {name: getattr(self, name) for name in TYPES}


def place(lons: npt.NDArray[np.float64], lats: npt.NDArray[np.float64]) -> tuple[Ints, Ints]:
    """Give x and y of degrees, rounded to five digits first; NaN becomes -1. EPSG:3857, cut off at 85.051 degrees."""
    sine = np.sin(np.radians(np.clip(np.round(lats, 5), -85.051, 85.051)))
    return (
        _in_square((np.round(lons, 5) + 180) / 360),
        _in_square(0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)),
    )


def _in_square(part: npt.NDArray[np.float64]) -> Ints:
    units = np.clip(np.rint(part * WORLD), 0, WORLD - 1)
    return np.where(np.isnan(units), -1, units).astype(np.int32)


def write_columns(folder: Path, columns: Columns) -> None:
    """Write the file into a folder, and beside it the same packed with gzip, as it is sent."""
    with pa.OSFile(str(folder / COLUMNS), "wb") as file:
        _write(columns, file, {})
    with (
        (folder / COLUMNS).open("rb") as file,
        (folder / PACKED_COLUMNS).open("wb") as packed,
        gzip.GzipFile("", "wb", _PACKED_LEVEL, packed, mtime=0) as packer,
    ):
        shutil.copyfileobj(file, packer, 1 << 20)


def to_bytes(columns: Columns, numbers: Ints | None = None) -> bytes:
    """Give what the file would hold. numbers: of the rows in the edition, as a column `number`, if they differ."""
    sink = pa.BufferOutputStream()
    _write(columns, sink, {} if numbers is None else {"number": numbers})
    held: bytes = sink.getvalue().to_pybytes()
    return held


def _write(columns: Columns, sink: Any, more: Mapping[str, Ints]) -> None:  # noqa: ANN401 - pyarrow ships no types
    arrays = {name: pa.array(values) for name, values in {**columns.arrays(), **more}.items()}
    fields = [pa.field(name, values.type, nullable=False) for name, values in arrays.items()]
    schema = pa.schema(fields, metadata={_ABOUT: columns.terms.to_json().encode()})
    batch = pa.record_batch([*arrays.values()], schema=schema)
    with pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(batch)


def read_columns(folder: Path) -> Columns:
    """Map a folder's file into memory; what is given stays readable when the file is deleted.

    Raises OSError, ValueError, KeyError or TypeError where the file is missing or is not what was written.
    """
    with pa.memory_map(str(folder / COLUMNS)) as source:
        return _read(pa.ipc.open_file(source, options=_ALONE))


def from_bytes(content: bytes) -> Columns:
    """Read what the file holds. Raises ValueError, KeyError or TypeError for anything else."""
    return _read(pa.ipc.open_file(pa.BufferReader(content), options=_ALONE))


def _read(file: Any) -> Columns:  # noqa: ANN401 - pyarrow ships no types
    batch = file.get_batch(0)
    # Else a column might end before its rows do.
    batch.validate()
    arrays = {name: batch.column(name).to_numpy(zero_copy_only=True) for name in TYPES}
    for name, type_ in TYPES.items():
        if arrays[name].dtype != type_:
            msg = f"the column {name} is of another type"
            raise TypeError(msg)
    return Columns(Terms.from_json(file.schema.metadata[_ABOUT]), **arrays)
