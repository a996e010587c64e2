"""De-sealing candidates: constraints, public ones, gains, the Pareto set."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.config.land import DesealingConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.land import Desealing
from pipeline.contracts.notes import Notes
from pipeline.stages.land.desealing import desealing

# parcel_id -> outline, sealed and built area: a court, a smaller one as hard, a square, a garden, a house without court; a road.
LOTS: dict[str, tuple[tuple[float, float, float, float], float, float]] = {
    "court": ((0, 0, 40, 20), 700.0, 200.0), "little": ((50, 0, 70, 20), 350.0, 100.0), "square": ((0, 30, 40, 70), 1500.0, 0.0),
    "garden": ((50, 30, 70, 50), 40.0, 30.0), "house": ((80, 0, 90, 10), 100.0, 100.0), "road": ((0, 20, 90, 30), 900.0, 0.0),
}  # fmt: skip


@pytest.fixture
def lots() -> gpd.GeoDataFrame:
    names = sorted(LOTS)
    frame = gpd.GeoDataFrame({"parcel_id": names, "kind": ["road" if n == "road" else "parcel" for n in names]}, geometry=[shapely.box(*LOTS[n][0]) for n in names], crs=25833)
    return frame.assign(area_m2=frame.area)


@pytest.fixture
def figures(lots: gpd.GeoDataFrame) -> pd.DataFrame:
    sealed, built = ([LOTS[n][i] for n in lots["parcel_id"]] for i in (1, 2))
    return pd.DataFrame({"zone_kind": lots["kind"], "zone_id": lots["parcel_id"], "area_m2": lots["area_m2"], "covered_m2": lots["area_m2"], "sealed_m2": sealed, "building_m2": built, "shared_m2": 0.0})


SAVED = pd.DataFrame({"opening_mm": [50.21]})


def run(figures: pd.DataFrame, lots: gpd.GeoDataFrame, streets: gpd.GeoDataFrame | None = None, greens: gpd.GeoDataFrame | None = None, notes: Notes | None = None, **config: object) -> pd.DataFrame:
    made = desealing(figures, SAVED, lots, streets, greens, DesealingConfig.model_validate(config), notes or Notes())  # type: ignore[arg-type]
    check_table(made, Desealing, 25833, "desealing")
    return made.set_index("parcel_id")


def test_what_can_be_opened(figures: pd.DataFrame, lots: gpd.GeoDataFrame) -> None:
    """The court: 500 m2 paved, half of it may go; the garden has too little, the house has no yard, the road is none."""
    made = run(figures, lots)
    assert list(made.index) == ["court", "little", "square"]
    assert made["paved_m2"].to_dict() == {"court": 500.0, "little": 250.0, "square": 1500.0}
    assert made["open_m2"].to_dict() == {"court": 250.0, "little": 125.0, "square": 750.0}
    court = made.loc["court"]
    assert court["runoff_saved_m3"] == pytest.approx(250 * 0.05021) and court["permeability_gain"] == pytest.approx(250 / 800) and court["baf_gain"] == pytest.approx(250 / 800)
    assert court["opening_eur_low"] < court["opening_eur"] < court["opening_eur_high"]


def test_the_way_in_decides_where_it_is_long(figures: pd.DataFrame, lots: gpd.GeoDataFrame) -> None:
    assert run(figures, lots, access_m=10.0, open_share=1.0).loc["court", "open_m2"] == pytest.approx(500 - 10 * 40)


def test_ground_at_a_streets_line_is_road(figures: pd.DataFrame, lots: gpd.GeoDataFrame) -> None:
    line = gpd.GeoDataFrame({"street_id": ["s"]}, geometry=[shapely.LineString([(-50, 50), (150, 50)])], crs=25833)
    assert run(figures, lots, line).loc["square", "paved_m2"] == pytest.approx(1500 - 40 * 6)


def test_public_ones_are_known_by_the_place_they_lie_in(figures: pd.DataFrame, lots: gpd.GeoDataFrame) -> None:
    greens = gpd.GeoDataFrame({"kind": ["square", "park"], "public": [True, False]}, geometry=[shapely.box(-1, 29, 41, 71), shapely.box(-1, -1, 41, 21)], crs=25833)
    made = run(figures, lots, None, greens)
    assert made["public"].to_dict() == {"court": False, "little": False, "square": True} and made.loc["square", "place"] == "square"
    assert made.loc["square", "pareto"], "alone in its group"


def test_no_candidate_of_the_set_is_dominated(figures: pd.DataFrame, lots: gpd.GeoDataFrame) -> None:
    """The square is larger, takes the largest share of its lot, and costs least for each square metre."""
    made = run(figures, lots)
    goods = np.column_stack([made["open_m2"], made["permeability_gain"], -made["opening_eur"] / made["open_m2"]])
    assert made["pareto"].to_dict() == {"court": False, "little": False, "square": True}
    assert (goods[2] >= goods[:2]).all()


def test_ground_that_two_parcels_claim_counts_once_in_the_sums(figures: pd.DataFrame, lots: gpd.GeoDataFrame) -> None:
    twice = pd.concat([lots, lots[lots["parcel_id"] == "court"].assign(parcel_id="court2")]).sort_values("parcel_id", ignore_index=True)
    double = pd.concat([figures, figures[figures["zone_id"] == "court"].assign(zone_id="court2")], ignore_index=True)
    double.loc[double["zone_id"].isin(["court", "court2"]), "shared_m2"] = 800.0
    once, both = Notes(), Notes()
    run(figures, lots, notes=once)
    made = run(double, twice, notes=both)
    assert len(made) == 4 and both.figures["candidates_open_m2"] == pytest.approx(once.figures["candidates_open_m2"])
