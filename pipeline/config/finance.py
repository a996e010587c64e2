"""Config of the value of roof plants. Prices, tariffs and taxes are not here: they stand in pipeline/io/dated_tables."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, field_validator

from pipeline.config.base import MONTH, Section


class LadderConfig(Section):
    """Sizes of plants."""

    sizes_kwp: tuple[Annotated[float, Field(gt=0.0)], ...] = Field(
        (1.5, 3.0, 4.5, 6.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0, 200.0, 500.0, 1000.0),
        description="Usual sizes; each step of a ladder takes the whole modules that fit into one, the last step takes all modules. 20 kWp ends the tax deduction, 200, 600 and 1,000 kWp are steps of Italian tariffs.",
    )

    @field_validator("sizes_kwp")
    @classmethod
    def _rising(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(a >= b for a, b in pairwise(value)):
            raise ValueError("sizes must rise from each to the next")
        return value


class FinanceConfig(Section):
    """Indicative value of roof plants."""

    as_of: str = Field("2026-11", pattern=MONTH, description="Month of the valuation: the rows of the dated tables that hold on its first day are used.")
    calendar_year: int = Field(2026, ge=1990, le=2100, description="Year whose weekdays and holidays the consumption follows; not a leap year, as the weather has 365 days.")
    utc_offset_h: int = Field(1, ge=-11, le=14, description="Standard time of the town against UTC: 1 in Italy.")
    summer_time: bool = Field(True, description="The clock goes by the European Union's summer time (directive 2000/84/EC).")
    unknown_annex_below_m2: float = Field(30.0, ge=0.0, description="Buildings of unknown use below this footprint are taken as annexes (as occupancy.min_area_m2).")
    unknown_other_above_m2: float = Field(600.0, gt=0.0, description="Buildings of unknown use above this footprint are taken as business of no known kind; those between as homes: of the 5,418 homes of the default town two are larger.")
    dwellings_lived_in: int | None = Field(None, ge=0, description="Dwellings of the town that are lived in, from a register (ISTAT's census: abitazioni occupate); by default its residents over household_people, and without residents all that the floor area holds.")
    household_people: float | None = Field(None, ge=1.0, le=10.0, description="People of a household in this town; by default those of the dated table consumption (Apulia).")
    assumed_height_m: float = Field(6.2, gt=0.0, description="Height of a building whose height is not known: two storeys of 3.1 m (as occupancy.assumed_height_m).")

    @field_validator("calendar_year")
    @classmethod
    def _of_365_days(cls, value: int) -> int:
        if value % 4 == 0 and (value % 100 != 0 or value % 400 == 0):
            raise ValueError(f"{value} is a leap year; take one of 365 days")
        return value
