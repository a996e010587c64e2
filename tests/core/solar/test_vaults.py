"""Barrels, domes and apses are told from gables, hips, mansards and flat roofs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.core.solar.planes import PlaneRules, Planes, find_planes, tilt_deg
from pipeline.core.solar.vaults import DOME, VAULT

Array = NDArray[np.float64]
Shape = Callable[[Array, Array], tuple[Array, NDArray[np.bool_]]]


def rectangle(u: Array, v: Array, length: float, width: float) -> NDArray[np.bool_]:
    return (np.abs(u) < length / 2) & (np.abs(v) < width / 2)


def barrel(span: float, rise: float) -> Shape:
    """A circular barrel along u: chord `span`, sagitta `rise`."""
    radius = (span**2 / 4 + rise**2) / (2 * rise)
    return lambda u, v: (np.sqrt(np.maximum(radius**2 - v**2, 0.0)), rectangle(u, v, max(8.0, 1.2 * span), span))


def dome(radius: float, half: bool = False) -> Shape:
    """A hemisphere, or half of one (the roof of an apse)."""
    return lambda u, v: (np.sqrt(np.maximum(radius**2 - u**2 - v**2, 0.0)), (u**2 + v**2 < radius**2) & ((u > 0) | (not half)))


def sail(side: float, radius: float) -> Shape:
    return lambda u, v: (np.sqrt(np.maximum(radius**2 - u**2 - v**2, 0.0)), rectangle(u, v, side, side))


def gable(tilt: float, length: float, width: float) -> Shape:
    return lambda u, v: (-np.abs(v) * np.tan(np.radians(tilt)), rectangle(u, v, length, width))


def hip(tilt: float, length: float, width: float) -> Shape:
    return lambda u, v: (np.minimum(length / 2 - np.abs(u), width / 2 - np.abs(v)) * np.tan(np.radians(tilt)), rectangle(u, v, length, width))


def mansard(u: Array, v: Array) -> tuple[Array, NDArray[np.bool_]]:
    inset = np.minimum(7.0 - np.abs(u), 5.0 - np.abs(v))
    return np.where(inset < 1.5, inset * np.sqrt(3.0), 1.5 * np.sqrt(3.0) + (inset - 1.5) * 0.36), rectangle(u, v, 14.0, 10.0)


def butterfly(u: Array, v: Array) -> tuple[Array, NDArray[np.bool_]]:
    return np.abs(v) * 0.2, rectangle(u, v, 12.0, 8.0)


def shed(u: Array, v: Array) -> tuple[Array, NDArray[np.bool_]]:
    return v * 0.2, rectangle(u, v, 12.0, 8.0)


def parapet(u: Array, v: Array) -> tuple[Array, NDArray[np.bool_]]:
    return v * 0.01 + 0.6 * ~rectangle(u, v, 11.0, 9.0), rectangle(u, v, 12.0, 10.0)


def look(shape: Shape, cell: float, noise: float, seed: int, rules: PlaneRules | None = None) -> tuple[Planes, int]:
    """Planes of a shape turned and shifted at random, and the number of its cells."""
    rng = np.random.default_rng(seed)
    turn, east, north = np.radians(rng.uniform(0, 360)), *rng.uniform(-0.5, 0.5, 2)
    n = round(34 / cell)
    y, x = np.mgrid[:n, :n] * cell - n * cell / 2
    x, y = x + east * cell, y + north * cell
    z, inside = shape(x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn))
    z = 30.0 + z + (rng.normal(0.0, noise, z.shape) if noise else 0.0)
    return find_planes(z.astype(np.float32), inside, cell, rules or PlaneRules()), int(inside.sum())


def share(shape: Shape, kind: int, cell: float, noise: float, tries: int = 8) -> float:
    """Share of tries in which most of the roof is of that kind."""
    hits = 0
    for seed in range(tries):
        found, cells = look(shape, cell, noise, seed)
        of = np.flatnonzero(found.curved == kind) + 1
        hits += np.isin(found.labels, of).sum() > 0.5 * cells
    return hits / tries


SALENTO = [(4.0, 0.3), (4.5, 0.3), (5.0, 0.5), (4.0, 1.0), (5.0, 1.0)]


@pytest.mark.parametrize("cell", [0.5, 1.0])
@pytest.mark.parametrize(("span", "rise"), [*SALENTO, (6.0, 3.0), (8.0, 1.5), (8.0, 4.0), (10.0, 3.0)])
def test_barrels_are_vaults(span: float, rise: float, cell: float) -> None:
    assert share(barrel(span, rise), VAULT, cell, 0.0) >= 0.75


@pytest.mark.parametrize("cell", [0.5, 1.0])
@pytest.mark.parametrize(("span", "rise"), [(5.0, 1.0), (6.0, 3.0), (8.0, 1.5), (8.0, 4.0), (10.0, 3.0)])
def test_barrels_are_vaults_through_5_cm_of_noise(span: float, rise: float, cell: float) -> None:
    assert share(barrel(span, rise), VAULT, cell, 0.05) >= 0.85


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("cell", [0.5, 1.0])
@pytest.mark.parametrize("shape", [dome(3.0), dome(4.0), dome(6.0), dome(4.0, half=True), sail(5.0, 8.0)], ids=["3 m", "4 m", "6 m", "apse", "sail"])
def test_domes_are_domes(shape: Shape, cell: float, noise: float) -> None:
    assert share(shape, DOME, cell, noise) >= 0.85


NOT_CURVED = {
    "gable 8": gable(8.0, 12.0, 6.0), "gable 20": gable(20.0, 8.0, 5.0), "gable 35": gable(35.0, 12.0, 9.0), "hip 15": hip(15.0, 10.0, 8.0), "hip 25": hip(25.0, 8.0, 6.0),
    "pyramid 12": hip(12.0, 10.0, 10.0), "pyramid 20": hip(20.0, 8.0, 8.0), "mansard": mansard, "butterfly": butterfly, "shed": shed, "parapet": parapet,
}  # fmt: skip


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("cell", [0.5, 1.0])
@pytest.mark.parametrize("name", NOT_CURVED)
def test_roofs_of_planes_are_not(name: str, cell: float, noise: float) -> None:
    assert not any(look(NOT_CURVED[name], cell, noise, seed)[0].curved.any() for seed in range(6))


def test_a_vault_is_one_row_with_its_mean_plane_and_the_area_of_its_curve() -> None:
    found, cells = look(barrel(8.0, 4.0), 0.25, 0.0, 3)
    assert found.curved.tolist() == [VAULT]
    assert (found.labels > 0).sum() > 0.9 * cells
    assert tilt_deg(found.coefficients)[0] < 2.0
    # Half a cylinder: pi / 2 of its plan, less the steepest degrees at its foot that no cell centre shows.
    assert found.stretch[0] == pytest.approx(np.pi / 2, rel=0.1)
    assert found.residual_m[0] > 0.5, "nothing here says that this is a plane"


def test_facets_can_be_kept() -> None:
    found, _ = look(barrel(8.0, 1.5), 0.5, 0.0, 1, PlaneRules(vault_facets=True))
    assert len(found.curved) > 3 and (found.curved == VAULT).all()
    assert found.residual_m.max() < 0.1


def test_a_church_keeps_its_gable_beside_the_dome() -> None:
    def church(u: Array, v: Array) -> tuple[Array, NDArray[np.bool_]]:
        apart = u > 4.0
        ball = np.sqrt(np.maximum(16.0 - (u - 8.0) ** 2 - v**2, 0.0))
        nave = rectangle(u + 4.0, v, 16.0, 8.0)
        return np.where(apart, 9.0 + ball, 6.0 - 0.4 * np.abs(v)), nave | (apart & ((u - 8.0) ** 2 + v**2 < 16.0))

    found, _ = look(church, 0.5, 0.0, 2)
    assert sorted(found.curved.tolist())[-1] == DOME and (found.curved == 0).sum() >= 2
    assert tilt_deg(found.coefficients)[found.curved == 0][:2] == pytest.approx([21.8, 21.8], abs=0.1)
