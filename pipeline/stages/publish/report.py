"""The report for the council: one PDF for each language of the town. Made on request, `make report`."""

from __future__ import annotations

from pathlib import Path

import shapely

from pipeline.config.publish import ReportConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Lineage, Notes
from pipeline.contracts.publish import Atlas, Report
from pipeline.contracts.sources import Boundary, Greenspaces, Landcover, Streets, Surface
from pipeline.contracts.spec import Folder, Package, Raster, Table
from pipeline.maps.content import Site
from pipeline.maps.report.drawing import Ground
from pipeline.maps.report.typeset import write
from pipeline.maps.rules import rules_of
from pipeline.version import __version__


def report(
    atlas: Package[Atlas],
    boundary: Table[Boundary] | None,
    surface: Raster[Surface] | None,
    landcover: Raster[Landcover] | None,
    streets: Table[Streets] | None,
    greenspaces: Table[Greenspaces] | None,
    config: ReportConfig,
    town: Town,
    lineage: Lineage,
    out: Path,
    notes: Notes,
) -> Folder[Report]:
    """The town in numbers, maps, opportunities, methods, uncertainty and sources, to be printed.

    Parameters
    ----------
    atlas
        Tables by layer name; an empty layer takes away only what depends on it.
    boundary
        Drawn, and pales what is outside.
    surface, landcover
        Relief and tints of the maps; None leaves them out.
    streets, greenspaces
        Drawn on the maps; streets also name places.
    config, town, lineage
        What to leave out, what the town is called, where the data came from.
    out
        Empty folder to write into.
    notes
        Gets the bytes of each file.
    """
    made = Site(
        dict(atlas), town.name, config.languages or town.languages, lineage, __version__, email=town.webmap.email, canopy_height_m=town.green.canopy_height_m,
        storm_mm=town.plots.storm_mm, streets=streets, greens=greenspaces, rules=rules_of(town),
    )  # fmt: skip
    places = None if greenspaces is None else greenspaces[greenspaces["public"].eq(True)]
    around = None if boundary is None else shapely.union_all(boundary.geometry.to_numpy())
    for name, size in write(made, Ground(surface, landcover, streets, places, around), town.finance.as_of, out).items():
        notes.count(f"bytes: {name}", size)
    return Folder()
