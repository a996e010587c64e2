"""Points on the map of the plan: measures of the register, accepted reports, collection points; static/points.js draws them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from pipeline.maps.content import Site
from pipeline.maps.encode import Column, pack
from pipeline.maps.phrases_register import REGISTER
from pipeline.maps.phrases_roadmap import POINT_MAPS
from pipeline.maps.phrases_waste import WASTE
from pipeline.maps.roadmap import shown_initiatives

# What is drawn from the first; collection points only when they are asked for.
LAYERS = {"initiative": True, "report": True, "collection": False}


def points(site: Site) -> pd.DataFrame | None:
    """All points with their words as codes; None where there are none.

    Returns
    -------
    pandas.DataFrame
        layer, id, name, kind, status, when, and lon, lat in degrees.
    """
    parts, there = [], subjects(site)
    done = shown_initiatives(site)
    if "initiative" in there:
        parts.append(_rows(done, "initiative", done["initiative_id"], done["name"], done["kind"], done["status"], done["year"].astype(int).astype(str)))
    if site.reports is not None and "report" in there:
        told = site.reports["points"]
        parts.append(_rows(told, "report", told["report_id"], told["text"], told["kind"], told["moderation"], told["date"]))
    if site.collection is not None and "collection" in there:
        stops = site.collection["points"]
        parts.append(_rows(stops, "collection", stops["point_id"] + "-" + stops["kind"], stops["name"], stops["kind"], None, None))
    return pd.concat(parts, ignore_index=True) if parts else None


def subjects(site: Site) -> list[str]:
    """The subjects this town has points of, in the order of `LAYERS`; none without public buildings, whose map they lie on."""
    if "climate" not in site.made:
        return []
    done = shown_initiatives(site)
    there = {"initiative": done, "report": None if site.reports is None else site.reports["points"], "collection": None if site.collection is None else site.collection["points"]}
    return [name for name in LAYERS if there[name] is not None and len(there[name])]


def _rows(frame: Any, layer: str, ids: Any, name: Any, kind: Any, status: Any, when: Any) -> pd.DataFrame:
    at = frame.geometry.representative_point().to_crs(4326)
    return pd.DataFrame({"layer": layer, "id": ids, "name": name, "kind": kind, "status": status, "when": when, "lon": at.x.to_numpy(), "lat": at.y.to_numpy()})


def script(table: pd.DataFrame) -> str:
    """The text of data/points.js: the table, and the words of its codes."""
    words = POINT_MAPS | {k: v for k, v in REGISTER.items() if k.startswith(("initiative.", "status.", "report."))} | {k: v for k, v in WASTE.items() if k.startswith("collection.")}
    columns = {n: Column([None if pd.isna(v) else str(v) for v in table[n]]) for n in ("layer", "id", "name", "kind", "status", "when")}
    places = {n: Column(table[n].to_numpy(dtype=np.float64), 1e-5) for n in ("lon", "lat")}
    said = json.dumps({k: list(v) for k, v in words.items()}, ensure_ascii=False, separators=(",", ":"))
    return f"Object.assign(SS.text,{said});\n" + pack("points", len(table), columns | places)
