"""A row of `make bench`: budget planner and ranks of 5,000 actions over five years, two sizes for each asset."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pipeline.core.plan.budget import Problem, best_set, spent
from pipeline.core.plan.ranking import rank_interval, weight_sets

ACTIONS, YEARS, DRAWS = 5_000, 5, 1_000


def measure() -> dict[str, Any]:
    """The best set and its gap, then the ranks."""
    rng = np.random.default_rng(1)
    cost, tonnes = rng.lognormal(9.5, 1.0, ACTIONS), rng.lognormal(1.0, 1.0, ACTIONS)
    problem = Problem(cost, tonnes[:, np.newaxis] * np.arange(YEARS, 0, -1), np.arange(ACTIONS) // 2, np.full(YEARS, 1e6), True)
    begin, work = time.perf_counter(), time.process_time()
    found = best_set(problem, 1e-3, 200)
    planned = time.process_time()
    rank_interval(rng.random((ACTIONS, 4)), np.full(4, 0.25), weight_sets(np.full(4, 0.1), np.full(4, 0.6), DRAWS, 1))
    end, worked = time.perf_counter(), time.process_time()
    if (np.cumsum(spent(problem, found.year)) > np.cumsum(problem.budget) + 1e-6).any():
        raise AssertionError("the plan takes more than the money")
    return {
        "actions": ACTIONS, "years": YEARS, "weights": DRAWS, "seconds": round(end - begin, 2), "planner_s": round(planned - work, 2), "ranks_s": round(worked - planned, 2),
        "gap": float(f"{found.gap:.1e}"), "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


if __name__ == "__main__":
    print(f"actions: {', '.join(f'{k} {v}' for k, v in measure().items())}")
