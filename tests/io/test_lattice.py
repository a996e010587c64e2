"""Positions on other lattices and in other systems."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pyproj import Transformer

from pipeline.core.grid import Grid
from pipeline.io.lattice import Lattice, grid_convergence_deg, horizontal_epsg


def test_interpolated_positions_are_those_of_the_projection() -> None:
    grid = Grid(750_000.0, 4_480_000.0, 1.0, 700, 900, 25833)
    lattice = Lattice(4_900_000.0, 2_000_000.0, 10.0, 10.0, 3035)
    row, col = lattice.positions(grid)
    east, north = np.meshgrid(750_000.5 + np.arange(900), 4_479_999.5 - np.arange(700))
    x, y = Transformer.from_crs(25833, 3035, always_xy=True).transform(east, north)
    np.testing.assert_allclose(col, (x - 4_900_000.0) / 10, atol=1e-4)
    np.testing.assert_allclose(row, (2_000_000.0 - y) / 10, atol=1e-4)


def test_a_single_cell_has_a_position() -> None:
    row, col = Lattice(0.0, 90.0, 0.01, 0.01, 4326).positions(Grid(750_000.0, 4_480_000.0, 1.0, 1, 1, 25833))
    assert row.shape == col.shape == (1, 1)


def test_the_same_cells_from_another_corner() -> None:
    a, b = Lattice(0.0, 100.0, 0.5, 0.5, 28992), Lattice(1000.5, 3.5, 0.5, 0.5, 28992)
    assert a.same_cells(b) and a.offset(1000.5, 3.5) == (193, 2001)
    assert not a.same_cells(Lattice(0.2, 100.0, 0.5, 0.5, 28992))
    assert not a.same_cells(Lattice(0.0, 100.0, 0.5, 0.5, 25831))


def test_horizontal_part_of_a_compound_system() -> None:
    assert horizontal_epsg("EPSG:7415") == 28992
    assert horizontal_epsg("not a system") is None


@pytest.mark.parametrize(("epsg", "lon", "lat"), [(25833, 18.05, 40.35), (25833, 12.0, 42.0), (28992, 4.36, 52.0), (32719, -70.0, -33.0)])
def test_convergence_is_the_bearing_of_true_north_on_the_grid(epsg: int, lon: float, lat: float) -> None:
    t = Transformer.from_crs(4326, epsg, always_xy=True)
    east, north = t.transform(lon, lat)
    further = t.transform(lon, lat + 1e-4)
    bearing = math.degrees(math.atan2(further[0] - east, further[1] - north))
    assert grid_convergence_deg(epsg, (east - 1, north - 1, east + 1, north + 1)) == pytest.approx(-bearing, abs=2e-3)
