"""Runs the notebooks of notebooks/ cell by cell, without Jupyter; writes them with their outputs as .ipynb and as pages to read.

    .venv/bin/python tests/notebooks/run.py [--out .artefacts/notebooks] [notebook ...]
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import html
import io
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import matplotlib
import nbformat

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "notebooks"
STYLE = "body{max-width:820px;margin:2rem auto;padding:0 1rem;font:17px/1.55 Georgia,serif;color:#1d2a31;background:#fbf8f2}pre{background:#fff;border:1px solid #ddd5c5;padding:.7rem;overflow-x:auto;font-size:13px;line-height:1.4}pre.out{border:0;background:#efeae0}img{max-width:100%}h1,h2{line-height:1.2}"


@dataclass
class Cell:
    """One cell after its run: its source, what it printed, its pictures as PNG."""

    kind: str
    source: str
    printed: str = ""
    pictures: list[bytes] = field(default_factory=list)


def notebooks() -> list[Path]:
    """All notebooks, in the order of their numbers; look.py is none."""
    return sorted(FOLDER.glob("[0-9]*.py"))


def cells_of(path: Path) -> Any:
    """A notebook as nbformat has it, from its percent text."""
    return jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")


def execute(path: Path) -> list[Cell]:
    """Run all code cells in one namespace.

    Raises
    ------
    Exception
        Whatever a cell raises, with the notebook's name and the cell's number in the trace.
    """
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    space: dict[str, Any] = {"__name__": "__main__"}
    done = []
    with _path_restored():
        for n, cell in enumerate(cells_of(path).cells, 1):
            made = Cell(cell.cell_type, cell.source)
            if cell.cell_type == "code":
                out = io.StringIO()
                with contextlib.redirect_stdout(out):
                    exec(compile(cell.source, f"{path.name}[{n}]", "exec"), space)
                made.printed, made.pictures = out.getvalue(), [_png(plt.figure(f)) for f in plt.get_fignums()]
                plt.close("all")
            done.append(made)
    return done


def standing_in(town: Any) -> Any:
    """`open_town` that gives another town where a notebook opens the default one."""
    from pipeline import OpenTown, open_town

    def opened(name: str, *where: Any, **more: Any) -> OpenTown:
        return open_town(name, *where, **more) if where or more else town

    return opened


@contextlib.contextmanager
def _path_restored() -> Iterator[None]:
    before = list(sys.path)
    sys.path[:0] = [str(FOLDER), str(ROOT)]
    try:
        yield
    finally:
        sys.path[:] = before


def _png(figure: Any) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def write(path: Path, done: list[Cell], out: Path) -> None:
    """The notebook with its outputs as .ipynb, and as one page."""
    from markdown_it import MarkdownIt

    book = cells_of(path)
    body = []
    for cell, made in zip(book.cells, done, strict=True):
        images = [base64.b64encode(p).decode() for p in made.pictures]
        if cell.cell_type == "code":
            stream = [nbformat.v4.new_output("stream", name="stdout", text=made.printed)] if made.printed else []
            cell.outputs = stream + [nbformat.v4.new_output("display_data", data={"image/png": i}) for i in images]
            body.append(f"<pre>{html.escape(made.source)}</pre>")
            body += [f'<pre class="out">{html.escape(made.printed)}</pre>'] if made.printed else []
            body += [f'<img alt="" src="data:image/png;base64,{i}">' for i in images]
        elif cell.cell_type == "markdown":
            body.append(MarkdownIt("commonmark", {"html": False}).enable("table").render(made.source))
    out.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, out / f"{path.stem}.ipynb")
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{path.stem}</title><style>{STYLE}</style>{"".join(body)}</html>'
    (out / f"{path.stem}.html").write_text(page, encoding="utf-8")
    for n, picture in enumerate((p for made in done for p in made.pictures), 1):
        (out / f"{path.stem}_{n:02}.png").write_bytes(picture)


def main() -> None:
    """Run all, or those named; say how long each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path(".artefacts/notebooks"), help="folder for .ipynb, .html and the pictures")
    parser.add_argument("--town", type=Path, default=None, help="a folder given to make as OUT, with its one town, in the place of the default town")
    parser.add_argument("names", nargs="*", help="beginnings of names, e.g. 2_one")
    options = parser.parse_args()
    if options.town is not None:
        import pipeline

        made = next((options.town / "data/processed").iterdir())
        pipeline.open_town = standing_in(pipeline.open_town(made.name, options.town, ROOT / "tests/towns" / made.name))
    for path in notebooks():
        if not options.names or path.name.startswith(tuple(options.names)):
            start = time.perf_counter()
            write(path, execute(path), options.out)
            print(f"{path.name:<32} {time.perf_counter() - start:5.1f} s   {options.out / path.stem}.html", flush=True)


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT)]
    main()
