"""The texts of an edition's features: one file of them all, row after row, and where in it each begins.

It knows bytes: neither what a feature says nor which rows are asked for. The file is mapped into memory, so that
processes share its pages.
"""

import hashlib
import mmap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from incidents.editions.columns import Numbers

FEATURES = "features.json"
"""Features without links, edition and address, which are the reader's to add; nothing stands between two."""
BEGINS = "features.npy"
"""Where each begins, in bytes, and where the last one ends: rows and one more."""

_TYPE = np.dtype("<i8")


class FeatureTexts:
    """The texts, read-only; safe for several threads."""

    def __init__(self, folder: Path) -> None:
        """Map them into memory. Raises OSError, or ValueError for what are no such files."""
        self._begins: Numbers = np.asarray(np.load(folder / BEGINS, mmap_mode="r", allow_pickle=False))
        size = (folder / FEATURES).stat().st_size
        if self._begins.dtype != _TYPE or self._begins.ndim != 1 or self._begins[-1:].tolist() != [size]:
            msg = f"{FEATURES} and {BEGINS} do not belong together"
            raise ValueError(msg)
        self._whole: mmap.mmap | None = None
        if size:
            with (folder / FEATURES).open("rb") as file:
                self._whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._view = memoryview(self._whole or b"")

    def __len__(self) -> int:
        return len(self._begins) - 1

    def sizes(self, numbers: Numbers) -> Numbers:
        """Give the bytes of each of some rows' texts."""
        return np.asarray(self._begins[numbers + 1] - self._begins[numbers])

    def texts(self, numbers: Numbers, but: int = 0) -> list[memoryview]:
        """Give the texts of rows by their numbers, in place. but: how many bytes at the end of each are left out."""
        whole = self._view
        begins, ends = self._begins[numbers].tolist(), (self._begins[numbers + 1] - but).tolist()
        return [whole[begin:end] for begin, end in zip(begins, ends, strict=True)]

    def column(self, numbers: Numbers) -> pa.StringArray:
        """Give the same as Arrow has them; those of neighbours in place."""
        if self._whole is None or not len(numbers):
            return pa.array([], pa.string())
        if numbers[-1] - numbers[0] == len(numbers) - 1:
            begins = self._begins[numbers[0] : numbers[-1] + 2]
            texts: Any = self._view[begins[0] : begins[-1]]
        else:
            texts = b"".join(self.texts(numbers))
            begins = np.concatenate(([0], np.cumsum(self.sizes(numbers))))
        offsets = (begins - begins[0]).astype(np.int32)
        return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(texts))

    def blocks(self, numbers: Numbers, rows: int) -> Iterator[pa.StringArray]:
        """Give the texts of rows by their numbers, rising, so many at once."""
        for start in range(0, len(numbers), rows):
            block = numbers[start : start + rows]
            yield self.column(block)
            self.let_go()

    def let_go(self) -> None:
        """Count no page as this process's memory any longer: whoever streams has had them, and linked rows' far away.

        Who reads any of them meanwhile finds it where it was, among the pages that the system keeps of files.
        """
        if self._whole is not None:
            with suppress(OSError):
                self._whole.madvise(mmap.MADV_DONTNEED)


class FeatureTextsWriter:
    """Writes the two files into a folder, batch by batch."""

    def __init__(self, folder: Path) -> None:
        """Begin with no text."""
        self._folder = folder
        self._digest = hashlib.sha256()
        self._file: BinaryIO = (folder / FEATURES).open("wb")
        self._begins: list[NDArray[np.int64]] = [np.zeros(1, _TYPE)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def add(self, texts: pa.StringArray) -> None:
        """Add the texts of the next rows, none of which is null."""
        if not len(texts):
            return
        _, offsets, data = texts.buffers()
        ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
        written = memoryview(data)[ends[0] : ends[-1]]
        self._file.write(written)
        self._digest.update(written)
        self._begins.append(self._begins[-1][-1] + (ends[1:] - ends[0]).astype(_TYPE))

    def take_out(self, batches: Iterable[pa.RecordBatch], name: str) -> Iterator[pa.RecordBatch]:
        """Add one column of all batches, and give them on without it."""
        for batch in batches:
            self.add(batch.column(name))
            yield batch.drop_columns([name])

    def finish(self) -> str:
        """Write where each begins; give the SHA-256 of the texts in hex, since reading them again takes seconds."""
        self._file.flush()
        np.save(self._folder / BEGINS, np.concatenate(self._begins), allow_pickle=False)
        return self._digest.hexdigest()
