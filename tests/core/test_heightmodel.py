"""Flat roofs on the ground."""

from __future__ import annotations

import numpy as np

from pipeline.core.heightmodel import roof_edges, with_roofs


def test_neighbours_keep_their_own_parapets() -> None:
    owner = np.zeros((7, 9), dtype=np.int32)
    owner[1:6, 1:5], owner[1:6, 5:8] = 1, 2
    edges = roof_edges(owner)
    assert edges.sum() == (5 * 4 - 3 * 2) + (5 * 3 - 3 * 1)
    assert edges[3, 4] and edges[3, 5]  # the wall between the two
    z = with_roofs(np.full((7, 9), 30.0, np.float32), owner, np.array([36.0, 34.0]), np.array([0.5, 0.0]))
    assert z.dtype == np.float32
    assert (z[2:5, 2:4] == 36.0).all() and z[1, 1] == 36.5 and (z[1:6, 5:8] == 34.0).all()
    assert (z[owner == 0] == 30.0).all()


def test_a_roof_of_unknown_elevation_leaves_the_ground() -> None:
    owner = np.ones((3, 3), dtype=np.int32)
    assert (with_roofs(np.zeros((3, 3), np.float32), owner, np.array([np.nan]), np.array([0.5])) == 0).all()
