"""The published maps: one folder of plain files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.publish import WebmapConfig
from pipeline.config.town import Town
from pipeline.contracts.actions import Actions
from pipeline.contracts.indicators import Indicators, Neighbours
from pipeline.contracts.land import Consumed, Ledger
from pipeline.contracts.notes import Lineage, Notes
from pipeline.contracts.plan import Community, Estate
from pipeline.contracts.publish import Atlas, Published, Site
from pipeline.contracts.register import Initiatives, Reports
from pipeline.contracts.solar import Finance, Ladder, Sunmap
from pipeline.contracts.sources import Greenspaces, Landcover, Mismatch, Streets, Surface
from pipeline.contracts.spec import Folder, Package, Raster, Slim, Table
from pipeline.contracts.waste import Collection, Waste
from pipeline.core.terrain import hillshade
from pipeline.exports.content import joined_layers
from pipeline.exports.licences import Sources
from pipeline.exports.publisher import publisher_of
from pipeline.exports.write import dress
from pipeline.io.dated import rule
from pipeline.io.packages import write_package
from pipeline.io.picture import native_zoom, overview, screen_tiles, to_browser
from pipeline.io.sidecar import NOTICE
from pipeline.maps import content, site
from pipeline.maps.diary import credits_of
from pipeline.maps.rules import rules_of
from pipeline.maps.sunmap import SunMap
from pipeline.version import __version__

# 2,000 cells across a town of 6 km are 3 m: sharper relief would cost more than the whole of the data.
PICTURE_PX = 2000
Picture = NDArray[np.float32] | None
Bounds = tuple[float, float, float, float] | None


def webmap(
    atlas: Package[Atlas],
    surface: Raster[Surface] | None,
    landcover: Raster[Landcover] | None,
    sunmap: Raster[Sunmap] | None,
    ladder: Slim[Ladder] | None,
    finance: Table[Finance] | None,
    streets: Table[Streets] | None,
    greenspaces: Table[Greenspaces] | None,
    mismatch: Table[Mismatch] | None,
    consumed: Package[Consumed] | None,
    ledger: Table[Ledger] | None,
    estate: Table[Estate] | None,
    community: Package[Community] | None,
    initiatives: Table[Initiatives] | None,
    reports: Package[Reports] | None,
    actions: Package[Actions] | None,
    indicators: Table[Indicators] | None,
    neighbours: Table[Neighbours] | None,
    waste: Table[Waste] | None,
    collection: Package[Collection] | None,
    config: WebmapConfig,
    town: Town,
    lineage: Lineage,
    out: Path,
    notes: Notes,
) -> Folder[Site]:
    """Pages, data files and pictures that open by double click, offline, in both languages.

    Parameters
    ----------
    atlas
        Tables by layer name in the town's system; an empty layer removes only what depends on it.
    surface, landcover
        For the base map's relief and tints; None leaves them out.
    sunmap
        Irradiation of the roofs, a layer of solar.html.
    ladder, finance
        Sizes of plant with their indicative value, for the sheets of roofs.
    streets, greenspaces
        For the base map: lines with their names, green places.
    mismatch
        Not drawn; its sources, counts and warnings stand on the data page.
    consumed
        Two dates of the official map, to be compared on sealing.html.
    ledger
        Permits and restorations beside it.
    estate, community
        Register of public buildings and what a community around their roofs shares: climate.html.
    initiatives, reports, actions
        What the town does, what its people report, what could follow: roadmap.html, and points on the map of climate.html.
    indicators, neighbours, waste, collection
        Yearly figures, neighbours, waste and ways to collection points: indicators.html.
    config, town, lineage
        How to draw, what it is called, where the data came from.
    out
        Empty folder to write into.
    notes
        Gets the number of features on the maps and what is missing.
    """
    # Reading a raster whole takes longest of all and leaves the other core free.
    with ThreadPoolExecutor(2) as pool:
        ground, light = pool.submit(_ground, surface, landcover), pool.submit(_sun, sunmap)
        (shade, cover, bounds), sun = ground.result(), light.result()
    made = content.Site(
        dict(atlas), town.name, town.languages, lineage, __version__, simplify_m=config.simplify_m, email=config.email,
        canopy_height_m=town.green.canopy_height_m, storm_mm=town.plots.storm_mm, shade=shade, cover=cover, bounds=bounds,
        streets=streets, greens=greenspaces, sun=sun, steps=_steps(ladder, finance),
        consumed=_layers(consumed), ledger=ledger, rules=rules_of(town), estate=estate, community=_layers(community), initiatives=initiatives, reports=_layers(reports),
        actions=_layers(actions), indicators=indicators, neighbours=neighbours, waste=waste, collection=_layers(collection), as_of=town.estate.as_of,
        anchor_households=town.community.anchor_households, member_share=town.community.member_share, large_roof_m2=config.large_roof_m2, large_yard_m2=config.large_yard_m2, home_kwh=rule("consumption", "dwelling", town.finance.as_of).value,
    )  # fmt: skip
    # The package goes to disk beside the pages.
    with ThreadPoolExecutor(1) as pool:
        package = pool.submit(_package, atlas, town, lineage, out)
        for layer, rows in site.write(made, out).items():
            notes.count(f"features on the maps: {layer}", rows)
        package.result()
    for name in ("solar", "sealing", "green"):
        if name not in made.made:
            notes.warn(f"{name}.html shows no theme: the atlas has no figures for it")
    return Folder()


def _package(atlas: Package[Atlas], town: Town, lineage: Lineage, out: Path) -> None:
    """The tables of the pages for a GIS, with their words and styles."""
    path = out / site.PACKAGE
    path.parent.mkdir(exist_ok=True)
    tags = {"title": Published.title_en, "attribution": credits_of(lineage)} | ({"notice": NOTICE} if lineage.synthetic else {})
    shown = {name: atlas[name] for name in Published.layers}
    write_package(path, shown, Published, town.epsg, tags)
    figures = {name: pd.DataFrame(frame.drop(columns="geometry")) for name, frame in shown.items() if len(frame)}
    dress(path, joined_layers(dict.fromkeys(figures)), figures, Sources(lineage), publisher_of(town, town.exports, lineage), town.epsg, "en" if town.languages[0] == "en" else "it")


def _layers(package: Package[Any] | None) -> dict[str, Any] | None:
    return None if package is None else dict(package)


def _ground(surface: Raster[Surface] | None, landcover: Raster[Landcover] | None) -> tuple[Picture, Picture, Bounds]:
    """Relief and land cover in the browser's projection, the cover on the relief's cells where both are there."""
    shade = cover = screen = None
    if surface is not None:
        heights, grid = overview(surface, "surface", PICTURE_PX)
        shade, screen = to_browser(hillshade(heights, grid.cell_m) / np.float32(255.0), grid)
    if landcover is not None:
        codes, grid = overview(landcover, "cover", PICTURE_PX, categorical=True)
        cover, screen = to_browser(codes, grid, screen, categorical=True)
    return shade, cover, None if screen is None else screen.bounds


def _sun(sunmap: Raster[Sunmap] | None) -> SunMap | None:
    """The map of irradiation: the whole town at once, and square by square at its own cells."""
    if sunmap is None:
        return None
    values, screen = to_browser(*overview(sunmap, "poa_kwh_m2", PICTURE_PX))
    zoom = native_zoom(sunmap.grid)
    return SunMap(values, screen.bounds, zoom, screen_tiles(sunmap, "poa_kwh_m2", zoom))


def _steps(ladder: pd.DataFrame | None, finance: pd.DataFrame | None) -> pd.DataFrame | None:
    """Sizes of plant, with their value where it is known."""
    if ladder is None or finance is None:
        return ladder
    return ladder.merge(finance.drop(columns="kwp"), on=["building_id", "step"], how="left", validate="one_to_one")
