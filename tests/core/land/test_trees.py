"""Circles counted cell by cell, crowns one by one; the cut into blocks changes nothing."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.core.grid import Grid
from pipeline.core.land.trees import Rules, blocks_around, disc_counts, look_around, tree_tops

WEST, NORTH = 759_000.0, 4_470_000.0


@dataclass(frozen=True)
class Cells:
    """A raster in memory."""

    grid: Grid
    values: NDArray[Any]
    outside: float

    def read(self, grid: Grid) -> NDArray[Any]:
        row, col = round((self.grid.north - grid.north) / grid.cell_m), round((grid.west - self.grid.west) / grid.cell_m)
        out = np.full(grid.shape, self.outside, dtype=self.values.dtype)
        rows, cols = np.arange(grid.rows) + row, np.arange(grid.cols) + col
        inside = np.ix_((rows >= 0) & (rows < self.grid.rows), (cols >= 0) & (cols < self.grid.cols))
        out[inside] = self.values[np.ix_(rows[(rows >= 0) & (rows < self.grid.rows)], cols[(cols >= 0) & (cols < self.grid.cols)])]
        return out


@given(st.integers(0, 1000), st.floats(0.3, 30.0), st.sampled_from([0.5, 1.0, 2.0]))
def test_circles_against_every_cell(seed: int, radius: float, cell: float) -> None:
    rng = np.random.default_rng(seed)
    grid = Grid(WEST, NORTH, cell, 41, 37, 25833)
    flags = rng.random(grid.shape) < 0.4
    points = np.column_stack([WEST + rng.uniform(-10, 37 * cell + 10, 9), NORTH - rng.uniform(-10, 41 * cell + 10, 9)])
    east = WEST + (np.arange(37) + 0.5) * cell
    north = NORTH - (np.arange(41) + 0.5) * cell
    apart = (east[None, None, :] - points[:, 0, None, None]) ** 2 + (north[None, :, None] - points[:, 1, None, None]) ** 2
    want = ((apart <= radius**2) & flags).sum(axis=(1, 2))
    assert (disc_counts([flags, ~flags], grid, points, radius)[0] == want).all()


def test_a_circle_has_the_area_of_a_circle() -> None:
    grid = Grid(WEST, NORTH, 1.0, 700, 700, 25833)
    cells = disc_counts([np.ones(grid.shape, dtype=bool)], grid, np.array([[WEST + 350.3, NORTH - 349.6]]), 300.0)
    assert cells[0, 0] == pytest.approx(np.pi * 300**2, rel=1e-4)


def cones(grid: Grid, at: NDArray[np.int64], tall: NDArray[np.float64]) -> NDArray[np.float32]:
    rows, cols = np.mgrid[: grid.rows, : grid.cols]
    crowns = [t - 0.8 * np.hypot(rows - r, cols - c) for (r, c), t in zip(at, tall, strict=True)]
    return np.maximum(np.max(crowns, axis=0), 0.0).astype(np.float32)


def test_one_top_for_each_crown() -> None:
    grid = Grid(WEST, NORTH, 1.0, 60, 60, 25833)
    at = np.array([[8, 8], [8, 15], [20, 40], [45, 12], [50, 50]])
    height = cones(grid, at, np.array([6.0, 7.0, 9.0, 5.0, 4.0]))
    row, col = tree_tops(height, height >= 3.0, 2)
    assert sorted(zip(row.tolist(), col.tolist(), strict=True)) == sorted(map(tuple, at.tolist()))


def test_a_flat_crown_is_one_tree_and_a_wide_hedge_a_few() -> None:
    flat = np.zeros((20, 20), dtype=np.float32)
    flat[5:9, 5:9] = 4.0
    assert [v.tolist() for v in tree_tops(flat, flat >= 3, 2)] == [[5], [5]]
    row, _ = tree_tops(np.full((1, 30), 5.0, dtype=np.float32), np.ones((1, 30), dtype=bool), 2)
    assert len(row) >= 1


@given(st.integers(0, 200))
def test_tops_are_farther_apart_than_the_reach(seed: int) -> None:
    height = np.random.default_rng(seed).integers(0, 9, (25, 25)).astype(np.float32)
    row, col = tree_tops(height, height >= 3, 2)
    apart = np.maximum(np.abs(row[:, None] - row), np.abs(col[:, None] - col))
    assert (apart[~np.eye(len(row), dtype=bool)] > 2).all()


def scene() -> tuple[Grid, Cells, Cells, NDArray[np.float64]]:
    rng = np.random.default_rng(5)
    grid = Grid(WEST, NORTH, 1.0, 300, 260, 25833)
    at = np.column_stack([rng.integers(0, 300, 150), rng.integers(0, 260, 150)])
    height = cones(grid, at, rng.uniform(3, 12, 150))
    cover = np.full(grid.shape, 4, dtype=np.uint8)
    for _ in range(12):
        r, c = rng.integers(0, 280), rng.integers(0, 240)
        cover[r : r + 12, c : c + 15], height[r : r + 12, c : c + 15] = 1, 8.0
    height[100:110, 40:60] = np.nan
    points = np.column_stack([WEST + rng.uniform(-5, 265, 40), NORTH - rng.uniform(-5, 305, 40)])
    return grid, Cells(grid, height, np.nan), Cells(grid, cover, 0), points


RULES = Rules(3.0, 1, 45.0, 5.0, 1.0)


def run(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    grid, height, cover, points = scene()
    canopy, known = np.zeros(len(points), dtype=np.int64), np.zeros(len(points), dtype=np.int64)
    tops = []
    work = blocks_around(grid, points, 45.0, 60.0, (height, cover), size)
    for seen in look_around(pickle.loads(pickle.dumps(work)), RULES):
        canopy[seen.rows], known[seen.rows] = seen.canopy, seen.known
        tops.append(seen.tops)
    found = np.concatenate(tops)
    return canopy, known, found[np.lexsort(found.T)]


def test_blocks_of_any_size_see_the_same() -> None:
    points = scene()[3]
    canopy, known, tops = run(1024)
    on_grid = (np.abs(points - [WEST + 130, NORTH - 150]) <= [130, 150]).all(axis=1)
    assert len(tops) > 40 and on_grid.any() and ((known > 0) == on_grid).all() and (canopy <= known).all()
    for size in (64, 100):
        others = run(size)
        assert (others[0] == canopy).all() and (others[1] == known).all()
        # Blocks far from every point are not looked at.
        assert set(map(tuple, others[2].tolist())) <= set(map(tuple, tops.tolist()))
        near = [t for t in tops.tolist() if np.hypot(*(points - t).T).min() <= 60.0]
        assert set(map(tuple, near)) <= set(map(tuple, others[2].tolist()))


def test_a_roof_and_its_eaves_are_no_trees() -> None:
    grid = Grid(WEST, NORTH, 1.0, 60, 60, 25833)
    height = np.zeros(grid.shape, dtype=np.float32)
    cover = np.full(grid.shape, 4, dtype=np.uint8)
    height[20:32, 20:32], cover[21:31, 21:31] = 7.0, 1  # the roof reaches one cell beyond the footprint
    work = blocks_around(grid, np.array([[WEST + 26, NORTH - 26]]), 20.0, 40.0, (Cells(grid, height, np.nan), Cells(grid, cover, 0)))
    assert len(look_around(work, RULES)[0].tops) == 0
    assert len(look_around(work, RULES._replace(eaves_m=0.0))[0].tops) > 0
