"""Buildings on the walkable streets: what every stage does before it looks for ways on foot."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.land import AccessConfig
from pipeline.contracts.notes import Notes
from pipeline.core.land.walking import Floats, OnWay, Ways, check_metres, snap, ways
from pipeline.errors import InputError


def check_systems(stage: str, *frames: gpd.GeoDataFrame | None) -> None:
    """Walking distances are metres on the ground; EPSG:3857 stretches them by 1.31 at 40 degrees north.

    Raises
    ------
    InputError
        When a layer is in degrees or in a system of the web, or two are in different ones.
    """
    given = [f for f in frames if f is not None]
    for frame in given:
        crs = frame.crs
        if crs is None or not crs.is_projected or crs.to_epsg() in (3857, 3395, 900913) or abs(crs.axis_info[0].unit_conversion_factor - 1.0) > 1e-9:
            raise InputError(f"{stage}: a layer is in {'no system' if crs is None else crs.name}; expected metres of the town's projected system: in EPSG:3857 a walk of 300 m is 229 m long at 40 degrees north; correct `epsg` in town.yaml")
        check_metres(np.asarray(frame.geometry))
    if any(f.crs != given[0].crs for f in given):
        raise InputError(f"{stage}: layers are in {', '.join(sorted({f.crs.name for f in given}))}; expected one system; make the source stages again")


def door_points(shapes: NDArray[Any]) -> Floats:
    """One point for each building, shape (buildings, 2): its centroid, or a point inside where the centroid is not."""
    middle = shapely.centroid(shapes)
    outside = ~shapely.contains_properly(shapes, middle)
    middle[outside] = shapely.point_on_surface(shapes[outside])
    return shapely.get_coordinates(middle)


class OnFoot(NamedTuple):
    """The walkable streets and where the buildings meet them; `network` is None where there are none."""

    network: Ways | None
    start: OnWay
    snap_m: Floats

    @classmethod
    def of(cls, points: Floats, streets: gpd.GeoDataFrame | None, config: AccessConfig, notes: Notes) -> OnFoot:
        """Put points on the walkable streets.

        Parameters
        ----------
        points
            Easting and northing, shape (points, 2) [m].
        streets
            Table of the stage streets; None where there is none.
        config
            Section access: shortest piece of streets, greatest straight distance to one.
        notes
            Counts what is left out and too far.
        """
        nowhere = OnWay(np.full(len(points), -1), np.full(len(points), np.nan), np.full(len(points), np.nan))
        walk = None if streets is None else streets[streets["walkable"]]
        if walk is None or walk.empty:
            notes.warn("No walkable street is known: distances are straight lines only.")
            return cls(None, nowhere, nowhere.off)
        network = ways(np.asarray(walk.geometry), walk["from_node"].to_numpy(), walk["to_node"].to_numpy(), config.min_piece_m)
        notes.count("street edges left out: in a piece shorter than min_piece_m", len(walk) - len(network.lines))
        start = snap(points, network)
        far = start.off > config.max_snap_m
        notes.count("buildings farther than max_snap_m from a walkable street: no way on foot", int(far.sum()))
        notes.figure("snap_m_median", float(np.median(start.off)) if len(points) else 0.0)
        notes.figure("snap_m_max", float(np.max(start.off, initial=0.0)))
        return cls(network, start._replace(edge=np.where(far, -1, start.edge)), start.off)

    def status(self, count: int) -> NDArray[np.object_]:
        """Whether each point has a way on foot: yes, far, no_streets."""
        if self.network is None:
            return np.full(count, "no_streets", dtype=object)
        return np.where(self.start.edge >= 0, "yes", "far").astype(object)
