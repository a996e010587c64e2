"""Consumption of the buildings of a town: what each takes in a year, and how many homes are lived in."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.finance import FinanceConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import BUILDING_USES
from pipeline.core.solar.demand import dwellings_of, shared_dwellings, storeys_of, use_or_guess
from pipeline.errors import ContractError
from pipeline.io.loads import use_rules
from pipeline.io.terms import Terms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Needs(NamedTuple):
    """Consumption of buildings, in the order of their names.

    Attributes
    ----------
    use
        Row of `BUILDING_USES`.
    load
        Yearly consumption by reading, of homes that are lived in, shape (buildings, readings) [kWh].
    dwellings
        1 where it is no home.
    lived_in
        Share of such buildings that are lived in: what a building counts in sums; 1 where it is no home.
    """

    use: Ints
    load: Floats
    dwellings: Floats
    lived_in: Floats


def needs_of(names: NDArray[Any], buildings: Any, occupancy: Any | None, terms: Terms, config: FinanceConfig, notes: Notes) -> Needs:
    """Yearly consumption of some buildings of a town.

    Of `occupancy` the sum over the town alone is used: the number of dwellings follows from it and is shared by floor
    area, so that nothing about a building's residents can be read back from what it consumes.

    Parameters
    ----------
    names
        building_id of those asked for.
    buildings
        All buildings of the town, table `buildings`.
    occupancy
        Table `occupancy`; None where nobody knows the residents.
    terms
        Consumption by use, people of a household, from floor area to dwellings.
    config
        Bounds of unknown uses, the town's dwellings where a register says them.
    notes
        Counts, figures, and the assumption about dwellings.

    Raises
    ------
    ContractError
        When a name is not among the buildings.
    """
    known = pd.DataFrame(buildings[["building_id", "use", "area_m2", "height_m"]]).set_index("building_id")
    if lost := sorted(set(names) - set(known.index)):
        raise ContractError(f"arrays: {len(lost)} buildings are not in buildings (first: {lost[0]}); run make arrays")
    area = known["area_m2"].to_numpy(dtype=float)
    words, guessed = use_or_guess(known["use"].to_numpy(dtype=object), area, config.unknown_annex_below_m2, config.unknown_other_above_m2)
    use = np.array([BUILDING_USES.index(w) for w in words], dtype=np.int64)
    by_height = np.array([use_rules()[w].by_height for w in BUILDING_USES])[use]
    floor = area * storeys_of(known["height_m"].to_numpy(dtype=float), terms.storey_m, by_height, config.assumed_height_m)
    home = np.array([use_rules()[w].consumption == "dwelling" for w in BUILDING_USES])[use]
    dwellings, share = np.ones(len(use)), np.ones(len(use))
    dwellings[home], share[home] = _dwellings(floor[home], occupancy, terms, config, notes)
    load = np.where(home, dwellings, floor)[:, np.newaxis] * terms.consumption[use]
    asked = known.index.get_indexer(pd.Index(names))
    notes.count("buildings with modules", len(names))
    notes.count("of these, use not said by the source and taken from the footprint", int(guessed[asked].sum()))
    return Needs(use[asked], load[asked], dwellings[asked], share[asked])


def _dwellings(floor: Floats, occupancy: Any | None, terms: Terms, config: FinanceConfig, notes: Notes) -> tuple[Floats, float]:
    """Dwellings of each home of the town, and the share of them that is lived in."""
    built = dwellings_of(floor, terms.net_of_gross, terms.dwelling_m2)
    notes.figure("dwellings_by_floor_area", float(built.sum()))
    lived = _lived_in(occupancy, terms, config, notes)
    if lived is None or not len(floor):
        notes.assume("Nobody said how many people live here: every dwelling that the floor area holds is taken as lived in, too much for the sum of a town with large or empty homes.")
        notes.figure("dwellings_lived_in", float(built.sum()))
        return built, 1.0
    shared = shared_dwellings(floor, lived)
    share = min(1.0, lived / float(shared.sum()))
    notes.figure("dwellings_lived_in", lived)
    notes.figure("homes_lived_in_share", share)
    notes.assume(
        f"{lived:,.0f} dwellings are lived in; they are shared among {len(floor):,} homes by floor area, at least one in each. A building's own figures are those of a home that is lived in; "
        f"in the sums of the town a home counts {share:.0%}, as nobody knows which are empty."
    )
    return shared, share


def _lived_in(occupancy: Any | None, terms: Terms, config: FinanceConfig, notes: Notes) -> float | None:
    """Dwellings of the town that are lived in: those of a register, else residents over the people of a household."""
    if config.dwellings_lived_in is not None:
        return float(config.dwellings_lived_in)
    people = 0.0 if occupancy is None else float(np.sum(occupancy["residents"].to_numpy(dtype=float)))
    if people <= 0.0:
        return None
    size = config.household_people or terms.household_people
    notes.figure("residents", people)
    notes.assume(f"Households have {size:g} people on average.")
    return people / size
