"""Which entry a changed cell belongs to."""

from __future__ import annotations

import numpy as np
import shapely

from pipeline.core.land.ledger import assign, verdict


def test_cells_go_to_the_nearest_place_and_count_once() -> None:
    places = np.array([shapely.box(0, 0, 20, 20), shapely.box(22, 0, 40, 20), None], dtype=object)
    cells = shapely.points([(5, 5), (20.5, 5), (21.5, 5), (100, 100)])
    found = assign(cells, places, 8.0, 100.0)
    assert found.entry.tolist() == [0, 0, 1, -1] and found.area_m2.tolist() == [200.0, 100.0, 0.0]


def test_a_cell_between_two_places_goes_to_the_earlier() -> None:
    places = np.array([shapely.Point(0, 0), shapely.Point(10, 0)], dtype=object)
    assert assign(shapely.points([(5, 0)]), places, 8.0, 100.0).entry.tolist() == [0]


def test_no_place_no_cell() -> None:
    assert assign(np.empty(0, dtype=object), np.array([shapely.Point(0, 0)]), 8.0, 100.0).area_m2.tolist() == [0.0]
    assert assign(shapely.points([(0, 0)]), np.array([None], dtype=object), 8.0, 100.0).entry.tolist() == [-1]


def test_verdicts() -> None:
    assert [verdict(r, o, 100.0, 0.25) for r, o in ((350, 400), (1000, 1240), (1000, 1300), (50, 0))] == ["matched", "matched", "partly", "not on the official map"]
