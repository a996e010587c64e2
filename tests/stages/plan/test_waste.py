"""Waste: the worked example, Italian tables as they come, and what looks odd or cannot be."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.config.waste import WasteConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.waste import Waste
from pipeline.errors import InputError
from pipeline.stages.plan.waste import waste

TOWN = Town(name="Prova", code="075014", epsg=25833)
TITLE = "Produzione e raccolta differenziata su scala comunale anno 2022 (ISPRA)\n"
BELOW = "(1) Comprende il compostaggio domestico\n"
HEAD = "IstatComune;Regione;Provincia;Comune;Popolazione;Dato riferito a;Frazione umida(1) (t);Verde (t);Carta e cartone (t);Vetro (t);Totale RD (t);Indifferenziato (t);Totale RU (t);Percentuale RD (%)\n"
OWN = "\t\t\t\t16075014;Puglia;Lecce;CARMIANO;11.700;Comune;1.650,000;-;1.200,00;800,000;3.650,000;1.450,000;5.100,000;  71,57%\n"
NEAR = "16075052;Puglia;Lecce;Novoli;7.800;Comune;500,000;20,000;300,000;200,000;1.020,000;980,000;2.000,000;51%\n"
FAR = "16072006;Puglia;Bari;Bari;320.000;Comune;;;;;40.000,0;110.000,0;150.000,0;26,67%\n"


def layer(path: Path, text: str, encoding: str = "utf-8", **source: object) -> Layer:
    path.write_bytes(text.encode(encoding))
    return Layer(Source.model_validate({"kind": "waste_table", "path": path.name, **source}), (path,))


def run(*layers: Layer, town: Town = TOWN, notes: Notes | None = None, **config: object) -> pd.DataFrame:
    made = waste(layers, WasteConfig.model_validate(config), town, notes or Notes())
    check_table(made, Waste, 25833, "waste")
    return made


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8-sig"), ("\t", "cp1252")])
def test_the_worked_example(tmp_path: Path, separator: str, encoding: str) -> None:
    """3,650 t separate of 5,100 t: 71.57 %; 11,700 inhabitants: 435.9 kg each; the table as ISPRA's page gives it, its year in the title."""
    text = (HEAD + OWN.replace("\t", "" if separator == "\t" else "\t") + NEAR + FAR + BELOW).replace(";", separator)
    notes = Notes()
    made = run(layer(tmp_path / "comuni_lecce.csv", TITLE + text, encoding), notes=notes)
    own = made.set_index("istat").loc["075014"]
    assert made["istat"].tolist() == ["075014", "075052"]  # Bari is another province
    assert own["separate_share"] == pytest.approx(0.7157, abs=5e-5) and own["kg_per_resident"] == pytest.approx(435.9, abs=0.05) and own["year"] == 2022
    assert own["residual_t"] == 1450.0 and own["organic_kg_per_resident"] == pytest.approx(141.026, abs=1e-3) and pd.isna(own["garden_t"])
    assert own["target_share"] == 0.65 and own["above_target"] == pytest.approx(0.0657, abs=5e-5) and own["rank"] == 1 and own["checks"] is None
    assert made["is_town"].tolist() == [True, False]
    assert notes.figures["waste_separate_share_beside"] == pytest.approx(0.51) and not notes.warnings
    assert notes.counts["dropped: notes below the table"] == 1


def test_years_in_files_and_columns_and_a_list_of_neighbours(tmp_path: Path) -> None:
    """2021 in the file's name, 2020 in the source, earlier ones in a column; the law's minimum grows with them."""
    column = HEAD.replace("IstatComune", "anno;IstatComune") + "".join(f"{y};{OWN}" for y in (2005, 2007, 2009))
    made = run(layer(tmp_path / "lecce_2021.csv", HEAD + OWN + NEAR), layer(tmp_path / "b.csv", HEAD + OWN + FAR, year=2020), layer(tmp_path / "c.csv", column), neighbours=("072006",))
    assert list(zip(made["istat"], made["year"], strict=True)) == [("072006", 2020), *(("075014", y) for y in (2005, 2007, 2009, 2020, 2021))]
    assert made[made["is_town"]]["target_share"].tolist()[1:] == [0.35, 0.45, 0.65, 0.65] and made["target_share"].isna().sum() == 1
    with pytest.raises(InputError, match="which year is it of"):
        run(layer(tmp_path / "d.csv", HEAD + OWN))


def test_generated_years_do_not_stand_beside_real_ones(tmp_path: Path) -> None:
    notes = Notes()
    made = run(layer(tmp_path / "r2021.csv", HEAD + OWN, synthetic=True), layer(tmp_path / "r2022.csv", HEAD + OWN), notes=notes)
    assert made["year"].tolist() == [2022] and "left out" in notes.warnings[0]


def test_what_looks_odd_is_said_and_kept(tmp_path: Path) -> None:
    after = OWN.replace("1.650,000", "1.200,000").replace("71,57", "68,9").replace("11.700", "2.900")
    notes = Notes()
    made = run(layer(tmp_path / "r2021.csv", HEAD + OWN), layer(tmp_path / "r2022.csv", HEAD + after), notes=notes)
    # 3,200 t of fractions for 3,650 t; 68.9 % for 71.57 %; 1,759 kg each where it was 436.
    assert made["checks"].tolist() == [None, "fractions_differ share_differs jump per_head"]
    assert len([w for w in notes.warnings if "look odd" in w]) == 4
    assert notes.counts["rows that look odd: jump"] == 1


def test_what_cannot_be_is_refused_for_the_town_and_left_out_for_others(tmp_path: Path) -> None:
    notes = Notes()
    made = run(layer(tmp_path / "r2022.csv", HEAD + OWN + NEAR.replace("1.020,000", "2.020,000")), notes=notes)
    assert made["istat"].tolist() == ["075014"] and "Novoli 2022: 2020 t separate of 2000 t" in notes.warnings[0]
    with pytest.raises(InputError, match="CARMIANO 2022: 5650 t separate of 5100 t"):
        run(layer(tmp_path / "s2022.csv", HEAD + OWN.replace("3.650,000", "5.650,000")))
    with pytest.raises(InputError, match="CARMIANO 2022: 3650 t separate of nan t"):
        run(layer(tmp_path / "q2022.csv", HEAD + OWN.replace("5.100,000", "-")))
    with pytest.raises(InputError, match="no row of the municipality 075014"):
        run(layer(tmp_path / "t2022.csv", HEAD + NEAR))
    with pytest.raises(InputError, match=r"line 2: total_t: 'circa 5000'; expected a number"):
        run(layer(tmp_path / "u2022.csv", HEAD + OWN.replace("5.100,000", "circa 5000")))
    with pytest.raises(InputError, match="two different rows of CARMIANO"):
        run(layer(tmp_path / "v2022.csv", HEAD + OWN), layer(tmp_path / "w2022.csv", HEAD + OWN.replace("1.450", "1.451").replace("5.100", "5.101")))
    with pytest.raises(InputError, match="no row of a single municipality"):
        run(layer(tmp_path / "x2022.csv", HEAD + OWN.replace(";Comune;", ";Aggregazione;")))
