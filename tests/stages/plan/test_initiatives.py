"""Stage initiatives: rows found on the ground or for the whole town, figures that are never dropped, all faults at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.config.register import InitiativesConfig
from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.register import (
    INITIATIVE_KINDS,
    INITIATIVE_PLACE_REASONS,
    INITIATIVE_PLACES,
    MODERATIONS,
    REPORT_KINDS,
    STATUSES,
    STREET_MATCHES,
    Initiatives,
)
from pipeline.errors import InputError
from pipeline.maps.phrases_plan import PLAN
from pipeline.maps.phrases_register import REGISTER
from pipeline.stages.plan.initiatives import initiatives

EPSG = 25833
EAST, NORTH = 758000.0, 4473000.0
HEAD = "codice;intervento;tipo;anno;stato;costo euro;kwh anno;kwp;mq;kg co2;responsabile;fonte;luogo;aggregato;particella;indirizzo;est;nord"


def box(east: float, north: float, side: float) -> shapely.Polygon:
    return shapely.box(EAST + east, NORTH + north, EAST + east + side, NORTH + north + side)


BUILDINGS = gpd.GeoDataFrame({"building_id": ["a", "b"], "parcel_id": ["B792_000100.1", None], "area_m2": 400.0}, geometry=[box(10, 10, 20), box(200, 200, 20)], crs=EPSG)
PARCELS = gpd.GeoDataFrame({"parcel_id": ["B792_000100.1", "B792_000100.2"], "sheet": "1", "number": ["1", "2"]}, geometry=[box(0, 0, 50), box(100, 0, 50)], crs=EPSG)
BOUNDARY = gpd.GeoDataFrame(geometry=[box(0, 0, 1000)], crs=EPSG)


def row(code: str, kind: str = "cappotto", year: str = "2024", status: str = "concluso", cost: str = "10.000,50", kwh: str = "", kwp: str = "", co2: str = "", owner: str = "Ufficio tecnico", place: str = ";;;;;") -> str:
    return f"{code};Intervento {code};{kind};{year};{status};{cost};{kwh};{kwp};;{co2};{owner};DGC 12/2024;{place}"


def run(tmp_path: Path, *lines: str, notes: Notes | None = None) -> Any:
    path = tmp_path / "iniziative.csv"
    path.write_bytes("\n".join(["Registro 2026", HEAD, *lines, "TOTALE;;;;;99"]).encode("cp1252"))
    layers = (Layer(Source(kind="initiatives", path=path.name), (path,)),)
    table = initiatives(BUILDINGS, PARCELS, BOUNDARY, layers, InitiativesConfig(), Town(name="Carmiano", epsg=EPSG), notes or Notes())  # type: ignore[arg-type]
    check_table(table, Initiatives, EPSG, "initiatives")
    return table.set_index("initiative_id", drop=False)


def problems(tmp_path: Path, *lines: str) -> list[str]:
    with pytest.raises(InputError) as said:
        run(tmp_path, *lines)
    return list(said.value.problems)


def test_each_way_leads_to_a_point_and_a_rule_to_the_whole_town(tmp_path: Path) -> None:
    notes = Notes()
    table = run(
        tmp_path, row("1", place=";a;;;;"), row("2", place=";;1/1;;;"), row("3", place=";;B792_000100.2;;;"), row("4", place=f";;;;{EAST + 195};{NORTH + 210}"),
        row("5", kind="alberi", place=f";;;;{EAST + 600};{NORTH + 600}"), row("6", kind="regolamento"), row("7", place="Tutto il comune;;;;;"),
        row("8"), row("9", place=";zz;;;;"), row("10", place=f";;;;{EAST + 5000};{NORTH}"), row("11", place=";;;Via Roma 1;;"), row("12", place=f";zz;;;{EAST + 600};{NORTH}"), notes=notes,
    )  # fmt: skip
    assert table["place"].to_dict() == {
        "1": "building", "2": "parcel", "3": "parcel", "4": "point", "5": "point", "6": "town", "7": "town", "8": "none", "9": "none", "10": "none", "11": "none", "12": "point",
    }  # fmt: skip
    assert table["place_reason"].dropna().to_dict() == {"8": "no_reference", "9": "unknown_building", "10": "outside_town", "11": "no_address_list"}
    assert table["building_id"].dropna().to_dict() == {"1": "a", "2": "a", "4": "b"}
    assert table["parcel_id"].dropna().to_dict() == {"1": "B792_000100.1", "2": "B792_000100.1", "3": "B792_000100.2"}
    assert BUILDINGS.geometry[0].covers(table.geometry["1"]) and PARCELS.geometry[1].covers(table.geometry["3"])
    assert (table.geometry["4"].x, table.geometry["4"].y) == (EAST + 195, NORTH + 210)
    assert table.geometry[table["place"].isin(["town", "none"])].isna().all()
    # Those that were not found keep their figures, and the sums hold them.
    assert table["cost_eur"].eq(10_000.5).all()
    assert notes.figures["initiatives_done_cost_eur"] == pytest.approx(12 * 10_000.5) and notes.counts["initiatives_retrofit_done"] == 10
    assert len([w for w in notes.warnings if w.startswith("Not found on the ground")]) == 4


def test_sums_are_of_what_is_known(tmp_path: Path) -> None:
    notes = Notes()
    table = run(tmp_path, row("1", "fotovoltaico", kwh="14.000", kwp="10", cost="13.000"), row("2", "fv", kwh="7000", kwp="5", cost=""), row("3", "pv", status="in corso", kwp="3", cost=""), row("4", "altro", status="previsto", year="2028", cost="n.d."), notes=notes)
    assert (notes.figures["initiatives_pv_done_kwh"], notes.figures["initiatives_pv_done_cost_eur"], notes.figures["initiatives_under_way_kwp"]) == (21_000.0, 13_000.0, 3.0)
    assert not [n for n in notes.figures if n.startswith("initiatives_planned")] and notes.counts["initiatives_planned"] == 1
    assert notes.warnings == [f"Not found on the ground: {i} (Intervento {i}): no_reference." for i in ("1", "2", "3")] and np.isnan(table["cost_eur"]["2"])


def test_all_that_cannot_be_right_is_refused_at_once(tmp_path: Path) -> None:
    said = problems(
        tmp_path, row("1", kind="boh"), row("2", status="forse"), row("3", year="1890"), row("4", cost="-5"), row("5", place=f";;;;{EAST};"), row("6"), row("6"),
        row("7", owner="m.rossi@comune.le.it"), row("8", owner="RSSMRA80A01H501U"), row("9", owner="tel. 0832 123456"),
    )  # fmt: skip
    for words in ("line 3: kind 'boh'; expected one of retrofit,", "line 4: status 'forse'; expected one of done,", "line 5: year 1890", "line 6: cost_eur -5", "line 7: only one of easting and northing", "line 8: number 6 stands in two rows"):
        assert any(words in s for s in said), words
    assert [s.split("holds ")[1].split(";")[0] for s in said if "holds" in s] == ["a mail address", "the tax code of a person", "a phone number"]
    assert not any("rossi" in s.lower() or "RSSMRA" in s for s in said)


def test_what_can_hardly_be_is_said_and_kept(tmp_path: Path) -> None:
    notes = Notes()
    whole = {"place": "comune;;;;;"}
    table = run(
        tmp_path, row("1", "pv", kwh="26000", kwp="10", cost="", **whole), row("2", "pv", kwp="10", cost="1500", **whole), row("3", "pv", kwp="10", cost="150000", **whole), row("4", kwh="100", co2="200", **whole),
        row("5", year="2027", **whole), row("6", status="previsto", year="2025", **whole), row("7", owner="Geom. Bianchi", **whole), row("8", "pv", kwh="25000", kwp="10", cost="3.000", **whole), notes=notes,
    )  # fmt: skip
    said = "\n".join(notes.warnings)
    assert len(notes.warnings) == 7 and len(table) == 8
    for words in ("line 3: 1: 2,600 kWh/kWp", "line 4: 2: 150 EUR/kWp", "line 5: 3: 15,000 EUR/kWp", "4: 2.00 kg CO2", "5: done in 2027", "6: planned for 2025", "the owner looks like a person"):
        assert words in said, words
    assert "Bianchi" not in said and table["owner"]["7"] is None and str(tmp_path) not in said


def test_every_code_has_words() -> None:
    codes = {"initiative": INITIATIVE_KINDS, "status": STATUSES, "report": REPORT_KINDS, "moderation": MODERATIONS, "street": STREET_MATCHES, "place": (*INITIATIVE_PLACE_REASONS, "town")}
    assert {f"{group}.{c}" for group, words in codes.items() for c in words} <= set(REGISTER | PLAN)
    assert set(INITIATIVE_PLACES) >= {"town", "none"}


def test_a_workbook_and_own_headers_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"Cosa": ["Zona 30"], "tipo": ["zona 30"], "anno": [2027], "stato": ["Proposto"], "costo": [60000]}).to_excel(path, index=False)
    layers = (Layer(Source(kind="initiatives", path=path.name, fields={"name": "Cosa"}), (path,)),)
    table = initiatives(BUILDINGS, None, None, layers, InitiativesConfig(), Town(name="Carmiano", epsg=EPSG), Notes())  # type: ignore[arg-type]
    assert table.iloc[0][["initiative_id", "name", "kind", "status", "cost_eur", "place"]].tolist() == ["a-2", "Zona 30", "mobility", "proposed", 60000.0, "town"]
