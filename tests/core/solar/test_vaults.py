"""Barrels, domes and apses are told from gables, hips, mansards and flat roofs."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.core.solar.planes import PlaneRules, tilt_deg
from pipeline.core.solar.vaults import DOME, VAULT
from tests.reference.curved_roofs import NOT_CURVED, Array, Shape, barrel, dome, look, rectangle, sail, share

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
