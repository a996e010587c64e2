"""Config of waste and its collection. Targets of law are not here: they stand in pipeline/io/dated_tables/waste_targets.csv."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from pipeline.config.base import Section


class WasteConfig(Section):
    """The official yearly table of municipal waste."""

    neighbours: tuple[Annotated[str, StringConstraints(pattern=r"^\d{6}$")], ...] = Field((), description="ISTAT codes of the municipalities that stand beside the town; by default all of its province that the table has.")
    tolerance: float = Field(0.01, ge=0.0, le=1.0, description="Fractions may differ from the total of separate collection, and the stated share from the one of the tonnes (as a part of 1), by this much before it is said (ISPRA's page cuts the share to whole per cent).")
    jump_share: float = Field(0.5, gt=0.0, description="A change of tonnes per head by more than this from one year to the next is said: more than half is a mistake or another way of counting.")
    low_kg: float = Field(150.0, ge=0.0, description="Fewer kg per resident are said. A judgement.")
    high_kg: float = Field(1500.0, gt=0.0, description="More kg per resident are said. A judgement; towns with many guests and few residents come near.")


class CollectionConfig(Section):
    """Ways on foot to collection points. Snapping and pieces of streets are those of the section access."""

    street_reach_m: float = Field(300.0, gt=0.0, le=5000.0, description="A container on the street is reached within this way: five minutes with a bag at 1 m/s, the distance of access to green. A judgement: in a test with measured distances fewer households took part the farther the bin, but distance explained only 3 % of it (Li et al. 2020, Waste Management, Distance is a barrier to recycling - or is it?).")
    small_reach_m: float = Field(500.0, gt=0.0, le=5000.0, description="A point for batteries, oil or textiles, to which one goes a few times a year, is reached within this way. A judgement.")
    centre_reach_m: float = Field(2000.0, gt=0.0, le=20_000.0, description="A collection centre is reached within this way: half an hour on foot, under ten minutes by bicycle. A judgement; no Italian rule gives a distance that we know of.")
    new_points: int = Field(5, ge=0, le=100, description="Candidate places for each kind of new point; a centre is none of them, it needs a site.")
