"""Files for analysts and for the open-data portal: one folder, described and licensed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pipeline.config.publish import ExportsConfig
from pipeline.config.town import Town
from pipeline.contracts.actions import Actions
from pipeline.contracts.indicators import Indicators, Neighbours
from pipeline.contracts.land import Access, Consumed, Desealing, Green, Ledger, Planting, Plots, Sealing
from pipeline.contracts.notes import Lineage, Notes
from pipeline.contracts.plan import Community, Estate
from pipeline.contracts.publish import Atlas, Exports
from pipeline.contracts.register import Initiatives, Reports
from pipeline.contracts.solar import Arrays, Finance, Installed, Irradiation, Ladder, Profiles, Roofs, Solar, Sunmap
from pipeline.contracts.sources import Boundary, Buildings, FarHorizon, Greenspaces, Landcover, Mismatch, Parcels, Streets, Surface, Weather
from pipeline.contracts.spec import Folder, Package, Raster, Slim, Table
from pipeline.contracts.waste import Collection, Waste
from pipeline.exports import write
from pipeline.exports.content import layers, of_package
from pipeline.exports.dcat import write_dcat
from pipeline.exports.licences import Sources
from pipeline.exports.pictures import Pictures, write_rasters
from pipeline.exports.publisher import publisher_of
from pipeline.exports.stac import write_stac
from pipeline.version import __version__


def exports(
    atlas: Package[Atlas],
    boundary: Table[Boundary] | None,
    parcels: Table[Parcels] | None,
    buildings: Table[Buildings] | None,
    streets: Table[Streets] | None,
    greenspaces: Table[Greenspaces] | None,
    mismatch: Table[Mismatch] | None,
    weather: Table[Weather] | None,
    farhorizon: Table[FarHorizon] | None,
    roofs: Table[Roofs] | None,
    irradiation: Table[Irradiation] | None,
    arrays: Slim[Arrays] | None,
    solar: Table[Solar] | None,
    profiles: Table[Profiles] | None,
    ladder: Table[Ladder] | None,
    finance: Table[Finance] | None,
    sealing: Table[Sealing] | None,
    green: Table[Green] | None,
    plots: Table[Plots] | None,
    desealing: Table[Desealing] | None,
    planting: Table[Planting] | None,
    access: Table[Access] | None,
    consumed: Package[Consumed] | None,
    ledger: Table[Ledger] | None,
    installed: Table[Installed] | None,
    estate: Table[Estate] | None,
    community: Package[Community] | None,
    initiatives: Table[Initiatives] | None,
    reports: Package[Reports] | None,
    waste: Table[Waste] | None,
    collection: Package[Collection] | None,
    actions: Package[Actions] | None,
    indicators: Table[Indicators] | None,
    neighbours: Table[Neighbours] | None,
    landcover: Raster[Landcover] | None,
    sunmap: Raster[Sunmap] | None,
    surface: Raster[Surface] | None,
    config: ExportsConfig,
    town: Town,
    lineage: Lineage,
    out: Path,
    notes: Notes,
) -> Folder[Exports]:
    """One GeoPackage with everything, styled; GeoParquet, CSV, a workbook, COGs; STAC and DCAT-AP_IT over them.

    Parameters
    ----------
    atlas
        The joined layers: the tables people look at.
    boundary, parcels, buildings, streets, roofs, irradiation, arrays, solar, desealing, planting, access
        Of these only the columns that the atlas's layer of the same key lacks.
    greenspaces, mismatch, weather, farhorizon, profiles, ladder, finance, sealing, green, plots, consumed, ledger, installed, estate, community, initiatives, reports, waste, collection, actions, indicators, neighbours
        As they are, but for what would tell of a home, see `pipeline.exports.content`.
    landcover, sunmap, surface
        Copied to COGs where `config.rasters` names them.
    config, town, lineage
        Publisher and licence, names, and where the data came from.
    out
        Empty folder to write into.
    notes
        Gets the rows of each table and what the municipality has to fill in.
    """
    whole = None if profiles is None else profiles[profiles["use"] == "town"]
    tables: dict[str, tuple[Any, Any]] = {
        "boundary": (Boundary, boundary), "greenspaces": (Greenspaces, greenspaces), "mismatch": (Mismatch, mismatch), **of_package("consumed", Consumed, consumed),
        "parcels": (Parcels, parcels), "buildings": (Buildings, buildings), "streets": (Streets, streets), "roofs": (Roofs, roofs), "arrays": (Arrays, arrays), "irradiation": (Irradiation, irradiation),
        "solar": (Solar, solar), "ladder": (Ladder, ladder), "finance": (Finance, finance), "profiles": (Profiles, whole), "weather": (Weather, weather), "farhorizon": (FarHorizon, farhorizon),
        "sealing": (Sealing, sealing), "green": (Green, green), "plots": (Plots, plots), "desealing": (Desealing, desealing), "planting": (Planting, planting), "access": (Access, access), "ledger": (Ledger, ledger),
        "installed": (Installed, installed), "estate": (Estate, estate), **of_package("community", Community, community),
        "initiatives": (Initiatives, initiatives), **of_package("reports", Reports, reports), **of_package("actions", Actions, actions),
        "waste": (Waste, waste), **of_package("collection", Collection, collection),
        "indicators": (Indicators, indicators), "neighbours": (Neighbours, neighbours),
    }  # fmt: skip
    found = layers(atlas, tables)
    publisher = publisher_of(town, config, lineage)
    wanted = Pictures({"landcover": landcover, "confidence": landcover, "sunmap": sunmap, "height": surface}, config.rasters)
    sources = Sources(lineage)
    # GDAL copies the rasters while Python writes the tables.
    with ThreadPoolExecutor(1) as pool:
        copied = pool.submit(write_rasters, out, wanted, sources, publisher, town.languages[0])
        made = write.tables(out, found, sources, publisher, town.epsg, town.languages[0])
        if actions is not None and len(actions["list"]):
            made.append(write.roadmap(out, actions["list"], actions["budget"], sources, publisher, town.epsg))
        made += copied.result()
    write_stac(out, made, publisher, __version__)
    write_dcat(out, made, publisher)
    write.texts(out, made, sources, publisher, __version__)
    for layer in found:
        notes.count(f"rows: {layer.name}", len(layer.frame))
    for line in publisher.missing:
        notes.assume(f"exports: a placeholder stands for {line}")
    return Folder()
