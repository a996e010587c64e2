"""Named losses: PVWatts's own sum, PVGIS's 14 %, and ageing."""

from __future__ import annotations

import pytest

from pipeline.config.solar import LossesConfig, SolarConfig
from pipeline.core.solar.economics import wear
from pipeline.core.solar.losses import life_share, total


def test_the_parts_of_pvwatts_make_its_default() -> None:
    """Table 6 of the manual: 2, 3, 0, 2, 2, 0.5, 1.5, 1, 0 and 3 % make 14.08 %."""
    parts = [0.02, 0.03, 0.0, 0.02, 0.02, 0.005, 0.015, 0.01, 0.0, 0.03]
    assert total({str(n): part for n, part in enumerate(parts)}) == pytest.approx(0.1408, abs=5e-5)


def test_defaults_with_the_inverter_make_pvgis_14_percent() -> None:
    config = SolarConfig()
    assert 1 - (1 - total(config.losses.model_dump())) * config.inverter_efficiency_share == pytest.approx(0.14, abs=5e-4)


def test_no_part_no_loss_and_order_does_not_matter() -> None:
    assert total({}) == 0.0
    parts = LossesConfig().model_dump()
    assert total(dict(reversed(parts.items()))) == pytest.approx(total(parts))


def test_life_is_the_mean_of_the_worn_years() -> None:
    assert life_share(0.005, 25) == pytest.approx(wear(0.005, 25).mean())
    assert life_share(0.0, 40) == 1.0
    assert life_share(0.005, 1) == 1.0
