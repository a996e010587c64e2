"""Stage indicators: values from the tables, targets on their way, frozen years that are never rewritten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.config.indicators import IndicatorsConfig
from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.indicators import INDICATORS, Indicators, Neighbours
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.graph import read_stages
from pipeline.io.indicators import official_targets, read_emissions
from pipeline.io.snapshots import freeze
from pipeline.joins.indicators import CALCULATED, official_series, values_of
from pipeline.maps.indicator_rows import indicator_rows, series_of
from pipeline.maps.phrases_indicators import INDICATOR_WORDS
from pipeline.stages.plan.indicators import indicators
from pipeline.stages.plan.neighbours import neighbours, ranked

TABLES: dict[str, Any] = {
    "arrays": pd.DataFrame({"kwp": [6.0, 4.0]}),
    "solar": pd.DataFrame({"kwh_year": [7200.0, 4800.0]}),
    "installed": pd.DataFrame({"year": [2020, 2024], "kwp": [1.0, 2.5]}),
    "sealing": pd.DataFrame({"zone_kind": ["parcel", "town"], "sealed_m2": [10.0, 4_320_000.0], "sealed_share": [1.0, 0.18]}),
    "green": pd.DataFrame({"zone_kind": ["town"], "canopy_share": [0.25]}),
    "provision": pd.DataFrame({"zone_kind": ["town", "town", "section"], "measure": ["near_green"] * 3, "headline": [False, True, True], "value": [0.9, 0.4, 0.1]}),
    "restoration": pd.DataFrame({"year": [2026], "green_m2": [90_000.0], "canopy_m2": [50_000.0], "baseline_year": [2024], "green_change_m2": [-10_000.0], "canopy_change_m2": [0.0]}),
    "consumed": {
        "years": pd.DataFrame({
            "basis": ["raster", "raster", "table"], "year": [2015, 2025, 2021], "consumed_m2": [4_200_000.0, 4_320_000.0, 4_300_000.0], "consumed_share": [0.175, 0.18, 0.179],
            "since": [None, 2015, None], "net_m2": [np.nan, 120_000.0, np.nan],
        })
    },
    # The school of CLIMATE.md: 172.95 + 50 kWh/m2 on 1,400 m2; a hall of 600 m2 with 100 kWh/m2; one that is not known.
    "estate": pd.DataFrame({"kwh_m2": [222.95, 100.0, np.nan], "floor_m2": [1400.0, 600.0, 9999.0], "year": [2024, 2025, 2025], "co2_kg_year": [50_000.0, 10_000.0, np.nan]}),
    # 3,650 t of 5,100 t, 11,700 residents (CLIMATE.md).
    "waste": pd.DataFrame({"year": [2022, 2022], "is_town": [True, False], "separate_share": [3650 / 5100, 0.1], "kg_per_resident": [5_100_000 / 11_700, 1.0]}),
    "initiatives": pd.DataFrame({"year": [2020, 2024, 2027, None], "status": ["done", "under_way", "done", "done"]}),
    "actions": pd.DataFrame({"achieved_co2_kg": [2_000.0, np.nan, 500.0]}),
}
STAGE_TABLES = TABLES | {"actions": {"list": TABLES["actions"]}}


def layer(path: Path, kind: str, **more: Any) -> Layer:
    return Layer(Source(kind=kind, path=path.name, **more), (path,))  # type: ignore[arg-type]


def run(layers: tuple[Layer, ...] = (), notes: Notes | None = None, **changed: Any) -> pd.DataFrame:
    made = indicators(**(STAGE_TABLES | changed), layers=layers or None, config=IndicatorsConfig(), notes=notes or Notes())  # type: ignore[arg-type]
    check_table(made, Indicators, 25833, "indicators")
    return made


def now(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["origin"] == "current"].set_index("indicator_id")


def test_values_are_those_of_the_tables() -> None:
    found = {n: v.value for n, v in values_of(TABLES, 2026).items()}
    assert {n: pytest.approx(v) for n, v in found.items() if n != "emissions_t"} == {
        "pv_potential_kwp": 10.0, "pv_potential_kwh": 12_000.0, "pv_installed_kwp": 2.5, "pv_used_share": 0.25, "sealed_ha": 432.0, "sealed_share": 0.18, "consumed_ha": 430.0, "consumed_share": 0.179,
        "consumed_ha_year": 1.2, "canopy_share": 0.25, "urban_green_ha": 9.0, "urban_canopy_ha": 5.0, "near_green_share": 0.4, "estate_kwh_m2": (222.95 * 1400 + 60_000) / 2000, "estate_t": 60.0,
        "separate_share": pytest.approx(0.7157, abs=5e-5), "waste_kg_per_resident": pytest.approx(435.9, abs=0.05), "initiatives_done": 2.0, "initiatives_under_way": 1.0, "actions_achieved_t": 2.5,
    }  # fmt: skip
    assert np.isnan(found["emissions_t"]) and set(found) == set(INDICATORS) == set(CALCULATED)
    assert values_of(TABLES, 2022)["pv_installed_kwp"] == (1.0, 2020)  # registers are read up to the year
    assert official_series(TABLES)["consumed_share"] == {2021: 0.179}  # the published table and the counted map are two series


def test_a_town_with_nothing_has_every_indicator_unknown() -> None:
    notes = Notes()
    table = run(notes=notes, **dict.fromkeys(STAGE_TABLES))
    assert table["indicator_id"].tolist() == sorted(INDICATORS) and table["value"].isna().all() and set(table["standing"]) == {"unknown"}
    assert any("None is made up" in a for a in notes.assumptions)


def test_own_targets_come_before_official_ones_and_standing_follows(tmp_path: Path) -> None:
    (tmp_path / "targets.csv").write_text(
        "indicator_id;baseline_year;baseline;target_year;target;source\nsealed_ha;2020;420;2030;400;council 12/2025\nemissions_t;;;2030;22500;plan p. 9\nconsumed_ha_year;2023;2,0;2033;1,0;council\n", encoding="utf-8"
    )
    (tmp_path / "emissions.csv").write_text(
        "anno;settore;tco2;fonte;pagina\n2010;case;30000;PAES;14\n2010;trasporti;20000;PAES;14\n2020;case;20000;PAES 2;8\n2020;trasporti;16000;PAES 2;8\n2022;case;1;PAES 3;2\n", encoding="utf-8"
    )
    notes = Notes()
    table = now(run((layer(tmp_path / "targets.csv", "targets"), layer(tmp_path / "emissions.csv", "emissions")), notes))
    sealed = table.loc["sealed_ha"]
    assert (sealed["path"], sealed["gap"], sealed["distance"], sealed["standing"]) == (pytest.approx(408.0), pytest.approx(24.0), pytest.approx(-32.0), "off_track")
    air = table.loc["emissions_t"]  # 36,250 t are allowed in 2020
    assert (air["value"], air["data_year"], air["baseline"], air["path"], air["standing"]) == (36_000.0, 2020, 50_000.0, 36_250.0, "on_track")
    assert any("2022 are of other sectors" in w for w in notes.warnings)
    assert table.loc["consumed_ha_year", "target_source"] == "council" and table.loc["consumed_ha_year", "path"] == pytest.approx(1.8)
    # No net loss since the frozen baseline of 2024: a hectare of green is gone, the canopy is not.
    assert table.loc[["urban_green_ha", "urban_canopy_ha"], "standing"].tolist() == ["off_track", "on_track"]


@pytest.mark.parametrize(
    ("line", "said"),
    [("sealed;2030;1;x", "no indicator 'sealed'"), ("separate_share;2030;65;x", "0.65 for 65 %"), ("pv_potential_kwp;2030;1;x", "has no target"), ("sealed_ha;2030;1;x\nsealed_ha;2031;1;x", "stands twice")],
)
def test_a_wrong_target_is_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "targets.csv").write_text(f"indicator_id;target_year;target;source\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        run((layer(tmp_path / "targets.csv", "targets"),))


def test_an_emission_without_its_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "emissions.csv").write_text("year;sector;tco2;source;page\n2010;homes;1;SECAP;\n", encoding="utf-8")
    with pytest.raises(InputError, match="page is empty"):
        read_emissions((layer(tmp_path / "emissions.csv", "emissions"),), Notes())


def entry(name: str, value: float, version: int = 1, on: str = "2026-12-31", code: str = "a") -> dict[str, Any]:
    return {
        "indicator_id": name, "method_version": version, "value": value, "unit": INDICATORS[name].unit, "data_year": None, "frozen_on": on, "code_version": "1",
        "stages": {"sealing": {"code": code, "sha256": "0"}},
    }  # fmt: skip


def test_the_same_values_are_the_same_bytes_and_a_second_day_writes_nothing(tmp_path: Path) -> None:
    values = [entry("sealed_ha", 432.0), entry("canopy_share", 0.25)]
    first = freeze(tmp_path / "a", "075014", 2026, values)
    freeze(tmp_path / "b", "075014", 2026, values[::-1])
    content = first.path.read_bytes()
    assert content == (tmp_path / "b/indicators/2026.json").read_bytes()
    again = freeze(tmp_path / "a", "075014", 2026, [entry("sealed_ha", 432.0, on="2027-01-02"), entry("canopy_share", 0.25, code="b")])
    assert again.added == () and first.path.read_bytes() == content and [p.name for p in first.path.parent.iterdir()] == ["2026.json"]


def test_a_new_method_stands_beside_the_old_one_and_the_series_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(tmp_path, "075014", 2025, [entry("sealed_ha", 440.0, on="2025-12-31")])
    path = freeze(tmp_path, "075014", 2026, [entry("sealed_ha", 436.0)]).path
    old = json.loads(path.read_text())["entries"]
    change = freeze(tmp_path, "075014", 2026, [entry("sealed_ha", 432.0, version=2)])
    kept = json.loads(path.read_text())["entries"]
    assert change.kept is None and kept[0] == old[0] and [(e["method_version"], e["value"]) for e in kept] == [(1, 436.0), (2, 432.0)]
    from dataclasses import replace

    monkeypatch.setitem(INDICATORS, "sealed_ha", replace(INDICATORS["sealed_ha"], method_version=2))
    table = run(tuple(layer(p, "snapshots") for p in sorted((tmp_path / "indicators").glob("*.json"))))
    assert series_of(table, "sealed_ha") == [(2025, 440.0, False), (2026, 432.0, True)]
    row = next(r for r in indicator_rows(table) if r.indicator_id == "sealed_ha")
    assert row.name.en == "Sealed ground, own map" and row.years.en == "2025 440\u00a0ha; change of method; 2026 432\u00a0ha" and row.value.it == "432\u00a0ha"


def test_other_data_by_the_same_method_are_refused_and_force_keeps_the_old_file(tmp_path: Path) -> None:
    path = freeze(tmp_path, "075014", 2026, [entry("sealed_ha", 436.0)]).path
    content = path.read_bytes()
    with pytest.raises(InputError, match=r"frozen as 436 ha on 2026-12-31, is 432 by the same method \(version 1\); the code of sealing has changed(.|\n)*FORCE=") as refused:
        freeze(tmp_path, "075014", 2026, [entry("sealed_ha", 432.0, code="b"), entry("canopy_share", 0.2)])
    assert len(refused.value.problems) == 2 and path.read_bytes() == content
    change = freeze(tmp_path, "075014", 2026, [entry("sealed_ha", 432.0)], force="a sheet was missing")
    assert change.kept is not None and change.kept.read_bytes() == content and change.kept.name == "2026.replaced-1.json"
    assert json.loads(path.read_text())["replaced"] == [{"file": "2026.replaced-1.json", "reason": "a sheet was missing"}]
    assert freeze(tmp_path, "075014", 2026, [entry("sealed_ha", 430.0)], force="again").kept.name == "2026.replaced-2.json"  # type: ignore[union-attr]


def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path, root: Path) -> None:
    """The whole freezing with force, killed before each file it touches, in one process that forks."""
    import os
    import sys

    folder, values = tmp_path / "town", [entry("sealed_ha", 432.0)]
    path = freeze(folder, "075014", 2026, [entry("sealed_ha", 436.0)]).path
    old, states = path.read_bytes(), []
    for n in range(1, 30):
        path.write_bytes(old)
        for kept in path.parent.glob("*replaced*"):
            kept.unlink()
        if (pid := os.fork()) == 0:
            left = [n]

            def hook(event: str, arguments: tuple[object, ...], left: list[int] = left) -> None:
                if event in ("open", "os.rename", "os.remove", "os.mkdir", "shutil.copyfile") and str(folder) in str(arguments[0]):
                    left[0] -= 1
                    if left[0] == 0:
                        os._exit(9)

            sys.addaudithook(hook)
            freeze(folder, "075014", 2026, values, force="why")
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        content = path.read_bytes()
        states.append(content == old)
        if not states[-1]:
            assert json.loads(content)["entries"][0]["value"] == 432.0 and (path.parent / "2026.replaced-1.json").read_bytes() == old
        if code == 0:
            break
    assert code == 0 and n > 5 and not states[-1] and all(states[:3])


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1, "year": 2025, "entries": []}', '{"format": 1, "year": 2026, "entries": [{"indicator_id": "sealed_ha", "value": NaN}]}'])
def test_a_damaged_snapshot_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "2026.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"2026\.json"):
        run((layer(tmp_path / "2026.json", "snapshots"),))


def test_official_targets_are_indicators() -> None:
    found = official_targets("2026-11")
    assert found["separate_share"][:2] == (2012, 0.65) and found["urban_green_ha"].of_baseline and all(INDICATORS[n].better != "neither" for n in found)
    assert "urban_green_ha" not in official_targets("2024-01")


def test_every_reason_has_words_and_every_need_is_a_stage() -> None:
    columns = Indicators.columns()
    assert {f"standing.{s}" for s in columns["standing"].values or ()} | {f"standing.reason.{r}" for r in columns["reason"].values or ()} <= set(INDICATOR_WORDS)
    assert {n for i in INDICATORS.values() for n in i.needs} <= set(read_stages())


def test_neighbours_of_the_default_town(root: Path) -> None:
    """ISTAT 2021: Carmiano is seventh of eight by consumed soil (18.35 %), sixth by mixed waste."""
    path = root / "data/raw/carmiano/istat_ifc_2021.csv"
    table = neighbours((layer(path, "municipalities", year=2021),), None, Town(name="Carmiano", code="075014", epsg=25833), Notes())  # type: ignore[arg-type]
    check_table(table, Neighbours, 25833, "neighbours")
    own = table[table["is_town"]].set_index("indicator_id")
    assert own["rank"].to_dict() == {"consumed_share": 7, "mixed_waste_kg_per_resident": 6} and set(own["of"]) == {8}
    assert own.loc["consumed_share", "value"] == pytest.approx(0.1835)


def test_neighbours_by_waste_alone() -> None:
    waste = pd.DataFrame({"istat": ["075014", "075037"], "name": ["A", "B"], "year": 2022, "separate_share": [0.6, 0.7], "kg_per_resident": [400.0, np.nan]})
    table = neighbours(None, waste, Town(name="A", code="075014", epsg=25833), Notes())  # type: ignore[arg-type]
    check_table(table, Neighbours, 25833, "neighbours")
    assert table.set_index(["indicator_id", "istat"])["rank"].to_dict() == {("separate_share", "075014"): 2, ("separate_share", "075037"): 1, ("waste_kg_per_resident", "075014"): 1}


def test_more_separate_collection_is_better_and_equal_towns_share_a_place() -> None:
    table = pd.DataFrame({"indicator_id": "separate_share", "year": 2022, "istat": ["1", "2", "3"], "name": ["A", "B", "C"], "value": [0.5, 0.7, 0.5], "unit": "", "is_town": False})
    assert ranked(table)["rank"].tolist() == [2, 1, 2]
