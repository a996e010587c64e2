"""Green space of every zone: canopy by height, green area per resident."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.land import GreenConfig
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.land import Green, Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import COVER_CODES, Boundary, Landcover, Parcels, Residents, Surface
from pipeline.contracts.spec import Raster, Table
from pipeline.core.land.canopy import CANOPY, CLASSES, GROVE, LOW, TALL_UNKNOWN_COVER, classify_groves
from pipeline.core.zones import outlines, tile_areas, tiles, total
from pipeline.errors import InputError
from pipeline.io.osm import read_osm, tag
from pipeline.io.rasters import BurnInput
from pipeline.io.vectors import read_vector, repair
from pipeline.io.zonal import BandCells, same_lattice, zones

KEY = ["zone_kind", "zone_id"]


def green(
    landcover: Raster[Landcover],
    surface: Raster[Surface],
    sealing: Table[Sealing],
    parcels: Table[Parcels] | None,
    residents: Table[Residents] | None,
    boundary: Table[Boundary] | None,
    layers: Layers | None,
    config: GreenConfig,
    town: Town,
    compute: Compute,
    notes: Notes,
) -> Table[Green]:
    """Tree canopy from the height of the surface, green area from the land cover, both also per resident.

    Parameters
    ----------
    landcover
        Says what is a building and what is not known.
    surface
        Band `height`; the canopy is counted on its cells.
    sealing
        Gives the green area of each zone.
    parcels, residents, boundary
        Give the zones, the same as those of `sealing`.
    layers
        Olive groves and orchards, so that their canopy stands apart: kind vector (all its polygons), or osm (landuse=orchard).
    config
        The height from which vegetation is canopy.
    town
        Reference system.
    compute
        Runs the tiles.
    notes
        Receives the threshold with its operator, and what could not be told.

    Returns
    -------
    DataFrame
        One row for each zone, sorted by zone_kind and zone_id.

    Raises
    ------
    InputError
        When land cover and surface are in different reference systems, or `sealing` has other zones.
    """
    _check_grids(landcover, surface, notes)
    zone = zones(landcover.grid, parcels, residents, boundary)
    groves = _groves(layers, town, notes)
    readers = (BandCells(surface, "height"), BandCells(landcover, "cover"), BurnInput(groves, np.ones(len(groves))))
    work = tiles(outlines(zone.geometry.to_numpy()), surface.grid, readers)
    params = (classify_groves, CLASSES, config.canopy_height_m, COVER_CODES["building"])
    areas = total(compute.batches(tile_areas, work, size=1, params=params), len(zone), CLASSES)
    table = zone[[*KEY, "area_m2"]].merge(sealing[[*KEY, "covered_m2", "green_m2"]], on=KEY, how="left", validate="one_to_one")
    if table["green_m2"].isna().any():
        raise InputError("sealing has other zones than parcels, residents and boundary; make sealing again")
    table["residents"] = _residents(table, residents)
    table = _figures(table, areas, layers is not None)
    _report(table, areas, config, notes)
    return table


def _check_grids(landcover: Raster[Landcover], surface: Raster[Surface], notes: Notes) -> None:
    cover, own = landcover.grid, surface.grid
    if cover.epsg != own.epsg:
        raise InputError(f"{landcover.path} is in EPSG:{cover.epsg}, {surface.path} in EPSG:{own.epsg}; expected one system; make landcover again")
    if not same_lattice(cover, own):
        notes.assume(f"Canopy is counted on the surface's cells ({own.cell_m:g} m); each takes the land cover ({cover.cell_m:g} m) at its centre.")


def _residents(table: pd.DataFrame, residents: pd.DataFrame | None) -> pd.Series:
    """Residents of the sections, and of the town as their sum; missing for every other kind of zone."""
    out = pd.Series(pd.NA, index=table.index, dtype="Int64")
    if residents is not None:
        section = table["zone_kind"] == "section"
        out[section] = table.loc[section, "zone_id"].map(residents.set_index("section_id")["residents"]).astype("Int64")
        if (table["zone_kind"] == "town").sum() == 1:
            out[table["zone_kind"] == "town"] = int(residents["residents"].sum())
    return out


def _groves(layers: Layers | None, town: Town, notes: Notes) -> NDArray[np.object_]:
    """Outlines of olive groves and orchards."""
    shapes = [np.empty(0, dtype=object)]
    for layer in layers or ():
        source = layer.source
        if source.kind not in ("vector", "osm"):
            raise InputError(f"sources.green: kind {source.kind}; expected vector (polygons of olive groves and orchards) or osm (landuse=orchard)")
        for path in layer.paths:
            frame = read_vector(source, path, town.epsg, notes) if source.kind == "vector" else read_osm(source, path, "multipolygons", town.epsg, notes)
            if source.kind == "osm":
                frame = frame[tag(frame, "landuse") == "orchard"]
            shapes.append(np.asarray(repair(frame, notes).geometry, dtype=object))
    if layers:
        notes.count("olive groves and orchards", sum(map(len, shapes)))
    return np.concatenate(shapes)


def _figures(table: pd.DataFrame, areas: NDArray[np.float64], groves_known: bool) -> pd.DataFrame:
    canopy = areas[:, CANOPY] + areas[:, GROVE]
    known = areas[:, LOW] + canopy
    people = table["residents"].astype("Float64").replace(0.0, pd.NA).to_numpy(dtype=np.float64, na_value=np.nan)
    return pd.DataFrame(
        {
            "zone_kind": table["zone_kind"], "zone_id": table["zone_id"], "area_m2": table["area_m2"], "covered_m2": table["covered_m2"],
            "height_known_m2": known, "canopy_m2": canopy, "grove_canopy_m2": areas[:, GROVE] if groves_known else np.nan,
            "canopy_share": np.divide(canopy, known, out=np.full(len(table), np.nan), where=known > 0),
            "green_m2": table["green_m2"], "residents": table["residents"],
            "green_m2_per_resident": table["green_m2"] / people, "canopy_m2_per_resident": canopy / people,
        }
    )  # fmt: skip


def _report(table: pd.DataFrame, areas: NDArray[np.float64], config: GreenConfig, notes: Notes) -> None:
    threshold = f"{config.canopy_height_m:g} m"
    notes.assume(f"Canopy is every cell that is no building and rises >= {threshold} above ground, olive and fruit trees among them.")
    notes.assume("Green per resident counts all low vegetation and trees, private and farmed ground among them: it is no figure of public green.")
    if table["grove_canopy_m2"].isna().all():
        notes.assume("Where olive groves and orchards stand is not known (sources.green): their canopy cannot be told apart; Xylella takes much of it in Salento.")
    section = table["zone_kind"] == "section"
    notes.count("sections without residents", int((table.loc[section, "residents"] == 0).sum()))
    whole = table["zone_kind"].isin(("town", "extent")).to_numpy()
    total_m2 = float(table.loc[whole, "area_m2"].sum())
    known = float(table.loc[whole, "height_known_m2"].sum())
    tall_unknown = float(areas[whole, TALL_UNKNOWN_COVER].sum())
    notes.figure("height_known_share", known / total_m2)
    notes.figure("tall_where_cover_unknown_m2", tall_unknown)
    if tall_unknown / total_m2 >= 0.0005:  # below that the sentence would read 0.0 %
        notes.warn(
            f"{tall_unknown / total_m2:.1%} of the {table.loc[whole, 'zone_kind'].iloc[0]} rises >= {threshold} where the land cover is not known: "
            "trees or buildings, counted as neither."
        )
