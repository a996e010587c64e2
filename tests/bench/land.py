"""The land wing of a town whose source stages are done: seconds and processor time, numba's cache empty.

`python -m tests.bench.land` makes the default town first where it is not yet made (into a folder of its own), then the wing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("sealing", "green", "plots", "desealing", "consumed", "ledger", "patches", "restoration", "planting", "access", "provision")


def measure(town_dir: str, out: Path) -> dict[str, Any]:
    """Remove the results of the wing and make them again, two stages at once.

    Parameters
    ----------
    town_dir, out
        As for make; the town is made there already.
    """
    processed = out / "data/processed" / Path(town_dir).name
    made = [s for s in STAGES if any(processed.glob(f"{s}.*"))]
    for stage in made:
        for file in processed.glob(f"{stage}.*"):
            file.unlink()
    with tempfile.TemporaryDirectory(prefix="solesuolo-numba-") as cache:
        env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")} | {"NUMBA_CACHE_DIR": cache}
        start = time.perf_counter()
        subprocess.run(["make", f"TOWN_DIR={town_dir}", f"OUT={out}", *made], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
    spent = sum(json.loads((processed / ".recipes" / f"{stage}.run.json").read_text())["processor_s"] for stage in made)
    return {"seconds": round(seconds, 1), "processor_s": round(spent, 1), "stages": made}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="solesuolo-land-") as folder:
        place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder)
        subprocess.run(["make", "TOWN_DIR=data/raw/carmiano", f"OUT={place}", *STAGES], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        print(f"land wing: {measure('data/raw/carmiano', place)}  goal: seconds <= 25 on two free cores")
