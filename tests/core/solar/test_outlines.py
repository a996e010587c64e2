"""Outlines give their cells back and fill the footprint exactly."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from pipeline.core.grid import Grid
from pipeline.core.solar.outlines import Regions, bundle, cut, outlines
from pipeline.io.rasters import burn


def window(footprint: shapely.Geometry, cell: float) -> Grid:
    return (whole := Grid(0.0, 60.0, cell, round(60 / cell), round(60 / cell), 25833)).crop(whole.window(footprint.bounds))


def regions(footprint: shapely.Geometry, labels: NDArray[np.int16], grid: Grid) -> Regions:
    inside = burn([footprint], [1], grid).astype(bool)
    return Regions(np.where(inside, labels, 0).astype(np.int16), inside, grid.west, grid.north, footprint)


@pytest.mark.parametrize("cell", [0.5, 1.0])
@pytest.mark.parametrize("seed", range(12))
def test_burning_an_outline_gives_its_cells_back(seed: int, cell: float) -> None:
    rng = np.random.default_rng(seed)
    box = shapely.box(10.0, 10.0, 10 + rng.uniform(5, 20), 10 + rng.uniform(5, 20))
    footprint = shapely.affinity.rotate(box, rng.uniform(0, 90))
    if seed % 3 == 0:
        footprint = footprint.difference(footprint.centroid.buffer(2.0))
    grid = window(footprint, cell)
    # Blobs, lone cells, diagonal contacts, holes.
    labels = rng.choice(4, grid.shape, p=[0.3, 0.4, 0.2, 0.1]).astype(np.int16)
    one = regions(footprint, labels, grid)
    shapes = outlines([one], cell)
    assert shapely.is_valid(shapes).all()
    again = burn(shapes, np.arange(1, len(shapes) + 1), grid)
    assert (again == one.labels).all()
    assert shapely.area(shapes).sum() <= footprint.area + 1e-6
    assert shapely.area(shapely.difference(shapes, footprint)).max() < 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_a_region_that_fills_a_footprint_has_its_area(seed: int) -> None:
    rng = np.random.default_rng(seed)
    footprint = shapely.affinity.rotate(shapely.box(15.3, 14.2, 27.7, 22.9), rng.uniform(0, 90))
    grid = window(footprint, 1.0)
    one = outlines([regions(footprint, np.ones(grid.shape, np.int16), grid)], 1.0)[0]
    assert one.area == pytest.approx(footprint.area, rel=1e-9)
    # Two regions share it without gap or overlap.
    halves = np.ones(grid.shape, np.int16)
    halves[:, grid.cols // 2 :] = 2
    two = outlines([regions(footprint, halves, grid)], 1.0)
    assert shapely.area(two).sum() == pytest.approx(footprint.area, rel=1e-6)
    assert shapely.area(shapely.intersection(*two)) == pytest.approx(0.0, abs=1e-6)


def test_rings_with_a_hole_that_touches_the_shell_at_a_corner() -> None:
    labels = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 0]], np.int16)
    shape = outlines([Regions(labels, np.ones((3, 3), bool), 0.0, 3.0, shapely.box(0, 0, 3, 3))], 1.0)[0]
    assert shape.is_valid and shape.area == 7.0
    diagonal = np.array([[1, 0], [0, 1]], np.int16)
    shape = outlines([Regions(diagonal, np.ones((2, 2), bool), 0.0, 2.0, shapely.box(0, 0, 2, 2))], 1.0)[0]
    assert shape.is_valid and shape.geom_type == "MultiPolygon" and shape.area == 2.0


def test_many_footprints_at_once_are_those_one_by_one() -> None:
    rng = np.random.default_rng(1)
    many = []
    for k in range(5):
        footprint = shapely.affinity.rotate(shapely.box(10 + 3 * k, 10, 16 + 3 * k, 18), 17.0 * k)
        grid = window(footprint, 1.0)
        many.append(regions(footprint, rng.integers(0, 3 if k != 2 else 1, grid.shape).astype(np.int16), grid))
    together = outlines(many, 1.0)
    alone = [shape for one in many for shape in outlines([one], 1.0)]
    assert len(together) == len(alone) == 8
    assert all(a.equals(b) for a, b in zip(together, alone, strict=True))


def test_nothing_gives_nothing() -> None:
    assert len(outlines([], 1.0)) == 0
    assert len(outlines([Regions(np.zeros((2, 2), np.int16), np.ones((2, 2), bool), 0.0, 2.0, shapely.box(0, 0, 2, 2))], 1.0)) == 0


def test_cut_leaves_out_contacts_and_keeps_its_place() -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6), shapely.box(0, 0, 3, 1)])
    by = np.array([shapely.box(1, 0, 2, 1), shapely.box(0, 0, 9, 9), shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1), shapely.box(3, 0, 4, 1)])])
    got = cut(shapes, by)
    assert got[0].is_empty and got[1].equals(shapes[1]) and got[2].area == 2.0


def test_bundle_counts_from_zero_and_allows_gaps() -> None:
    got = bundle(np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)]), np.array([1, 1]), 3)
    assert [g.area for g in got] == [0.0, 2.0, 0.0]


def test_outlines_do_not_depend_on_the_windows_traced_with_them() -> None:
    rng = np.random.default_rng(3)
    found = []
    for k in range(8):
        footprint = shapely.affinity.rotate(shapely.box(12.0, 12.0, 16.0 + 3 * k, 18.0 + k), 11.0 * k)
        grid = window(footprint, 1.0)
        found.append(regions(footprint, rng.integers(0, 4, grid.shape).astype(np.int16), grid))
    together = outlines(found, 1.0)
    alone = np.concatenate([outlines([one], 1.0) for one in found])
    assert shapely.equals_exact(together, alone, 0.0).all()
