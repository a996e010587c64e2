"""What all tests share: where the real data is, and what must not be skipped in CI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from pipeline.contracts.notes import Notes

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


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler and two workers, started apart, on loopback."""
    folder, environment = tmp_path_factory.mktemp("cluster"), {"PYTHONPATH": str(ROOT), "PATH": ""}
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    scheduler = subprocess.Popen([*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)], stderr=subprocess.DEVNULL, cwd=ROOT, env=environment)
    deadline = time.monotonic() + 30
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    address = json.loads(file.read_text())["address"]
    workers = [
        subprocess.Popen([*dask, "worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder / str(n))], stderr=subprocess.DEVNULL, cwd=ROOT, env=environment)
        for n in range(2)
    ]
    try:
        _wait_for_workers(address, 2)
        yield address
    finally:
        for process in (*workers, scheduler):
            process.terminate()
        for process in (*workers, scheduler):
            process.wait(10)


def _wait_for_workers(address: str, number: int) -> None:
    from distributed import Client

    with Client(address, timeout="30s", set_as_default=False) as client:
        client.wait_for_workers(number, timeout=30)


REPORTED = ("dropped", "left out", "merged", "dissolved")


@pytest.fixture
def balance() -> Callable[[Notes, int], None]:
    """Rows in = rows out + rows reported: nothing is lost in silence, nothing counted twice."""

    def check(notes: Notes, rows_out: int) -> None:
        reported = {what: n for what, n in notes.counts.items() if what.startswith(REPORTED)}
        assert notes.counts["rows read"] == rows_out + sum(reported.values()), (notes.counts["rows read"], rows_out, reported)

    return check


def pytest_configure(config: pytest.Config) -> None:
    # Numbers must not depend on a scheduler that happens to run in the developer's shell.
    os.environ.pop("DASK_SCHEDULER_ADDRESS", None)


settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
