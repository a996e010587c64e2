"""The generated demonstration town, written in the formats of the official layers."""

from __future__ import annotations

from pathlib import Path

import shapely

from pipeline.config.publish import SyntheticConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.publish import Synthetic
from pipeline.contracts.sources import Boundary
from pipeline.contracts.spec import Folder, Table
from pipeline.synthetic.estate import write_estate
from pipeline.synthetic.place import latitude_longitude
from pipeline.synthetic.register import write_registers
from pipeline.synthetic.town import building_ids, make_plan, write_town
from pipeline.synthetic.waste import write_points, write_tables
from pipeline.synthetic.year import make_year, write_year


def synthetic(boundary: Table[Boundary], config: SyntheticConfig, town: Town, out: Path, notes: Notes) -> Folder[Synthetic]:
    """Generate a plausible town inside the boundary, with known answers.

    Parameters
    ----------
    boundary
        Municipal boundary in the town's reference system.
    config
        Seed, extent and totals.
    town
        Name, code and reference system.
    out
        Folder the layers are written to.
    notes
        Takes counts and assumptions.
    """
    notes.assume("dati dimostrativi / demonstration data: all layers in this folder are generated, none is surveyed.")
    notes.assume("The weather is a clear sky with daily clearness that meets the UNI 10349 monthly means of Mesagne and Otranto; satellite sources give more.")
    plan = make_plan(shapely.union_all(boundary.geometry.to_numpy()), town.epsg, config, notes)
    write_town(plan, out, town.epsg, town.name, town.code, config, notes)
    where, altitude = latitude_longitude(plan.place, town.epsg), plan.terrain.base_m
    year = make_year(*where, altitude, config.seed)
    write_year(out / "tmy.csv", year, *where, altitude)
    notes.count("public buildings", write_estate(out, plan, building_ids(plan, town.code), year["T2m"], town.epsg, config.seed))
    notes.count("initiatives and reports written", write_registers(out, plan, building_ids(plan, town.code), town.epsg, config.seed))
    write_tables(out, town.name, town.code, int(plan.residents.sum()), config.seed)
    notes.count("collection points", write_points(out / "punti_raccolta.geojson", plan, town.epsg, config.seed))
    return Folder()
