"""Stage finance: hours against hours, balances that close, and money that follows the dated tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.compute import Compute
from pipeline.config.finance import FinanceConfig, LadderConfig
from pipeline.config.solar import SolarConfig
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Finance, Sunmap
from pipeline.contracts.spec import RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.core.solar.economics import capital_recovery, discount
from pipeline.errors import ContractError, InputError
from pipeline.io import rasters
from pipeline.io.dated import rule
from pipeline.io.loads import load_hours
from pipeline.joins.production import hourly_kwh, laid_arrays, year_hours
from pipeline.stages.solar.finance import finance
from pipeline.stages.solar.ladder import ladder
from pipeline.stages.solar.solar import solar
from tests.reference.plants import town_with_plants
from tests.reference.scene import EPSG

ON = "2026-11"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return town_with_plants(tmp_path_factory.mktemp("scene"))


def run(made: dict[str, Any], notes: Notes | None = None, config: FinanceConfig | None = None, **changed: Any) -> pd.DataFrame:
    given = {k: changed.get(k, made[k]) for k in ("ladder", "arrays", "roofs", "horizon", "weather", "buildings")}
    with Compute("threads") as compute:
        table = finance(**given, occupancy=changed.get("occupancy"), config=config or FinanceConfig(), town=Town(name="Carmiano", epsg=EPSG), compute=compute, notes=notes or Notes())
    check_table(table, Finance, EPSG, "finance")
    return table


def test_energy_used_at_once_against_hours_of_numpy(made: dict[str, Any]) -> None:
    found = run(made)
    rows = laid_arrays(made["arrays"], made["roofs"], made["horizon"])
    hours = np.concatenate([kwh for _, kwh in hourly_kwh(rows, year_hours(made["weather"], made["roofs"]), SolarConfig())])
    for name, steps in found.groupby("building_id"):
        mine = np.flatnonzero(rows["building_id"] == name)
        load = steps["load_kwh_year"].iloc[0] * load_hours(steps["use"].iloc[0], ON, 2026, 1)
        assert steps["self_consumed_kwh"].iloc[-1] == pytest.approx(np.minimum(hours[mine].sum(axis=0), load).sum(), rel=1e-9)
        # The first step takes the best array alone: its hours, scaled.
        specific = hours[mine].sum(axis=1) / rows["kwp"].to_numpy()[mine]
        best = mine[np.argmax(specific)]
        part = steps["kwp"].iloc[0] / rows["kwp"].iloc[best]
        if part <= 1.0:
            assert steps["self_consumed_kwh"].iloc[0] == pytest.approx(np.minimum(part * hours[best], load).sum(), rel=1e-9)


def test_balances_close(made: dict[str, Any]) -> None:
    notes = Notes()
    found = run(made, notes)
    kwh = made["ladder"]["kwh_year"].to_numpy()
    assert found[["building_id", "step"]].equals(made["ladder"][["building_id", "step"]])
    assert (found["self_consumed_kwh"] <= np.minimum(kwh, found["load_kwh_year"]) + 1e-9).all()
    np.testing.assert_allclose(found["self_consumed_share"] * kwh, found["self_consumed_kwh"], rtol=1e-9)
    known = found["load_kwh_year"] > 0
    np.testing.assert_allclose((found["self_sufficiency"] * found["load_kwh_year"])[known], found["self_consumed_kwh"][known], rtol=1e-9)
    assert found.loc[~known, "self_sufficiency"].isna().all()
    annex = found["use"] == "annex"
    assert annex.any() and (found.loc[annex, "self_consumed_kwh"] == 0.0).all()
    np.testing.assert_allclose(found["co2_kg_year"], kwh * rule("emissions", "grid_it", ON).value)
    assert (found["npv_eur_low"] < found["npv_eur"]).all() and (found["npv_eur"] < found["npv_eur_high"]).all()
    assert (found["cost_eur_low"] < found["cost_eur"]).all() and (found["cost_eur"] < found["cost_eur_high"]).all()
    assert (found.groupby("building_id")["best"].sum() == 1).all()
    best = found[found["best"]].set_index("building_id")["npv_eur"]
    # Nobody sells plants below 2 kWp: where a building has room for more, a smaller step is not its best.
    larger = found["kwp"] >= 2.0
    asked = found[larger | ~found["building_id"].isin(found.loc[larger, "building_id"])]
    assert len(asked) < len(found) and (asked.groupby("building_id")["npv_eur"].max() == best).all()
    assert (found.loc[found["best"] & found["building_id"].isin(found.loc[larger, "building_id"]), "kwp"] >= 2.0).all()
    pays = best[best > 0]
    assert notes.figures["paying_npv_eur"] == pytest.approx(pays.sum())
    assert notes.counts["buildings whose best size has a present value above 0"] == len(pays)


def test_more_modules_use_more_at_once_but_a_smaller_share(made: dict[str, Any]) -> None:
    found = run(made)
    for _, steps in found.groupby("building_id"):
        assert (np.diff(steps["self_consumed_kwh"]) >= -1e-9).all()
        assert (np.diff(steps["self_consumed_share"]) <= 1e-3).all()


def test_money_of_a_home_by_hand(made: dict[str, Any]) -> None:
    """Every payment of one home's plant, written out year by year."""
    found = run(made)
    row = found[(found["use"] == "home") & found["kwp"].between(3, 20)].iloc[1]
    kwh = made["ladder"].set_index(["building_id", "step"]).loc[(row["building_id"], row["step"]), "kwh_year"]
    value = {(t, k): rule(t, k, ON).value for t, k in (("electricity_prices", "home"), ("electricity_prices", "avoidable_home"), ("feed_in", "ritiro_dedicato"), ("feed_in", "tax_home"), ("pv_costs", "om"), ("taxes", "deduction"))}  # fmt: skip
    # A new inverter by the logarithm of the plant's size, between the two sizes of the table around it.
    known = {size: rule("pv_costs", f"inverter_{size}", ON).value for size in (3, 6, 20, 100)}
    renewal = row["kwp"] * np.interp(np.log(row["kwp"]), np.log(list(known)), list(known.values()))
    used, sold = row["self_consumed_kwh"], kwh - row["self_consumed_kwh"]
    saving = used * value["electricity_prices", "home"] * value["electricity_prices", "avoidable_home"] + sold * value["feed_in", "ritiro_dedicato"] * (1 - value["feed_in", "tax_home"])
    worth = -row["cost_eur"]
    for t in range(1, 26):
        cash = saving * 0.995 ** (t - 1) - value["pv_costs", "om"] * row["kwp"]
        cash -= renewal if t == 15 else 0.0
        cash += row["cost_eur"] * value["taxes", "deduction"] / 10 if t <= 10 else 0.0
        worth += cash * 1.03**-t
    assert row["npv_eur"] == pytest.approx(worth, rel=1e-9)
    energy = kwh * (0.995 ** np.arange(25) @ discount(0.03, 25))
    upkeep = value["pv_costs", "om"] * row["kwp"] / capital_recovery(0.03, 25) + renewal * 1.03**-15
    assert row["lcoe_eur_kwh"] == pytest.approx((row["cost_eur"] + upkeep) / energy, rel=1e-9)


def test_vat_and_deduction_follow_the_use(made: dict[str, Any]) -> None:
    def cost_of(use: str) -> pd.Series:
        table = made["buildings"].assign(use=use)
        return run(made, buildings=table).set_index(["building_id", "step"])

    home, firm, office, hall = (cost_of(u) for u in ("home", "industry", "office", "town_hall"))
    np.testing.assert_allclose(home["cost_eur"], firm["cost_eur"] * 1.1)
    np.testing.assert_allclose(hall["cost_eur"], office["cost_eur"] * 1.1)
    # The deduction ends at 20 kWp: the payback jumps there for homes alone.
    assert home.loc[home["kwp"] <= 20, "payback_years"].median() < home.loc[home["kwp"] > 20, "payback_years"].fillna(99).median()


def test_rows_of_another_day_and_of_none(made: dict[str, Any]) -> None:
    now, later = Notes(), Notes()
    home = made["buildings"].assign(use="home")
    found = run(made, now, buildings=home)
    next_year = run(made, later, config=FinanceConfig(as_of="2027-06"), buildings=home)
    small = found["kwp"] <= 20
    assert (next_year.loc[small, "npv_eur"] < found.loc[small, "npv_eur"]).all()
    assert (next_year.loc[~small, "npv_eur"] == found.loc[~small, "npv_eur"]).all()
    ended = Notes()
    without = run(made, ended, config=FinanceConfig(as_of="2028-01"), buildings=home)
    assert any("deduction" in w and "not counted" in w for w in ended.warnings)
    assert (without.loc[small, "npv_eur"] < next_year.loc[small, "npv_eur"]).all()
    assert not now.warnings
    with pytest.raises(InputError, match="does not hold yet on 2025-06"):
        run(made, config=FinanceConfig(as_of="2025-06"))


def test_what_nobody_verified_is_named(made: dict[str, Any]) -> None:
    notes = Notes()
    run(made, notes)
    text = " ".join(notes.assumptions)
    assert "Recalled figures, to be verified" in text and "emissions grid_it" in text
    assert "Indicative" in text
    assert "scambio_sul_posto" in text


def test_a_use_nobody_said_is_counted(made: dict[str, Any]) -> None:
    notes = Notes()
    found = run(made, notes)
    unsaid = made["buildings"].loc[made["buildings"]["use"].isna(), "building_id"]
    assert notes.counts["of these, use not said by the source and taken from the footprint"] == len(unsaid) > 0
    assert set(found.loc[found["building_id"].isin(unsaid), "use"]) <= {"home", "annex", "other"}


def test_a_home_counts_in_the_sums_by_the_share_that_is_lived_in(made: dict[str, Any]) -> None:
    home = made["buildings"].assign(use="home")
    people = pd.DataFrame({"building_id": home["building_id"], "residents": 0.0})
    people.loc[0, "residents"] = 0.25 * len(home) * rule("consumption", "household_people", ON).value
    notes, all_of_them = Notes(), Notes()
    found = run(made, notes, buildings=home, occupancy=people)
    full = run(made, all_of_them, buildings=home, config=FinanceConfig(dwellings_lived_in=len(home)))
    # One dwelling in each: a building's own figures are those of a home that is lived in.
    pd.testing.assert_frame_equal(found, full)
    assert (found["load_kwh_year"] == rule("consumption", "dwelling", ON).value).all()
    for name in ("load_kwh_year", "paying_kwh_year", "paying_npv_eur", "paying_load_kwh_year"):
        assert notes.figures[name] == pytest.approx(0.25 * all_of_them.figures[name])
    for name in ("paying_self_consumed_share", "paying_payback_years_median"):
        assert notes.figures[name] == pytest.approx(all_of_them.figures[name])


def test_batches_do_not_change_an_answer(made: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(made)
    monkeypatch.setattr("pipeline.joins.plants.BATCH_ARRAYS", 3)
    pd.testing.assert_frame_equal(run(made), whole, check_exact=True)


def test_better_modules_first_change_the_steps_but_not_the_whole(made: dict[str, Any], tmp_path: Path) -> None:
    """Light that falls to the east: every step but the last yields more than with even modules."""
    grid = Grid(900.0, 2400.0, 1.0, 500, 500, EPSG)
    cells = np.tile(1700.0 * np.exp(-0.02 * np.arange(500)), (500, 1))[np.newaxis].astype("float32")
    rasters.write(tmp_path / "sunmap.tif", Sunmap, RasterBlocks(grid, iter([(Window(0, 0, 500, 500), cells)])))
    light = rasters.open_raster(tmp_path / "sunmap.tif")
    places = [(w + 0.15 * np.arange(n), s) for (w, s, _, _), n in zip(made["arrays"].bounds.to_numpy(), made["arrays"]["modules"], strict=True)]
    laid = made["arrays"].set_geometry([shapely.MultiPolygon([shapely.box(e, s, e + 0.1, s + 1.0) for e in east]) for east, s in places])
    notes = Notes()
    steps = ladder(laid, made["solar"], light, LadderConfig(), notes)
    assert notes.counts["arrays whose rectangles are not their modules, taken as even"] == 0
    found, even = run(made, arrays=laid, ladder=steps), run(made)
    whole = steps.groupby("building_id").tail(1).index
    assert len(steps) == len(made["ladder"])
    np.testing.assert_allclose(found.loc[whole, "self_consumed_kwh"], even.loc[whole, "self_consumed_kwh"], rtol=1e-9)
    more = (steps["kwh_year"] - made["ladder"]["kwh_year"]).drop(whole)
    assert (more > -1e-9).all() and more.max() > 10.0


def test_tables_that_do_not_fit_are_refused(made: dict[str, Any]) -> None:
    steps = made["ladder"]
    lost = steps["building_id"].iloc[0]
    for other in (steps.iloc[:-1], steps[steps["building_id"] != lost], steps.iloc[::-1].reset_index(drop=True), steps.assign(building_id=steps["building_id"].replace(lost, "a")), steps.assign(array_shares=[s[8:] for s in steps["array_shares"]])):
        with pytest.raises(ContractError, match=r"its \d+ steps are not those of these \d+ arrays .*; run make ladder"):
            run(made, ladder=other)
    with pytest.raises(ContractError, match="buildings are not in buildings"):
        run(made, buildings=made["buildings"].iloc[1:])
    more = made["solar"].assign(kwh_year=made["solar"]["kwh_year"] * 1.01)
    with pytest.raises(ContractError, match=r"not the sums of the arrays' hours .*; run make solar"):
        run(made, ladder=ladder(made["arrays"], more, None, LadderConfig(), Notes()))


def test_no_modules_at_all(made: dict[str, Any]) -> None:
    none = made["arrays"].iloc[:0]
    with Compute("threads") as compute:
        yields = solar(none, made["roofs"], made["horizon"], made["weather"], SolarConfig(), compute, Notes())
    found = run(made, arrays=none, ladder=ladder(none, yields, None, LadderConfig(), Notes()))
    assert len(found) == 0


def test_a_leap_year_is_refused() -> None:
    with pytest.raises(ValueError, match="2028 is a leap year"):
        FinanceConfig(calendar_year=2028)
