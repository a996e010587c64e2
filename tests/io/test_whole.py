"""Files that appear whole or not at all: a full disk, a limit of size, folders that may not be written, what a killed run left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.errors import StorageError
from pipeline.io.sidecar import write_json
from pipeline.io.whole import beside, fill_folder, storing, tidy, tidy_texts

DISK_MB = 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("a small disk can only be mounted by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


def write_bytes(path: Path) -> None:
    path.write_bytes(bytes(DISK_MB * 1_100_000))


def write_raster(path: Path) -> None:
    import numpy as np

    from pipeline.contracts.sources import Surface
    from pipeline.contracts.spec import RasterBlocks
    from pipeline.core.grid import Grid, Window
    from pipeline.io import rasters

    noise = np.random.default_rng(0).random((3, 500, 1000)).astype(np.float32)
    rasters.write(path, Surface, RasterBlocks(Grid(0.0, 1000.0, 1.0, 1000, 1000, 25833), ((Window(r, 0, 500, 1000), noise) for r in (0, 500))))


def write_parquet(path: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"noise": np.random.default_rng(0).random(600_000)}), path)


def write_package(path: Path) -> None:
    import geopandas as gpd
    import numpy as np
    import shapely

    at = np.random.default_rng(0).random((20_000, 2))
    gpd.GeoDataFrame({"text": ["x" * 200] * len(at)}, geometry=shapely.points(at), crs=25833).to_file(path.with_suffix(".gpkg"), layer="points", driver="GPKG")
    path.with_suffix(".gpkg").replace(path)


WRITERS = [write_bytes, write_raster, write_parquet, write_package]


@pytest.mark.parametrize("write", WRITERS)
def test_a_full_disk_is_said_and_what_was_there_stays(small_disk: Path, write: Callable[[Path], None]) -> None:
    output = small_disk / "town" / "solar.bin"
    output.parent.mkdir()
    output.write_text("earlier")
    with pytest.raises(StorageError, match=r"disk of .* is full .* make room, then run make again"), beside(output) as tmp:
        write(tmp)
    assert output.read_text() == "earlier"
    assert {p.name for p in output.parent.iterdir()} <= {"solar.bin", ".solar.tmp.gpkg"}  # the second by the writer of this test
    tidy(output, folder=False)
    assert [p.name for p in output.parent.iterdir()] == ["solar.bin"]


def test_a_full_disk_keeps_the_folder_that_was_there(small_disk: Path) -> None:
    site = small_disk / "site"
    fill_folder(site, lambda new: (new / "index.html").write_text("earlier") and None)
    with pytest.raises(StorageError, match="is full"):
        fill_folder(site, lambda new: write_bytes(new / "index.html"))
    assert [p.name for p in small_disk.iterdir()] == ["site"]
    assert (site / "index.html").read_text() == "earlier"


def test_a_full_disk_keeps_the_old_sidecar(small_disk: Path) -> None:
    path = small_disk / "solar.meta.json"
    write_json(path, {"old": True})
    (small_disk / "filler").write_bytes(bytes(DISK_MB * 2**20 - 2 * 4096))
    with pytest.raises(StorageError, match="is full"):
        write_json(path, {"new": ["x"] * 10_000})
    assert path.read_text() == '{\n "old": true\n}\n'
    assert sorted(p.name for p in small_disk.iterdir()) == ["filler", "solar.meta.json"]


def test_a_read_only_disk_is_said(small_disk: Path) -> None:
    output = small_disk / "solar.bin"
    output.write_text("earlier")
    remount(small_disk, "ro")
    with pytest.raises(StorageError, match="read-only, or not yours to write; change that or name another folder with make OUT="), beside(output) as tmp:
        write_bytes(tmp)
    with pytest.raises(StorageError, match="read-only"):
        write_json(small_disk / "solar.meta.json", {})
    assert output.read_text() == "earlier"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; the read-only disk stands for it")
def test_a_folder_of_somebody_else_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(StorageError, match="read-only"), beside(tmp_path / "solar.bin") as tmp:
        write_bytes(tmp)


LIMITED = """
import resource, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], str(Path(sys.argv[1]) / "tests/io")]
import test_whole
from pipeline.errors import StorageError
from pipeline.io.whole import beside
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))
try:
    with beside(Path(sys.argv[2])) as tmp:
        getattr(test_whole, sys.argv[3])(tmp)
except StorageError as error:
    print("said", error)
"""


@pytest.mark.parametrize("write", WRITERS)
def test_a_limit_of_size_is_said(tmp_path: Path, root: Path, write: Callable[[Path], None]) -> None:
    output = tmp_path / "solar.bin"
    output.write_text("earlier")
    done = subprocess.run([sys.executable, "-c", LIMITED, str(root), str(output), write.__name__, "1000000"], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("said"), done.stdout + done.stderr
    assert output.read_text() == "earlier"


def test_other_errors_pass_unchanged(tmp_path: Path) -> None:
    with pytest.raises(KeyError), storing(tmp_path / "x"):
        raise KeyError("x")


def test_what_a_killed_run_left_is_put_right(tmp_path: Path) -> None:
    for name in (".solar.tmp.parquet", ".atlas.tmp.gpkg.gpkg", ".atlas.tmp.gpkg.gpkg-journal", "solar.parquet", f"solar.meta.json.{2**22 + 1}.tmp", f"arrays.meta.json.{os.getpid()}.tmp"):
        (tmp_path / name).write_text("")
    tidy(tmp_path / "solar.parquet", folder=False)
    tidy(tmp_path / "atlas.gpkg", folder=False)
    tidy_texts(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"arrays.meta.json.{os.getpid()}.tmp", "solar.parquet"]


def test_a_folder_whose_swap_was_cut_short_comes_back(tmp_path: Path) -> None:
    for name in (".site.old", ".site.new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(name)
    tidy(tmp_path / "site" / "manifest.json", folder=True)
    assert [p.name for p in tmp_path.iterdir()] == ["site"]
    assert (tmp_path / "site/manifest.json").read_text() == ".site.old"
