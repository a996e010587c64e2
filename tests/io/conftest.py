"""A server on this machine, and a town that fetches from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.io.download import Downloader
from pipeline.io.fetch import Outcome, fetch
from tests.reference.fetching import LOCAL, QUICK, write
from tests.reference.loopback import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def bring(server: Server, tmp_path: Path) -> Callable[..., list[Outcome]]:
    """Write a town.yaml of the sources given and fetch them; `https://here` stands for the server."""

    def run(sources: dict[str, list[dict[str, Any]]], **more: Any) -> list[Outcome]:
        return fetch(write(tmp_path, sources, server), tmp_path, Downloader(LOCAL, QUICK, **more), lambda _: None)

    return run
