"""The documentation as a site: `make docs-site`. Nothing of it is asked from anyone else; it opens from a folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.search(r'"([^"]+)"', (ROOT / "pipeline/version.py").read_text(encoding="utf-8"))

project = "Sole e Suolo"
copyright = "EUPL-1.2"
version = release = VERSION[1] if VERSION else ""
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3
highlight_language = "none"  # blocks without a language are commands
smartquotes = False  # what is copied from a page must work

html_theme = "furo"
html_title = "Sole e Suolo"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_permalinks = True
html_extra_path = ["town.schema.json"]
html_static_path = ["_static"]
html_css_files = ["site.css"]
# Furo's code colours only; no font and no script from elsewhere.
pygments_style, pygments_dark_style = "friendly", "github-dark"

# Pages at the top of the repository have a place in the site; links to other files of the repository become their names.
PLACES = {"README.md": "index.md", "CONTRIBUTING.md": "project/contributing.md", "SECURITY.md": "project/security.md", "CHANGELOG.md": "project/changelog.md"}
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#:\s]+)(#[^)]*)?\)")


def _links(text: str, page: Path) -> str:
    """Links of a page (its place in the repository), turned so that they lead to pages of the site."""
    docs = ROOT / "docs"
    home = docs / PLACES.get(page.name, page.name) if page.parent == ROOT else page

    def turned(match: re.Match[str]) -> str:
        label, path, anchor = match[1], match[2], match[3] or ""
        target = (page.parent / path).resolve()
        if target.parent == ROOT and target.name in PLACES:
            target = docs / PLACES[target.name]
        if not target.is_relative_to(docs):
            return label
        return f"[{label}]({_relative(target, home.parent)}{anchor})"

    return LINK.sub(turned, text)


def _relative(target: Path, folder: Path) -> str:
    up = 0
    while not target.is_relative_to(folder):
        folder, up = folder.parent, up + 1
    return "../" * up + target.relative_to(folder).as_posix()


def _read(app: Any, name: str, content: list[str]) -> None:
    page = ROOT / "docs" / f"{name}.md"
    whole = re.fullmatch(r"\s*```\{include\} \.\./\.\./(\w+\.md)\n```\s*", content[0])
    if whole:  # a page at the top of the repository
        page = ROOT / whole[1]
        content[0] = page.read_text(encoding="utf-8")
        app.env.note_dependency(str(page))
    content[0] = _links(content[0], page)


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _read)
