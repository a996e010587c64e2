"""The ledger: every entry and every changed cell is accounted for, once."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from pipeline.config.land import LedgerConfig
from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.land import Ledger
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.stages.land.ledger import ledger

TOWN = Town(name="Prova", code="075014", epsg=25833)
HEAD = "numero;data;particella;superficie mq;tipo;stato;est;nord\n"


@pytest.fixture
def lots() -> gpd.GeoDataFrame:
    names = [f"X_0001_{n}" for n in (1, 2, 3)]
    return gpd.GeoDataFrame({"parcel_id": names, "sheet": "1", "number": ["1", "2", "3"], "kind": "parcel"}, geometry=[shapely.box(100 * i, 0, 100 * i + 50, 50) for i in range(3)], crs=25833)


def changes() -> dict[str, pd.DataFrame]:
    """Four new cells on the first lot, two on the second, three far away; one given back on the third."""
    at = [("taken", x, 5.0) for x in (5, 15, 25, 35)] + [("taken", x, 5.0) for x in (105, 115)] + [("taken", x, 505.0) for x in (5, 15, 25)] + [("restored", 205.0, 5.0)]
    ids = [f"{k}-{i}" for i, (k, _, _) in enumerate(at)]
    patch = ["taken-0"] * 4 + ["taken-4"] * 2 + ["taken-6"] * 3 + ["restored-9"]
    frame = gpd.GeoDataFrame({"change_id": ids, "patch_id": patch, "kind": [k for k, _, _ in at], "since": 2015, "year": 2023, "area_m2": 100.0}, geometry=[shapely.box(x - 5, y - 5, x + 5, y + 5) for _, x, y in at], crs=25833)
    years = pd.DataFrame({"basis": ["raster", "table", "table"], "year": [2023, 2020, 2021], "since": pd.array([2015, None, 2020], dtype="Int64"), "net_m2": [800.0, 0.0, 250.0]})
    return {"changes": frame.sort_values("change_id", ignore_index=True), "years": years}


def run(tmp_path: Path, text: str, lots: gpd.GeoDataFrame | None, notes: Notes | None = None, official: bool = True) -> pd.DataFrame:
    path = tmp_path / "titoli.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    made = ledger(lots, changes() if official else None, (Layer(Source(kind="permits", path="titoli.csv"), (path,)),), LedgerConfig(), TOWN, notes or Notes())  # type: ignore[arg-type]
    check_table(made, Ledger, 25833, "ledger")
    return made.set_index("ledger_id")


ENTRIES = """1/20;15/03/2020;X_0001_1;390,0;nuovo consumo;fine lavori;;
2/20;15/03/2020;1/2;1.200,0;permesso di costruire;fine lavori;;
3/21;15/03/2021;X_0001_3;90;deimpermeabilizzazione;fine lavori;;
4/21;15/03/2021;X_0001_3;300;nuovo consumo;fine lavori;;
5/21;15/03/2021;X_0001_1;300;nuovo consumo;decaduto;;
6/09;15/03/2009;X_0001_1;300;nuovo consumo;fine lavori;;
7/21;15/03/2021;X_0001_99;300;nuovo consumo;fine lavori;;
"""


def test_every_outcome(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    made = run(tmp_path, ENTRIES, lots)
    assert made["match"].to_dict() == {
        "1/20": "matched", "2/20": "partly", "3/21": "matched", "4/21": "not on the official map", "5/21": "not carried out", "6/09": "outside",
        "7/21": "no place", "taken-6": "not in the register",
    }  # fmt: skip
    assert made.loc["1/20", ["register_m2", "official_m2", "difference_m2"]].tolist() == [390.0, 400.0, -10.0]
    assert made.loc["taken-6", "official_m2"] == 300.0


def test_the_official_area_is_all_there_once(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    notes = Notes()
    made = run(tmp_path, ENTRIES, lots, notes)
    assert made.groupby("kind")["official_m2"].sum().to_dict() == {"restored": 100.0, "taken": 900.0}
    assert (notes.figures["taken_official_m2"], notes.figures["restored_register_m2"]) == (900.0, 90.0)
    assert notes.figures["taken_register_m2"] == 390 + 1200 + 300 + 300
    assert (notes.figures["net_2015_2023_raster_m2"], notes.figures["net_2015_2023_register_m2"]) == (800.0, 390 + 1200 - 90 + 300 + 300)
    assert (notes.figures["net_2020_2021_table_m2"], notes.figures["net_2020_2021_register_m2"]) == (250.0, 300 + 300 - 90)


def test_a_place_may_be_a_point(tmp_path: Path) -> None:
    made = run(tmp_path, "8;15/03/2020;;300;nuovo consumo;;15;505\n", None)
    assert made.loc["8", "official_m2"] == 100.0, "8 m reach the cell the point is in"


def test_without_official_maps_it_says_so(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    notes = Notes()
    made = run(tmp_path, ENTRIES, lots, notes, official=False)
    assert "taken-6" not in made.index and "no pair of official maps" in notes.warnings[0]


@pytest.mark.parametrize(
    ("text", "match"),
    [("1;15/03/2020;a;10;piscina;;;\n", "'piscina'"), ("1;15/03/2020;a;-10;nuovo consumo;;;\n", "-10 m2"), ("1;15/03/2020;a;1;scia;;;\n1;15/03/2020;b;1;scia;;;\n", "stands twice"), ("1;ieri;a;1;scia;;;\n", "a date")],
)
def test_a_register_that_cannot_be_read(tmp_path: Path, lots: gpd.GeoDataFrame, text: str, match: str) -> None:
    with pytest.raises(InputError, match=match):
        run(tmp_path, text, lots)
