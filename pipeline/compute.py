"""The parallel verbs, and with `pipeline.cluster` the only place that knows dask (which serves where the work leaves this process).

`tiles` maps a function over the blocks of a grid, `batches` over slices of a table. Both give the same bytes on
threads, on processes and on a remote scheduler: the work is cut in the same places, and results keep their order.
Functions that are sent are module-level functions of `pipeline.core`; only the client writes files.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.core.grid import Grid, Window

A = TypeVar("A")
TILE_CELLS = 1024
WAVE_PER_WORKER = 2


class TileInput(Protocol):
    """Something that gives cells on any grid of one lattice (see `pipeline.io.rasters`)."""

    def cut(self, grid: Grid) -> TileInput:
        """The part of itself that `grid` needs; this is what travels."""

    def read(self, grid: Grid) -> NDArray[np.float32]:
        """The cells on `grid`, NaN or a fill value outside the data."""


class Late(Sequence[A]):
    """A list whose items are made when they are asked for, so that `Compute.batches` holds only those under way.

    Parameters
    ----------
    make
        Gives the item of a number; asked in this process.
    number
        How many there are.
    """

    def __init__(self, make: Callable[[int], A], number: int) -> None:
        self._make, self._number = make, number

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, at: Any) -> Any:
        return [self._make(i) for i in range(*at.indices(self._number))] if isinstance(at, slice) else self._make(range(self._number)[at])


def lots(results: Iterable[A], rows: Callable[[A], int], least: int) -> Iterator[list[A]]:
    """Results that follow one another taken together until they hold at least `least` rows: making and checking a table has a cost of its own.

    >>> list(lots(["a", "bcd", "", "e"], len, 3))
    [['a', 'bcd'], ['', 'e']]
    """
    held: list[A] = []
    number = 0
    for result in results:
        held.append(result)
        number += rows(result)
        if number >= least:
            yield held
            held, number = [], 0
    if held:
        yield held


def on(where: str | None = None, sees: Path | None = None) -> Compute:
    """The verbs on `where`.

    Parameters
    ----------
    where
        "threads", "processes" or "tcp://host:port". By default the environment's DASK_SCHEDULER_ADDRESS, else threads.
    sees
        A file that workers of a remote scheduler must find as it is here, as rasters travel as paths.

    Raises
    ------
    ClusterError
        When the remote scheduler does not answer, or its workers run other versions or do not see the data.
    """
    where = where or os.environ.get("DASK_SCHEDULER_ADDRESS") or "threads"
    return Compute(where, sees)


class Compute:
    """The two verbs, bound to a scheduler. Close it, or use it in `with`."""

    def __init__(self, where: str, sees: Path | None = None) -> None:
        self.where = where
        self.workers = os.cpu_count() or 1
        self.progress: Callable[[int, int], None] | None = None
        self._client: Any = None
        self._pool: ProcessPoolExecutor | None = None
        if where.startswith("tcp://"):
            # Imported only where it is used: distributed takes a second.
            from pipeline.cluster import connect, gathered

            self._client, self._gathered = connect(where, sees), gathered
            self.workers = max(1, sum(self._client.nthreads().values()))

    def __enter__(self) -> Compute:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()
        if self._pool is not None:
            self._pool.shutdown()

    def tiles(
        self,
        func: Callable[..., NDArray[Any]],
        inputs: Sequence[TileInput],
        grid: Grid,
        *,
        halo_m: float = 0.0,
        params: tuple[Any, ...] = (),
        tile_cells: int = TILE_CELLS,
    ) -> Iterator[tuple[Window, NDArray[Any]]]:
        """Map `func` over the blocks of a grid.

        Parameters
        ----------
        func
            `func(*arrays, *params)`: one float32 array of shape (rows, cols) for each input, block and halo; gives
            an array of shape (bands, rows, cols) or (rows, cols) on the same cells. It must not change its inputs.
        inputs
            What to read on each block.
        grid
            The grid of the result; the inputs share its lattice.
        halo_m
            Read around each block and cut off the result [m]. Blocks at the border read NaN (or fill) outside.
        params
            Further arguments of `func`, the same for all blocks.
        tile_cells
            Side of a block; a multiple of 512 keeps files tidy.

        Yields
        ------
        (Window, array of shape (bands, rows, cols))
            Row by row; at most a few blocks are in memory at once.
        """
        halo = int(np.ceil(halo_m / grid.cell_m)) if halo_m else 0
        windows = grid.blocks(tile_cells)
        calls = ((_tile, func, [i.cut(wide) for i in inputs], wide, halo, params) for wide in (_widen(grid.crop(w), halo) for w in windows))
        yield from zip(windows, self._stream(calls, len(windows)), strict=True)

    def batches(self, func: Callable[..., A], items: Sequence[Any], *, size: int, params: tuple[Any, ...] = ()) -> Iterator[A]:
        """Map `func` over slices of a sequence (list, array, table rows by `iloc`).

        Parameters
        ----------
        func
            `func(slice, *params)` -> anything that can be pickled.
        items
            A list, an array or a DataFrame.
        size
            Rows of a slice.
        params
            Further arguments of `func`, the same for all slices.

        Yields
        ------
        The results in the order of the slices.
        """
        cut = getattr(items, "iloc", items)
        starts = range(0, len(items), size)
        yield from self._stream(((func, cut[s : s + size], *params) for s in starts), len(starts))

    def _stream(self, calls: Iterator[tuple[Any, ...]], total: int) -> Iterator[Any]:
        """Results in order; a few calls are under way at once, so that memory depends on these and not on the town."""
        for done, result in enumerate(self._ahead(calls) if self.where == "threads" else self._waves(calls), 1):
            if self.progress:
                self.progress(done, total)
            yield result

    def _ahead(self, calls: Iterator[tuple[Any, ...]]) -> Iterator[Any]:
        """In threads: the next call begins as soon as one is free. dask would do the same after a fifth of a second of imports."""
        with ThreadPoolExecutor(self.workers) as pool:
            waiting: deque[Future[Any]] = deque()
            try:
                for call in calls:
                    waiting.append(pool.submit(*call))
                    if len(waiting) == self.workers * WAVE_PER_WORKER:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _waves(self, calls: Iterator[tuple[Any, ...]]) -> Iterator[Any]:
        while wave := list(islice(calls, self.workers * WAVE_PER_WORKER)):
            yield from self._run_remote(wave) if self._client is not None else self._run_processes(wave)

    def _run_processes(self, wave: list[tuple[Any, ...]]) -> list[Any]:
        from dask.base import compute
        from dask.delayed import delayed
        from dask.multiprocessing import get

        # One pool for all waves: starting processes costs more than most tiles.
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))
        # A partial is opaque to dask, which would otherwise walk into lists and tables.
        return list(compute(*(delayed(partial(func, *args), pure=False)() for func, *args in wave), scheduler=get, pool=self._pool))

    def _run_remote(self, wave: list[tuple[Any, ...]]) -> list[Any]:
        futures = [self._client.submit(partial(func, *args), pure=False) for func, *args in wave]
        return self._gathered(self._client, futures, self.where)


def _widen(grid: Grid, halo: int) -> Grid:
    return Grid(grid.west - halo * grid.cell_m, grid.north + halo * grid.cell_m, grid.cell_m, grid.rows + 2 * halo, grid.cols + 2 * halo, grid.epsg)


def _tile(func: Callable[..., NDArray[Any]], inputs: list[TileInput], wide: Grid, halo: int, params: tuple[Any, ...]) -> NDArray[Any]:
    out = func(*[i.read(wide) for i in inputs], *params)
    if out.ndim == 2:
        out = out[np.newaxis]
    return out[:, halo : out.shape[1] - halo, halo : out.shape[2] - halo] if halo else out
