"""What exists already: a register of plants, summed by year, of this town and of the sun only."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config.solar import InstalledConfig
from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Installed
from pipeline.errors import InputError
from pipeline.joins.solar import installed_figures
from pipeline.stages.solar.installed import installed

TOWN = Town(name="Carmiano", code="075014", epsg=25833)
REGISTER = """Comune;Fonte;Potenza (kW);Data esercizio
CARMIANO;Solare;2,94;15/03/2010
Carmiano;SOLARE FOTOVOLTAICO;5,88;01/07/2010
Carmiano;Solare;999,0;30/06/2011
Carmiano;Eolica;60,0;30/06/2011
Lecce;Solare;3,0;01/01/2009
Carmiano;Solare;6,0;
Carmiano;Solare;4,5;20/12/2013
"""


def layer(folder: Path, text: str = REGISTER, **source: object) -> Layer:
    path = folder / "impianti.csv"
    path.write_text(text, encoding="utf-8")
    return Layer(Source.model_validate({"kind": "plants", "path": "impianti.csv", **source}), (path,))


def test_plants_of_the_town_by_year(tmp_path: Path) -> None:
    """By hand: 2.94 + 5.88 + 6.0 (no date, counted from the first year) = 14.82 kW in 2010, 19.32 in 2013; 999 kW stand on the ground."""
    notes = Notes()
    table = installed((layer(tmp_path),), InstalledConfig(), TOWN, notes)
    check_table(table, Installed, None, "installed")
    assert table["year"].tolist() == [2010, 2011, 2012, 2013] and table["plants"].tolist() == [3, 3, 3, 4]
    assert table["kwp"].tolist() == pytest.approx([14.82, 14.82, 14.82, 19.32]) and table["ground_kwp"].tolist() == [0.0, 999.0, 999.0, 999.0]
    assert notes.counts["plants left out: of another town, or of another source than the sun"] == 2 and notes.counts["plants without a year, counted from the first"] == 1
    assert installed_figures(table) == {"installed_year": 2013, "installed_plants": 4, "installed_kwp": pytest.approx(19.32), "installed_ground_kwp": 999.0}


def test_a_register_of_one_year(tmp_path: Path) -> None:
    table = installed((layer(tmp_path, "potenza;note\n3;a\n6,5;b\n", year=2024),), InstalledConfig(), TOWN, Notes())
    assert table[["year", "plants", "kwp"]].to_numpy().tolist() == [[2024.0, 2.0, 9.5]]


@pytest.mark.parametrize(
    ("text", "said"),
    [("potenza;anno\n-3;2020\n", "not above 0 kW"), ("comune;potenza;anno\nLecce;3;2020\n", "no photovoltaic plant of Carmiano"), ("potenza\n3\n", "no plant has a date or a year")],
)
def test_what_cannot_be_counted_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        installed((layer(tmp_path, text),), InstalledConfig(), TOWN, Notes())


def test_no_register_no_figures() -> None:
    assert installed_figures(None) == {}
