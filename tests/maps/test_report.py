"""The printed report: tagged, readable aloud, the same bytes twice, the atlas's own numbers, and no name from data is markup."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pypdfium2
import pytest

from pipeline.config.publish import ReportConfig
from pipeline.contracts.notes import Lineage, Notes
from pipeline.contracts.sources import Landcover, Surface
from pipeline.contracts.spec import RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters
from pipeline.maps.findings import totals
from pipeline.maps.quantities import quantity
from pipeline.maps.report.sheet import apart, fitting
from pipeline.maps.text import TEXT
from pipeline.stages.publish.report import report
from tests.maps.conftest import EPSG, empty_layers, make_atlas, make_lineage, make_streets, make_town

# What typst, HTML, JSON and a shell would take for their own.
HOSTILE = ['#eval("1")', "*bold* _it_ `code`", "<script>alert(1)</script>", '$x^2$ #include "/etc/passwd"', '\\ @ref [x] "} ]', "= Title //c"]


def made(out: Path, atlas: dict[str, Any], lineage: Lineage | None = None, **more: Any) -> dict[str, bytes]:
    """The report of an atlas: bytes by file name."""
    out.mkdir()
    values: dict[str, Any] = {
        "boundary": None, "surface": None, "landcover": None, "streets": make_streets(), "greenspaces": None, "config": ReportConfig(), "town": make_town(), "lineage": lineage or make_lineage(),
        "out": out, "notes": Notes(),
    }  # fmt: skip
    report(atlas, **(values | more))
    return {p.name: p.read_bytes() for p in sorted(out.iterdir())}


def pages(pdf: bytes) -> list[str]:
    """The text of each page, runs of space as one."""
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(pdf)]


def structure(pdf: bytes) -> Iterator[Any]:
    """Every element of the structure tree."""

    def below(node: Any) -> Iterator[Any]:
        node = node.get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            for item in node:
                yield from below(item)
        elif isinstance(node, pypdf.generic.DictionaryObject):
            yield node
            if "/K" in node:
                yield from below(node["/K"])

    yield from below(pypdf.PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"])


@pytest.fixture(scope="module")
def atlas() -> dict[str, Any]:
    return make_atlas()


@pytest.fixture(scope="module")
def pdfs(atlas: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return made(tmp_path_factory.mktemp("report") / "out", atlas)


@pytest.mark.parametrize("language", ["it", "en"])
def test_report_is_tagged_and_says_its_language_and_title(pdfs: dict[str, bytes], language: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdfs[f"report_{language}.pdf"]))
    root = reader.root_object
    assert bool(root["/MarkInfo"]["/Marked"]) and "/StructTreeRoot" in root and root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 - a boolean object of pypdf
    assert reader.metadata is not None and reader.metadata.title == f"Carmiano: {'sole e suolo' if language == 'it' else 'sun and soil'}"
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid:part>1<" in xmp and "pdfaid:part>2<" in xmp
    assert 8 <= len(reader.pages) <= 15
    assert len(reader.outline) >= 7


def test_every_figure_is_told_in_words(pdfs: dict[str, bytes]) -> None:
    for pdf in pdfs.values():
        figures = [e for e in structure(pdf) if e.get("/S") == "/Figure"]
        assert len(figures) >= 8
        assert all(len(str(f.get("/Alt", "")).strip()) > 20 for f in figures)
        kinds = {str(e.get("/S")) for e in structure(pdf)}
        assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/LI", "/Caption"} <= kinds


def test_only_the_fonts_of_typst_are_in_it(pdfs: dict[str, bytes]) -> None:
    for pdf in pdfs.values():
        names = set()
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
            for font in (page["/Resources"].get("/Font") or {}).values():
                names.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
        assert names and all(n.startswith("LibertinusSerif") for n in names), names


def test_numbers_are_those_of_the_atlas(pdfs: dict[str, bytes], atlas: dict[str, Any]) -> None:
    sums = totals(atlas)
    kinds = {"kwh_year": "kwh", "kwh_year_p90": "kwh", "kwp": "kwp", "sealed_share": "share", "residents": "int", "buildings": "int", "standard_per_head_m2": "head", "open_m2": "ha"}
    for place, language in enumerate(("it", "en")):
        text = " ".join(pages(pdfs[f"report_{language}.pdf"]))
        for name, kind in kinds.items():
            if np.isfinite(sums.get(name, np.nan)):
                assert re.sub(r"\s+", " ", quantity(sums[name], kind)[place]) in text, name
        best = atlas["buildings"].sort_values("kwh_year", ascending=False).iloc[0]
        assert re.sub(r"\s+", " ", quantity(best["kwh_year"], "kwh")[place]) in text


def test_pages_with_generated_data_say_so(pdfs: dict[str, bytes], atlas: dict[str, Any], tmp_path: Path) -> None:
    said = pages(pdfs["report_it.pdf"])
    with_demo = [i for i, text in enumerate(said) if "Dati dimostrativi: " in text]
    assert {0, 1} <= set(with_demo) and len(with_demo) >= 6
    for i, text in enumerate(said):
        if any(word in text for word in ("SOLE", "SUOLO", "INCERTEZZA")):
            assert i in with_demo, i
    real = made(tmp_path / "real", atlas, make_lineage(synthetic=False), config=ReportConfig(languages=("it",)))
    assert list(real) == ["report_it.pdf"]
    assert not any("dimostrativ" in text.lower() or "dati di prova" in text for text in pages(real["report_it.pdf"]))


def test_same_input_gives_the_same_bytes(pdfs: dict[str, bytes], atlas: dict[str, Any], tmp_path: Path) -> None:
    assert made(tmp_path / "again", atlas) == pdfs


def test_names_from_data_are_never_markup(atlas: dict[str, Any], tmp_path: Path) -> None:
    streets = make_streets().assign(name=[HOSTILE[0], HOSTILE[1], HOSTILE[3], HOSTILE[5]])
    lineage = make_lineage()
    for source, text in zip((s for step in lineage.stages.values() for s in step["sources"]), HOSTILE, strict=False):
        source |= {"title": text, "attribution": HOSTILE[4], "licence": HOSTILE[2]}
    changed = dict(atlas, buildings=atlas["buildings"].assign(use=["school"] * 3 + [HOSTILE[2]] * 5 + ["home"] * (len(atlas["buildings"]) - 8)))
    name = '#eval("1") *b*'
    out = made(tmp_path / "hostile", changed, lineage, streets=streets, town=make_town(name=name, webmap={"email": "a_*b*@c.it"}))
    for pdf in out.values():
        text = " ".join(pages(pdf))
        assert name in text
        assert all(word in text for word in ('#eval("1")', "*bold*", "<script>alert(1)</script>", "@ref", "a_*b*@c.it")), text
        assert "root:" not in text


@pytest.mark.parametrize(("gone", "sentence"), [
    (("parcels",), "missing.parcels"), (("buildings", "roofs", "arrays", "obstacles"), "missing.buildings"), (("sections", "provision"), "missing.sections"),
])  # fmt: skip
def test_what_is_missing_is_said_and_the_rest_is_there(atlas: dict[str, Any], tmp_path: Path, gone: tuple[str, ...], sentence: str) -> None:
    cut = empty_layers(atlas, *gone)
    if "buildings" in gone:
        cut["town"] = cut["town"].assign(kwh_year=np.nan, kwh_year_p90=np.nan, kwp=np.nan, buildings=None, buildings_with_arrays=None)
    out = made(tmp_path / "cut", cut, config=ReportConfig(languages=("en",)))
    said = " ".join(pages(out["report_en.pdf"]))
    assert TEXT[sentence].en in said
    assert all(TEXT[f"report.{n}.title"].en in said for n in ("sun", "soil", "green", "method", "sure", "sources"))


def test_where_only_the_whole_is_known_the_map_shows_the_land_cover(atlas: dict[str, Any], tmp_path: Path) -> None:
    west, south, east, north = atlas["town"].total_bounds
    grid = Grid(float(np.floor(west)), float(np.ceil(north)), 1.0, int(north - south) + 2, int(east - west) + 2, EPSG)
    codes = np.random.default_rng(1).integers(1, 7, (len(Landcover.bands), *grid.shape)).astype(Landcover.dtype)
    heights = np.stack([np.add.outer(np.arange(grid.rows), np.arange(grid.cols)) / 50.0] * len(Surface.bands)).astype("float32")
    for name, spec, cells in (("cover", Landcover, codes), ("top", Surface, heights)):
        rasters.write(tmp_path / f"{name}.tif", spec, RasterBlocks(grid, iter([(Window(0, 0, *grid.shape), cells)])))
    ground = {"landcover": rasters.open_raster(tmp_path / "cover.tif"), "surface": rasters.open_raster(tmp_path / "top.tif")}
    out = made(tmp_path / "whole", empty_layers(atlas, "parcels", "sections", "provision"), config=ReportConfig(languages=("en",)), **ground)
    told = [str(e["/Alt"]) for e in structure(out["report_en.pdf"]) if e.get("/S") == "/Figure"]
    assert any("land cover in six colours" in words for words in told)


def test_a_town_of_which_nothing_is_known(atlas: dict[str, Any], tmp_path: Path) -> None:
    out = made(tmp_path / "none", {k: v.iloc[:0] for k, v in atlas.items()}, Lineage({}), streets=None)
    said = " ".join(pages(out["report_it.pdf"]))
    assert said.count(TEXT["report.none"].it) == 3 and TEXT["report.brief.none"].it in said


def test_numbers_on_a_map_stand_apart_and_inside() -> None:
    rng = np.random.default_rng(3)
    places = np.vstack([rng.uniform(60, 66, (10, 2)), [[60.0, 60.0]] * 3])
    moved = apart(places, (160.0, 150.0))
    far = np.hypot(*(moved[:, None, :] - moved[None, :, :]).transpose(2, 0, 1))
    assert far[~np.eye(len(far), dtype=bool)].min() > 4.6  # a number is 4.6 mm wide
    assert (moved >= 3.0).all() and (moved <= [157.0, 147.0]).all()


def test_frame_of_a_map_holds_the_town_at_a_usual_scale() -> None:
    sheet = fitting((754_762.0, 4_467_274.0, 761_328.0, 4_473_667.0), EPSG, 172.0)
    west, south, east, north = sheet.bounds
    assert west < 754_762.0 and south < 4_467_274.0 and east > 761_328.0 and north > 4_473_667.0
    assert sheet.scale == 45_000 and sheet.height_mm <= 172.0
    furniture = sheet.furniture()
    assert furniture["scale"]["label"].it == "1\u00a0km" or furniture["scale"]["label"].it == "1 km"
    assert furniture["scale"]["mm"] * sheet.scale / 1000.0 == pytest.approx(1000.0, rel=1e-3)
    # 18.03 E is 3.03 degrees east of the central meridian: grid north lies 3.03 sin 40.34 = 1.96 degrees east of true north.
    assert furniture["north"]["deg"] == pytest.approx(-1.96, abs=0.05)
