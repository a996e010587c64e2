"""The two verbs: the same bytes on every scheduler, halos, edges, odd rasters, and a scheduler that is not there."""

from __future__ import annotations

import signal
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import cluster as remote
from pipeline.compute import on
from pipeline.core.grid import Grid
from pipeline.core.terrain import hillshade
from pipeline.errors import ClusterError


@dataclass(frozen=True)
class Waves:
    """Cells that depend on their place alone: an input without a file."""

    def cut(self, grid: Grid) -> Waves:
        return self

    def read(self, grid: Grid) -> NDArray[np.float32]:
        e = grid.west + (np.arange(grid.cols) + 0.5) * grid.cell_m
        n = grid.north - (np.arange(grid.rows) + 0.5) * grid.cell_m
        z = np.sin(e / 17.0)[None, :] * 5 + np.cos(n / 29.0)[:, None] * 3
        z[(e < 0)[None, :] | (n > 700)[:, None]] = np.nan
        return z.astype(np.float32)


def _assembled(where: str, grid: Grid, halo_m: float) -> NDArray[Any]:
    out = np.full((1, *grid.shape), -1.0, dtype=np.float32)
    with on(where) as compute:
        for w, block in compute.tiles(hillshade_block, [Waves()], grid, halo_m=halo_m, params=(grid.cell_m,), tile_cells=256):
            out[:, w.row : w.row + w.rows, w.col : w.col + w.cols] = block
    return out


def hillshade_block(z: NDArray[np.float32], cell_m: float) -> NDArray[np.float32]:
    return np.asarray(hillshade(z, cell_m), dtype=np.float32)


@pytest.mark.parametrize("where", ["threads", "processes"])
@pytest.mark.parametrize(("rows", "cols"), [(700, 611), (1, 1), (1, 300), (300, 1)])
def test_tiles_with_a_halo_are_the_whole_raster_cut(where: str, rows: int, cols: int) -> None:
    grid = Grid(0.0, 700.0, 1.0, rows, cols, 25833)
    wide = Grid(-2.0, 702.0, 1.0, rows + 4, cols + 4, 25833)
    whole = hillshade_block(Waves().read(wide), 1.0)[2:-2, 2:-2]
    if where == "processes" and rows == cols == 1:
        pytest.skip("one cell needs no process")
    np.testing.assert_array_equal(_assembled(where, grid, 2.0)[0], whole)


@pytest.mark.cluster
def test_a_remote_scheduler_gives_the_same_bytes(cluster: str) -> None:
    grid = Grid(0.0, 700.0, 1.0, 700, 611, 25833)
    local, remote = [], []
    for where, out in (("threads", local), (cluster, remote)):
        with on(where) as compute:
            out += [b.tobytes() for _, b in compute.tiles(hillshade, [_band()], grid, halo_m=3.0, params=(1.0,), tile_cells=256)]
            out.append(list(compute.batches(np.cumsum, np.arange(10.0), size=4)))
    assert local[:-1] == remote[:-1]
    for a, b in zip(local[-1], remote[-1], strict=True):
        np.testing.assert_array_equal(a, b)


def _band() -> Any:
    import shapely

    from pipeline.io.rasters import BurnInput

    boxes = np.array([shapely.box(10 * i, 10 * i, 10 * i + 9, 10 * i + 7) for i in range(60)], dtype=object)
    return BurnInput(boxes, np.arange(60.0) + 1)


def test_batches_keep_order_and_size() -> None:
    with on("threads") as compute:
        assert list(compute.batches(list, [1, 2, 3, 4, 5], size=2)) == [[1, 2], [3, 4], [5]]
        assert list(compute.batches(list, [], size=2)) == []


def test_progress_counts_to_the_end() -> None:
    seen: list[tuple[int, int]] = []
    with on("threads") as compute:
        compute.progress = lambda done, total: seen.append((done, total))
        list(compute.batches(list, list(range(7)), size=2))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_no_scheduler_is_an_error_that_says_how_to_start_one() -> None:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with pytest.raises(ClusterError, match="dask scheduler"):
        on(f"tcp://127.0.0.1:{port}")


def squares_slowly(numbers: list[int]) -> list[int]:
    time.sleep(0.25)
    return [n * n for n in numbers]


def killed_after(seconds: float, process: Any) -> None:
    threading.Timer(seconds, lambda: process.send_signal(signal.SIGKILL)).start()


@pytest.mark.cluster
def test_a_worker_killed_in_the_middle_is_survived(own_cluster: Any) -> None:
    with on(own_cluster.address) as compute:
        killed_after(0.6, own_cluster.workers[0])
        found = list(compute.batches(squares_slowly, list(range(24)), size=1))
    assert own_cluster.workers[0].wait(10) == -signal.SIGKILL
    assert found == [[n * n] for n in range(24)]


@pytest.mark.cluster
def test_a_worker_killed_while_it_is_asked_is_survived(own_cluster: Any) -> None:
    own_cluster.workers[0].kill()
    with on(own_cluster.address, sees=Path("pyproject.toml").resolve()) as compute:
        assert list(compute.batches(squares_slowly, [1, 2], size=1)) == [[1], [4]]


def test_who_breaks_off_is_asked_again_and_who_always_does_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Client:
        """Breaks off some times, as a worker that dies on the line does, then answers."""

        def __init__(self, breaks: int) -> None:
            self.left = breaks

        def nthreads(self) -> dict[str, int]:
            return {"tcp://w:1": 1}

        def run_on_scheduler(self, function: Any) -> Any:
            return function()

        def run(self, function: Any, *arguments: Any) -> dict[str, Any]:
            self.left -= 1
            if self.left >= 0:
                raise ConnectionResetError("Connection reset by peer")
            return {"tcp://w:1": function(*arguments)}

    monkeypatch.setattr(remote, "ASK_S", 0.0)
    remote._check(Client(remote.ASKED - 1), "tcp://s:1", None)
    with pytest.raises(ClusterError, match="cannot load this project"):
        remote._check(Client(remote.ASKED), "tcp://s:1", None)


@pytest.mark.cluster
def test_a_scheduler_killed_in_the_middle_is_an_error_that_says_how_to_go_on(own_cluster: Any) -> None:
    port = own_cluster.address.rpartition(":")[2]
    killed_after(0.6, own_cluster.scheduler)
    start = time.monotonic()
    with pytest.raises(ClusterError, match=f"went away during the work.*dask scheduler --port {port}.*run make again"), on(own_cluster.address) as compute:
        list(compute.batches(squares_slowly, list(range(200)), size=1))
    assert time.monotonic() - start < 60


@pytest.mark.cluster
def test_no_worker_left_is_an_error(own_cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "NO_WORKER_S", 4.0)
    for worker in own_cluster.workers:
        killed_after(0.6, worker)
    with pytest.raises(ClusterError, match=r"no worker is left; start some with `.venv/bin/python -m dask worker tcp://"), on(own_cluster.address) as compute:
        list(compute.batches(squares_slowly, list(range(200)), size=1))


@pytest.mark.cluster
def test_a_worker_of_another_version_is_said_before_work_begins(own_cluster: Any, tmp_path: Path, root: Path) -> None:
    import shutil

    shutil.copytree(root / "pipeline", tmp_path / "other/pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "other/pipeline/core/terrain.py").open("a") as f:
        f.write("\n# a change\n")
    own_cluster.workers.append(own_cluster.add_worker(tmp_path / "other"))
    own_cluster.wait_for(3)
    with pytest.raises(ClusterError, match=r"worker tcp://\S+: Sole e Suolo 0\.\S+ \(\w+\), here it is .* bring all to the same"):
        on(own_cluster.address)


def test_versions_are_compared_library_by_library() -> None:
    here = {"Python": "3.11", "numpy": "2.1"}
    found = {"scheduler": dict(here), "worker a": here | {"numpy": "2.0"}, "worker b": here | {"numpy": "2.0", "Python": "3.12"}}
    assert remote.differences(here, found) == ["worker b: Python 3.12, here it is 3.11; bring all to the same", "worker a, worker b: numpy 2.0, here it is 2.1; bring all to the same"]


@pytest.mark.cluster
def test_workers_must_see_the_data(cluster: str, tmp_path: Path) -> None:
    file = tmp_path / "solar.json"
    file.write_text("{}")
    on(cluster, sees=file).__exit__()
    with pytest.raises(ClusterError, match=r"does not see .* as it is here; start workers in the same folder on storage that all machines share"):
        on(cluster, sees=Path("tests/not-there.json"))
