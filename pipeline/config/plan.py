"""Config of the climate plan. Law, tariffs, grants and benchmarks are not here: they stand in pipeline/io/dated_tables."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.config.base import Section


class EstateConfig(Section):
    """Public buildings."""

    as_of: str = Field("2026-11", pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="Month of the valuation: the rows of the dated tables that hold on its first day are used; bills of later years are refused.")
    degree_days_method: Literal["eurostat", "dpr412"] = Field(
        "eurostat",
        description="Heating degree days of the typical year: eurostat sums 18 °C less the day's mean where that is 15 °C or less (Eurostat, nrg_chdd); dpr412 sums 20 °C less the mean where that is below 12 °C (DPR 412/1993 as it is applied). Those of the bills' years must be of the same method.",
    )
    typical_degree_days: float | None = Field(None, gt=0.0, le=12000.0, description="Heating degree days of a typical year, where a longer series than the weather file's year is known.")
    reach_m: float = Field(15.0, ge=0.0, le=200.0, description="A point of the register or of a house number belongs to the nearest building within this distance: house numbers stand at gates.")
