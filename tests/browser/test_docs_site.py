"""The documentation as a site: it builds without a warning, asks nobody else for anything, and can be searched from a folder."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def docs_site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with the words of `make docs-site`."""
    line = re.search(r"-m sphinx (.*)$", (root / "Makefile").read_text(encoding="utf-8"), re.M)
    assert line
    folder = tmp_path_factory.mktemp("docs")
    words = line[1].replace(".artefacts/doctrees", str(folder / "doctrees")).replace(".artefacts/docs", str(folder / "site")).split()
    done = subprocess.run([sys.executable, "-m", "sphinx", *words], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "site"


class Asked(HTMLParser):
    """Addresses a page loads by itself (not those it links to), and the links of its text."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v for k, v in attrs if v}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" or "src" in given:
            self.loaded += [given[k] for k in ("href", "src") if k in given]


def test_every_page_is_there_and_asks_nobody(root: Path, docs_site: Path) -> None:
    pages = {p.relative_to(root / "docs").with_suffix(".html").as_posix() for p in (root / "docs").rglob("*.md")}
    assert pages <= {p.relative_to(docs_site).as_posix() for p in docs_site.rglob("*.html")}
    foreign: list[str] = []
    for page in docs_site.rglob("*.html"):
        asked = Asked()
        asked.feed(page.read_text(encoding="utf-8"))
        foreign += [f"{page.name}: {url}" for url in asked.loaded if re.match(r"(https?:)?//", url)]
        for link in asked.links:  # what is linked inside is there
            path = link.partition("#")[0].partition("?")[0]
            if path and not re.match(r"[a-z]+:", path):
                assert (page.parent / path).exists(), f"{page.name}: {link}"
    for sheet in docs_site.rglob("*.css"):
        foreign += [f"{sheet.name}: {url}" for url in re.findall(r"(?:@import|url\()[\s\"']*((?:https?:)?//[^\"')]+)", sheet.read_text(encoding="utf-8"))]
    assert foreign == []


@pytest.mark.browser
def test_the_search_works_from_a_folder(docs_site: Path, visit: Callable[..., Any]) -> None:
    seen = visit()
    seen.open(f"{(docs_site / 'search.html').as_uri()}?q=sealed")
    seen.until("document.querySelectorAll('#search-results li').length > 3")
    assert seen.requests and all(url.startswith(("file://", "data:")) for url in seen.requests)
