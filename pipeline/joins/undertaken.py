"""What the town already does, beside what could be done: an initiative gives its action a status, or stands in a row of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from pipeline.contracts.actions import ACTION_KINDS, ACTION_STATUSES
from pipeline.joins.potentials import rows_of

# Words of the register that are an action's kind under another name.
SAME_KIND = {"waste": "collection_point"}


def undertaken(actions: pd.DataFrame, initiatives: Any, within_m: float, done_share: float) -> pd.DataFrame:
    """Join the register of initiatives to the actions.

    An initiative belongs to the action of its kind on the building it names, else on the parcel, else to the nearest one
    whose asset lies within some metres of its place. Several of one action sum up; the one that is furthest tells status and owner.

    Parameters
    ----------
    actions
        Rows of `joins.potentials`.
    initiatives
        Table `initiatives`: a geometry may be missing.
    within_m
        Of a place without building or parcel.
    done_share
        An action is done where the register reached this share of its energy, or says nothing of energy; else it is under way.

    Returns
    -------
    the actions, with those of the register that have no potential below
    """
    table = initiatives.sort_values("initiative_id", kind="stable", ignore_index=True)
    of = np.array([_action_of(r, actions, within_m) for r in table.itertuples()], dtype=np.int64)
    made = actions.copy()
    for a in np.unique(of[of >= 0]):
        _mark(made, int(a), table[of == a], done_share)
    alone = table[of < 0].reset_index(drop=True)
    return pd.concat([made, _own_rows(alone)], ignore_index=True) if len(alone) else made


def _action_of(r: Any, actions: pd.DataFrame, within_m: float) -> int:
    """Row of the action that an initiative belongs to, -1 where there is none."""
    kind = actions["kind"].isin((r.kind, SAME_KIND.get(r.kind, r.kind))).to_numpy()
    for name in ("building", "parcel"):
        word = getattr(r, f"{name}_id")
        if pd.notna(word) and (same := np.flatnonzero(kind & (actions[name] == word).to_numpy())).size:
            return int(same[0])
    if r.geometry is None or r.geometry.is_empty or pd.notna(r.building_id):
        return -1
    near = np.flatnonzero(kind & actions["shape"].notna().to_numpy())
    away = shapely.distance(np.asarray(actions["shape"].iloc[near], dtype=object), r.geometry)
    return int(near[np.argmin(away)]) if len(near) and away.min() <= within_m else -1


def _mark(actions: pd.DataFrame, at: int, own: pd.DataFrame, done_share: float) -> None:
    furthest = own.iloc[int(np.argmax([ACTION_STATUSES.index(s) for s in own["status"]]))]
    done = own[own["status"] == "done"]
    actions.loc[at, ["status", "initiatives"]] = furthest["status"], " ".join(own["initiative_id"])
    if pd.notna(furthest["owner"]):
        actions.loc[at, "owner"] = furthest["owner"]
    if len(done):
        actions.loc[at, ["achieved_kwh", "achieved_co2_kg"]] = done["kwh"].sum(min_count=1), done["co2_kg"].sum(min_count=1)
    words = [actions.loc[at, "reasons"], "in_register"]
    if furthest["status"] == "done" and actions.loc[at, "achieved_kwh"] < done_share * actions.loc[at, "kwh"]:
        actions.loc[at, "status"] = "under_way"
        words.append("partly_done")
    actions.loc[at, "reasons"] = " ".join(w for w in words if pd.notna(w))


def _own_rows(alone: Any) -> pd.DataFrame:
    done = alone["status"].eq("done")
    # A kind of the register that the roadmap does not know stays one of its other actions.
    kind = alone["kind"].where(alone["kind"].isin(ACTION_KINDS), "other")
    rows = rows_of(
        len(alone), action_id=kind + "-" + alone["initiative_id"], kind=kind, asset_id=alone["initiative_id"], name=alone["name"], owner=alone["owner"].fillna("municipality"), units=1.0,
        m2=alone["m2"], kwp=alone["kwp"], kwh=alone["kwh"], co2_kg=alone["co2_kg"], eur_low=alone["cost_eur"], eur_mid=alone["cost_eur"], eur_high=alone["cost_eur"],
        achieved_kwh=alone["kwh"].where(done), achieved_co2_kg=alone["co2_kg"].where(done), source="initiatives: " + alone["source"].fillna("register"), initiatives=alone["initiative_id"],
        reasons="in_register only_in_register", building=alone["building_id"], parcel=alone["parcel_id"], shape=alone.geometry,
    )  # fmt: skip
    return rows.assign(status=alone["status"].to_numpy(dtype=object), mine=True)
