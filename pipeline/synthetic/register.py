"""Demonstration registers: what a town already does, what citizens report, what schools count. No row is real."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from pipeline.synthetic.estate import Building, comma, public_buildings, write_lines
from pipeline.synthetic.place import stream

if TYPE_CHECKING:
    from pipeline.synthetic.town import Plan

NOTE = "# dati dimostrativi / demonstration data: generati, nessuna iniziativa o segnalazione vera"
HEAD = "codice;intervento;tipo;anno;stato;costo euro;kwh anno;kwp;mq;kg co2;responsabile;fonte;luogo;aggregato;particella;indirizzo;latitudine;longitudine"
# Kind, words, year, status, cost for each unit [EUR], unit of the size, share of the building's floor area, kWh and kg of CO2 for each unit.
MEASURES: tuple[tuple[str, str, int, str, float, str, float, float, float], ...] = (
    ("cappotto", "Cappotto", 2022, "concluso", 180.0, "mq", 0.6, 38.0, 7.6), ("fotovoltaico", "Fotovoltaico in copertura", 2023, "in esercizio", 1350.0, "kwp", 0.03, 1390.0, 361.0),
    ("caldaia", "Nuova pompa di calore", 2025, "in corso", 95.0, "mq", 1.0, 21.0, 4.2), ("depavimentazione", "Cortile riaperto", 2027, "previsto", 75.0, "mq", 0.3, np.nan, np.nan),
    ("fotovoltaico", "Pensilina fotovoltaica", 2028, "proposto", 2100.0, "kwp", 0.02, 1420.0, 369.0), ("alberature", "Filare di alberi", 2026, "in corso", 45.0, "mq", 0.2, np.nan, np.nan),
)  # fmt: skip
# What holds for the whole town: kind, words, year, status, cost [EUR].
TOWNWIDE: tuple[tuple[str, str, int, str, str], ...] = (
    ("regolamento", "Regola dimostrativa per lo spazio pubblico: un albero ogni sei posti auto", 2024, "in vigore", ""),
    ("compostaggio", "Compostiere dimostrative alle famiglie", 2025, "in corso", "18000"),
    ("progetto scolastico", "Progetto dimostrativo nelle scuole: la via conta i suoi alberi", 2026, "in corso", "4500"),
    ("zona 30", "Zona 30 dimostrativa", 2027, "proposto", "60000"),
)
SAID: tuple[tuple[str, str], ...] = (
    ("albero mancante", "Qui manca un albero"), ("asfalto da togliere", "Questo slargo si potrebbe riaprire"), ("punto caldo", "Qui d'estate non c'è ombra"),
    ("tetto", "Questo tetto prende sole tutto il giorno"), ("punto di raccolta mancante", "Il punto di raccolta è lontano"), ("altro", "Una panchina all'ombra"),
)  # fmt: skip
DECISIONS = ("accettata", "accettata", "accettata", "in attesa", "respinta")
COUNTED_M = 10.0  # a tree this near to the line of a street is one of the street
COUNTED_STREETS = 8
EDGE_M = 5.0  # reports keep this far from the boundary


def write_registers(out: Path, plan: Plan, ids: dict[int, str], epsg: int, seed: int) -> int:
    """Write the register of initiatives, reports as uMap and Decidim export them, and tree counts; gives the number of rows.

    Parameters
    ----------
    out
        An existing folder.
    plan, ids
        The generated town, and the identifier of each of its buildings.
    epsg, seed
        Metric system; seed of the draw.
    """
    rng = stream(seed, "register")
    initiatives = _initiatives(public_buildings(plan, ids, epsg))
    write_lines(out / "iniziative.csv", [NOTE, HEAD, *initiatives])
    places = _places(plan, epsg, 24, rng)
    (out / "segnalazioni.geojson").write_text(json.dumps(_umap(places[:16]), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    write_lines(out / "proposte.csv", _decidim(places[16:]))
    counts = _counts(plan, rng)
    write_lines(out / "alberi_contati.csv", [NOTE, "street;trees_counted;date;class", *counts])
    return len(initiatives) + len(places) + len(counts)


def _initiatives(found: list[Building]) -> list[str]:
    """A measure on each of the first buildings, named in turn by outline, parcel, point and address; one that is nowhere; four for the whole town."""
    lines = []
    for n, b in enumerate(found[:12]):
        kind, words, year, status, price, unit, share, kwh, kg = MEASURES[n % len(MEASURES)]
        size = round(b.floor_m2 * share, 1)
        way = n % 4
        place = [b.building_id if way == 0 else "", b.parcel if way == 1 else "", f"{b.street}, {b.house_number}" if way == 3 else "", comma(b.lat, 7) if way == 2 else "", comma(b.lon, 7) if way == 2 else ""]
        effect = ["" if np.isnan(kwh) else comma(size * kwh, 0), comma(size, 1) if unit == "kwp" else "", comma(size, 0) if unit == "mq" else "", "" if np.isnan(kg) else comma(size * kg, 0)]
        lines.append(";".join([f"INI-{n + 1:02d}", f"{words} dimostrativo {n + 1:02d}", kind, str(year), status, comma(size * price, 0), *effect, "Ufficio tecnico", "dimostrativo", "", *place]))
    lines.append("INI-90;Cappotto dimostrativo senza luogo;cappotto;2026;previsto;50000;9000;;;1800;Ufficio tecnico;dimostrativo;;;;Via che non c'è, 7;;")
    lines += [f"INI-{91 + n};{w};{k};{y};{s};{c};;;;;Giunta comunale;dimostrativo;comune;;;;;" for n, (k, w, y, s, c) in enumerate(TOWNWIDE)]
    return lines


def _places(plan: Plan, epsg: int, number: int, rng: np.random.Generator) -> list[tuple[float, float, int]]:
    """Points along streets in the town: longitude, latitude, number."""
    from pyproj import Transformer

    area = shapely.buffer(plan.area, -EDGE_M)
    inside = np.flatnonzero(shapely.intersects(area, plan.streets.lines) & (shapely.length(plan.streets.lines) > 20.0))
    drawn = rng.choice(inside, number)
    points = shapely.line_interpolate_point(plan.streets.lines[drawn], rng.uniform(0.2, 0.8, number), normalized=True)
    # The town may hold a part of the line only.
    points = np.where(shapely.covers(area, points), points, shapely.point_on_surface(shapely.intersection(plan.streets.lines[drawn], area)))
    at = shapely.get_coordinates(points)
    lon, lat = Transformer.from_crs(f"EPSG:{epsg}", "EPSG:4326", always_xy=True).transform(at[:, 0], at[:, 1])
    return [(round(float(x), 6), round(float(y), 6), n) for n, (x, y) in enumerate(zip(lon, lat, strict=True))]


def _umap(places: list[tuple[float, float, int]]) -> dict[str, Any]:
    """A layer as uMap exports it; kind and moderation are columns that its editors added."""
    features = [
        {
            "type": "Feature", "id": f"dim{n:02d}", "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {
                "name": f"Segnalazione dimostrativa {n:02d}", "description": f"**{SAID[n % len(SAID)][1]}** (dimostrativo)" + (" tel. 0832 000000" if n == 0 else ""),
                "tipo": SAID[n % len(SAID)][0], "moderazione": DECISIONS[n % len(DECISIONS)], "data": f"2026-{1 + n % 9:02d}-15", "_umap_options": {"color": "Green"},
            },
        }
        for lon, lat, n in places
    ]  # fmt: skip
    return {"type": "FeatureCollection", "_umap_options": {"name": "Segnalazioni (dati dimostrativi)"}, "features": features}


def _decidim(places: list[tuple[float, float, int]]) -> list[str]:
    """Proposals as Decidim exports them, of whose columns some."""
    head = "id;category/name/it;title/it;body/it;address;latitude;longitude;state;published_at"
    states = ("accepted", "evaluating", "accepted", "rejected", "not_answered")
    return [head] + [
        f"{n};{SAID[n % len(SAID)][0]};Proposta dimostrativa {n};<p>{SAID[n % len(SAID)][1]} (dimostrativo)</p>;;{lat};{lon};{states[n % len(states)]};2026-{1 + n % 9:02d}-20 10:30:00 UTC" for lon, lat, n in places
    ]  # fmt: skip


def _counts(plan: Plan, rng: np.random.Generator) -> list[str]:
    """Counts of two classes in the streets that have the most trees, some missed; and one street that does not exist."""
    tree, street = shapely.STRtree(plan.streets.lines).query(shapely.points(plan.trees.east, plan.trees.north), predicate="dwithin", distance=COUNTED_M)
    inside = shapely.intersects(plan.area, plan.streets.lines) & np.isin(plan.streets.kind, ["avenue", "street"])
    pairs = {(str(plan.streets.name[s]), int(t)) for t, s in zip(tree, street, strict=True) if inside[s]}
    names, trees = np.unique([name for name, _ in pairs], return_counts=True)
    first = np.lexsort((names, -trees))[:COUNTED_STREETS]
    lines = [f"{names[i]};{int(trees[i] * float(rng.uniform(0.7, 1.05)))};2026-05-{11 + n:02d};{room}" for n, i in enumerate(first) for room in ("3A dimostrativa", "4B dimostrativa")]
    return [*lines, "Via che non c'è;7;2026-05-11;3A dimostrativa"]
