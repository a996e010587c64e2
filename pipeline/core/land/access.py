"""Ways into places with an outline: entrances, places that are one, people along streets, how far a layer reaches.

The ways themselves are in `pipeline.core.land.walking`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from pipeline.core.land.walking import Entrances, Floats, Ints, OnWay, Ways, along, snap


def entrances(places: NDArray[Any], network: Ways, every_m: float, reach_m: float) -> Entrances:
    """Where one can walk into places.

    Entrances are where the ways cross or touch the outline. A place that no way reaches gets assumed ones: points
    of its outline every `every_m` that have a way within `reach_m`, which is added. Some places get none at all.

    Parameters
    ----------
    places
        Polygons or multipolygons, shape (places,).
    network
        The ways.
    every_m
        Distance between points along an outline, and along a way that runs on one [m].
    reach_m
        Greatest straight distance between an outline and a way [m].
    """
    crossed = _crossings(places, network, every_m)
    assumed = _assumed(places, np.setdiff1d(np.arange(len(places)), crossed.place), network, every_m, reach_m)
    place = np.concatenate([crossed.place, assumed.place])
    order = np.argsort(place, kind="stable")
    edge, at, off = (np.concatenate(pair)[order] for pair in zip(crossed.on, assumed.on, strict=True))
    on = OnWay(edge.astype(np.int64), at.astype(np.float64), off.astype(np.float64))
    both = (np.concatenate([crossed.points, assumed.points]), np.concatenate([crossed.crossing, assumed.crossing]))
    return Entrances(place[order], on, both[0][order], both[1][order])


def _crossings(places: NDArray[Any], network: Ways, every_m: float) -> Entrances:
    outline = shapely.boundary(places)
    place, edge = shapely.STRtree(network.lines).query(outline, predicate="intersects")
    met, of = shapely.get_parts(shapely.intersection(outline[place], network.lines[edge]), return_index=True)
    met, of = met[~shapely.is_empty(met)], of[~shapely.is_empty(met)]
    points, part = _points_along(met, every_m)
    place, edge = place[of[part]], edge[of[part]]
    on = OnWay(edge, along(edge, points, network), np.zeros(len(edge)))
    return Entrances(place, on, shapely.get_coordinates(points), np.ones(len(place), dtype=np.bool_))


def _assumed(places: NDArray[Any], rows: Ints, network: Ways, every_m: float, reach_m: float) -> Entrances:
    parts, of = shapely.get_parts(places[rows], return_index=True)
    points, part = _points_along(shapely.get_exterior_ring(parts), every_m)
    where = shapely.get_coordinates(points)
    on = snap(where, network)
    near = on.off <= reach_m
    return Entrances(rows[of[part]][near], OnWay(on.edge[near], on.at[near], on.off[near]), where[near], np.zeros(int(near.sum()), dtype=np.bool_))


def _points_along(shapes: NDArray[Any], every_m: float) -> tuple[NDArray[Any], Ints]:
    """Points as they are, lines as points from their start on, and the shape each came from."""
    number = np.maximum(np.ceil(shapely.length(shapes) / every_m).astype(np.int64), 1)
    of = np.repeat(np.arange(len(shapes)), number)
    step = np.arange(len(of)) - np.repeat(np.cumsum(number) - number, number)
    linear = np.isin(shapely.get_type_id(shapes), (1, 2))[of]
    points = shapes[of].copy()
    points[linear] = shapely.line_interpolate_point(points[linear], (step / number[of])[linear], normalized=True)
    return points, of


def spread_along(lines: NDArray[Any], areas: NDArray[Any], people: Floats, every_m: float) -> tuple[Floats, Floats]:
    """People of areas put on the streets in them, evenly: where nothing is known of the houses, houses stand along streets.

    Parameters
    ----------
    lines
        Streets, shape (lines,).
    areas, people
        Polygons that do not overlap, and the people of each, shape (areas,).
    every_m
        Distance of the places along the streets [m].

    Returns
    -------
    (places of shape (n, 2) [m], people of each place)
        All people have a place: those of an area without a street one point inside it.

    >>> street = np.array([shapely.LineString([(0, 0), (40, 0)])])
    >>> areas = np.array([shapely.box(0, -9, 20, 9), shapely.box(50, 0, 60, 10)])
    >>> [v.tolist() for v in spread_along(street, areas, np.array([6.0, 2.0]), 10.0)]
    [[[5.0, 0.0], [15.0, 0.0], [55.0, 5.0]], [3.0, 3.0, 2.0]]
    """
    length = shapely.length(lines)
    count = np.maximum(1, np.round(length / every_m)).astype(np.int64)
    line = np.repeat(np.arange(len(lines)), count)
    step = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    points = shapely.line_interpolate_point(lines[line], (step + 0.5) / count[line] * length[line])
    at, area = shapely.STRtree(areas).query(points, predicate="intersects")
    at, first = np.unique(at, return_index=True)  # a place on a common border belongs to one of them
    area = area[first]
    alone = np.setdiff1d(np.flatnonzero(people > 0.0), area)
    places = np.concatenate([points[at], shapely.point_on_surface(areas[alone])])
    each = np.concatenate([people[area] / np.bincount(area, minlength=len(areas))[area], people[alone]])
    return shapely.get_coordinates(places), each


def merged_places(shapes: NDArray[Any]) -> tuple[Ints, NDArray[Any]]:
    """Polygons that touch or overlap as one place each: a playground in a park is no second green.

    Returns
    -------
    (place of each polygon, outline of each place)
        Places in the order of their first polygon.

    >>> squares = np.array([shapely.box(0, 0, 2, 2), shapely.box(9, 0, 10, 1), shapely.box(2, 0, 4, 2)])
    >>> place, outline = merged_places(squares)
    >>> place.tolist(), shapely.area(outline).tolist()
    ([0, 1, 0], [8.0, 1.0])
    """
    if not len(shapes):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=object)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    count = len(shapes)
    _, group = connected_components(csr_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(count, count)), directed=False)
    _, first, place = np.unique(group, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    place = rank[place.reshape(-1)].astype(np.int64)
    outline = np.array([shapely.union_all(shapes[place == k]) if (place == k).sum() > 1 else shapes[place == k][0] for k in range(len(first))], dtype=object)
    return place, outline


def beyond(town: shapely.Geometry, shapes: NDArray[Any], need_m: float) -> tuple[float, int]:
    """How far a layer reaches beyond a town.

    Returns
    -------
    (distance of its farthest vertex from the town [m], number of the eight sides of the town where it reaches `need_m`)

    >>> reach, sides = beyond(shapely.box(0, 0, 100, 100), np.array([shapely.LineString([(50, 50), (50, 400)])]), 200.0)
    >>> reach, sides
    (300.0, 1)
    """
    points = shapely.get_coordinates(shapes)
    away = shapely.distance(town, shapely.points(points))
    east, north = (points - shapely.get_coordinates(shapely.centroid(town))).T
    side = np.round(np.degrees(np.arctan2(east, north)) / 45.0).astype(np.int64) % 8
    return float(np.max(away, initial=0.0)), len(np.unique(side[away >= need_m]))
