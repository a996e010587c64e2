"""A row of `make bench`: an energy community of 5,000 members, each with its own 8,760 hours, and 20 plants."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pipeline.core.plan.community import balance, by_member, by_plant

MEMBERS, PLANTS, HOURS = 5_000, 20, 8_760


def measure() -> dict[str, Any]:
    """Balance, what each plant and each member shares; the three sums are the same."""
    rng = np.random.default_rng(1)
    loads = rng.random((MEMBERS, HOURS))
    fed_in = rng.random((PLANTS, HOURS)) * MEMBERS / PLANTS * np.clip(np.sin(np.arange(HOURS) / 24 * 2 * np.pi), 0.0, None)
    begin, work = time.perf_counter(), time.process_time()
    drawn = loads.sum(axis=0)
    year = balance(fed_in.sum(axis=0), drawn)
    plants, members = by_plant(fed_in, drawn).sum(), by_member(loads, fed_in.sum(axis=0)).sum()
    end, worked = time.perf_counter(), time.process_time()
    if not np.allclose([plants, members, year.fed_in - year.surplus, year.drawn - year.left], year.shared, rtol=1e-9):
        raise AssertionError("the balance does not close")
    return {"members": MEMBERS, "plants": PLANTS, "seconds": round(end - begin, 2), "processor_s": round(worked - work, 2), "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


if __name__ == "__main__":
    print(f"energy community: {', '.join(f'{k} {v}' for k, v in measure().items())}  goal: seconds <= 5")
