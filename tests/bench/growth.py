"""How the whole line grows: every stage on 1, 4, 16 and 64 generated neighbourhoods, from raw files to maps.

`make bench-scale` runs it: processor seconds, peak memory and bytes written of each stage, with the exponent of the time. Each stage is a
process of its own, as make runs it, one at a time. Seconds are a + b n^p, so that interpreter, imports and compiled code
stand apart; n is neighbourhoods, and p = 1 is linear. Memory is set beside that of the size before: it should not grow once the
tiles are full. A size that would not end within the time that is left is not begun.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.graph import Stage, read_stages  # noqa: E402 - the checkout is not installed, its root goes first
from tests.bench.scale import _active, exponent, make, records, run, write_town  # noqa: E402 - the same

SIDES_M = {1: 600, 4: 1200, 16: 2400, 64: 4800}
BUDGET_S = 1200.0
# Seconds grow by about this when the town grows fourfold, but for the start of each stage; the last size is begun only where it fits.
FOURFOLD = 4.2
# What a stage without work takes [s].
START_S = 2.0
GOAL_EXPONENT, GOAL_MEMORY = 1.05, 1.15


def measure(folder: Path, budget_s: float) -> dict[int, dict[str, Any]]:
    """Each size with all its stages."""
    cache = folder / "numba"
    found: dict[int, dict[str, Any]] = {}
    start, walls = time.monotonic(), [0.0]
    for number, side in SIDES_M.items():
        left = budget_s - (time.monotonic() - start)
        if (needed := _forecast(walls, len(next(iter(found.values()))["stages"]) if found else 0)) > left:
            print(f"{number} neighbourhoods would take about {needed:.0f} s, {left:.0f} s are left: not begun")
            break
        began = time.monotonic()
        town, out = write_town(folder, side), folder / f"out{side}"
        if not found:  # the very first run compiles, and is not counted
            make(town, out, ["town"], 2, cache)
            began = time.monotonic()
        found[number] = measured(town, out, cache)
        seconds = sum(row["seconds"] for row in found[number]["stages"].values())
        walls.append(time.monotonic() - began)
        print(f"{number} neighbourhoods: {found[number]['roofs']:,} roofs, {seconds:.0f} s of processor, {walls[-1]:.0f} s on the wall", flush=True)
    return found


def _forecast(walls: list[float], stages: int) -> float:
    """Seconds of the next size: what the last one added to the one before grows fourfold, after a first one all but the start of its stages."""
    last = walls[-1]
    added = last - walls[-2] if len(walls) > 2 else max(last - START_S * stages, 0.0)
    return last + max(added, 0.0) * (FOURFOLD if len(walls) > 2 else FOURFOLD - 1.0)


def measured(town: Path, out: Path, cache: Path) -> dict[str, Any]:
    """Every stage of a town, one after the other."""
    stages = read_stages()
    (out / "data/processed" / town.name / ".recipes").mkdir(parents=True, exist_ok=True)
    # The order of signatures knows nothing of generated layers: they are made before the stages that read them as sources.
    names = sorted(_active(town, out), key=lambda name: name not in ("boundary", "synthetic"))
    found = {name: run(name, town, out, cache) | {"bytes": size_of(stages[name], town, out)} for name in names}
    rows = records(out, town.name)
    cells = int(rows["surface"]["size"].split()[0].replace(",", ""))
    return {"km2": round(cells / 1e6, 2)} | {name: int(rows[name]["size"].split()[0].replace(",", "")) for name in ("buildings", "roofs")} | {"stages": found}


def size_of(stage: Stage, town: Path, out: Path) -> int:
    """Bytes a stage has written."""
    output = stage.output(out / "data/processed" / town.name, out / "maps" / town.name)
    files = output.parent.rglob("*") if stage.kind == "Folder" else [output]
    return sum(f.stat().st_size for f in files if f.is_file())


def growth(found: dict[int, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """For each stage and all: seconds, peak memory, bytes by size; exponent of the last three sizes; growth of memory over the last step."""
    numbers = list(found)
    rows: dict[str, dict[str, Any]] = {}
    for name in [*found[numbers[0]]["stages"], "all"]:
        parts = [list(found[n]["stages"].values()) if name == "all" else [found[n]["stages"][name]] for n in numbers]
        seconds, peaks = [round(sum(p["seconds"] for p in part), 2) for part in parts], [max(p["peak_mb"] for p in part) for part in parts]
        power = exponent(numbers[-3:], seconds[-3:]) if len(numbers) >= 3 else math.nan
        rows[name] = {
            "seconds": seconds, "peak_mb": peaks, "bytes": [sum(p["bytes"] for p in part) for part in parts],
            "exponent": None if math.isnan(power) else round(power, 2), "memory_growth": round(peaks[-1] / peaks[-2], 2) if len(peaks) > 1 else None,
        }  # fmt: skip
    return rows


def print_growth(numbers: list[int], rows: dict[str, dict[str, Any]]) -> None:
    """The table."""
    print(f"{'stage':<14}" + "".join(f"{n:>26}" for n in numbers) + f"{'exponent':>10}{'memory':>8}")
    for name, row in rows.items():
        cells = "".join(f"{f'{s:.1f} s {p:,.0f} MB {b / 1e6:,.1f} MB':>26}" for s, p, b in zip(row["seconds"], row["peak_mb"], row["bytes"], strict=True))
        power, memory = row["exponent"], row["memory_growth"]
        print(f"{name:<14}{cells}{'-' if power is None else f'{power:.2f}':>10}{'-' if memory is None else f'x{memory:.2f}':>8}")
    over = [n for n, r in rows.items() if r["exponent"] is not None and r["exponent"] > GOAL_EXPONENT]
    grows = [n for n, r in rows.items() if r["memory_growth"] is not None and r["memory_growth"] > GOAL_MEMORY]
    print("processor seconds, peak memory, bytes written; exponent of the last three sizes (start-up apart; - where it hides the rest), memory over the size before")
    print(f"exponent above {GOAL_EXPONENT}: {', '.join(over) or 'none'}; memory grows by more than {GOAL_MEMORY - 1:.0%}: {', '.join(grows) or 'none'}")


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--town", type=Path, nargs="?", const=ROOT / "data/raw/carmiano", help="also a whole town, whose buildings stand less close")
    parser.add_argument("--budget-s", type=float, default=BUDGET_S)
    parser.add_argument("--json", type=Path, default=ROOT / ".artefacts" / "growth.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="solesuolo-growth-") as folder:
        found = measure(Path(folder), options.budget_s)
        whole = {options.town.name: measured(options.town, Path(folder) / "whole", Path(folder) / "numba")} if options.town else {}
    rows = growth(found)
    print_growth(list(found), rows)
    for name, town in whole.items():
        print(f"{name}: {town['km2']} km2 of surface, {town['buildings']:,} buildings, {sum(r['seconds'] for r in town['stages'].values()):.0f} s of processor, {max(r['peak_mb'] for r in town['stages'].values()):,.0f} MB, {sum(r['bytes'] for r in town['stages'].values()) / 1e6:,.0f} MB written")
    result = {"neighbourhoods": found, "towns": whole, "growth": rows, "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"also in {os.path.relpath(options.json)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
