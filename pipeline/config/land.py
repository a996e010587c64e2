"""Config of the land wing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.config.base import MONTH, Section


class SealingConfig(Section):
    """Land sealing by zone."""

    street_half_width_m: float = Field(10.0, gt=0.0, le=100.0, description="A stretch of street is the ground up to this far on each side of its line: carriageway, pavements and the fronts. A judgement.")
    patch_m2: float = Field(100.0, gt=0.0, description="Interval: ground that is mapped right or wrong together, one cell of the 10 m rasters. A judgement, see docs/methods/land.md.")
    common_share: float = Field(0.25, ge=0.0, le=1.0, description="Interval without labels: share of the expected error that does not cancel and is the same everywhere. A judgement.")
    seed: int = Field(5, ge=0, description="Seed of `make sample-points`.")
    sample_points: int = Field(300, ge=20, le=20_000, description="Points of `make sample-points` (75 + 225).")
    sample_min: int = Field(50, ge=2, description="Least points of a stratum (Olofsson et al. 2014: 50 to 100 for the rarest).")


class ConsumedConfig(Section):
    """Officially consumed soil."""

    residents: dict[int, int] = Field(default_factory=dict, description="Residents of the town by year, for figures per head and SDG 11.3.1, e.g. {2015: 12208, 2023: 11655}.")
    infill_reach_m: float = Field(100.0, gt=0.0, description="Infill: surroundings looked at, to each side of a newly consumed cell. A judgement.")
    infill_share: float = Field(0.5, gt=0.0, le=1.0, description="Infill: the surroundings are a built continuum from this consumed share on (>=). A judgement.")


class PlotsConfig(Section):
    """Permeability, runoff, biotope factor."""

    storm_mm: float = Field(60.0, gt=0.0, le=1000.0, description="Depth of the storm [mm]; the default is an example of the method; put the local design storm here.")
    storm_source: str = Field("example of the method, not a local design storm", max_length=200, description="Where the depth comes from; printed with the figures.")
    soil_group: Literal["A", "B", "C", "D"] = Field("B", description="Hydrologic soil group (USDA-NRCS, NEH 630 chapter 7): A drains fastest. B is a judgement until a soil map says otherwise.")
    as_of: str = Field("2026-11", pattern=MONTH, description="Month on whose first day hold the runoff coefficients, curve numbers and biotope factors are taken.")


class DesealingConfig(Section):
    """De-sealing candidates."""

    min_open_m2: float = Field(50.0, ge=0.0, description="Smaller openings are no candidate. A judgement.")
    access_m: float = Field(3.0, ge=0.0, description="Width of the way in that stays paved, along the lot's longer side. A judgement: one car.")
    open_share: float = Field(0.5, gt=0.0, le=1.0, description="At most this share of a lot's paving is opened. A judgement.")
    street_half_width_m: float = Field(3.0, ge=0.0, description="Paving this near to the line of a street is road, also where the cadastre has no road parcel.")
    as_of: str = Field("2026-11", pattern=MONTH, description="Month on whose first day hold the costs are taken.")


class LedgerConfig(Section):
    """Land-take ledger."""

    reach_m: float = Field(8.0, ge=0.0, description="A changed official cell belongs to an entry whose place is this near to its centre: half the diagonal of a 10 m cell is 7.1 m.")
    tolerance: float = Field(0.25, ge=0.0, description="Areas that differ relatively by less are the same. A judgement.")


class PatchesConfig(Section):
    """Landscape metrics."""

    cell_m: float = Field(5.0, gt=0.0, description="Cell of the landscape: the land cover is given to its commonest class in cells of about this size; metrics depend on it.")
    edge_m: float = Field(5.0, ge=0.0, description="Width of the edge that is not core.")


class RestorationConfig(Section):
    """Nature Restoration sheet."""

    year: int = Field(2024, ge=1900, le=2200, description="Year the land cover stands for.")
    built_share: float = Field(0.1, gt=0.0, le=1.0, description="A census section belongs to the urban ecosystem area from this sealed share on: a stand-in for cities, towns and suburbs (art. 3) where no map of them is given. A judgement.")


class PlantingConfig(Section):
    """Planting priority."""

    draws: int = Field(1000, ge=100, le=100_000, description="Random weights.")
    seed: int = Field(15, ge=0, description="Seed of the weights.")


class GreenConfig(Section):
    """Green space by zone."""

    canopy_height_m: float = Field(3.0, gt=0.0, description="Canopy is vegetation at or above this height.")


class AccessConfig(Section):
    """Ways on foot to green, trees and canopy around buildings."""

    min_green_ha: float = Field(0.5, gt=0.0, description="Smallest public green that counts (WHO Europe 2016: 0.5 to 1 ha).")
    min_large_green_ha: float = Field(1.0, gt=0.0, description="The larger size, shown beside it (WHO Europe 2016).")
    green_kinds: tuple[str, ...] = Field(("park", "garden", "playground", "nature", "grass"), min_length=1, description="Kinds of greenspace that are green; squares, sport grounds, cemeteries and allotments are not. A judgement.")
    max_snap_m: float = Field(200.0, gt=0.0, description="A building farther than this from every walkable street has no way on foot. A judgement.")
    entrance_every_m: float = Field(20.0, gt=0.0, description="Assumed entrances stand this far apart on an outline no way crosses.")
    entrance_reach_m: float = Field(30.0, ge=0.0, description="Assumed entrances have a way at most this far.")
    min_piece_m: float = Field(300.0, ge=0.0, description="Connected pieces of the walkable streets shorter than this in all are left out: islands of the map. A judgement.")
    catchment_m: float = Field(500.0, gt=0.0, description="Reach of a green when its area is shared out (E2SFCA).")
    canopy_height_m: float = Field(3.0, gt=0.0, description="Canopy is no building and at or above this height (as green.canopy_height_m).")
    canopy_radius_m: float = Field(300.0, gt=0.0, le=1000.0, description="Neighbourhood: a circle of this radius around the building.")
    crown_m: float = Field(5.0, gt=0.0, description="A tree top is the highest cell of canopy in a square of this side. A judgement: the crown of a street tree.")
    eaves_m: float = Field(1.0, ge=0.0, description="Tall cells this near to a building are no tree tops: they may be its eaves (as mismatch.clearance_m).")


class ProvisionConfig(Section):
    """Access and supply by zone; the settings of the headline figures."""

    distance: Literal["network", "linear"] = Field("network", description="Headline: on foot along streets, or the straight line.")
    tree_radius_m: Literal[15, 25, 50] = Field(25, description="Headline: trees within this distance of the footprint count as in view. A judgement: the rule has no distance.")
    canopy_unit: Literal["circle", "section"] = Field("circle", description="Headline: the neighbourhood of the 30 % is a circle around the building, or its census section.")
    draws: int = Field(1000, ge=100, le=20_000, description="Resamples of the intervals.")
    seed: int = Field(7, ge=0, description="Seed of the resamples.")
    min_residents: float = Field(10.0, ge=3.0, description="Zones of fewer people give no figures; the statistical code asks for 3 at least (Regole deontologiche, G.U. 14.1.2019, art. 5). 10 is a judgement.")
    min_buildings: int = Field(3, ge=3, description="Zones of fewer inhabited buildings give no figures.")
    built_gap_m: float = Field(70.0, ge=0.0, description="Built-up area: buildings nearer than this hang together (ISTAT, centro abitato: about 70 m).")
    built_hole_ha: float = Field(200.0, ge=0.0, description="Open ground up to this size that the built-up area encloses is part of it (captured open space; Angel et al. 2016, Atlas of Urban Expansion, figure not re-read).")
    as_of: str = Field("2026-11", pattern=MONTH, description="Month on whose first day hold the standards of public green are taken.")
