"""How the solar wing grows: 1, 4 and 16 generated neighbourhoods, and the default town with numba's cache empty.

`python tests/bench/scale.py` prints processor seconds and peak memory of each stage and writes .artefacts/scale.json. Each stage is a process
of its own, as make runs it, one at a time; processor seconds (both cores, system included) hardly depend on what else the machine does.
The exponent p is that of seconds = a + b roofs^p through the three sizes, so that interpreter, imports and the loading of compiled
code stand apart: 1 is linear in roofs. `--town` adds the default town: everything before the solar wing is made
first, then the wing alone by make, two stages at once, nothing compiled; with `--times` some times over.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.graph import read_stages  # noqa: E402 - the checkout is not installed, its root goes first

SIDES_M = (600, 1200, 2400)
GOAL_S, GOAL_MB = 45.0, 2000.0
TEMPLATE = ROOT / "tests/towns/quartiere/town.yaml"


def wing(active: list[str]) -> list[str]:
    """Stages of the solar wing that run for a town, in order."""
    return [s.name for s in read_stages().values() if s.wing == "solar" and s.name in active]


def read_by(own: list[str], active: list[str]) -> list[str]:
    """Stages of other wings that those of the wing read."""
    stages = read_stages()
    wanted = {i.name for s in own for i in stages[s].inputs} - set(own)
    return [s for s in active if s in wanted]


def write_town(folder: Path, side_m: int) -> Path:
    """The test neighbourhood with another side, in its own folder."""
    town = folder / f"town{side_m}"
    town.mkdir(parents=True)
    text = TEMPLATE.read_text(encoding="utf-8").replace("side_m: 600", f"side_m: {side_m}").replace("path: boundary.geojson", f"path: {ROOT / 'data/raw/carmiano/boundary.geojson'}")
    text = text.replace("fields: {town_id: code, name: name}", "fields: {town_id: com_istat, name: comune}")
    (town / "town.yaml").write_text(text, encoding="utf-8")
    return town


def make(town: Path, out: Path, goals: list[str], jobs: int, cache: Path) -> float:
    """Seconds of a run of make; Python keeps what it read of modules, as it does unless it is told not to."""
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHONDONTWRITEBYTECODE")} | {"NUMBA_CACHE_DIR": str(cache)}
    start = time.perf_counter()
    subprocess.run(["make", f"-j{jobs}", f"TOWN_DIR={town}", f"OUT={out}", *goals], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def records(out: Path, name: str) -> dict[str, Any]:
    """What each stage wrote down about its last run."""
    return {p.name.removesuffix(".run.json"): json.loads(p.read_text()) for p in (out / "data/processed" / name / ".recipes").glob("*.run.json")}


def neighbourhoods(folder: Path) -> dict[str, Any]:
    """Seconds and memory of each stage at each size."""
    cache, sizes = folder / "numba", {}
    for n, side in enumerate(SIDES_M):
        town, out = write_town(folder, side), folder / f"out{side}"
        active = _active(town, out)
        stages = wing(active)
        make(town, out, read_by(stages, active), 2, cache)
        # The very first run compiles; the second is the one that counts.
        for _ in range(2 if n == 0 else 1):
            measured = {s: run(s, town, out, cache) for s in stages}
        sizes[str(side)] = {"roofs": int(records(out, town.name)["roofs"]["size"].split()[0].replace(",", "")), "stages": measured}
    return sizes


def run(stage: str, town: Path, out: Path, cache: Path) -> dict[str, float]:
    """One stage in a process of its own: processor seconds, seconds on the wall, peak memory [MB]."""
    command = [".venv/bin/python", "-m", "pipeline", "run", "--town-dir", str(town), "--processed", str(out / "data/processed" / town.name), "--site", str(out / "maps" / town.name), stage]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"NUMBA_CACHE_DIR": str(cache)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{stage} failed; try: {' '.join(command)}")
    return {"seconds": round(used.ru_utime + used.ru_stime, 2), "wall_s": round(time.perf_counter() - start, 2), "peak_mb": round(used.ru_maxrss / 1024, 1)}


def _active(town: Path, out: Path) -> list[str]:
    """Stages that run for a town."""
    from pipeline.recipes import Place, make_plan

    plan = make_plan(Place(town, out / "data/processed" / town.name, out / "maps" / town.name), with_recipes=False)
    return [s.name for s in plan.usual]


def exponent(roofs: list[int], seconds: list[float]) -> float:
    """The p of seconds = a + b roofs^p through the three points; NaN where the growth is lost in the start-up."""
    first, second = seconds[1] - seconds[0], seconds[2] - seconds[1]
    if first < 0.5 or second < 0.5:
        return math.nan
    low, high = 0.1, 4.0
    for _ in range(60):
        p = (low + high) / 2
        grows = (roofs[2] ** p - roofs[1] ** p) / (roofs[1] ** p - roofs[0] ** p)
        low, high = (p, high) if grows < second / first else (low, p)
    return p


def print_growth(sizes: dict[str, Any]) -> dict[str, Any]:
    """The table; the exponents and the growth of memory."""
    roofs = [s["roofs"] for s in sizes.values()]
    print(f"{'stage':<14}" + "".join(f"{f'{n:,} roofs':>22}" for n in roofs) + f"{'ms per roof':>13}{'exponent':>10}")
    found: dict[str, Any] = {}
    names = list(next(iter(sizes.values()))["stages"])
    for name in [*names, "all"]:
        rows = [s["stages"].values() if name == "all" else [s["stages"][name]] for s in sizes.values()]
        seconds, peaks = [sum(r["seconds"] for r in part) for part in rows], [max(r["peak_mb"] for r in part) for part in rows]
        power = exponent(roofs, seconds)
        each = 1000.0 * (seconds[2] - seconds[0]) / (roofs[2] - roofs[0])
        found[name] = {"seconds": seconds, "peak_mb": peaks, "ms_per_roof": round(each, 3), "exponent": None if math.isnan(power) else round(power, 2), "mb_per_1000_roofs": round(1000 * (peaks[2] - peaks[0]) / (roofs[2] - roofs[0]), 1)}
        cells = "".join(f"{f'{s:.1f} s  {p:,.0f} MB':>22}" for s, p in zip(seconds, peaks, strict=True))
        print(f"{name:<14}{cells}{each:>13.2f}{'-' if math.isnan(power) else f'{power:.2f}':>10}")
    print("exponent 1: linear in roofs (start-up stands apart; - where it hides the rest)")
    return found


def whole_town(folder: Path, town: Path, times: int) -> dict[str, Any]:
    """The wing of a whole town alone, some times over, each time cold: all it reads is there, nothing is compiled. Of seconds the median, of memory the highest."""
    out = folder / "whole"
    active = _active(town, out)
    own = wing(active)
    make(town, out, read_by(own, active), 2, folder / "numba-before")
    walls, runs = [], []
    for _ in range(times):
        forget(out, town.name, own)
        cache = folder / "numba-cold"
        shutil.rmtree(cache, ignore_errors=True)
        walls.append(make(town, out, own, 2, cache))
        runs.append(records(out, town.name))
    rows = {s: {k: statistics.median(run[s][k] for run in runs) for k in ("seconds", "processor_s")} for s in own}
    for s in own:
        rows[s] |= {"peak_mb": max(run[s]["peak_mb"] for run in runs), "size": runs[-1][s]["size"]}
    wall, used = statistics.median(walls), statistics.median(sum(run[s]["processor_s"] for s in own) for run in runs)
    peak = max(row["peak_mb"] for row in rows.values())
    for s in own:
        print(f"{s:<14}{rows[s]['seconds']:>9.1f} s{rows[s]['processor_s']:>9.1f} processor s{rows[s]['peak_mb']:>9,.0f} MB   {rows[s]['size']}")
    print(f"{'solar wing':<14}{wall:>9.1f} s{used:>9.1f} processor s{peak:>9,.0f} MB   {town.name}, cold, two at once; goal <= {GOAL_S:g} s, <= {GOAL_MB:,.0f} MB")
    if times > 1:
        print(f"median of {times} runs: {', '.join(f'{w:.1f}' for w in walls)} s")
    return {"seconds": round(wall, 1), "runs": [round(w, 1) for w in walls], "processor_s": round(used, 1), "peak_mb": peak, "stages": rows}


def forget(out: Path, name: str, own: list[str]) -> None:
    """Remove what the wing wrote, and the mark that its loops are compiled."""
    processed = out / "data/processed" / name
    for folder in (processed, processed / ".recipes"):
        for stage in own:
            for file in folder.glob(f"{stage}.*"):
                file.unlink()
    (processed / ".recipes" / "compiled").unlink(missing_ok=True)


def main() -> int:
    """Print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--town", type=Path, nargs="?", const=ROOT / "data/raw/carmiano", help="also the solar wing of a whole town, cold")
    parser.add_argument("--times", type=int, default=1, help="runs of the whole town's wing, of which the median is given: the speed of rented machines changes within minutes")
    parser.add_argument("--no-growth", action="store_true", help="leave the neighbourhoods out")
    parser.add_argument("--json", type=Path, default=ROOT / ".artefacts" / "scale.json")
    options = parser.parse_args()
    if options.times < 1:
        parser.error(f"--times {options.times}: at least 1")
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="solesuolo-scale-") as folder:
        if not options.no_growth:
            result["neighbourhoods"] = neighbourhoods(Path(folder))
            result["growth"] = print_growth(result["neighbourhoods"])
        if options.town:
            result["town"] = whole_town(Path(folder), options.town, options.times)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"also in {os.path.relpath(options.json)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
