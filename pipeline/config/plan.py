"""Config of the climate plan. Law, tariffs, grants and benchmarks are not here: they stand in pipeline/io/dated_tables."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.config.base import MONTH, Section


class EstateConfig(Section):
    """Public buildings."""

    as_of: str = Field("2026-11", pattern=MONTH, description="Month of the valuation: the rows of the dated tables that hold on its first day are used; bills of later years are refused.")
    degree_days_method: Literal["eurostat", "dpr412"] = Field(
        "eurostat",
        description="Heating degree days of the typical year: eurostat sums 18 °C less the day's mean where that is 15 °C or less (Eurostat, nrg_chdd); dpr412 sums 20 °C less the mean where that is below 12 °C (DPR 412/1993 as it is applied). Those of the bills' years must be of the same method.",
    )
    typical_degree_days: float | None = Field(None, gt=0.0, le=12000.0, description="Heating degree days of a typical year, where a longer series than the weather file's year is known.")
    reach_m: float = Field(15.0, ge=0.0, le=200.0, description="A point of the register or of a house number belongs to the nearest building within this distance: house numbers stand at gates.")


class CommunityConfig(Section):
    """Energy communities around the municipal roofs."""

    as_of: str = Field("2026-11", pattern=MONTH, description="Month of the valuation, as estate.as_of; on a day on which the tariff takes in no plant there is none.")
    region: Literal["south", "centre", "north"] = Field("south", description="Correction of the tariff for less sun (DM 414/2023, annex 1): Lazio, Marche, Tuscany, Umbria and Abruzzo are the centre, what lies north of them the north.")
    households: tuple[Annotated[int, Field(ge=1)], ...] = Field((10, 25, 50, 100, 200, 500, 1000, 2000, 5000), description="Numbers of households for which a community is worked out; larger ones than the area has are left out, all of them are added.")
    anchor_households: int = Field(100, ge=1, description="Households with whom each roof alone is held up as an anchor.")
    member_share: float = Field(0.5, ge=0.0, le=1.0, description="Share of premium and valorisation that goes to the households; the rest stays for plants and fund (a judgement, for the statute to settle).")
