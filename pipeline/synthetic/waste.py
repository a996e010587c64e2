"""Demonstration tables of municipal waste in the layout of ISPRA's, and demonstration collection points: no figure and no place is real."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from pipeline.contracts.waste import FRACTIONS
from pipeline.synthetic.cutting import Floats, Geometries
from pipeline.synthetic.place import stream
from pipeline.synthetic.town import write_features

if TYPE_CHECKING:
    from pipeline.synthetic.town import Plan

YEARS = (2022, 2023, 2024)
# First lines of ISPRA's files: a title, then the header; four tabs stand before each code, a note below the last row.
TITLE = "Produzione e raccolta differenziata su scala comunale anno {year} (dati dimostrativi / demonstration data: nessuna cifra è vera)"
HEADER = (
    "IstatComune", "Regione", "Provincia", "Comune", "Popolazione", "Dato riferito a", "Frazione umida(1) (t)", "Verde (t)", "Carta e cartone (t)", "Vetro (t)", "Legno (t)", "Metallo (t)", "Plastica (t)", "RAEE (t)",
    "Tessili (t)", "Selettiva (t)", "Rifiuti da C e D (t)", "Pulizia stradale a recupero (t)", "Ingombranti misti a recupero (t)", "Altro (t)", "Totale RD (t)", "Ingombranti a smaltimento (t)", "Indifferenziato (t)",
    "Totale RU (t)", "Percentuale RD (%)",
)  # fmt: skip
NOTE = "(1) Dati dimostrativi / demonstration data"
# Parts of separate collection, drawn around.
PARTS = {
    "organic": 0.36, "garden": 0.06, "paper": 0.16, "glass": 0.13, "wood": 0.03, "metal": 0.02, "plastic": 0.09, "weee": 0.02, "textiles": 0.01, "selective": 0.003, "construction": 0.02,
    "sweepings": 0.03, "bulky": 0.05, "other": 0.007,
}  # fmt: skip
# Towns that do not exist, by codes that no town has: residents, share of separate collection in the first year, kg a head.
BESIDE = ((8200, 0.66, 452.0), (14800, 0.71, 468.0), (6300, 0.58, 431.0), (24100, 0.62, 489.0), (5200, 0.74, 405.0))
SPACING_M = 350.0
CENTRE_WITHIN_M = 1200.0  # the centre stands at the edge of the built-up area, not at a lonely farm
KEPT = 0.6  # of the places at that spacing: some of the town is out of reach


def write_tables(out: Path, name: str, code: str, residents: int, seed: int) -> None:
    """Write one table a year, `rifiuti_<year>.csv`: the town and five that do not exist.

    Parameters
    ----------
    out
        An existing folder.
    name, code, residents
        Of the town.
    seed
        Of the draw.
    """
    rng = stream(seed, "waste")
    own = code.zfill(6)[-6:] if code.isdigit() else "000000"
    towns = [(own, f"{name.upper()} (dati dimostrativi)", max(residents, 1), 0.66, 441.0)]
    towns += [(f"{own[:3]}9{n:02d}", f"COMUNE DIMOSTRATIVO {n}", *row) for n, row in enumerate(BESIDE, 1)]
    for step, year in enumerate(YEARS):
        rows = [_row(*town, step, rng) for town in towns]
        text = "\n".join([TITLE.format(year=year), ";".join(HEADER), *rows, NOTE]) + "\n"
        (out / f"rifiuti_{year}.csv").write_text(text, encoding="utf-8", newline="\n")


def _row(code: str, name: str, residents: int, share: float, kg: float, step: int, rng: np.random.Generator) -> str:
    people = round(residents * 0.995**step)
    total = people * kg * float(rng.normal(1.0, 0.012)) / 1000.0
    separate = total * min(share + 0.012 * step + float(rng.normal(0.0, 0.006)), 0.95)
    parts = np.array([PARTS[f] for f in FRACTIONS]) * rng.uniform(0.85, 1.15, len(FRACTIONS))
    tonnes = np.round(parts / parts.sum() * separate, 3)
    separate = float(tonnes.sum())
    bulky = 0.01 * total
    cells = [f"\t\t\t\t16{code}", "Regione dimostrativa", "Provincia dimostrativa", name, _italian(people, 0), "Comune", *(_italian(t, 3) for t in tonnes), _italian(separate, 3), _italian(bulky, 3)]
    return ";".join([*cells, _italian(total - separate - bulky, 3), _italian(total, 3), f"  {_italian(separate / total * 100.0, 2)}%"])


def write_points(path: Path, plan: Plan, epsg: int, seed: int) -> int:
    """Write collection points with the tags of OpenStreetMap; gives their number.

    Parameters
    ----------
    path
        GeoJSON to write.
    plan
        The generated town: points stand on its streets, near its houses, some hundred metres apart, with gaps.
    epsg, seed
        Metric system; seed of the draw.
    """
    rng = stream(seed, "collection")
    where = _apart(_beside_houses(plan), rng)
    if not len(where):
        where = shapely.get_coordinates(shapely.centroid(plan.area))[None, 0]
    away = np.hypot(*(where - np.median(where, axis=0)).T)
    outer = int(np.argmax(np.where(away <= max(CENTRE_WITHIN_M, float(away.min())), away, -1.0)))
    rows: list[dict[str, object]] = []
    for n in range(len(where)):
        takes = {"recycling_type": "centre", "name": "Ecocentro dimostrativo"} if n == outer else _takes(n)
        rows.append({"amenity": "recycling", "@id": f"node/{900000 + n}", **takes, "note": "dati dimostrativi / demonstration data"})
    shapes: Geometries = np.asarray(shapely.points(where), dtype=object)
    write_features(path, shapes, rows, epsg)
    return len(rows)


def _takes(n: int) -> dict[str, object]:
    tags: dict[str, object] = {"recycling_type": "container", "name": f"Postazione dimostrativa {n + 1:02d}", "recycling:glass": "yes", "recycling:paper": "yes"}
    tags |= {"recycling:batteries": "yes"} if n % 4 == 0 else {}
    tags |= {"recycling:cooking_oil": "yes"} if n % 6 == 1 else {}
    return tags | ({"recycling:clothes": "yes"} if n % 5 == 2 else {})


def _beside_houses(plan: Plan) -> Floats:
    """Middles of the paved streets within the town that have a house within 40 m."""
    lines = plan.streets.lines[plan.streets.paved]
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    houses = shapely.STRtree(plan.houses.footprint)
    near = np.zeros(len(middle), dtype=bool)
    near[np.unique(houses.query(middle, predicate="dwithin", distance=40.0)[0])] = True
    return np.asarray(shapely.get_coordinates(middle[near & shapely.covers(plan.area, middle)]))


def _apart(points: Floats, rng: np.random.Generator) -> Floats:
    """Some of the points, no two nearer than the spacing."""
    chosen: list[Floats] = []
    for i in rng.permutation(len(points)):
        if all(np.hypot(*(points[i] - c)) >= SPACING_M for c in chosen):
            chosen.append(points[i])
    kept = chosen[: max(2, round(KEPT * len(chosen)))]
    return np.array(kept).reshape(-1, 2)


def _italian(value: float, digits: int) -> str:
    """1234.5 as 1.234,5.

    >>> _italian(1234.5, 1)
    '1.234,5'
    """
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))
