"""The folder as it is published: bytes, budgets, escapes, what is missing."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import geopandas as gpd
import numpy as np
import pytest
from PIL import Image

from pipeline.contracts.notes import Lineage, Notes
from pipeline.contracts.publish import Atlas
from pipeline.contracts.sources import Landcover, Surface
from pipeline.contracts.spec import RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters

PAGES = ("index", "solar", "sealing", "green", "climate", "roadmap", "indicators", "enterprises", "participate", "roof", "parcel", "method", "accessibility", "privacy")
LEAFLET = {
    "leaflet.js": "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
    "leaflet.css": "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
}


class Page(HTMLParser):
    """Tags with their attributes, and the text outside scripts."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t == tag]


def files(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def empty(atlas: dict[str, gpd.GeoDataFrame], *names: str) -> dict[str, gpd.GeoDataFrame]:
    return {k: v.iloc[:0] if k in names else v for k, v in atlas.items()}


def test_the_test_atlas_keeps_the_contract(small_atlas: dict[str, gpd.GeoDataFrame]) -> None:
    assert {k: set(v.columns) for k, v in small_atlas.items()} == {k: {*spec.columns(), "geometry"} for k, spec in Atlas.layers.items()}


def test_two_builds_give_the_same_bytes(
    tmp_path: Path, builder: Callable[..., Path], small_atlas: dict[str, Any], small_site: Path
) -> None:
    assert files(builder(tmp_path / "again", small_atlas)) == files(small_site)


def test_file_names_do_not_come_from_the_data(small_site: Path) -> None:
    assert all(re.fullmatch(r"[a-z_./]+|img/sun/[0-9_]+\.png|data/(roof|parcel)/[0-9]+\.js", name) or name == "static/leaflet/LICENSE" for name in files(small_site))


def test_leaflet_is_the_published_file(small_site: Path) -> None:
    got = files(small_site)
    assert {k: got[f"static/leaflet/{k}"] for k in LEAFLET} == LEAFLET
    assert "static/leaflet/LICENSE" in got


@pytest.mark.parametrize("name", PAGES)
def test_page_is_sound(small_site: Path, name: str) -> None:
    path = small_site / f"{name}.html"
    page = Page(path)
    assert path.stat().st_size <= 30_000
    assert len(page.all("h1")) == 1 and len(page.all("main")) == 1 and len(page.all("title")) == 1
    assert page.all("html")[0]["lang"] == "it"
    assert "user-scalable" not in path.read_text(encoding="utf-8")
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on") or a == "style"], "no inline handler, no inline style"
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy and "unsafe" not in policy and "default-src 'none'" in policy
    assert not re.search(r"""(?:src|href)="(?:https?:)?//""", path.read_text(encoding="utf-8")), "nothing from elsewhere"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(small_site: Path, name: str) -> None:
    page = Page(small_site / f"{name}.html")
    ids = {n: {a["id"] for _, a in Page(small_site / f"{n}.html").tags if a.get("id")} for n in PAGES}
    for link in page.all("a"):
        file, _, anchor = (link["href"] or "").partition("#")
        if "download" in link:
            assert (small_site / file).is_file()
            continue
        target = file.removesuffix(".html") or name
        assert target in PAGES, link
        assert not anchor or "=" in anchor or anchor in ids[target], link
    for tag, attribute in (("script", "src"), ("link", "href"), ("img", "src")):
        assert all((small_site / str(a[attribute])).is_file() for a in page.all(tag) if attribute in a)


def test_names_from_data_are_text(small_site: Path) -> None:
    for name in PAGES:
        html = (small_site / f"{name}.html").read_text(encoding="utf-8")
        assert "<b>overlaps" not in html and "<script>alert" not in html
    assert "1 parcel <b>overlaps</b> its neighbour" in (small_site / "data" / "diary.js").read_text(encoding="utf-8")


def test_the_front_page_says_the_figures_without_scripts(small_site: Path, small_atlas: dict[str, gpd.GeoDataFrame]) -> None:
    text = Page(small_site / "index.html").text.replace("\u00a0", " ")
    energy = float(small_atlas["town"]["kwh_year"].iloc[0])
    assert f"{energy / 1e6:.2f} GWh" in text and f"{energy / 1e6:.2f} GWh".replace(".", ",") in text
    assert "Quanta elettricità possono dare i tetti di Carmiano?" in text and "How much electricity can the roofs of Carmiano give?" in text


def test_where_to_start_lists_the_largest_roofs(small_site: Path, small_atlas: dict[str, gpd.GeoDataFrame]) -> None:
    best = small_atlas["buildings"].sort_values("kwh_year", ascending=False)["building_id"].head(5)
    links = [str(a["href"]) for a in Page(small_site / "index.html").all("a") if str(a["href"]).startswith("solar.html#s=")]
    assert [unquote(link) for link in links] == [f"solar.html#s={b}" for b in best]


def test_demonstration_data_is_said_and_real_data_is_not_called_so(
    tmp_path: Path, builder: Callable[..., Path], small_site: Path, small_atlas: dict[str, Any]
) -> None:
    real = builder(
        tmp_path / "real",
        small_atlas,
        lineage=Lineage({"parcels": {"sources": [{"kind": "vector", "title": "Catasto", "synthetic": False}]}}),
    )
    for name in PAGES:
        text = Page(small_site / f"{name}.html").text
        assert "Dati dimostrativi: edifici e particelle sono generati, non rilevati." in text
        assert "Demonstration data: buildings and parcels are generated, not surveyed." in text
        assert "Demonstration data" not in Page(real / f"{name}.html").text


def test_the_package_holds_what_the_pages_show_and_no_residents_of_a_house(small_site: Path, small_atlas: dict[str, gpd.GeoDataFrame]) -> None:
    path = small_site / "download" / "atlas.gpkg"
    for layer in ("buildings", "parcels", "sections", "town"):
        table = gpd.read_file(path, layer=layer)
        assert len(table) == len(small_atlas[layer]) and table.crs.to_epsg() == small_atlas[layer].crs.to_epsg()
        assert "residents" not in table or layer in ("sections", "town")
    assert set(gpd.list_layers(path)["name"]) == {"buildings", "parcels", "sections", "town", "layer_styles"}
    styled = gpd.read_file(path, layer="layer_styles", ignore_geometry=True)
    assert set(styled.loc[styled["useAsDefault"].astype(bool), "f_table_name"]) == {"buildings", "parcels", "sections", "town"}


def test_each_number_of_the_front_page_leads_to_its_map_already_filtered(small_site: Path, small_atlas: dict[str, gpd.GeoDataFrame]) -> None:
    page = Page(small_site / "index.html")
    links = {str(a["href"]) for a in page.all("a")}
    assert {"solar.html", "sealing.html", "green.html"} <= links
    limits = {link.split(".")[0]: float(link.split("#t=")[1]) for link in links if "#t=" in link}
    assert set(limits) == {"solar", "sealing", "green"}
    text = page.text.replace("\u00a0", " ")
    kwh = small_atlas["buildings"]["kwh_year"]
    assert f"The {(kwh >= limits['solar']).sum()} roofs from" in text
    sections = small_atlas["sections"]
    far = (sections["residents"] * (1.0 - sections["near_green"]))[sections["near_green"] < limits["green"]]
    assert f"{far.sum():,.0f} of them live in {len(far)} sections" in text
    assert "How sure is it?" in text


def test_soil_tells_both_sides_why_they_differ_and_what_to_open(small_site: Path, small_atlas: dict[str, gpd.GeoDataFrame]) -> None:
    text = Page(small_site / "sealing.html").text.replace("\u00a0", " ")
    town = small_atlas["town"].iloc[0]
    for sentence in ("18.4%", "between 4", "cannot be read as a ratio", "+1.10 ha come from the definition", "3,500 m² from the cell of 10 m", "tabella ufficiale", "1.20 ha to 2.20 ha", "Public ones first"):
        assert sentence in text, sentence
    assert f"{town['candidates']}di cui 3 in spazi pubblici" in re.sub(r"\s+", " ", text).replace(" di cui", "di cui")
    links = [str(a["href"]) for a in Page(small_site / "sealing.html").all("a") if "&m=open" in str(a.get("href"))]
    ids = small_atlas["parcels"]["parcel_id"]
    assert [unquote(link.split("s=")[1].split("&")[0]) for link in links] == [ids[41], ids[30], ids[20]], "public ones first, by the rain they would keep"
    assert "<i>hall" not in (small_site / "sealing.html").read_text(encoding="utf-8")


def test_green_tells_who_has_it_the_law_and_where_to_plant(small_site: Path) -> None:
    page = Page(small_site / "green.html")
    text = page.text.replace("\u00a0", " ")
    for sentence in ("41%", "as the crow flies it would be 57%", "the law asks for 9 m²", "8,391 m² are missing", "between 2.1 m² and 2.3 m²", "between 97% and 99%", "rank 1 of 9", "between 1 and 2", "−1,200 m²", "since 2024", "The duty holds"):
        assert sentence in text, sentence
    assert next(a["href"] for a in page.all("a") if "&m=rank" in str(a.get("href"))) == "green.html#s=0750140000008&m=rank"
    made = (small_site / "data" / "green.js").read_text(encoding="utf-8")
    assert '"headline":[2,0]' in made and "0,5\u00a0ha" in made


def test_the_method_page_says_how_soil_and_green_are_made(small_site: Path) -> None:
    text = Page(small_site / "method.html").text
    for word in ("NEH 630", "ISPRA", "E2SFCA", "DM 1444/1968", "2024/1991", "Konijnendijk", "Olofsson", "60 mm"):
        assert word in text, word


def test_a_town_without_the_land_layers(tmp_path: Path, builder: Callable[..., Path], towns: Any) -> None:
    site = builder(tmp_path / "plain", towns(land=False))
    soil, green = Page(site / "sealing.html").text, Page(site / "green.html").text
    assert "Not available: neither ISPRA" in soil and "Roofs before fields" not in soil and "Where paving" not in soil
    assert "The green of the whole town" not in green and "3·30·300" not in green
    assert "The soil of the whole town" in soil and "The soil of the surveyed area" not in soil
    assert '"measures":[]' in (site / "data" / "sealing.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small(small_site: Path, name: str) -> None:
    assert (small_site / f"{name}.html").stat().st_size <= 30_000


def test_no_residents_of_a_building_are_published(small_site: Path) -> None:
    for name in ("buildings", "solar", "parcels", "sealing"):
        packed = re.search(r'","(.*)"\)', (small_site / "data" / f"{name}.js").read_text(encoding="utf-8"))
        assert packed is not None
        assert b"residents" not in gzip.decompress(base64.b64decode(packed[1])).split(b"\n")[0]


def test_a_town_without_cadastre_boundary_and_residents(tmp_path: Path, builder: Callable[..., Path], small_atlas: dict[str, Any]) -> None:
    atlas = empty(small_atlas, "parcels", "sections")
    atlas["town"] = atlas["town"].assign(
        zone_kind="extent", residents=None, green_m2_per_resident=np.nan, covered_m2=atlas["town"]["area_m2"] * 0.55
    )
    site = builder(tmp_path / "delft", atlas)
    text = Page(site / "sealing.html").text.replace("\u00a0", " ")
    for sentence in (
        "There is no cadastre",
        "There is no municipal boundary",
        "Land cover is known for 55.0% of the area",
        "There are no census sections",
    ):
        assert sentence in text and sentence in Page(site / "method.html").text.replace("\u00a0", " ")
    assert "The soil of the surveyed area" in text and "See them on the map" not in text
    assert not (site / "data" / "parcels.js").exists() and (site / "data" / "sealing.js").exists()


def test_a_town_with_nothing_still_has_pages(tmp_path: Path, builder: Callable[..., Path], small_atlas: dict[str, Any]) -> None:
    notes = Notes()
    site = builder(
        tmp_path / "nothing",
        empty(small_atlas, *(k for k in small_atlas if k != "town")) | {"town": _bare(small_atlas["town"])},
        notes=notes,
    )
    assert all((site / f"{name}.html").exists() for name in PAGES)
    assert len([w for w in notes.warnings if "shows no theme" in w]) == 3
    assert "What is known about Carmiano?" in Page(site / "index.html").text


def _bare(town: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    out = town.copy()
    for name in out.columns:
        if name not in ("name", "zone_kind", "area_m2", "geometry"):
            out[name] = np.nan
    return out


def test_surface_and_land_cover_become_the_ground(tmp_path: Path, builder: Callable[..., Path], small_atlas: dict[str, Any]) -> None:
    west, south, east, north = small_atlas["town"].total_bounds
    grid = Grid(float(np.floor(west)) - 20, float(np.ceil(north)) + 20, 1.0, int(north - south) + 40, int(east - west) + 40, 25833)
    z = np.add.outer(np.zeros(grid.rows), np.arange(grid.cols) * 0.1).astype("float32")
    rasters.write(tmp_path / "s.tif", Surface, RasterBlocks(grid, iter([(Window(0, 0, *grid.shape), np.stack([z, z, z * 0]))])))
    coarse = Grid(grid.west, grid.north, 10.0, grid.rows // 10, grid.cols // 10, 25833)
    cover = np.full((2, *coarse.shape), 5, dtype="uint8")
    rasters.write(tmp_path / "c.tif", Landcover, RasterBlocks(coarse, iter([(Window(0, 0, *coarse.shape), cover)])))
    site = builder(
        tmp_path / "site", small_atlas, surface=rasters.open_raster(tmp_path / "s.tif"), landcover=rasters.open_raster(tmp_path / "c.tif")
    )
    picture = Image.open(site / "img" / "base.webp")
    assert picture.mode == "RGBA" and max(picture.size) <= 2100
    red, green, blue, alpha = picture.getpixel((picture.width // 2, picture.height // 2))
    assert alpha == 255 and green > red > blue, "trees tint the ground green"
    assert picture.getpixel((0, 0))[3] == 0, "grid north is not the screen's north: the corners are empty"
    assert "base.webp" in (site / "solar.html").read_text(encoding="utf-8")
