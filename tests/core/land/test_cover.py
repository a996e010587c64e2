"""Each rule of the land cover, on cells that only it decides."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.land.cover import classify, pack

NAN = np.nan


def one(height: float, footprint: int = 0, mapped: int = 0, parcel: int = 0, prior: int = 0) -> tuple[int, int]:
    cells = [np.array([[v]], dtype=np.float32) for v in (height, footprint, mapped, parcel, prior)]
    cover, rank = classify(*cells, 3.0, 0)[:, 0, 0]
    return int(cover), int(rank)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ({"height": 8, "footprint": 1, "mapped": 490}, (1, 95)),  # a footprint beats all
        ({"height": 0, "mapped": 690, "parcel": 285, "prior": 260}, (6, 90)),  # mapped beats parcel and coarse raster
        ({"height": 0, "parcel": 285, "prior": 460}, (2, 85)),  # road beats coarse raster
        ({"height": 0, "prior": 460}, (4, 60)),
        ({"height": 0}, (0, 0)),
        ({"height": 9}, (0, 0)),  # tall, but nothing known: perhaps a building
        ({"height": 3.0, "mapped": 490}, (5, 80)),  # at the threshold: tree
        ({"height": 2.99, "mapped": 490}, (4, 90)),
        ({"height": NAN, "mapped": 490}, (4, 90)),
        ({"height": 5, "mapped": 350}, (5, 50)),  # no surer than what it stands on
        ({"height": 5, "mapped": 290}, (2, 90)),  # a crown over mapped pavement: the ground counts
        ({"height": 5, "parcel": 285, "prior": 460}, (2, 85)),
        ({"height": 5, "mapped": 690}, (6, 90)),
        ({"height": 5, "prior": 260}, (5, 50)),  # a coarse sealed cell holds gardens
        ({"height": 5, "prior": 160}, (2, 60)),  # coarse building cell without a footprint
        ({"height": 0, "prior": 160}, (2, 60)),
        ({"height": 5, "mapped": 190}, (1, 90)),
    ],
)
def test_rule(cell: dict[str, float], expected: tuple[int, int]) -> None:
    assert one(**cell) == expected  # type: ignore[arg-type]


def test_eaves_are_no_trees() -> None:
    footprint = np.zeros((7, 7), dtype=np.float32)
    footprint[3, 3] = 1
    tall, grass, none = (np.full((7, 7), v, dtype=np.float32) for v in (6.0, 490.0, 0.0))
    cover, _ = classify(tall, footprint, grass, none, none, 3.0, 1)
    assert cover[3, 3] == 1
    assert (cover == 4).sum() == 8 and (cover[2:5, 2:5] != 5).all()
    assert (cover == 5).sum() == 40


def test_inputs_stay_as_they_are() -> None:
    cells = [np.full((3, 3), v, dtype=np.float32) for v in (5.0, 0.0, 0.0, 0.0, 160.0)]
    before = [c.copy() for c in cells]
    classify(*cells, 3.0, 1)
    for now, then in zip(cells, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_class_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 1-6"):
        pack(7, 50)
