"""One GeoPackage with everything: complete, described, licensed, styled."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from pipeline.contracts.publish import Atlas
from pipeline.io.sidecar import sha256_of
from pipeline.maps.style import NO_DATA, PALETTES, classify
from pipeline.maps.themes import prepared, themes


def asked(path: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as base:
        return base.execute(question).fetchall()


def test_each_table_is_there_with_all_its_rows_and_columns(made: Any) -> None:
    for name, spec in Atlas.layers.items():
        if len(made.atlas[name]):
            table = gpd.read_file(made.package, layer=name) if spec.geometry else pyogrio.read_dataframe(made.package, layer=name)
            assert len(table) == len(made.atlas[name]) and set(spec.columns()) <= set(table.columns), name
            if spec.geometry:
                assert table.crs.to_epsg() == 25833
                assert table.area.sum() == pytest.approx(made.atlas[name].area.sum())
    kwh = pyogrio.read_dataframe(made.package, layer="buildings", read_geometry=False)["kwh_year"]
    np.testing.assert_array_equal(kwh, made.atlas["buildings"]["kwh_year"])
    assert len(pyogrio.read_dataframe(made.package, layer="ladder")) == len(made.steps[0])
    empty = [n for n in Atlas.layers if not len(made.atlas[n])]
    assert empty and not set(empty) & set(pyogrio.list_layers(made.package)[:, 0])


def test_what_tells_of_a_home_stays_in_processed(made: Any) -> None:
    finance = pyogrio.read_dataframe(made.package, layer="finance")
    assert "npv_eur" in finance and not {"load_kwh_year", "self_consumed_kwh"} & set(finance.columns)
    assert set(pyogrio.read_dataframe(made.package, layer="profiles")["use"]) == {"town"}
    names = set(pyogrio.list_layers(made.package)[:, 0])
    assert not {"occupancy", "horizon"} & names
    for path in made.folder.rglob("*.csv"):
        head = path.read_text(encoding="utf-8-sig").splitlines()[0]
        assert "residents" not in head or path.stem in ("sections", "town", "official")


def test_a_table_with_the_key_of_a_layer_gives_only_what_that_lacks(made: Any) -> None:
    access = pyogrio.read_dataframe(made.package, layer="access")
    assert "green_m2_per_person" in access and not (set(access.columns) & set(made.atlas["buildings"].columns)) - {"building_id"}


def test_columns_have_an_italian_alias_an_english_title_and_both_meanings(made: Any) -> None:
    rows = asked(made.package, "SELECT table_name, column_name, name, title, description FROM gpkg_data_columns")
    found = {(t, c): (a, e, d) for t, c, a, e, d in rows}
    assert found["buildings", "area_m2"] == ("Superficie in pianta [m²]", "Footprint area [m²]", "Superficie in pianta / Footprint area [m²]")
    assert len({(t, a) for t, _, a, _, _ in rows}) == len(rows), "an alias stands twice in a table"
    for layer in pyogrio.list_layers(made.package)[:, 0]:
        if layer != "layer_styles":
            columns = {r[1] for r in asked(made.package, f'PRAGMA table_info("{layer}")')} - {"fid", "geom"}
            assert columns == {c for t, c in found if t == layer}, layer


def test_each_layer_says_whose_data_it_is_and_whether_generated(made: Any) -> None:
    rows = asked(made.package, "SELECT r.table_name, m.metadata FROM gpkg_metadata m JOIN gpkg_metadata_reference r ON r.md_file_id = m.id WHERE m.md_standard_uri = 'http://mrcc.com/qgis.dtd'")
    told = {table: ElementTree.fromstring(text) for table, text in rows}
    assert set(told) == set(pyogrio.list_layers(made.package)[:, 0]) - {"layer_styles"}
    assert told["boundary"].findtext("license") == "CC BY 4.0 https://creativecommons.org/licenses/by/4.0/"
    # Green places come from OpenStreetMap, whose licence asks for itself; what rests on them stands under it too.
    assert (told["greenspaces"].findtext("license") or "").startswith("ODbL 1.0")
    assert [r.text for r in told["greenspaces"].findall("rights")] == ["ISTAT (CC BY 4.0)", "© OpenStreetMap contributors (ODbL 1.0)"]
    for layer, generated in (("boundary", False), ("greenspaces", False), ("buildings", True), ("arrays", True)):
        assert ("dati dimostrativi" in (told[layer].findtext("title") or "")) is generated, layer
        info = pyogrio.read_info(made.package, layer=layer)["layer_metadata"]
        assert ("notice" in info) is generated and info["licence"]


def styles(made: Any) -> dict[tuple[str, str], tuple[bool, ElementTree.Element]]:
    rows = asked(made.package, "SELECT f_table_name, styleName, useAsDefault, styleQML FROM layer_styles")
    return {(t, n): (bool(d), ElementTree.fromstring(q)) for t, n, d, q in rows}


def test_every_layer_has_a_style_in_each_language_and_one_default(made: Any) -> None:
    found = styles(made)
    for layer in set(pyogrio.list_layers(made.package)[:, 0]) - {"layer_styles"}:
        own = {n: d for (t, n), (d, _) in found.items() if t == layer}
        assert own["Italiano"] is True and own["English"] is False and sum(own.values()) == 1, layer
    for (layer, name), (_, qml) in found.items():
        aliases = {a.get("field"): a.get("name") for a in qml.iter("alias")}
        assert aliases and all(aliases.values()), layer
        if layer == "buildings":
            assert aliases["area_m2"] == ("Superficie in pianta [m²]" if name.startswith("Italiano") else "Footprint area [m²]")


def test_colours_and_classes_are_those_of_the_maps(made: Any) -> None:
    theme = themes(prepared(made.atlas))["solar"]
    _, qml = styles(made)["buildings", "Italiano"]
    rules = [r for r in qml.iter("rule") if r.get("filter")]
    symbols = {s.get("name"): next(o.get("value") for o in s.iter("Option") if o.get("name") == "color") for s in qml.iter("symbol")}
    colours = ["#{:02x}{:02x}{:02x}".format(*map(int, (symbols[r.get("symbol")] or "").split(",")[:3])) for r in rules]
    assert colours == [*theme.colours, NO_DATA] and set(theme.colours) <= set(PALETTES["solar"])
    assert rules[-1].get("filter") == "ELSE" and "senza moduli" in str(rules[-1].get("label"))
    assert any("[kWh]" in str(r.get("label")) and "dati dimostrativi" in str(r.get("label")) for r in qml.iter("rule"))
    # Each row falls into the class the map gives it; the expressions are SQL too.
    values = made.atlas["buildings"]["kwh_year"].to_numpy(dtype=float)
    wanted = np.bincount(classify(np.where(values > 0, values, np.nan), theme.limits)[values > 0], minlength=len(theme.limits) + 1)
    counted = [asked(made.package, f"SELECT count(*) FROM buildings WHERE {r.get('filter')}")[0][0] for r in rules[:-1]]
    assert counted == wanted.tolist() and sum(counted) == (values > 0).sum()


def test_every_filter_and_label_is_an_expression_a_database_understands(made: Any) -> None:
    """QGIS's own functions aside, the expressions are SQL: columns that are not there would be found."""
    with closing(sqlite3.connect(made.package)) as base:
        base.create_function("format_number", 2, lambda v, d: f"{v:.{d}f}")
        for (layer, _), (_, qml) in styles(made).items():
            texts = [r.get("filter") for r in qml.iter("rule") if r.get("filter") not in (None, "ELSE")] + [t.get("fieldName") for t in qml.iter("text-style")]
            for text in texts:
                base.execute(f'SELECT count({text}) FROM "{layer}"').fetchone()


def test_equal_data_give_equal_bytes(made: Any, runner: Callable[..., Any], tmp_path: Path) -> None:
    from tests.exports.conftest import GIVEN

    runner(tmp_path / "again", **GIVEN, rasters=("landcover", "confidence", "sunmap"))
    first = {str(p.relative_to(made.folder)): sha256_of(p) for p in sorted(made.folder.rglob("*")) if p.is_file()}
    again = {str(p.relative_to(tmp_path / "again")): sha256_of(p) for p in sorted((tmp_path / "again").rglob("*")) if p.is_file()}
    assert first == again


def test_a_town_with_little_gets_what_it_has(runner: Callable[..., Any], tmp_path: Path, made: Any) -> None:
    bare = {n: f if n in ("town", "parcels") else f.iloc[:0] for n, f in made.atlas.items()}
    none = dict.fromkeys(("ladder", "finance", "boundary", "greenspaces", "access", "profiles", "ledger", "consumed", "landcover", "sunmap"))
    notes = runner(tmp_path / "bare", {"atlas": bare, **none})
    assert set(pyogrio.list_layers(tmp_path / "bare" / "carmiano.gpkg")[:, 0]) == {"town", "parcels", "layer_styles"}
    assert not (tmp_path / "bare" / "cog").exists()
    assert [n for n in notes.assumptions if "ipa_code" in n] and "exports.ipa_code" in (tmp_path / "bare" / "LEGGIMI.txt").read_text(encoding="utf-8")
    weather = pd.DataFrame({"hour": [0]} | dict.fromkeys(("month", "ghi", "dni", "dhi", "temp_air", "wind_speed", "solar_zenith", "solar_azimuth", "dni_extra", "sigma_year"), 1.0))
    nowhere = {n: f.iloc[:0] for n, f in made.atlas.items()}
    runner(tmp_path / "nowhere", {"atlas": nowhere, **none, "weather": weather.astype({"month": int})})
    assert set(pyogrio.list_layers(tmp_path / "nowhere" / "carmiano.gpkg")[:, 0]) == {"weather", "layer_styles"}
