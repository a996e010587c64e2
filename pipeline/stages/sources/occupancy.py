"""Residents of buildings, estimated from their section by volume. For sums over areas only; never published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.sources import OccupancyConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Buildings, Occupancy, Residents
from pipeline.core.dasymetric import shared_out
from pipeline.core.footprints import holding_zone

if TYPE_CHECKING:
    from pipeline.contracts.spec import Table


def occupancy(buildings: Table[Buildings], residents: Table[Residents], config: OccupancyConfig, notes: Notes) -> Table[Occupancy]:
    """Each section's residents shared among its buildings in proportion to area times height.

    A building belongs to the section that holds most of it. What looks like a home by area and height counts; where a
    section has none, all its buildings do; where it has no building at all, its residents are nowhere, and that is said.

    Parameters
    ----------
    buildings, residents
        Footprints with heights, sections with people.
    config
        What looks like a home; height where it is not known.
    notes
        Counts by method; residents placed, and those of sections without a building.

    Returns
    -------
    table sorted by building_id
        The sum over a section's buildings is the section's residents, to rounding.
    """
    area = buildings["area_m2"].to_numpy(dtype=np.float64)
    height = buildings["height_m"].to_numpy(dtype=np.float64)
    guessed = ~(height > 0.0)
    height = np.where(guessed, config.assumed_height_m, height)
    section = holding_zone(np.asarray(buildings.geometry), np.asarray(residents.geometry), np.ones(len(residents), dtype=bool))
    home = (area >= config.min_area_m2) & (height >= config.min_height_m) & (height <= config.max_height_m)
    with_home = np.bincount(section[home & (section >= 0)], minlength=len(residents)) > 0
    used = (section >= 0) & (home | ~with_home[section])
    totals = residents["residents"].to_numpy(dtype=np.float64)
    people = shared_out(totals, section, np.where(used, area * height, 0.0))
    method = np.where(~used, "none", np.where(~home, "any_building", np.where(guessed, "assumed_height", "volume"))).astype(object)
    _report(method, people, totals, section, with_home, notes)
    names = residents["section_id"].to_numpy(dtype=object)
    made = pd.DataFrame({"building_id": buildings["building_id"], "section_id": np.where(section >= 0, names[section], None), "residents": people, "method": method})
    return made.sort_values("building_id", kind="stable").reset_index(drop=True)


def _report(
    method: NDArray[np.object_], people: NDArray[np.float64], totals: NDArray[np.float64], section: NDArray[np.int64], with_home: NDArray[np.bool_], notes: Notes
) -> None:
    for name in ("volume", "assumed_height", "any_building", "none"):
        notes.count(f"buildings by method: {name}", int((method == name).sum()))
    notes.count("buildings in no section", int((section < 0).sum()))
    built = np.bincount(section[section >= 0], minlength=len(totals)) > 0
    notes.count("inhabited sections without a home, shared among all their buildings", int((~with_home & built & (totals > 0)).sum()))
    notes.count("inhabited sections without a building", int((~built & (totals > 0)).sum()))
    lost = float(totals[~built].sum())
    notes.figure("residents_placed", float(people.sum()))
    notes.figure("residents_without_a_building", lost)
    notes.assume("Residents of a building are its section's, shared by volume: right on average over many buildings, wrong for single ones. They stay in processed/.")
    if lost:
        notes.warn(f"{lost:.0f} residents live in sections without a building: footprints or sections are of another date or incomplete.")
