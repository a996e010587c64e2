"""What travels with the data instead of the page: streets, yards, register, patches, and the two dates of the official map."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.maps import dates
from pipeline.maps.land_tables import by_street
from tests.maps.land_layers import consumed_of


def told(site: Path, page: str) -> dict[str, Any]:
    line = next(part for part in (site / "data" / f"{page}.js").read_text(encoding="utf-8").splitlines() if part.startswith("SS.tables="))
    return dict(json.loads(line.removeprefix("SS.tables=").removesuffix(";")))


def test_streets_are_summed_by_name_and_the_wettest_stands_first(small_site: Path, small_atlas: dict[str, Any]) -> None:
    (table,) = told(small_site, "sealing")["streets"]
    streets = small_atlas["streets"]
    assert [row[0][0] for row in table["rows"]] == ["Via <b>Roma</b>", "Via dei Gelsi"], "tracks without a name are not listed"
    roma = streets[streets["name"] == "Via <b>Roma</b>"]
    assert table["rows"][0][1][3][1] == f"{roma['runoff_m3'].sum():.0f}\u00a0m³" and table["rows"][0][1][1][1] == "85%"
    assert table["links"][0] == "q=Via%20%3Cb%3ERoma%3C%2Fb%3E"
    whole = by_street(streets)
    assert whole["length_m"].sum() == pytest.approx(streets[streets["name"].notna()].geometry.length.sum())


def test_a_change_without_an_entry_leads_to_the_parcel_it_lies_on(small_site: Path, small_atlas: dict[str, Any]) -> None:
    (table,) = told(small_site, "sealing")["ledger"]
    parcel = small_atlas["parcels"].iloc[50]
    assert table["links"] == [f"s={parcel['parcel_id']}"] and table["rows"][0][1] == [["nuovo consumo", "newly consumed"], ["200\u00a0m²", "200\u00a0m²"]]
    page = (small_site / "sealing.html").read_text(encoding="utf-8")
    assert "Il registro ha 2 titoli e ripristini: 1 si ritrovano sulla carta" in page and "la carta segna 1 variazioni, 200\u00a0m² in tutto" in page


def test_private_yards_are_of_the_set_that_nothing_beats(small_site: Path, small_atlas: dict[str, Any]) -> None:
    (table,) = told(small_site, "sealing")["yards"]
    rows = small_atlas["parcels"]
    rows = rows[rows["pareto"].eq(True) & ~rows["public"].eq(True) & rows["open_m2"].notna()].sort_values("runoff_saved_m3", ascending=False)
    assert 0 < len(table["rows"]) == min(6, len(rows)) and table["links"][0] == f"s={rows['parcel_id'].iloc[0]}&m=open"


def test_patches_of_the_town_by_class(small_site: Path) -> None:
    (table,) = told(small_site, "green")["patches"]
    assert [row[0][1] for row in table["rows"]] == ["open ground", "sealed ground", "trees"]
    assert [cell[1] for cell in table["rows"][2][1]] == ["7.0%", "77", "1,080\u00a0m²", "243", "37\u00a0m²"]


def test_two_dates_say_what_was_taken_and_given_back(small_atlas: dict[str, Any]) -> None:
    both = dates.dates_of(consumed_of(small_atlas))
    assert both is not None and (both.since, both.year) == (2015, 2023) and both.patches["kind"].tolist() == ["taken", "restored"]
    said = dates.told(both, None)
    assert said["taken"] == ["200\u00a0m²", "200\u00a0m²"] and said["restored"] == ["100\u00a0m²", "100\u00a0m²"] and [t["area"] for t in said["top"]] == [200.0, 100.0]
    moved = shapely.symmetric_difference(both.stock[0], both.stock[1])
    assert shapely.area(moved) == pytest.approx(float(both.patches["area_m2"].sum())), "what differs between the outlines is what the patches say"
    assert dates.packed(both).count("SS.put(") == 3


def test_one_map_has_no_two_dates() -> None:
    empty = gpd.GeoDataFrame({"year": np.empty(0, dtype="int64"), "area_m2": np.empty(0)}, geometry=[], crs=25833)
    assert dates.dates_of(None) is None and dates.dates_of({"stock": empty, "changes": pd.DataFrame()}) is None
