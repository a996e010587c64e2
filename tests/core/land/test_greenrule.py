"""The 3-30-300 rule of five buildings under all its settings."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.land.greenrule import rule_table, share


def floats(*values: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.array(values, dtype=np.float64)


PEOPLE = floats(10, 200, 30, 60, 100)


def test_the_worked_example() -> None:
    """LAND G3: the setting of one distance moves the result by a factor of 21."""
    rows = rule_table(
        {"trees=25m": floats(4, 3, 1, 5, 0)}, {"canopy=circle": floats(0.34, 0.31, 0.12, 0.28, 0.05)},
        {"distance=linear": floats(250, 290, 180, 310, 700), "distance=network": floats(260, 340, 260, 450, 900)}, PEOPLE,
    )  # fmt: skip
    by = {(r.measure, r.setting): (r.of_buildings, r.of_people) for r in rows}
    assert by["three_trees", "trees=25m"] == pytest.approx((0.60, 0.675))
    assert by["thirty_canopy", "canopy=circle"] == pytest.approx((0.40, 0.525))
    assert by["near_green", "distance=linear"] == pytest.approx((0.60, 0.60))
    assert by["near_green", "distance=network"] == pytest.approx((0.40, 0.10))
    assert by["rule_3_30_300", "trees=25m canopy=circle distance=linear"] == pytest.approx((0.40, 0.525))
    assert by["rule_3_30_300", "trees=25m canopy=circle distance=network"] == pytest.approx((0.20, 0.025))


def test_every_combination_is_there_and_none_beats_its_parts() -> None:
    rng = np.random.default_rng(4)
    settings = {"trees": rng.integers(0, 7, (3, 50)).astype(float), "canopy": rng.uniform(0, 0.6, (2, 50)), "distance": rng.uniform(0, 600, (4, 50))}
    named = [{f"{name}={k}": row for k, row in enumerate(rows)} for name, rows in settings.items()]
    rows = rule_table(*named, rng.uniform(0, 9, 50))
    parts = {r.setting: r.of_people for r in rows if r.measure != "rule_3_30_300"}
    whole = [r for r in rows if r.measure == "rule_3_30_300"]
    assert len(parts) == 9 and len(whole) == 3 * 2 * 4
    for row in whole:
        assert row.of_people <= min(parts[s] for s in row.setting.split()) + 1e-12


def test_thresholds_belong_to_the_rule_and_what_is_not_known_does_not_meet_it() -> None:
    rows = rule_table({"t": floats(3, 2, np.nan)}, {"c": floats(0.30, 0.2999, np.nan)}, {"d": floats(300.0, 300.01, np.nan)}, floats(1, 1, 2))
    assert [r.of_people for r in rows] == pytest.approx([0.25] * 4)


def test_empty_houses_do_not_count() -> None:
    rows = rule_table({"t": floats(9, 0)}, {"c": floats(0.9, 0)}, {"d": floats(1, 999)}, floats(5, 0))
    assert all((r.of_people, r.of_buildings) == (1.0, 1.0) for r in rows)
    nobody = rule_table({"t": floats(9)}, {"c": floats(0.9)}, {"d": floats(1)}, floats(0))
    assert all(np.isnan(r.of_people) and np.isnan(r.of_buildings) for r in nobody)
    assert np.isnan(share(np.array([True]), floats(0)))
