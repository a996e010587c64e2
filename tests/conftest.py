"""What all tests share: where the real data is, and what must not be skipped in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from pipeline.contracts.notes import Notes
from pipeline.io.sidecar import read_json

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require", default="", help="comma-separated marks whose tests must run: a skip becomes a failure")
    parser.addoption("--fix", action="store_true", help="write generated files anew instead of failing when they are stale")


def _skip(config: pytest.Config, mark: str, reason: str) -> None:
    if mark in config.getoption("--require").split(","):
        pytest.fail(f"required here, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data(request: pytest.FixtureRequest) -> Path:
    """The folder with real data beside the checkout."""
    folder = ROOT.parent / "shared" / "data"
    if not (folder / "README.md").exists():
        _skip(request.config, "shared", "the real data (../shared/data) is not on this machine")
    return folder


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> str:
    """Path of the system's Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        _skip(request.config, "browser", "no Chromium is installed (Debian: apt install chromium)")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def fix(request: pytest.FixtureRequest) -> bool:
    """Whether stale generated files are mended instead of reported."""
    return bool(request.config.getoption("--fix"))


class Cluster:
    """A scheduler and workers, started apart, on loopback."""

    def __init__(self, folder: Path, workers: int = 2, root: Path = ROOT) -> None:
        self.folder, self.root = folder, root
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(folder / "scheduler.json"))
        deadline, said = time.monotonic() + 60, None
        while (said := read_json(folder / "scheduler.json")) is None and time.monotonic() < deadline:
            time.sleep(0.1)
        assert said is not None, "the scheduler did not start"
        self.address: str = said["address"]
        self.workers = [self.add_worker() for _ in range(workers)]
        self.wait_for(workers)

    def add_worker(self, root: Path | None = None) -> subprocess.Popen[bytes]:
        """One more, without a nanny: a worker that is killed stays dead."""
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder), root=root)

    def wait_for(self, number: int) -> None:
        from distributed import Client

        with Client(self.address, timeout="30s", set_as_default=False) as client:
            client.wait_for_workers(number, timeout=60)

    def _start(self, *words: str, root: Path | None = None) -> subprocess.Popen[bytes]:
        root = root or self.root
        command = [sys.executable, "-m", "dask", *words, "--host", "127.0.0.1", "--no-dashboard"]
        return subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=root, env={"PATH": ""})

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait(10)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a scheduler with two workers, for all tests."""
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made.address
    made.stop()


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler with two workers for one test, which may kill them."""
    made = Cluster(tmp_path)
    yield made
    made.stop()


REPORTED = ("dropped", "left out", "merged", "dissolved")


@pytest.fixture
def balance() -> Callable[[Notes, int], None]:
    """Rows in = rows out + rows reported: nothing is lost in silence, nothing counted twice."""

    def check(notes: Notes, rows_out: int) -> None:
        reported = {what: n for what, n in notes.counts.items() if what.startswith(REPORTED)}
        assert notes.counts["rows read"] == rows_out + sum(reported.values()), (notes.counts["rows read"], rows_out, reported)

    return check


# Folders whose tests share a town or a browser that takes long to make.
TOGETHER = ("browser", "chain", "exports", "make", "maps")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where tests are shared out to several processes (`make test`) those of a file go together, or of a folder whose tests share what is dear."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder = nodeid.removeprefix("tests/").partition("/")[0]
            return folder if folder in TOGETHER else nodeid.partition("::")[0]

    return ByFile(config, log)


def pytest_configure(config: pytest.Config) -> None:
    # Numbers must not depend on a scheduler that happens to run in the developer's shell.
    os.environ.pop("DASK_SCHEDULER_ADDRESS", None)


settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
