"""What all tests share: where the real data is, and what must not be skipped in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
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
