"""Each rule of the land cover, on cells that only it decides."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.land.cover import Rules, classify, pack, remaining_share, spread_out

NAN = np.nan


def one(
    height: float, footprint: int = 0, mapped: int = 0, parcel: int = 0, prior: int = 0, ndvi: float = NAN, density: int = 0, image: int = 75
) -> tuple[int, int]:
    cells = [np.array([[v]], dtype=np.float32) for v in (height, footprint, mapped, parcel, prior, ndvi, density)]
    cover, rank = classify(*cells, Rules(3.0, 0, ndvi_rank=image))[:, 0, 0]
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


SHARP, BLURRED = 75, 55


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ({"ndvi": 0.41}, (4, 75)),  # at the threshold: vegetated, though nothing else is known
        ({"ndvi": 0.40}, (0, 0)),
        ({"ndvi": 0.2571}, (0, 0)),  # in between it says nothing
        ({"ndvi": 0.1}, (0, 0)),  # bare or sealed: light cannot tell
        ({"ndvi": 0.6, "prior": 260}, (4, 75)),  # a garden in a coarse sealed cell
        ({"ndvi": 0.1, "prior": 260}, (2, 75)),
        ({"ndvi": 0.6, "prior": 350}, (4, 75)),
        ({"ndvi": 0.1, "prior": 350}, (3, 75)),
        ({"ndvi": 0.6, "prior": 460}, (4, 75)),
        ({"ndvi": 0.1, "prior": 460}, (3, 45)),  # a field after harvest
        ({"ndvi": 0.6, "prior": 555, "height": NAN}, (5, 75)),
        ({"ndvi": 0.1, "prior": 555, "height": NAN}, (5, 55)),
        ({"ndvi": 0.6, "prior": 660}, (6, 60)),  # reeds and algae: water stays
        ({"ndvi": 0.6, "prior": 160}, (4, 75)),  # a coarse building cell without a footprint
        ({"ndvi": 0.1, "prior": 160}, (2, 75)),
        ({"ndvi": 0.6, "prior": 260, "image": BLURRED}, (2, 60)),  # not below a class that is surer
        ({"ndvi": 0.6, "prior": 245, "image": BLURRED}, (4, 55)),
        ({"ndvi": 0.6, "mapped": 290}, (2, 90)),
        ({"ndvi": 0.6, "mapped": 350}, (4, 75)),  # a yard whose map does not tell gardens from paving
        ({"ndvi": 0.6, "parcel": 285}, (2, 85)),
        ({"ndvi": 0.6, "footprint": 1}, (1, 95)),
        ({"ndvi": 0.6, "height": 5.0}, (5, 75)),
        ({"ndvi": 0.1, "height": 5.0, "prior": 260}, (2, 75)),  # a lorry is no tree
        ({"ndvi": 0.3, "height": 5.0, "prior": 260}, (5, 50)),
        ({"height": 0.5, "prior": 555}, (4, 55)),  # coarse tree cover, but nothing tall stands there
        ({"height": NAN, "prior": 555}, (5, 55)),
        ({"height": 4.0, "prior": 555}, (5, 55)),
        ({"density": 220}, (2, 20)),
        ({"density": 320}, (3, 20)),
        ({"density": 320, "height": 4.0}, (5, 20)),
        ({"density": 220, "height": 4.0}, (2, 20)),  # the cell keeps its share
        ({"density": 220, "ndvi": 0.6}, (4, 75)),
        ({"density": 220, "ndvi": 0.1}, (2, 20)),
        ({"density": 320, "prior": 245}, (2, 45)),  # only where nothing better is known
    ],
)
def test_rule_of_light_and_density(cell: dict[str, float], expected: tuple[int, int]) -> None:
    assert one(**{"height": 0.0, **cell}) == expected  # type: ignore[arg-type]


def test_a_coarse_cell_keeps_its_share() -> None:
    share = np.array([0.5, 0.5, 0.2, 1.0, np.nan, 0.4])
    cells, decided, sealed = np.full(6, 100), np.array([0, 40, 50, 0, 0, 100]), np.array([0, 40, 50, 0, 0, 40])
    left = remaining_share(share, cells, decided, sealed)
    np.testing.assert_allclose(left, [0.5, 10 / 60, 0.0, 1.0, np.nan, np.nan], atol=1e-6)
    spread = spread_out(np.full((100, 100), 0.3), 5, 9)
    assert set(np.unique(spread)) == {220, 320} and (spread == 220).mean() == pytest.approx(0.3, abs=0.005)
    assert (spread_out(np.full((4, 4), np.nan), 0, 0) == 0).all()
    # L5: shares are summed, never cut at a threshold: 285 m2, where a 30 % threshold says 400.
    assert (np.array([100, 80, 35, 0, 10, 60]) / 100 * 100).sum() == 285


def test_eaves_are_no_trees() -> None:
    footprint = np.zeros((7, 7), dtype=np.float32)
    footprint[3, 3] = 1
    tall, grass, none = (np.full((7, 7), v, dtype=np.float32) for v in (6.0, 490.0, 0.0))
    cover, _ = classify(tall, footprint, grass, none, none, none + NAN, none, Rules(3.0, 1))
    assert cover[3, 3] == 1
    assert (cover == 4).sum() == 8 and (cover[2:5, 2:5] != 5).all()
    assert (cover == 5).sum() == 40


def test_inputs_stay_as_they_are() -> None:
    cells = [np.full((3, 3), v, dtype=np.float32) for v in (5.0, 0.0, 0.0, 0.0, 160.0, 0.5, 0.0)]
    before = [c.copy() for c in cells]
    classify(*cells, Rules(3.0, 1))
    for now, then in zip(cells, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_class_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 1-6"):
        pack(7, 50)
