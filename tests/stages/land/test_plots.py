"""Plot indices from areas by class: the lot of LAND L7, L8, L9 and L11 through the stage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.config.land import DesealingConfig, PlotsConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.land import Plots
from pipeline.contracts.notes import Notes
from pipeline.stages.land.plots import plots


def sealing(**areas: float) -> pd.DataFrame:
    """A lot and a town of the same areas, and a lot nobody knows anything of."""
    row = {"building_m2": 0.0, "paved": 0.0, "bare_m2": 0.0, "green_m2": 0.0, "tree_m2": 0.0, "water_m2": 0.0} | areas
    row["sealed_m2"] = row["building_m2"] + row.pop("paved")
    row["covered_m2"] = row["sealed_m2"] + row["bare_m2"] + row["green_m2"] + row["water_m2"]
    frame = pd.DataFrame([row, dict.fromkeys(row, 0.0), row])
    frame["sealed_share"] = frame["sealed_m2"] / frame["covered_m2"].replace(0.0, np.nan)
    return frame.assign(zone_kind=["parcel", "parcel", "town"], zone_id=["a", "b", "t"], area_m2=[800.0, 50.0, 850.0])


def run(frame: pd.DataFrame, **config: object) -> pd.DataFrame:
    made = plots(frame, None, PlotsConfig.model_validate(config), Notes())  # type: ignore[arg-type]
    check_table(made, Plots, 25833, "plots")
    return made.set_index("zone_id")


def test_the_lot_of_the_worked_examples() -> None:
    row = run(sealing(building_m2=300.0, paved=200.0, green_m2=300.0)).loc["a"]
    assert (row["sealed_share"], row["permeability"], row["runoff_coefficient"]) == pytest.approx((0.625, 0.375, 0.61875))
    assert row["runoff_mm"] == pytest.approx((500 * 54.20 + 300 * 3.988) / 800, rel=1e-3)
    assert row["runoff_m3"] == pytest.approx(row["runoff_mm"] * 0.8) and row["opening_mm"] == pytest.approx(50.2, rel=1e-3)
    assert row["baf_old"] == row["baf_new"] == pytest.approx(0.375)


def test_bare_ground_is_graded_anew_by_berlins_second_list() -> None:
    row = run(sealing(building_m2=330.0, paved=262.0, bare_m2=142.0, green_m2=16.0)).loc["a"]
    assert row["baf_new"] == pytest.approx(0.0403, abs=5e-5) and row["baf_old"] == pytest.approx((142 * 0.3 + 16) / 750)


def test_tight_soil_sheds_more() -> None:
    frame = sealing(green_m2=500.0, tree_m2=100.0)
    depths = [run(frame, soil_group=g)["runoff_mm"].iloc[0] for g in "ABCD"]
    assert depths == sorted(depths) and depths[0] < 1 < depths[3]


def test_nothing_known_nothing_said() -> None:
    row = run(sealing(green_m2=100.0)).loc["b"]
    assert row[["permeability", "runoff_coefficient", "runoff_mm", "baf_old", "baf_new", "canopy_share"]].isna().all() and row["runoff_m3"] == 0.0


@pytest.mark.parametrize("config", [{"storm_mm": 0.0}, {"soil_group": "E"}, {"as_of": "2025"}])
def test_config_that_means_nothing(config: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(config))):
        PlotsConfig.model_validate(config)
    assert DesealingConfig().open_share == 0.5
