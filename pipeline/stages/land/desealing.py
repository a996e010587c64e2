"""Parcels where paving could be opened, with what each would give: a vector, never a score."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.config.land import DesealingConfig
from pipeline.contracts.land import Desealing, Plots, Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Greenspaces, Parcels, Streets
from pipeline.contracts.spec import Table
from pipeline.core.land.desealing import Gains, gains, openable, pareto
from pipeline.io.dated import rule


def desealing(
    sealing: Table[Sealing],
    plots: Table[Plots],
    parcels: Table[Parcels],
    streets: Table[Streets] | None,
    greenspaces: Table[Greenspaces] | None,
    config: DesealingConfig,
    notes: Notes,
) -> Table[Desealing]:
    """Paving of parcels that is neither building nor road, less what must stay, and what opening it gives.

    Parameters
    ----------
    sealing
        Sealed and built area of each parcel.
    plots
        Runoff that an opened square metre saves in the storm stated there.
    parcels
        Outlines; road and water parcels are no candidates.
    streets
        Ground near a street's line is road where the cadastre has no road parcel for it.
    greenspaces
        Public places: a parcel that lies mostly in one is public. Who owns the others is not known.
    config
        What stays paved, least area, day of the costs.
    notes
        Receives constraints and sums.

    Returns
    -------
    DataFrame
        One row for each candidate, sorted by parcel_id.
    """
    frame = _candidates(sealing, parcels, streets, config, notes)
    frame = frame[frame["open_m2"] > 0].reset_index(drop=True)
    paved, green = (rule("biotope_factors", f"new_{c}", config.as_of).value for c in ("sealed", "low_vegetation"))
    found = gains(frame["open_m2"].to_numpy(), frame["covered_m2"].to_numpy(), float(plots["opening_mm"].iloc[0]), green - paved)
    public, place = _public(frame, greenspaces)
    table = _table(frame, found, public, place, config)
    _report(table, frame, config, notes)
    return table


def _candidates(sealing: pd.DataFrame, parcels: gpd.GeoDataFrame, streets: gpd.GeoDataFrame | None, config: DesealingConfig, notes: Notes) -> gpd.GeoDataFrame:
    own = parcels[parcels["kind"] == "parcel"][["parcel_id", "geometry"]]
    figures = sealing[sealing["zone_kind"] == "parcel"].rename(columns={"zone_id": "parcel_id"})
    frame = gpd.GeoDataFrame(own.merge(figures, on="parcel_id", how="inner", validate="one_to_one").sort_values("parcel_id", kind="stable", ignore_index=True), geometry="geometry", crs=parcels.crs)
    paved = (frame["sealed_m2"] - frame["building_m2"]).clip(lower=0.0).to_numpy()
    road = _road_m2(frame, paved, streets, config)
    paved = np.maximum(paved - road, 0.0)
    box = shapely.oriented_envelope(np.asarray(frame.geometry.array, dtype=object))
    corners = shapely.get_coordinates(shapely.get_exterior_ring(box)).reshape(-1, 5, 2)
    depth = np.linalg.norm(np.diff(corners[:, :3], axis=1), axis=2).max(axis=1)
    notes.count("parcels with paving that is neither building nor road", int((paved > 0).sum()))
    notes.figure("road_in_parcels_m2", float(road.sum()))
    return frame.assign(paved_m2=paved, open_m2=openable(paved, depth, config.access_m, config.open_share, config.min_open_m2))


def _road_m2(frame: gpd.GeoDataFrame, paved: NDArray[np.float64], streets: gpd.GeoDataFrame | None, config: DesealingConfig) -> NDArray[np.float64]:
    """Ground of each parcel near a street's line: it is road, whoever the cadastre gives it to."""
    road = np.zeros(len(frame))
    if streets is None or not config.street_half_width_m:
        return road
    shapes = np.asarray(frame.geometry.array, dtype=object)
    strips = shapely.buffer(np.asarray(streets.geometry.array, dtype=object), config.street_half_width_m, quad_segs=2)
    hard = np.flatnonzero(paved > 0)
    at, strip = shapely.STRtree(strips).query(shapes[hard], predicate="intersects")
    for parcel in np.unique(at):
        near = shapely.union_all(strips[strip[at == parcel]])
        road[hard[parcel]] = shapely.area(shapely.intersection(shapes[hard[parcel]], near))
    return np.minimum(road, paved)


def _public(frame: gpd.GeoDataFrame, greenspaces: gpd.GeoDataFrame | None) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Whether most of a parcel lies in a public place, and in which kind."""
    public, place = np.zeros(len(frame), dtype=bool), np.full(len(frame), None, dtype=object)
    open_to_all = greenspaces[greenspaces["public"]] if greenspaces is not None else None
    if open_to_all is None or not len(open_to_all) or not len(frame):
        return public, place
    shapes, places = np.asarray(frame.geometry.array, dtype=object), np.asarray(open_to_all.geometry.array, dtype=object)
    at, green = shapely.STRtree(places).query(shapes, predicate="intersects")
    inside = shapely.area(shapely.intersection(shapes[at], places[green])) > 0.5 * shapely.area(shapes[at])
    public[at[inside]] = True
    place[at[inside]] = open_to_all["kind"].to_numpy(dtype=object)[green[inside]]
    return public, place


def _table(frame: pd.DataFrame, found: Gains, public: NDArray[np.bool_], place: NDArray[np.object_], config: DesealingConfig) -> pd.DataFrame:
    each, site = (rule("depaving", k, config.as_of) for k in ("open", "site"))
    opened = found.open_m2
    table = pd.DataFrame(
        {
            "parcel_id": frame["parcel_id"], "public": public, "place": place, "paved_m2": frame["paved_m2"], "open_m2": opened,
            "runoff_saved_m3": found.runoff_m3, "permeability_gain": found.permeability.clip(0.0, 1.0), "baf_gain": found.biotope.clip(0.0, 1.0),
            "opening_eur": site.value + each.value * opened, "opening_eur_low": site.low + each.low * opened, "opening_eur_high": site.high + each.high * opened,
            "counted_share": 1.0 - 0.5 * np.divide(frame["shared_m2"], frame["area_m2"], out=np.zeros(len(frame)), where=frame["area_m2"].to_numpy() > 0),
        }
    )  # fmt: skip
    better = np.zeros(len(table), dtype=bool)
    # A larger opening always costs more, so cost enters for each square metre; else nothing would dominate anything.
    goods = np.round(np.column_stack([table["open_m2"], table["runoff_saved_m3"], table["permeability_gain"], table["baf_gain"], -table["opening_eur"] / table["open_m2"]]), 6)
    for group in (public, ~public):
        better[group] = pareto(goods[group])
    return table.assign(pareto=better)[list(Desealing.columns())]


def _report(table: pd.DataFrame, frame: pd.DataFrame, config: DesealingConfig, notes: Notes) -> None:
    for name in ("open_m2", "runoff_saved_m3", "opening_eur", "opening_eur_low", "opening_eur_high"):
        notes.figure(f"candidates_{name}", float((table[name] * table["counted_share"]).sum()))
    notes.count("candidates", len(table))
    notes.count("candidates: public", int(table["public"].sum()))
    notes.count("candidates: Pareto set", int(table["pareto"].sum()))
    notes.assume(f"A way in of {config.access_m:g} m along the lot's longer side stays paved, and at least {1 - config.open_share:.0%} of its paving; openings under {config.min_open_m2:g} m2 are left out.")
    notes.assume("Public is a parcel that lies mostly in a public park, square or other mapped place; who owns the rest is not known, it is taken as private.")
    notes.assume("Runoff avoided in the storm stated by the stage plots, paving turned into vegetation on the ground; what lies under the paving (pipes, polluted soil, cellars) is not known.")
    notes.assume("Costs are a judgement, not a price list.")
    if (frame["shared_m2"] > 0).any():
        notes.assume("Ground that two parcels claim counts half in each of them in the sums.")
