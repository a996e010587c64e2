"""Whole-run figures: the default town from nothing, seconds and peak memory, a row for each stage.

`make bench` runs it. Cold means: the environment is there, processed/ and numba's cache are empty, the synthetic layers are
made too, two stages at once. Interpreter start and imports are counted in each stage's seconds. Prints a table and
writes the same as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench import access, actions, burning, cadastre, community, horizon, land, tiles, year, zonal  # noqa: E402 - the checkout is not installed, its root goes first


def measure(town_dir: str, out: Path) -> dict[str, Any]:
    """Run make for a town into an empty folder and collect what its stages report."""
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")} | {"NUMBA_CACHE_DIR": str(out / "numba")}
    name = Path(town_dir).name
    command = ["make", f"TOWN_DIR={town_dir}", f"OUT={out}"]
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    whole = time.perf_counter() - start
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    again = time.perf_counter() - start
    processed = out / "data/processed" / name
    ground = land.measure(town_dir, out)
    stages = {p.name.removesuffix(".run.json"): json.loads(p.read_text()) for p in sorted((processed / ".recipes").glob("*.run.json"))}
    size = sum(f.stat().st_size for f in (out / "maps" / name).rglob("*") if f.is_file())
    return {
        "town": name,
        "cold_s": round(whole, 1),
        "second_make_s": round(again, 2),
        "land": ground,
        "peak_mb": max(s["peak_mb"] for s in stages.values()),
        "site_mb": round(size / 1e6, 2),
        "stages": {k: {"seconds": v["seconds"], "peak_mb": v["peak_mb"], "size": v["size"]} for k, v in stages.items()},
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }


def main() -> int:
    """Print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--town-dir", default="data/raw/carmiano")
    parser.add_argument("--json", type=Path, default=ROOT / ".artefacts" / "bench.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="solesuolo-bench-") as out:
        result = measure(options.town_dir, Path(out))
    print(f"{result['town']}, {result['machine']}")
    print(f"{'stage':<14}{'seconds':>9}{'peak MB':>9}   size")
    for stage, row in sorted(result["stages"].items(), key=lambda item: -item[1]["seconds"]):
        print(f"{stage:<14}{row['seconds']:>9.1f}{row['peak_mb']:>9.0f}   {row['size']}")
    print(f"{'whole run':<14}{result['cold_s']:>9.1f}{result['peak_mb']:>9.0f}   goal <= 120 s, <= 3,000 MB")
    print(f"{'land wing':<14}{result['land']['seconds']:>9.1f}{'':>9}   processor {result['land']['processor_s']} s, {len(result['land']['stages'])} stages, goal <= 25 s")
    print(f"{'second make':<14}{result['second_make_s']:>9.2f}{'':>9}   goal < 1 s")
    part, whole = tiles.measure()
    readers = {"20,000 parcels from GML": cadastre.measure(20_000), "surface, 18 M cells of tiles": part, "surface, 42 M cells of tiles": whole}
    result["readers"] = readers
    readers |= horizon.measure() | {"10,000 planes x 8,760 h": year.measure()}
    readers |= zonal.measure() | {"shapes burnt": burning.measure(), "network access": access.measure(), "energy community": community.measure(), "actions": actions.measure()}
    for name, row in readers.items():
        print(f"{name}: {', '.join(f'{k} {v}' for k, v in row.items())}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"also in {os.path.relpath(options.json)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
