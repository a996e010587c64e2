"""Areas below primary substations, and what the tariff of energy communities pays on a day."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from pipeline.config.sources import Layers
from pipeline.contracts.notes import Notes
from pipeline.core.plan.community import Premium
from pipeline.errors import ConfigError
from pipeline.io.dated import Rule, find, read_rules, rule
from pipeline.io.vectors import concatenate, read_vector, repair, text_field


@dataclass(frozen=True)
class Tariff:
    """What holds on a day.

    Attributes
    ----------
    premium
        By size of plant.
    price
        Of the zone, taken for every hour [EUR/MWh].
    valorisation
        On shared energy besides the premium [EUR/MWh].
    largest_kw
        Plants above it are not taken in.
    threshold
        Share of the energy fed in beyond which the premium is not for firms.
    """

    premium: Premium
    price: float
    valorisation: float
    largest_kw: float
    threshold: float


def read_areas(layers: Layers, epsg: int, notes: Notes) -> gpd.GeoDataFrame:
    """Outlines of the areas with area_id, in the town's system, sorted.

    Parameters
    ----------
    layers
        Kind vector, with `fields: {area_id: <field>}`: the code of the GSE's map, e.g. AC001E00934.
    epsg, notes
        The town's system; counts.

    Raises
    ------
    ConfigError
        For another kind, or where no field says the code.
    """
    frames = []
    for layer in layers:
        if layer.source.kind != "vector":
            raise ConfigError(f"sources.community: kind {layer.source.kind}; expected vector")
        for path in layer.paths:
            frame = read_vector(layer.source, path, epsg, notes)
            ids = text_field(frame, layer.source, "area_id", path)
            if ids is None:
                raise ConfigError(f"sources.community: {path.name}: no field for area_id; add `fields: {{area_id: <field>}}` to this source in town.yaml")
            named = gpd.GeoDataFrame({"area_id": ids}, geometry=np.asarray(frame.geometry.array, dtype=object), crs=frame.crs)
            frames.append(named[named["area_id"].notna()])
    return repair(concatenate(frames), notes).dissolve("area_id", sort=True).reset_index()[["area_id", "geometry"]]


def tariff(on: str, region: str) -> Tariff | None:
    """What the tariff of energy communities pays to plants that come in on a day; None where it takes in none.

    Parameters
    ----------
    on
        Day or month.
    region
        south, centre or north.
    """
    sizes = _sizes()
    if find("energy_communities", f"fixed_{sizes[0]}", on) is None:
        return None
    fixed, cap = (np.array([rule("energy_communities", f"{what}_{s}", on).value for s in sizes]) for what in ("fixed", "cap"))
    value = {k: rule("energy_communities", k, on).value for k in ("reference_price", f"regional_{region}", "zonal_price", "valorisation", "plant_max", "excess_threshold")}
    terms = Premium(np.array(sizes, dtype=np.float64), fixed, cap, value["reference_price"], value[f"regional_{region}"])
    return Tariff(terms, value["zonal_price"], value["valorisation"], value["plant_max"], value["excess_threshold"])


def tariff_rule(kw: float, on: str) -> Rule | None:
    """The row of the tariff that a plant of this power falls under on a day, None above the largest plant or when it takes in none.

    >>> tariff_rule(201.0, "2026-11").key, tariff_rule(1001.0, "2026-11")
    ('fixed_600', None)
    """
    size = next((s for s in _sizes() if kw <= s), None)
    return None if size is None else find("energy_communities", f"fixed_{size}", on)


def _sizes() -> list[int]:
    """Largest power of each class of plants [kW], ascending."""
    return sorted(int(k.removeprefix("fixed_")) for k in read_rules("energy_communities") if k.startswith("fixed_"))
