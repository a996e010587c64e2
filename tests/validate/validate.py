"""How right the solar wing is: tables, JSON, plots, and the section "Validation" of docs/methods/solar.md.

`make validate` runs it. What needs the real data is left out with a line saying so where that is missing. With `make validate
PVGIS="plane.csv level.csv"` a full-year answer of PVGIS is compared too (see tests/validate/pvgis_answer.py). Exit code 1 when
a bar is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.errors import SoleSuoloError  # noqa: E402 - the checkout is not installed, its root goes first
from tests.validate import bad_input, curved, horizons, irradiation, open_sky, planes, plots, pvgis_answer  # noqa: E402
from tests.validate.places import SHARED, Made, build  # noqa: E402
from tests.validate.tables import Result, write_between  # noqa: E402

DOCUMENT = ROOT / "docs/methods/solar.md"
IMAGES = ROOT / "docs/img"
TOWN, DELFT = "tests/towns/quartiere", "tests/towns/delft_lidar"
PICTURES = {"planes": "validate-planes.svg", "irradiation": "validate-irradiation.svg"}


def results(folder: Path, answers: list[Path], weather: Path | None) -> list[Result]:
    """Every part, printed as it is done."""
    town = build(TOWN, folder, ("roofs", "irradiation", "sunmap", "weather"))
    delft: Made | None = build(DELFT, folder, ("roofs",)) if (SHARED / "delft").exists() else None
    found: list[Result] = []
    parts: list[Callable[[], Result]] = [
        lambda: planes.against_truth(town, folder), lambda: curved.against_drawn(found[0].plots), lambda: planes.delft(delft), lambda: horizons.against_marches(town, delft),
        lambda: irradiation.against_reference(town), open_sky.against_pvlib, bad_input.said,
    ]  # fmt: skip
    if answers:
        parts.append(lambda: pvgis_answer.against_answer(answers, weather))
    for part in parts:
        start = time.perf_counter()
        found.append(part())
        print(f"{found[-1].text()}\n  ({time.perf_counter() - start:.0f} s)\n", flush=True)
    return found


def write_documents(found: list[Result]) -> None:
    """Plots and the tables between the markers; a user's own answer of PVGIS is not written down."""
    made = {r.key: r for r in found}
    plots.planes(made["planes"].plots, IMAGES / PICTURES["planes"])
    plots.irradiation(made["irradiation"].plots["compared"], IMAGES / PICTURES["irradiation"])
    parts = []
    for r in found:
        if r.key != "pvgis":
            picture = f"\n\n![{r.title}](../img/{PICTURES[r.key]})" if r.key in PICTURES else ""
            parts.append(r.markdown() + picture)
    write_between(DOCUMENT, "validation", "\n\n".join(parts))


def main() -> int:
    """Print, write, and say whether every bar is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=ROOT / ".artefacts" / "validate.json")
    parser.add_argument("--pvgis", type=Path, nargs="*", default=[], help="hourly answers of PVGIS: the plane, and the level ground with its components")
    parser.add_argument("--weather", type=Path, help="weather.parquet of a town, where the level ground is not given")
    parser.add_argument("--keep-docs", action="store_true", help="leave docs/ as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="solesuolo-validate-") as folder:
        try:
            found = results(Path(folder), options.pvgis, options.weather)
        except SoleSuoloError as error:
            print("\n".join(error.problems), file=sys.stderr)
            return 2
    missed = [b for r in found for b in r.bars if not b.kept]
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({r.key: r.record() for r in found}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    skipped = [n for r in found for n in r.notes if "skipped" in n]
    if options.keep_docs or skipped:
        print("docs/ is left as it is" + (": parts were skipped" if skipped else ""))
    else:
        write_documents(found)
    kept = sum(len(r.bars) for r in found) - len(missed)
    print(f"{kept} of {kept + len(missed)} bars kept" + "".join(f"\n  {b.text()}" for b in missed) + f"\nalso in {os.path.relpath(options.json)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
