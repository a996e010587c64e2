"""The ninety days of docs/roadmap-for-a-small-town.md: a second town from an empty folder to maps, a ranked list and frozen indicators.

The page is followed word by word. Only plain `make` is taken apart: its stages run one after the other in one process, which saves loading the libraries forty times.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from tests.follow import BLOCK, checkout, follow, steps

PAGE, ITALIAN = "docs/roadmap-for-a-small-town.md", "docs/percorso-per-un-piccolo-comune.md"
WHOLE = "make TOWN=paese\n"
ONE_PROCESS = """
from pathlib import Path
from pipeline.recipes import Place, make_plan, refresh
from pipeline.runner import run_stage
place = Place(Path("data/raw/paese"), Path("data/processed/paese"), Path("maps/paese"))
refresh(place)
for stage in make_plan(place, with_recipes=False).usual:
    run_stage(stage.name, place)
"""


@pytest.fixture(scope="module")
def town(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The checkout after the ninety days, and what the commands printed."""
    copy = checkout(tmp_path_factory.mktemp("ninety") / "copy")
    said: list[str] = []
    for step in steps(root / PAGE):
        if step.what == "run" and step.text == WHOLE:
            done = subprocess.run([sys.executable, "-c", ONE_PROCESS], cwd=copy, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        else:
            said += follow([step], copy)
    return copy, "\n".join(said)


def test_the_page_asks_for_all_of_it_and_the_italian_one_for_the_same(root: Path) -> None:
    found = steps(root / PAGE)
    assert [s.what for s in found] == ["run", "write", "write", "write", "append", "run", "run"] and found[5].text == WHOLE
    blocks = [[m["text"] for m in BLOCK.finditer((root / page).read_text(encoding="utf-8"))] for page in (PAGE, ITALIAN)]
    assert blocks[0] == blocks[1] == [s.text for s in found]


def test_it_ends_with_maps_a_ranked_list_and_the_packed_site(town: tuple[Path, str]) -> None:
    copy, said = town
    assert (copy / "maps/paese/index.html").is_file() and (copy / "maps/paese.zip").is_file() and "maps/paese.zip" in said
    assert (copy / "data/processed/paese/report/report_it.pdf").is_file()
    estate: Any = gpd.read_parquet(copy / "data/processed/paese/estate.parquet")
    school = estate.iloc[0]
    assert (school["building_id"], school["rank"], school["place"]) == ("E09", 1, "building") and "pv_pays" in school["reasons"]
    assert school["co2_kg_avoidable"] > 0.0
    actions: Any = gpd.read_file(copy / "data/processed/paese/actions.gpkg", layer="list")
    ranked = actions[actions["rank"].notna()].sort_values("rank")
    assert len(ranked) > 2 and ranked["rank"].iloc[0] == 1 and "S1" in set(ranked["asset_id"]) | set(ranked["name"]) | {a.split("-")[-1] for a in ranked["action_id"]}


def test_the_year_is_frozen_and_stands_against_its_targets(town: tuple[Path, str]) -> None:
    copy, said = town
    snapshot = json.loads((copy / "data/raw/paese/indicators/2026.json").read_text(encoding="utf-8"))
    frozen = {e["indicator_id"]: e["value"] for e in snapshot["entries"]}
    assert {"emissions_t", "pv_potential_kwp", "sealed_ha", "estate_t"} <= frozen.keys() and "2026.json: frozen: " in said
    table = pd.read_parquet(copy / "data/processed/paese/indicators.parquet")
    assert set(table.loc[table["origin"] == "frozen", "indicator_id"]) == frozen.keys()
    air = table[(table["indicator_id"] == "emissions_t") & (table["origin"] == "current")].iloc[0]
    # From 100 t in 2010 to 45 t in 2030: 67 t are allowed in 2022, the made-up inventory has 80.
    assert (air["value"], air["data_year"], air["standing"]) == (80.0, 2022, "off_track") and air["path"] == pytest.approx(67.0)
    ground = table[(table["indicator_id"] == "sealed_ha") & (table["origin"] == "current")].iloc[0]
    assert (ground["standing"], ground["reason"]) in {("unknown", "not_later"), ("on_track", "reached")}


def test_freezing_again_writes_nothing_and_other_data_are_refused(town: tuple[Path, str]) -> None:
    copy, _ = town
    path = copy / "data/raw/paese/indicators/2026.json"
    content = path.read_bytes()
    register = copy / "data/raw/paese/registers/emissions.csv"
    register.write_text(register.read_text(encoding="utf-8").replace("2022,homes,45", "2022,homes,44"), encoding="utf-8")
    said = follow([steps(copy / PAGE)[-1]._replace(text="! make TOWN=paese indicators YEAR=2026 2>&1")], copy)[0]
    assert "emissions_t was frozen as 80 t" in said and 'FORCE="why"' in said and path.read_bytes() == content
    said = follow([steps(copy / PAGE)[-1]._replace(text='FORCE=1 YEAR=2026 make TOWN=paese indicators\nmake TOWN=paese indicators YEAR=2026 FORCE="a misprint"')], copy)[0]
    kept = path.with_name("2026.replaced-1.json")
    assert kept.read_bytes() == content and json.loads(path.read_text(encoding="utf-8"))["replaced"] == [{"file": kept.name, "reason": "a misprint"}]
    assert "2026.json: frozen: emissions_t" in said
