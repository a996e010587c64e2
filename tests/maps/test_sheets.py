"""Data of the sheets: pieces hold every row once, modules come back where they lie, planes keep their area."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contracts.publish import AtlasParcels
from pipeline.maps.sheets import PARCEL_FACTS, _straightened, kind_of, modules, parcel_facts, pieces


@given(st.integers(0, 400), st.integers(1, 60), st.integers(0, 99))
def test_pieces_hold_every_row_once_and_are_not_too_large(rows: int, most: int, seed: int) -> None:
    at = shapely.points(np.random.default_rng(seed).uniform(0, 1000, (rows, 2)))
    made = pieces(at, most)
    assert sorted(np.concatenate([np.empty(0, dtype=int), *made]).tolist()) == list(range(rows))
    assert all(0 < len(p) <= most for p in made) and len(made) <= max(1, 2 * rows // most + 1)


def test_rows_at_one_place_are_still_cut() -> None:
    assert [len(p) for p in pieces(shapely.points(np.zeros((9, 2))), 4)] in ([4, 2, 3], [2, 2, 2, 3], [4, 5], [2, 2, 4, 1])


def test_modules_come_back_where_they_lie() -> None:
    """A row of three turned modules and one of two, far from the corner."""
    rng = np.random.default_rng(2)
    arrays = []
    for n, turn in ((3, 17.0), (2, -71.0)):
        boxes = [shapely.affinity.rotate(shapely.box(1.2 * k, 0, 1.2 * k + 1.13, 1.7), turn, origin=(0, 0)) for k in range(n)]
        arrays.append(shapely.affinity.translate(shapely.MultiPolygon(boxes), *(759_000 + rng.uniform(0, 200, 2))))
    frames, places = modules(np.array(arrays, dtype=object), (759_000.0, 759_000.0))
    e, n = np.cumsum(places["de"].values) / 100, np.cumsum(places["dn"].values) / 100
    for k, box in enumerate(p for a in arrays for p in a.geoms):
        i = int(places["array"].values[k])
        along, across = (np.array([frames[f"{name}_{axis}"].values[i] for axis in ("e", "n")]) for name in ("along", "across"))
        at = np.array([759_000 + e[k], 759_000 + n[k]])
        drawn = shapely.Polygon([at, at + along, at + along + across, at + across])
        assert drawn.symmetric_difference(box).area < 0.04  # half a centimetre along 5.7 m


def test_no_arrays_at_all() -> None:
    frames, places = modules(np.empty(0, dtype=object), (0.0, 0.0))
    assert all(len(c.values) == 0 for c in [*frames.values(), *places.values()])


def test_stairs_between_planes_are_straightened_and_nothing_is_lost() -> None:
    """Two planes of a roof of 12 x 10 m that meet along stairs of 1 m, with a corner on one side of the border only."""
    stairs = [(float(x), float(y)) for k in range(10) for x, y in ((k + 1, k), (k + 1, k + 1))]
    left = shapely.Polygon([(0, 0), (1, 0), *stairs[1:], (0, 10)])
    right = shapely.box(0, 0, 12, 10).difference(left).union(shapely.box(3, 2, 3, 2)).simplify(0)
    left = shapely.Polygon([*left.exterior.coords[:4], *left.exterior.coords[4:]])
    planes = pd.DataFrame({"owner": [0, 0, 1], "geometry": [left, right, shapely.box(50, 0, 60, 10)]})
    made = list(_straightened(planes)["geometry"])
    assert shapely.get_num_coordinates(made[0]) < shapely.get_num_coordinates(left) - 10
    assert shapely.union_all(made[:2]).symmetric_difference(shapely.box(0, 0, 12, 10)).area < 1e-9
    assert made[0].area == pytest.approx(left.area, rel=0.1) and made[0].intersection(made[1]).area < 1e-9
    assert made[2].equals(planes["geometry"][2])


def test_a_border_with_a_corner_on_one_side_only_stays_common() -> None:
    lower = shapely.box(0, 0, 10, 5)
    upper = [shapely.box(0, 5, 4, 9), shapely.box(4, 5, 10, 9)]
    planes = pd.DataFrame({"owner": [0, 0, 0], "geometry": [lower, *upper]})
    assert not shapely.coverage_is_valid(np.array([lower, *upper], dtype=object))
    made = np.asarray(_straightened(planes)["geometry"], dtype=object)
    assert shapely.coverage_is_valid(made)
    assert [g.area for g in made] == pytest.approx([50.0, 16.0, 24.0])


def test_a_fact_of_a_parcel_is_one_line(small_atlas: dict[str, Any]) -> None:
    facts = parcel_facts(small_atlas["parcels"])
    assert [f.name for f in facts] == [n for n in PARCEL_FACTS if small_atlas["parcels"][n].notna().any()]
    kinds = {f.name: f.kind for f in facts}
    assert (kinds["area_m2"], kinds["sealed_share"]) == ("m2", "share")
    assert all(f.it and f.en and f.it != f.en for f in facts)
    assert set(PARCEL_FACTS) <= set(AtlasParcels.columns()) and kind_of(AtlasParcels.parcel_id) == "text"


def test_pieces_hold_no_residents_and_no_consumption(small_site: Path) -> None:
    import base64
    import gzip
    import re

    for piece in [*(small_site / "data" / "roof").glob("*.js"), *(small_site / "data" / "parcel").glob("*.js")]:
        for packed in re.findall(r'","([^"]*)"\)', piece.read_text(encoding="utf-8")):
            head = gzip.decompress(base64.b64decode(packed)).split(b"\n")[0]
            assert b"residents" not in head and b"load_kwh" not in head and b"self_consumed_kwh" not in head
