"""The columns of an edition: typed arrays with a value for every row, and the file that holds them (Arrow IPC).

It selects and counts nothing. The file is mapped into memory, so that processes share its pages.
"""

import dataclasses
import gzip
import json
import shutil
from collections.abc import Collection, Mapping, Sequence
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
_UNKNOWN_PRECISION = 10
_PACKED_LEVEL = 5
# What a row that was taken back holds instead of its own; its group is itself, its sets are the empty ones.
_BLANK = {
    "kind": 0,
    "precision": _UNKNOWN_PRECISION,
    "pattern": 0,
    "x": -1,
    "y": -1,
    "radius": -1,
    "area": -1,
    "earliest": NO_START,
    "latest": NO_END,
    "grade": -1,
}


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
    """What the numbers in the columns stand for. total: rows, without those that were taken back (withdrawn)."""

    edition: str
    total: int
    kinds: tuple[str, ...]
    regions: tuple[RegionTerm, ...]
    aircraft: tuple[str, ...]
    grades: tuple[str, ...]
    region_sets: tuple[tuple[int, ...], ...]
    aircraft_sets: tuple[AircraftSet, ...]
    withdrawn: tuple[int, ...] = ()

    def to_json(self) -> str:
        """Write them; `withdrawn` only where there are such rows."""
        parts = dataclasses.asdict(self)
        if not self.withdrawn:
            del parts["withdrawn"]
        return dump_json(parts)

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
        _write(columns, file)
    with (
        (folder / COLUMNS).open("rb") as file,
        (folder / PACKED_COLUMNS).open("wb") as packed,
        gzip.GzipFile("", "wb", _PACKED_LEVEL, packed, mtime=0) as packer,
    ):
        shutil.copyfileobj(file, packer, 1 << 20)


def to_bytes(columns: Columns) -> bytes:
    """Give what the file would hold."""
    sink = pa.BufferOutputStream()
    _write(columns, sink)
    held: bytes = sink.getvalue().to_pybytes()
    return held


def _write(columns: Columns, sink: Any) -> None:  # noqa: ANN401 - pyarrow ships no types
    fields = [pa.field(name, pa.from_numpy_dtype(type_), nullable=False) for name, type_ in TYPES.items()]
    schema = pa.schema(fields, metadata={_ABOUT: columns.terms.to_json().encode()})
    batch = pa.record_batch([pa.array(values) for values in columns.arrays().values()], schema=schema)
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
    arrays = {name: batch.column(name).to_numpy(zero_copy_only=True) for name in TYPES}
    for name, type_ in TYPES.items():
        if arrays[name].dtype != type_:
            msg = f"the column {name} is of another type"
            raise TypeError(msg)
    return Columns(Terms.from_json(file.schema.metadata[_ABOUT]), **arrays)


def without_rows(columns: Columns, taken_back: Collection[int], also_regions: Collection[str]) -> Columns:
    """Give a copy without the content of some rows; their numbers stay and are listed as withdrawn.

    No term is left that those rows alone used. also_regions: codes that are in use for another reason.
    """
    gone = np.array(sorted(taken_back), dtype=np.int64)
    rest = np.ones(len(columns), dtype=bool)
    rest[gone] = False
    arrays = {name: values.copy() for name, values in columns.arrays().items()}
    _regroup(arrays["group"], gone)
    for name, value in _BLANK.items():
        arrays[name][gone] = value
    old = columns.terms
    kinds = _used(columns.kind[rest], len(old.kinds))
    region_sets = _used(columns.region_set[rest], len(old.region_sets))
    aircraft_sets = _used(columns.aircraft_set[rest], len(old.aircraft_sets))
    regions = _with_parents(
        old.regions,
        {old.regions[index].code for at in region_sets for index in old.region_sets[at]}
        | {old.regions[index].code for index in np.unique(columns.area[rest]) if index >= 0}
        | set(also_regions),
    )
    aircraft = sorted({index for at in aircraft_sets for part in _both(old.aircraft_sets[at]) for index in part})
    region_at = {index: at for at, index in enumerate(regions)}
    aircraft_at = {index: at for at, index in enumerate(aircraft)}
    kept_regions = [tuple(region_at[index] for index in old.region_sets[at]) for at in region_sets]
    kept_aircraft = [
        AircraftSet(*(tuple(aircraft_at[index] for index in part) for part in _both(old.aircraft_sets[at])))
        for at in aircraft_sets
    ]
    arrays["kind"][rest] = _renumber(columns.kind[rest], kinds)
    arrays["area"][rest] = _renumber(columns.area[rest], regions)
    for name, used, sets, empty in (
        ("region_set", region_sets, kept_regions, ()),
        ("aircraft_set", aircraft_sets, kept_aircraft, AircraftSet()),
    ):
        arrays[name][rest] = _renumber(getattr(columns, name)[rest], used)
        if empty not in sets:
            sets.append(empty)  # type: ignore[arg-type]  # each list gets the empty one of its own
        arrays[name][gone] = sets.index(empty)  # type: ignore[arg-type]  # likewise
    terms = Terms(
        old.edition,
        int(rest.sum()),
        tuple(old.kinds[index] for index in kinds),
        tuple(old.regions[index] for index in regions),
        tuple(old.aircraft[index] for index in aircraft),
        old.grades,
        tuple(kept_regions),
        tuple(kept_aircraft),
        tuple(gone.tolist()),
    )
    return Columns(terms, **arrays)


def choose_rows(columns: Columns, numbers: Sequence[int]) -> Columns:
    """Give some rows, numbered anew from 0 in the order given; none of them may be withdrawn."""
    chosen = np.asarray(numbers, dtype=np.int64)
    arrays = {name: values[chosen] for name, values in columns.arrays().items()}
    _, first, member = np.unique(arrays["group"], return_index=True, return_inverse=True)
    arrays["group"] = first[member].astype(np.int32)
    return Columns(dataclasses.replace(columns.terms, total=len(chosen), withdrawn=()), **arrays)


def _both(aircraft: AircraftSet) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return aircraft.certain, aircraft.possible


def _used(values: npt.NDArray[Any], most: int) -> list[int]:
    """Give the values that occur, rising."""
    counted = np.bincount(values, minlength=most)
    return [int(at) for at in np.flatnonzero(counted)]


def _renumber(values: npt.NDArray[Any], kept: Sequence[int]) -> npt.NDArray[Any]:
    """Give the place of each value among those that are kept; -1 stays -1."""
    table = np.full((max(kept) if kept else -1) + 2, -1, dtype=np.int32)
    table[np.asarray(kept, dtype=np.int64)] = np.arange(len(kept))
    # The last place is that of -1.
    found: npt.NDArray[np.int32] = table[values]
    return found


def _regroup(group: Ints, gone: npt.NDArray[np.int64]) -> None:
    """Let the first row that is left stand for its group, and what is taken back for itself alone."""
    touched = np.flatnonzero(np.isin(group, np.unique(group[gone])))
    left = touched[~np.isin(touched, gone)]
    first: dict[int, int] = {}
    for row in left.tolist():
        group[row] = first.setdefault(int(group[row]), row)
    group[gone] = gone


def _with_parents(regions: Sequence[RegionTerm], codes: Collection[str]) -> list[int]:
    """Give the indices of the regions of some codes and of all above them, rising."""
    index = {region.code: at for at, region in enumerate(regions)}
    waiting = [code for code in codes if code in index]
    found: set[int] = set()
    while waiting:
        at = index[waiting.pop()]
        if at not in found:
            found.add(at)
            parent = regions[at].parent
            waiting += [parent] if parent in index else []
    return sorted(found)
