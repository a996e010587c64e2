"""A browser without network, a static server on loopback, and the sites to look at."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.screenshots import FLAGS


@pytest.fixture(scope="session")
def towns() -> ModuleType:
    """The builders of tests/maps/conftest.py."""
    spec = importlib.util.spec_from_file_location("towns", Path(__file__).parent.parent / "maps" / "conftest.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def atlas(towns: ModuleType) -> dict[str, Any]:
    return dict(towns.make_atlas())


@pytest.fixture(scope="session")
def sunmap(towns: ModuleType, atlas: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    return towns.make_sunmap(tmp_path_factory.mktemp("sun") / "sunmap.tif", atlas)


@pytest.fixture(scope="session")
def site(towns: ModuleType, atlas: dict[str, Any], sunmap: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(towns.build(tmp_path_factory.mktemp("site") / "site", atlas, sunmap=sunmap))


@pytest.fixture(scope="session")
def large_site(towns: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """8,000 buildings and 12,000 parcels."""
    return Path(towns.build(tmp_path_factory.mktemp("large") / "site", towns.make_atlas(columns=120, rows=100, built=8000, nasty=False)))


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


class Visit:
    """One page with what it complained about and what it asked the network for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("request", lambda r: self.requests.append(r.url))

    def until(self, script: str, seconds: float = 10.0) -> Any:
        """Poll: the page's policy forbids the evaluation inside wait_for_function."""
        for _ in range(int(seconds * 20)):
            if value := self.page.evaluate(script):
                return value
            self.page.wait_for_timeout(50)
        raise AssertionError(f"did not become true: {script}; the page said {self.complaints}")

    def open(self, address: str) -> Visit:
        self.page.goto(address)
        if self.page.query_selector(".folium-map"):
            self.until("document.documentElement.hasAttribute('data-ready')")
        return self

    def state(self) -> dict[str, Any]:
        return dict(
            self.page.evaluate(
                "({hash: location.hash, id: SS.current && SS.current.selected >= 0 ? SS.current.ids[SS.current.selected] : null})"
            )
        )


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def make(width: int = 1280, height: int = 860, **options: Any) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", offline=options.pop("offline", True), **options
        )
        contexts.append(context)
        return Visit(context.new_page())

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def server(site: Path) -> Iterator[str]:
    """The site on loopback, as any static host would give it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()
