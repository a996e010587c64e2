"""Point clouds gridded: which points count, and what comes out of a real block."""

from __future__ import annotations

from pathlib import Path

import laspy
import numpy as np
import pytest
import rasterio

from pipeline.config.sources import Layer, Source
from pipeline.contracts.notes import Notes
from pipeline.core.grid import Grid
from pipeline.errors import InputError
from pipeline.io.pointclouds import GriddedClouds, clouds_grid, open_clouds


def cloud(path: Path, rows: list[tuple[float, float, float, int]], withheld: tuple[int, ...] = ()) -> Path:
    data = laspy.create(point_format=6, file_version="1.4")
    data.header.scales = np.array([0.001, 0.001, 0.001])
    data.header.offsets = np.array([84_800.0, 447_400.0, 0.0])
    data.x, data.y, data.z = (np.array([r[i] for r in rows], dtype=float) for i in range(3))
    data.classification = np.array([r[3] for r in rows], dtype=np.uint8)
    data.withheld = np.isin(np.arange(len(rows)), withheld)
    data.write(path)
    return path


def layer(*paths: Path, **more: object) -> Layer:
    return Layer(Source.model_validate({"kind": "points", "path": "x", "crs": "EPSG:28992", **more}), paths)


ROWS = [
    (84_800.2, 447_401.8, 1.0, 2),
    (84_800.3, 447_401.7, 2.0, 2),
    (84_800.3, 447_401.9, 9.0, 5),  # tree over the ground of the first cell
    (84_800.1, 447_401.8, 80.0, 7),  # noise
    (84_801.2, 447_400.3, 5.0, 6),
    (84_801.2, 447_400.4, 7.0, 6),  # withheld
    (84_801.6, 447_400.4, 9_500.0, 1),  # no elevation
]


def test_which_points_make_surface_and_ground(tmp_path: Path) -> None:
    notes = Notes()
    clouds = open_clouds([layer(cloud(tmp_path / "a.laz", ROWS, withheld=(5,)))])
    grid = clouds_grid(clouds, 28992, 1.0)
    assert grid == Grid(84_800.0, 447_402.0, 1.0, 2, 2, 28992)
    with GriddedClouds(clouds, grid, notes) as made:
        np.testing.assert_array_equal(made.surface(grid), [[9.0, np.nan], [np.nan, 5.0]])
        np.testing.assert_array_equal(made.ground(grid), [[1.5, np.nan], [np.nan, np.nan]])
        wide = made.surface(Grid(84_799.0, 447_403.0, 1.0, 4, 4, 28992))
    assert np.isnan(wide).sum() == 14 and wide[1, 1] == 9.0
    assert notes.counts["points left out: noise or withheld"] == 2
    assert notes.counts["points left out: no elevation"] == 1


def test_feet_and_another_system(tmp_path: Path) -> None:
    clouds = open_clouds([layer(cloud(tmp_path / "a.laz", ROWS), feet=True)])
    grid = clouds_grid(clouds, 25831, 1.0)
    with GriddedClouds(clouds, grid, Notes()) as made:
        assert np.nanmax(made.surface(grid)) == pytest.approx(9_500 * 0.3048)
    west, _, _, north = grid.bounds
    assert 590_000 < west < 600_000 and 5_760_000 < north < 5_770_000  # Delft in UTM 31N


def test_a_cloud_without_system_a_truncated_and_an_empty_one(tmp_path: Path) -> None:
    whole = cloud(tmp_path / "a.laz", ROWS * 4000)
    with pytest.raises(InputError, match="declares no reference system"):
        open_clouds([layer(whole, crs=None)])
    cut = tmp_path / "cut.laz"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(InputError, match=r"cut\.laz"):
        clouds = open_clouds([layer(cut)])
        GriddedClouds(clouds, clouds_grid(clouds, 28992, 1.0), Notes())
    with pytest.raises(InputError, match="holds no point"):
        open_clouds([layer(cloud(tmp_path / "none.laz", []))])
    (tmp_path / "text.laz").write_text("not a point cloud")
    with pytest.raises(InputError, match="cannot be read as a point cloud"):
        open_clouds([layer(tmp_path / "text.laz")])


@pytest.mark.shared
def test_a_real_block_gives_the_published_rasters(shared_data: Path) -> None:
    folder = shared_data / "delft"
    clouds = open_clouds([layer(*sorted(folder.glob("*.laz")))])
    with rasterio.open(folder / "dsm_05m.tif") as a, rasterio.open(folder / "dtm_05m.tif") as b:
        dsm, dtm = a.read(1), b.read(1)
        grid = Grid(a.transform.c, a.transform.f, 0.5, a.height, a.width, 28992)
    notes = Notes()
    with GriddedClouds(clouds, grid, notes) as made:
        surface, ground = made.surface(grid), made.ground(grid)
    known, bare = np.isfinite(surface), np.isfinite(ground)
    assert notes.counts["points read"] == 848_942
    assert 0.87 < known.mean() < 0.89 and 0.48 < bare.mean() < 0.50
    assert (np.abs(surface - dsm)[known] < 0.1).mean() > 0.997
    assert (np.abs(ground - dtm)[bare] < 0.001).mean() == 1.0
