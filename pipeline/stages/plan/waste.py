"""Stage `waste`: the official yearly table of municipal waste, the town beside its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.config.waste import WasteConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.waste import FRACTIONS, WASTE_CHECKS, Waste
from pipeline.core.plan.waste import differs, jumps, per_head, separate_share
from pipeline.errors import InputError
from pipeline.io.dated import find
from pipeline.io.wastetable import read_waste

if TYPE_CHECKING:
    from pipeline.contracts.spec import Table

TONNES = tuple(f"{f}_t" for f in FRACTIONS)
SHOWN = 5  # towns named in a warning


def waste(layers: Layers, config: WasteConfig, town: Town, notes: Notes) -> Table[Waste]:
    """Share of separate collection and kg per resident, in all and by fraction, year by year.

    Parameters
    ----------
    layers
        Kind waste_table: ISPRA's table, one or several years in one or more files.
    config
        Who stands beside the town; what is said to look odd.
    town
        Its ISTAT code.
    notes
        Takes what looks odd, the newest year's figures, assumptions.

    Returns
    -------
    DataFrame
        One row a municipality and year, sorted by istat and year.

    Raises
    ------
    InputError
        When the town is not in the tables, or a row of it cannot be: more collected than produced, nobody living there.
    """
    rows = _chosen(read_waste(_one_world(layers, notes), notes), config, town, notes)
    rows = _possible(rows, town.code, notes)
    residents, separate, total = (rows[c].to_numpy(dtype=np.float64) for c in ("residents", "separate_t", "total_t"))
    residual = np.maximum(total - separate, 0.0)
    share = separate_share(separate, total)
    target = np.array([_target(int(y)) for y in rows["year"]])
    made = rows.assign(
        is_town=rows["istat"] == town.code, residual_t=residual, separate_share=share, kg_per_resident=per_head(total, residents), separate_kg_per_resident=per_head(separate, residents),
        residual_kg_per_resident=per_head(residual, residents), target_share=target, above_target=share - target, rank=pd.Series(share, index=rows.index).groupby(rows["year"]).rank(method="min", ascending=False).astype("int64"),
        **{f"{f}_kg_per_resident": per_head(rows[f"{f}_t"].to_numpy(dtype=np.float64), residents) for f in FRACTIONS},
    )  # fmt: skip
    made["checks"] = _checks(made, config)
    _write_down(made, notes)
    return made[[*Waste.columns()]]


def _one_world(layers: Layers, notes: Notes) -> Layers:
    """Real tables alone where there are any: a change from a generated year to a real one says nothing."""
    real = tuple(layer for layer in layers if not layer.source.synthetic)
    if real and len(real) < len(layers):
        notes.warn("Generated years of the waste table stood beside real ones and were left out.")
    return real or layers


def _chosen(rows: pd.DataFrame, config: WasteConfig, town: Town, notes: Notes) -> pd.DataFrame:
    """The town and those beside it."""
    if not (rows["istat"] == town.code).any():
        raise InputError(f"sources.waste: no row of the municipality {town.code or '(none given)'}; expected its ISTAT code in the column IstatComune; check `code` in town.yaml, and that the table is of its province")
    beside = rows["istat"].isin(config.neighbours) if config.neighbours else rows["istat"].str[:3] == town.code[:3]
    absent = sorted(set(config.neighbours) - set(rows["istat"]))
    if absent:
        notes.warn(f"waste.neighbours: {', '.join(absent)} are not in the tables.")
    kept = rows[beside | (rows["istat"] == town.code)].reset_index(drop=True)
    notes.count("rows left out: of other municipalities", len(rows) - len(kept))
    return kept


def _possible(rows: pd.DataFrame, code: str, notes: Notes) -> pd.DataFrame:
    """Rows that can be; a neighbour's that cannot is left out and said, one of the town stops the run."""
    numbers = rows[["separate_t", "total_t", *TONNES]]
    wrong = rows[["separate_t", "total_t", "residents", "name"]].isna().any(axis=1) | (rows["residents"].fillna(0) <= 0) | (rows["separate_t"] > rows["total_t"] * (1.0 + 1e-9)) | (rows["total_t"] <= 0.0) | (numbers < 0.0).any(axis=1)
    said = [f"{r['name']} {r['year']}: {r['separate_t']:g} t separate of {r['total_t']:g} t, {r['residents']} residents" for r in rows[wrong].to_dict("records")]
    if (wrong & (rows["istat"] == code)).any():
        raise InputError([f"sources.waste: {line}; expected 0 <= separate <= total, total > 0 and residents; correct the row in the table" for line, own in zip(said, rows.loc[wrong, "istat"] == code, strict=True) if own])
    if said:
        notes.warn(f"Rows that cannot be, left out: {'; '.join(said[:SHOWN])}.")
    notes.count("rows left out: cannot be", len(said))
    return rows[~wrong].reset_index(drop=True).astype({"residents": "int64"})


def _target(year: int) -> float:
    found = find("waste_targets", "separate_collection", f"{year}-12-31")
    return np.nan if found is None else found.value


def _checks(rows: pd.DataFrame, config: WasteConfig) -> NDArray[np.object_]:
    """Codes of what looks odd, None where nothing does."""
    kg = rows["kg_per_resident"].to_numpy()
    found = {
        "fractions_differ": differs(rows[[*TONNES]].to_numpy(dtype=np.float64), rows["separate_t"].to_numpy(), config.tolerance),
        "share_differs": (rows["stated_share"] - rows["separate_share"]).abs().to_numpy() > config.tolerance + 1e-9,
        "jump": jumps(rows["istat"].to_numpy(), rows["year"].to_numpy(), kg, config.jump_share),
        "per_head": (kg < config.low_kg) | (kg > config.high_kg),
    }
    words = [" ".join(code for code in WASTE_CHECKS if found[code][i]) for i in range(len(rows))]
    return np.array([w or None for w in words], dtype=object)


def _write_down(rows: pd.DataFrame, notes: Notes) -> None:
    for code in WASTE_CHECKS:
        odd = rows[rows["checks"].fillna("").str.split().map(lambda codes, code=code: code in codes)]
        notes.count(f"rows that look odd: {code}", len(odd))
        if odd["is_town"].any():
            notes.warn(f"The town's own waste figures look odd ({code}) in {', '.join(str(y) for y in odd.loc[odd['is_town'], 'year'])}.")
    own = rows[rows["is_town"]]
    newest = own.iloc[-1]
    beside = rows[(rows["year"] == newest["year"]) & ~rows["is_town"]]
    notes.count("years of the town", len(own))
    notes.count("municipalities beside the town in its newest year", len(beside))
    for name in ("year", "separate_share", "kg_per_resident", "residual_kg_per_resident", "rank"):
        notes.figure(f"waste_{name}", float(newest[name]))
    if len(beside):
        # Of all tonnes and residents together, not the mean of the towns' shares.
        notes.figure("waste_separate_share_beside", float(beside["separate_t"].sum() / beside["total_t"].sum()))
        notes.figure("waste_kg_per_resident_beside", float(beside["total_t"].sum() * 1000.0 / beside["residents"].sum()))
    notes.assume("Waste as the official table counts it, home composting among separate collection where the region allows it; residents are the table's, guests and second homes are not counted.")
    notes.assume("The share of separate collection is held against the national minimum of its year; the European targets are of what is recycled, which no table by municipality says.")
