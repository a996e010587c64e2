"""A whole town on a scheduler and two workers of its own: the same bytes as on threads, also when a worker is killed on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.io.sidecar import sha256_of

TOWN = "tests/towns/quartiere"


def make(root: Path, out: Path, *words: str) -> str:
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(["make", f"TOWN_DIR={TOWN}", f"OUT={out}", *words], cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def kill_while_at_work(worker: subprocess.Popen[bytes], begun: Path) -> None:
    """SIGKILL as soon as a stage that shares work out has begun and the worker has spent a second on it."""
    process, deadline = psutil.Process(worker.pid), time.monotonic() + 600
    while not begun.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    before = process.cpu_times().user
    while process.cpu_times().user < before + 1 and time.monotonic() < deadline:
        time.sleep(0.1)
    worker.send_signal(signal.SIGKILL)


@pytest.mark.cluster
def test_the_town_has_the_same_bytes_on_a_cluster_that_loses_a_worker(make_town: Any, own_cluster: Any, root: Path, tmp_path: Path) -> None:
    threads = make_town(TOWN)
    own_cluster.workers.append(own_cluster.add_worker())
    lost = own_cluster.workers[0]
    killer = threading.Thread(target=kill_while_at_work, args=(lost, tmp_path / "data/processed/quartiere/.recipes/roofs.lock"))
    killer.start()
    make(root, tmp_path, f"DASK={own_cluster.address}")
    killer.join()
    assert lost.wait(10) == -signal.SIGKILL
    for stage in threads.town.stages:
        theirs = threads.processed / f"{stage}.meta.json"
        assert (tmp_path / "data/processed/quartiere" / theirs.name).read_text() == theirs.read_text(), stage
    pages = {p.relative_to(threads.site): sha256_of(p) for p in threads.site.rglob("*") if p.is_file()}
    site = tmp_path / "maps/quartiere"
    assert pages == {p.relative_to(site): sha256_of(p) for p in site.rglob("*") if p.is_file()}
