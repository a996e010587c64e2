"""The Nature Restoration sheet: what is urban, a baseline that is frozen once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.config.land import PlantingConfig, RestorationConfig
from pipeline.config.sources import Layer, Layers, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.land import Planting, Restoration
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.baseline import freeze_baseline
from pipeline.stages.land.planting import planting
from pipeline.stages.land.restoration import restoration

TOWN = Town(name="Prova", code="075014", epsg=25833)


def tables(green: float = 210e4, canopy: float = 38e4, kind: str = "section") -> tuple[pd.DataFrame, pd.DataFrame]:
    """An urban zone of 500 ha in two halves, and fields."""
    key = {"zone_kind": [kind, kind, kind, "town"], "zone_id": ["1", "2", "3", "t"]}
    covered, verde = [250e4, 250e4, 900e4, 1400e4], [green / 2, green / 2, 890e4, green + 890e4]
    sealing = pd.DataFrame({**key, "covered_m2": covered, "area_m2": covered, "sealed_share": [0.5, 0.6, 0.01, 0.2], "green_m2": verde, "bare_m2": 0.0, "tree_m2": [canopy / 2, canopy / 2, 1e4, canopy]})
    greens = pd.DataFrame({**key, "area_m2": covered, "green_m2": verde, "canopy_m2": [canopy / 2, canopy / 2, 1e4, canopy + 1e4], "height_known_m2": covered, "canopy_share": [0.1, 0.05, 0.01, 0.02]})
    return sealing, greens.assign(residents=pd.array([100, 0, 0, 100], dtype="Int64"))


PEOPLE = pd.DataFrame({"section_id": ["1", "2", "3"], "residents": [100, 0, 0]})


def run(layers: Layers | None = None, year: int = 2024, **areas: float) -> pd.DataFrame:
    made = restoration(*tables(**areas), layers, RestorationConfig(year=year), TOWN, Notes())  # type: ignore[arg-type]
    check_table(made, Restoration, 25833, "restoration")
    return made


def test_the_worked_example(tmp_path: Path) -> None:
    """LAND G5: 42 %, 7.6 %, not excludable; 2030 beside the frozen 2024: -3.0 ha of green, +0.5 ha of canopy."""
    now = run().iloc[0]
    assert (now["ecosystem_m2"], now["green_share"], now["canopy_share"], now["excludable"]) == (500e4, pytest.approx(0.42), pytest.approx(0.076), False)
    path = tmp_path / "baseline.csv"
    freeze_baseline(run(), path)
    layers = (Layer(Source(kind="baseline", path="baseline.csv"), (path,)),)
    later = run(layers, 2030, green=207e4, canopy=38.5e4).iloc[0]
    assert (later["green_change_m2"], later["canopy_change_m2"], later["baseline_year"]) == (pytest.approx(-3.0e4), pytest.approx(0.5e4), 2024)


def test_a_baseline_is_frozen_once(tmp_path: Path) -> None:
    path = tmp_path / "baseline.csv"
    freeze_baseline(run(), path)
    before = path.read_bytes()
    with pytest.raises(InputError, match="frozen once"):
        freeze_baseline(run(green=1.0), path)
    assert path.read_bytes() == before


def test_a_baseline_of_another_area_or_a_later_year_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "baseline.csv"
    freeze_baseline(run(year=2031), path)
    layers = (Layer(Source(kind="baseline", path="baseline.csv"), (path,)),)
    with pytest.raises(InputError, match="expected an earlier year"):
        run(layers, 2030)


def test_planting_ranks_the_sections() -> None:
    made = planting(*tables(), PEOPLE, PlantingConfig(), Notes())  # type: ignore[arg-type]
    check_table(made, Planting, 25833, "planting")
    assert made["section_id"].tolist() == ["1", "2", "3"] and (made["rank_low"] <= made["rank"]).all() and (made["rank"] <= made["rank_high"]).all()
    assert made["people_need"].tolist() == [1.0, 0.0, 0.0] and made["sealing_need"].tolist() == pytest.approx([0.49 / 0.59, 1.0, 0.0])


def test_no_sections_no_ranks() -> None:
    made = planting(*tables(kind="parcel"), PEOPLE, PlantingConfig(), Notes())  # type: ignore[arg-type]
    check_table(made, Planting, 25833, "planting")
    assert len(made) == 0
