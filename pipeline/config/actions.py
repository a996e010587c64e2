"""Config of the roadmap. Costs, prices and factors are not here: they stand in pipeline/io/dated_tables."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.config.base import MONTH, Section

CRITERIA = ("co2", "value", "cost", "urgency")


class WeightConfig(Section):
    """Weight of one criterion in the ranking: the middle one, and how far it is moved."""

    middle: float = Field(0.25, ge=0.0, le=1.0, description="Weight of the rank that is shown; the four sum to 1.")
    low: float = Field(0.1, ge=0.0, le=1.0, description="Smallest weight that is tried.")
    high: float = Field(0.6, ge=0.0, le=1.0, description="Largest weight that is tried.")


class WeightsConfig(Section):
    """Weights of the ranking; each criterion is scaled from 0 to 1 over the actions."""

    co2: WeightConfig = WeightConfig()
    value: WeightConfig = WeightConfig()
    cost: WeightConfig = WeightConfig()
    urgency: WeightConfig = WeightConfig()

    @model_validator(mode="after")
    def _possible(self) -> WeightsConfig:
        each = [getattr(self, c) for c in CRITERIA]
        if abs(sum(w.middle for w in each) - 1.0) > 1e-9:
            raise ValueError(f"the middle weights sum to {sum(w.middle for w in each):g}; they must sum to 1")
        if any(not w.low <= w.middle <= w.high for w in each):
            raise ValueError("a weight's middle is not between its low and high")
        return self


class ActionsConfig(Section):
    """Roadmap: which actions, and the money of each year."""

    as_of: str = Field("2026-11", pattern=MONTH, description="Month of the valuation: the rows of the dated tables that hold on its first day are used.")
    retrofit_share: float = Field(
        0.7, gt=0.0, le=1.0, description="Share of what a public building consumes above the typical that a retrofit saves (a judgement: hours and habits are part of what stands above, and no retrofit changes them)."
    )
    enterprise_plants: int = Field(20, ge=0, description="Roofs of enterprises with a row of their own, the plants of highest present value; all others stand in a sum, homes always.")
    private_openings: int = Field(20, ge=0, description="De-sealing of parcels that are not public with a row of their own, the largest of the Pareto set; the others are in no row.")
    streets: int = Field(20, ge=0, description="Streets with a row for trees: those in the sections where trees are needed first, least canopy first; where sections are not ranked, least canopy first.")
    street_classes: tuple[str, ...] = Field(("residential", "living_street", "tertiary", "secondary", "unclassified", "pedestrian"), description="Classes of streets (OpenStreetMap's highway) where trees are looked for.")
    street_canopy_share: float = Field(0.1, ge=0.0, le=1.0, description="Streets whose strip has at least this share of trees are left out.")
    street_sealed_share: float = Field(0.6, ge=0.0, le=1.0, description="Streets whose strip is sealed less than this lie in open country and are left out.")
    tree_spacing_m: float = Field(10.0, gt=0.0, le=100.0, description="Distance between trees along a street (a judgement for trees of middle size).")
    tree_free_share: float = Field(0.5, gt=0.0, le=2.0, description="Share of a street's length where trees find room, both sides together up to 2 (a judgement: entrances, pipes, narrow pavements are not known).")
    match_m: float = Field(20.0, ge=0.0, le=500.0, description="An initiative with a place but no building or parcel belongs to an action of its kind within this distance.")
    done_share: float = Field(0.8, ge=0.0, le=1.0, description="An action counts as done where the register reached at least this share of its energy; below it is under way (a judgement).")
    first_year: int = Field(2027, ge=2000, le=2200, description="First year of the budget.")
    budget_eur: tuple[Annotated[float, Field(ge=0.0)], ...] = Field(
        (200_000.0, 200_000.0, 200_000.0, 200_000.0, 200_000.0), min_length=1, max_length=30, description="Money of each year, for the municipality's own actions, before grants (an example: nobody has decided it)."
    )
    carry_over: bool = Field(True, description="Whether money left in a year can be spent in later ones.")
    goal: Literal["co2", "npv"] = Field("co2", description="What the budget buys most of: tonnes avoided until the end of the plan, or net present value.")
    gap_share: float = Field(1e-3, ge=0.0, le=0.2, description="The search for the best set ends when it is proven to be within this share of the best; up to 200 actions it is looked for to the end.")
    nodes: int = Field(2000, ge=1, description="The search ends after so many branches, whatever is reached; the gap that is left is told.")
    weights: WeightsConfig = WeightsConfig()
    draws: int = Field(1000, ge=0, description="Random weights of the range of ranks, beside the corners of what the bounds allow.")
    seed: int = Field(1, ge=0, description="Seed of those weights.")
