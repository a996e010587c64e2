"""Config of what the town already does and what its people report."""

from __future__ import annotations

from pydantic import Field

from pipeline.config.base import MONTH, Section


class InitiativesConfig(Section):
    """Register of what the town already does."""

    as_of: str = Field("2026-11", pattern=MONTH, description="Month of the look: what is done in a later year, or planned for an earlier one, is a warning.")
    reach_m: float = Field(15.0, ge=0.0, le=200.0, description="A point of the register or of a house number belongs to the nearest building within this distance (as estate.reach_m); a point farther off stands by itself.")
    max_kwh_kwp: float = Field(2500.0, gt=0.0, description="More energy than this of each kWp in a year is a warning: the sunniest plants of Italy, turning with the sun, stay below it (a judgement).")
    low_eur_kwp: float = Field(300.0, ge=0.0, description="Photovoltaics cheaper than this for each kWp are a warning (a judgement, a third of the lowest price of pv_costs).")
    high_eur_kwp: float = Field(10_000.0, gt=0.0, description="Dearer ones too (a judgement: the first plants of 2008 cost 6,000-7,000 EUR/kWp).")
    max_kg_kwh: float = Field(1.0, gt=0.0, description="More avoided emissions than this for each kWh are a warning: coal power stations emit about 0.9 kg/kWh (a judgement).")


class ReportsConfig(Section):
    """Reports of citizens and counts of schools."""

    max_characters: int = Field(600, ge=40, le=5000, description="Longer texts are cut at a word.")
    duplicate_m: float = Field(10.0, ge=0.0, le=200.0, description="Reports of one kind and one text nearer to each other than this are one.")
    half_width_m: float = Field(10.0, gt=0.0, le=100.0, description="A tree this near to the line of a street is one of the street (as sealing.street_half_width_m; a judgement).")
    canopy_height_m: float = Field(3.0, gt=0.0, description="A tree is no building and at or above this height (as green.canopy_height_m).")
    crown_m: float = Field(5.0, gt=0.0, le=30.0, description="A tree top is the highest cell of canopy in a square of this side (as access.crown_m; a judgement).")
    eaves_m: float = Field(1.0, ge=0.0, le=10.0, description="Tall cells this near to a building are no tree tops (as access.eaves_m).")
