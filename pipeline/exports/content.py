"""Which tables the exports hold: the joined layers of the atlas, and of every other table what they lack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.contracts.publish import Atlas
from pipeline.contracts.spec import Later, PackageSpec, Part, TableSpec

# The stages whose results a layer of the atlas shows; its sources are theirs and those of all before them.
STAGES: dict[str, tuple[str, ...]] = {
    "town": ("boundary", "solar", "sealing", "green", "plots", "desealing", "provision", "consumed"),
    "buildings": ("buildings", "roofs", "irradiation", "arrays", "solar", "finance", "access"),
    "roofs": ("roofs", "irradiation", "horizon", "arrays"),
    "arrays": ("arrays", "solar"),
    "parcels": ("parcels", "sealing", "green", "plots", "desealing", "solar"),
    "sections": ("residents", "sealing", "green", "plots", "planting", "provision"),
    "streets": ("streets", "sealing", "green", "plots"),
    "official": ("consumed",),
    "comparison": ("consumed",),
    **dict.fromkeys(("consumed_changes", "consumed_stock"), ("consumed",)),
    **dict.fromkeys(("community_areas", "community_steps", "community_anchors"), ("community",)),
    **dict.fromkeys(("reports_points", "reports_moderation", "reports_counts"), ("reports",)),
    **dict.fromkeys(("collection_access", "collection_zones", "collection_points", "collection_places"), ("collection",)),
    **dict.fromkeys(("actions_list", "actions_curve", "actions_budget"), ("actions",)),
}
# Consumption that was assumed for single homes stays in processed/, like people.
PRIVATE: dict[str, tuple[str, ...]] = {"finance": ("load_kwh_year", "self_consumed_kwh")}
# What is left out, and why; told in the exports themselves.
LEFT_OUT: dict[str, tuple[str, str]] = {
    "occupancy": ("residenti stimati per edificio: non si pubblicano", "residents estimated by building: not published"),
    "horizon": ("elenchi di 72 e 3.240 numeri per falda e gli orizzonti delle sue celle: restano in horizon.parquet; il fattore di vista del cielo è in roofs", "lists of 72 and 3,240 numbers a plane and the horizons of its cells: they stay in horizon.parquet; the sky view factor is in roofs"),
    "profiles": ("solo il totale del comune, ora per ora; per uso degli edifici in profiles.parquet", "only the town's total, hour by hour; by use of buildings in profiles.parquet"),
    "reports": ("solo le segnalazioni accettate; le altre solo come numero", "accepted reports only; the others as a number"),
    "finance": ("senza i consumi assunti per edificio", "without the consumption assumed for a building"),
    "collection": ("senza le parti di zone da cui si potrebbe risalire a poche case", "without parts of zones that would be a few homes"),
    "provision": ("senza i valori da cui si potrebbe risalire a una casa", "without figures from which one home could be worked out"),
}


@dataclass(frozen=True)
class Layer:
    """One table of the exports.

    Attributes
    ----------
    name
        Of the layer in the GeoPackage and of the files.
    spec
        Columns it has, in order.
    part
        Its rows, in their file; None where only its look is asked for.
    stages
        Whose results they are.
    joined
        Whether it is a layer of the atlas, with a look of its own; the others are details.
    """

    name: str
    spec: type[TableSpec]
    part: Part | None
    stages: tuple[str, ...]
    joined: bool

    @property
    def rows(self) -> Part:
        """Its rows, in their file."""
        assert self.part is not None
        return self.part

    @property
    def drawn(self) -> bool:
        """Whether its rows have a place."""
        return self.spec.geometry is not None


def joined_layers(parts: Mapping[str, Part | None]) -> list[Layer]:
    """Layers of the atlas by name, in its order."""
    return [Layer(name, spec, parts[name], STAGES.get(name, (name,)), True) for name, spec in Atlas.layers.items() if name in parts]


def layers(atlas: Later[Any], tables: dict[str, tuple[type[TableSpec], Part | None]]) -> list[Layer]:
    """The tables to export; one without rows is left out.

    Parameters
    ----------
    atlas
        The joined layers.
    tables
        Other tables by name: contract and rows, None where the town has no such data.

    Returns
    -------
    list
        The layers of the atlas first. A table with the key of one of them gives only the columns that it lacks, under its own name,
        or `<name>_detail` where the layer has that name.
    """
    found = joined_layers({name: part for name, part in atlas.parts.items() if part.rows})
    keys = {layer.spec.key: layer for layer in found if layer.drawn}
    for name, (spec, part) in tables.items():
        if part is None or not part.rows:
            continue
        same = keys.get(spec.key)
        own = _narrowed(name, spec, same.spec if same else None)
        if own is None:
            continue
        taken = name in Atlas.layers
        found.append(Layer(f"{name}_detail" if taken else name, own, part, STAGES.get(name, (name,)), False))
    return found


def of_package(stage: str, spec: type[PackageSpec], package: Later[Any] | None) -> dict[str, tuple[type[TableSpec], Part | None]]:
    """The tables of a stage that writes several, named `<stage>_<layer>`; those that the atlas carries as they are left to it."""
    carried = set(Atlas.layers.values())
    return {f"{stage}_{name}": (table, None if package is None else package.parts[name]) for name, table in spec.layers.items() if table not in carried}


def _narrowed(name: str, spec: type[TableSpec], joined: type[TableSpec] | None) -> type[TableSpec] | None:
    """The contract without lists, private columns, and what the joined layer of the same key has already; None where nothing is left."""
    has = set(joined.columns()) if joined else set()
    columns = {
        n: c for n, c in spec.columns().items() if n in spec.key or (not c.holds_many and n not in has and n not in PRIVATE.get(name, ()))
    }
    if len(columns) == len(spec.key) and joined is not None:
        return None
    detail = joined is not None
    made = {
        "title_en": f"{spec.title_en} (details)" if detail else spec.title_en, "title_it": f"{spec.title_it} (dettagli)" if detail else spec.title_it,
        "key": spec.key, "geometry": None if detail else spec.geometry, "geometry_required": spec.geometry_required,
    }  # fmt: skip
    return type(spec.__name__, (TableSpec,), made | columns)
