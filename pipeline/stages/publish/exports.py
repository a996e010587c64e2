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
from pipeline.contracts.spec import Folder, Later, Package, Part, Raster, Table
from pipeline.contracts.waste import Collection, Waste
from pipeline.exports import write
from pipeline.exports.content import layers, of_package
from pipeline.exports.dcat import write_dcat
from pipeline.exports.licences import Sources
from pipeline.exports.pictures import Pictures, write_rasters
from pipeline.exports.publisher import publisher_of
from pipeline.exports.stac import write_stac
from pipeline.io.later import chosen
from pipeline.io.packages import read_package
from pipeline.version import __version__


def exports(
    atlas: Later[Package[Atlas]],
    boundary: Later[Table[Boundary]] | None,
    parcels: Later[Table[Parcels]] | None,
    buildings: Later[Table[Buildings]] | None,
    streets: Later[Table[Streets]] | None,
    greenspaces: Later[Table[Greenspaces]] | None,
    mismatch: Later[Table[Mismatch]] | None,
    weather: Later[Table[Weather]] | None,
    farhorizon: Later[Table[FarHorizon]] | None,
    roofs: Later[Table[Roofs]] | None,
    irradiation: Later[Table[Irradiation]] | None,
    arrays: Later[Table[Arrays]] | None,
    solar: Later[Table[Solar]] | None,
    profiles: Later[Table[Profiles]] | None,
    ladder: Later[Table[Ladder]] | None,
    finance: Later[Table[Finance]] | None,
    sealing: Later[Table[Sealing]] | None,
    green: Later[Table[Green]] | None,
    plots: Later[Table[Plots]] | None,
    desealing: Later[Table[Desealing]] | None,
    planting: Later[Table[Planting]] | None,
    access: Later[Table[Access]] | None,
    consumed: Later[Package[Consumed]] | None,
    ledger: Later[Table[Ledger]] | None,
    installed: Later[Table[Installed]] | None,
    estate: Later[Table[Estate]] | None,
    community: Later[Package[Community]] | None,
    initiatives: Later[Table[Initiatives]] | None,
    reports: Later[Package[Reports]] | None,
    waste: Later[Table[Waste]] | None,
    collection: Later[Package[Collection]] | None,
    actions: Later[Package[Actions]] | None,
    indicators: Later[Table[Indicators]] | None,
    neighbours: Later[Table[Neighbours]] | None,
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
    def whole(table: Later[Any] | None) -> Part | None:
        return None if table is None else table.whole

    hours = None if profiles is None else chosen(profiles.whole, "use", "town")
    tables: dict[str, tuple[Any, Part | None]] = {
        "boundary": (Boundary, whole(boundary)), "greenspaces": (Greenspaces, whole(greenspaces)), "mismatch": (Mismatch, whole(mismatch)), **of_package("consumed", Consumed, consumed),
        "parcels": (Parcels, whole(parcels)), "buildings": (Buildings, whole(buildings)), "streets": (Streets, whole(streets)), "roofs": (Roofs, whole(roofs)), "arrays": (Arrays, whole(arrays)),
        "irradiation": (Irradiation, whole(irradiation)), "solar": (Solar, whole(solar)), "ladder": (Ladder, whole(ladder)), "finance": (Finance, whole(finance)), "profiles": (Profiles, hours),
        "weather": (Weather, whole(weather)), "farhorizon": (FarHorizon, whole(farhorizon)), "sealing": (Sealing, whole(sealing)), "green": (Green, whole(green)), "plots": (Plots, whole(plots)),
        "desealing": (Desealing, whole(desealing)), "planting": (Planting, whole(planting)), "access": (Access, whole(access)), "ledger": (Ledger, whole(ledger)), "installed": (Installed, whole(installed)),
        "estate": (Estate, whole(estate)), **of_package("community", Community, community), "initiatives": (Initiatives, whole(initiatives)), **of_package("reports", Reports, reports),
        **of_package("actions", Actions, actions), "waste": (Waste, whole(waste)), **of_package("collection", Collection, collection),
        "indicators": (Indicators, whole(indicators)), "neighbours": (Neighbours, whole(neighbours)),
    }  # fmt: skip
    found = layers(atlas, tables)
    publisher = publisher_of(town, config, lineage)
    wanted = Pictures({"landcover": landcover, "confidence": landcover, "sunmap": sunmap, "height": surface}, config.rasters)
    sources = Sources(lineage)
    # GDAL copies the rasters while Python writes the tables.
    with ThreadPoolExecutor(1) as pool:
        copied = pool.submit(write_rasters, out, wanted, sources, publisher, town.languages[0])
        made = write.tables(out, found, sources, publisher, town.epsg, town.languages[0])
        if actions is not None and actions.parts["list"].rows:
            steps = read_package(actions.parts["list"].path, Actions)
            made.append(write.roadmap(out, steps["list"], steps["budget"], sources, publisher, town.epsg))
        made += copied.result()
    write_stac(out, made, publisher, __version__)
    write_dcat(out, made, publisher)
    write.texts(out, made, sources, publisher, __version__)
    for layer in found:
        notes.count(f"rows: {layer.name}", layer.rows.rows)
    for line in publisher.missing:
        notes.assume(f"exports: a placeholder stands for {line}")
    return Folder()
