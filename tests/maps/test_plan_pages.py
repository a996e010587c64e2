"""The pages of the plan as they are published: figures without scripts, what is said of dates, what is kept out; the school kit as a document."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest

from pipeline.contracts.notes import Notes
from pipeline.maps.climate import dated_rules
from pipeline.maps.text import TEXT
from tests.maps.plan_layers import NAMES, NO_PLAN
from tests.maps.test_report import structure
from tests.maps.test_site import Page


def said(site: Path, name: str) -> str:
    return " ".join(Page(site / f"{name}.html").text.replace("\u00a0", " ").split())


def test_the_plan_is_told_without_scripts(small_site: Path) -> None:
    text = said(small_site, "climate")
    for words in ("Indicative", "480 MWh", "3 municipal roofs", "150 households are enough", "70,000 kWh", "Scuola <b>media</b>", "Magazzino (the address is not in the list)"):
        assert words in text, words
    road = said(small_site, "roadmap")
    for words in ("Cappotto <i>uno</i>", "1 actions of 2 earn more than they cost", "30.0 t", "in force", "expired", "photovoltaics, Scuola <b>media</b>", "1 (1–2)"):
        assert words in road, words
    told = said(small_site, "indicators")
    for words in ("Share of the ground under canopy", "7.6%", "10.0% (2030)", "on track", "Years frozen on 2025-12-31", "Vicino & figli", "68.0%", "740 residents are out of reach", "the map sees 12; counted on 2026-05-12", "Data are still missing for: separate collection"):
        assert words in told, words
    assert all("Indicativo" in said(small_site, name) for name in ("climate", "roadmap", "indicators"))


def test_the_cost_curve_is_told_in_words_and_drawn_as_two_sides(small_site: Path) -> None:
    page = Page(small_site / "roadmap.html")
    drawing = next(a for a in page.all("svg") if a.get("role") == "img")
    assert "2 actions side by side" in str(drawing["data-en-aria-label"]) and "una tonnellata" in str(drawing["aria-label"])
    sides = {a["class"]: str(a["d"]) for a in page.all("path") if a.get("class")}
    assert sides["earns"].count("M") == 1 and sides["costs"].count("M") == 1
    assert "v-" in sides["costs"] and "v-" not in sides["earns"], "what costs stands above the line, what earns below"


def test_rules_that_have_ended_are_shown_so() -> None:
    state = {r.text.en: r.state.en for r in dated_rules("2026-11")}
    assert state[TEXT["plan.rule.pnrr_community"].en] == state[TEXT["plan.rule.scambio_sul_posto"].en] == "expired"
    assert state[TEXT["plan.rule.cap_200"].en] == "in force"
    assert {r.text.en: r.state.en for r in dated_rules("2028-02")}[TEXT["plan.rule.cap_200"].en] == "expired"


def test_a_town_without_the_plan_says_what_is_missing_and_how_to_add_it(tmp_path: Path, builder: Callable[..., Path], small_atlas: dict[str, Any]) -> None:
    notes = Notes()
    bare = dict(small_atlas, buildings=small_atlas["buildings"].assign(use=None))
    site = builder(tmp_path / "bare", bare, notes=notes, **NO_PLAN)
    assert "There is no register of public buildings" in said(site, "climate") and said(site, "climate").count("Not there yet") == 2
    assert said(site, "roadmap").count("Not there yet") == 2 and said(site, "indicators").count("Not there yet") == 3
    assert "No large roof of an enterprise" in said(site, "enterprises")
    assert not (site / "data" / "points.js").exists() and not (site / "download" / "azioni.csv").exists()
    assert (site / "download" / "school_kit_it.pdf").exists()


def test_large_roofs_have_no_homes_and_yards_have_no_power(small_site: Path) -> None:
    from pipeline.maps.plan_layers import large_roofs
    from pipeline.maps.themes import prepared
    from tests.maps.conftest import make_atlas

    atlas = prepared(make_atlas())
    large = large_roofs(atlas, 120.0, 400.0)
    assert large is not None
    roofs, yards = large[large["kind"] == "roof"], large[large["kind"] == "yard"]
    assert set(roofs["use"]) == {"industry"} and (roofs["roof_m2"] >= 120.0).all() and (yards["yard_m2"] >= 400.0).all()
    assert yards[["kwp", "kwh_year", "best_kwp"]].isna().all(axis=None)
    assert "owner" not in (small_site / "data" / "enterprises.js").read_text(encoding="utf-8")


def test_empty_tables_have_the_headers_that_the_stages_read(small_site: Path) -> None:
    folder = small_site / "download"
    assert (folder / "alberi_contati.csv").read_text(encoding="utf-8-sig") == "street;trees_counted;date;class\n"
    example = json.loads((folder / "segnalazioni.geojson").read_text(encoding="utf-8"))["features"][0]
    assert set(example["properties"]) == {"tipo", "testo", "data"} and example["geometry"]["coordinates"] == [pytest.approx(18.05, abs=0.1), pytest.approx(40.34, abs=0.1)]
    rows = list(csv.DictReader(io.StringIO((folder / "azioni.csv").read_text(encoding="utf-8-sig"))))
    assert [r["action_id"] for r in rows] == ["pv-S1", "retrofit-S1", "desealing-x"] and rows[0]["name"] == NAMES[0] and "geometry" not in rows[0]


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_school_kit_is_a_tagged_document_of_few_pages(small_site: Path, language: str) -> None:
    pdf = (small_site / "download" / f"school_kit_{language}.pdf").read_bytes()
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"]) and root["/Lang"] == language and "pdfuaid:part>1<" in root["/Metadata"].get_object().get_data().decode()
    assert 4 <= len(reader.pages) <= 6 and all(round(float(p.mediabox.width)) == 595 for p in reader.pages)
    figures = [e for e in structure(pdf) if e.get("/S") == "/Figure"]
    assert len(figures) == 2 and all(len(str(f["/Alt"])) > 40 for f in figures)
    text = " ".join(p.extract_text() for p in reader.pages)
    assert "street;trees_counted;date;class" in text and "Via dei Gelsi" in text and "Via <b>Roma</b>" in text and "E000" in text
    assert ("No names" if language == "en" else "Niente nomi") in text
