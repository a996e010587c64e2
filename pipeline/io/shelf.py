"""What is laid aside on disk while a stage runs, to be taken back in another order than it came.

Outlines of a whole town are read in the order of their file and asked for block by block; rows of a result come block by block and
are written in the order of their key. In memory stays where each piece lies.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.io.onfile import BATCH_ROWS, folder_of, outlines, wkb
from pipeline.io.whole import storing

# Cells that are laid aside together.
AT_ONCE = 256
# Size of a piece that is none.
NOTHING = -1


class Shelf:
    """A nameless file in a folder, gone with the process.

    Parameters
    ----------
    folder
        Where there is room for it: beside the results, as /tmp is memory on many machines. The system's own for temporary files where None.

    Raises
    ------
    StorageError
        Here and in `put`, when the disk does not take it.
    """

    def __init__(self, folder: Path | None) -> None:
        self._target = (folder or Path(gettempdir())) / "."
        with storing(self._target):
            self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed when the shelf is dropped
        self._end = 0

    def put(self, pieces: Iterable[bytes | None]) -> NDArray[np.int64]:
        """Lay pieces aside; where each lies and its size, shape (pieces, 2)."""
        held = list(pieces)
        size = np.array([NOTHING if p is None else len(p) for p in held], dtype=np.int64).reshape(-1)
        start = self._end + np.concatenate(([0], np.cumsum(np.maximum(size, 0))))
        self._write(b"".join(p for p in held if p is not None))
        return np.column_stack([start[:-1], size])

    def put_rows(self, rows: NDArray[Any]) -> NDArray[np.int64]:
        """Lay aside rows of numbers, shape (pieces, length), as `put`: in one go, as many small objects would leave holes in memory."""
        held = np.ascontiguousarray(rows)
        size = held.nbytes // max(len(held), 1)
        start = self._end + np.arange(len(held)) * size
        self._write(held.data)
        return np.column_stack([start, np.full(len(held), size)])

    def _write(self, held: bytes | memoryview) -> None:
        with storing(self._target):
            self._file.write(held)
            self._file.flush()
        self._end = self._file.tell()

    def take(self, places: NDArray[np.int64]) -> list[bytes | None]:
        """Pieces at some places of `put`, in their order; any thread may ask."""
        number = self._file.fileno()
        return [None if size == NOTHING else os.pread(number, size, start) for start, size in places.tolist()]


def _shelved(cells: Any) -> tuple[NDArray[np.object_], Shelf | None]:
    """The cells of a column, and a shelf in the folder of the file that they were left in."""
    found = np.empty(len(cells), dtype=object)
    found[:] = list(cells)
    folder = folder_of(found)
    return found, None if folder is None else Shelf(folder)


class Outlines:
    """The outlines of a table's rows, taken a few at a time.

    Parameters
    ----------
    cells
        The geometry column: shapes, which are held as they are, or cells left in a file.

    Attributes
    ----------
    bounds
        West, south, east, north, shape (rows, 4) [m].
    area
        In plan, shape (rows,) [m2].
    """

    def __init__(self, cells: Any) -> None:
        found, self._shelf = _shelved(cells)
        self._held = found if self._shelf is None else None
        self.bounds, self.area = np.empty((len(found), 4)), np.empty(len(found))
        self._places = np.empty((len(found), 2), dtype=np.int64)
        for start in range(0, len(found), BATCH_ROWS):
            rows = slice(start, start + BATCH_ROWS)
            shapes = found[rows]
            if self._shelf is not None:
                pieces = wkb(found[rows])
                self._places[rows], shapes = self._shelf.put(pieces), np.asarray(shapely.from_wkb(pieces), dtype=object)
            self.bounds[rows], self.area[rows] = shapely.bounds(shapes), shapely.area(shapes)

    def __len__(self) -> int:
        return len(self.area)

    def __getitem__(self, rows: Any) -> NDArray[np.object_]:
        """The shapes of some rows (numbers, mask or slice)."""
        if self._shelf is None:
            return outlines(self._held[rows])  # type: ignore[index]
        return np.asarray(shapely.from_wkb(self._shelf.take(self._places[rows])), dtype=object)

    def touching(self, west: float, south: float, east: float, north: float) -> NDArray[np.int64]:
        """Rows whose bounds share more than an edge with a box, in order."""
        b = self.bounds
        return np.flatnonzero((b[:, 0] < east) & (b[:, 2] > west) & (b[:, 1] < north) & (b[:, 3] > south))


class Pieces:
    """The cells of a column of bytes, taken a few at a time.

    Parameters
    ----------
    cells
        Arrays of uint8, which are held as they are, or cells left in a file.
    """

    def __init__(self, cells: Any) -> None:
        found, self._shelf = _shelved(cells)
        self._held = found if self._shelf is None else None
        if self._shelf is not None:
            self._places = np.concatenate([self._shelf.put(wkb(found[start : start + AT_ONCE])) for start in range(0, len(found), AT_ONCE)])

    def __getitem__(self, rows: NDArray[np.int64]) -> list[NDArray[np.uint8]]:
        """Those of some rows; not to be written to."""
        if self._shelf is None:
            return list(self._held[rows])  # type: ignore[index]
        return [np.frombuffer(piece or b"", dtype=np.uint8) for piece in self._shelf.take(self._places[rows])]
