"""The school kit: a workbook of a few pages for a walk. Count the trees of a street, look at five roofs, bring the numbers back."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.maps import findings
from pipeline.maps.content import Site
from pipeline.maps.pictures import town_middle
from pipeline.maps.quantities import plain, quantity
from pipeline.maps.report import blocks
from pipeline.maps.report.blocks import Block, Chapter
from pipeline.maps.report.drawing import Ground, Plate
from pipeline.maps.report.sheet import Sheet, around
from pipeline.maps.report.typeset import typeset
from pipeline.maps.text import TEXT, Phrase, say
from pipeline.maps.themes import known

_SCALE, _HEIGHT_MM = 2500.0, 165.0
_STREETS, _ROOFS, _SPACE_ROWS = 5, 5, 11
# A street that shows less than this on the map is no walk; a smaller house is hard to find; two roofs nearer than this take one another's number.
_WALK_M, _HOUSE_M2, _APART_M = 80.0, 60.0, 30.0
# High enough for the hand of a child.
_ROW_MM = 14.0
_STREET_COLOUR, _ROOF_COLOUR, _HOUSE_COLOUR = "#e0a530", "#2c6c8f", "#d9d0bf"
_POINTS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


def write(site: Site, out: Path) -> dict[str, int]:
    """One PDF for each language of the town; none where there is neither a street with a name nor a building.

    Parameters
    ----------
    site
        What is known.
    out
        An existing folder.

    Returns
    -------
    dict
        Bytes by file name.
    """
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder)
        content = _kit(site, desk)
        return {} if content is None else typeset(desk, "school", content, site, out / "school_kit")


def _kit(site: Site, desk: Path) -> dict[str, Any] | None:
    houses = site.atlas.get("buildings")
    if houses is None or not len(houses):
        return None
    year, month = (int(part) for part in site.as_of.split("-"))
    sheet = around(_centre(site), _SCALE, houses.crs.to_epsg(), _HEIGHT_MM)
    view = shapely.box(*sheet.bounds)
    streets, roofs = _walks(site.streets, view), _looks(houses, view)
    chapters = [_intro(site), _trees(site, sheet, desk, streets), *([_looked(site, sheet, desk, roofs)] if len(roofs) else []), _back(site, streets)]
    return {
        "title": say("school.title", town=site.name), "author": "Sole e Suolo", "date": {"year": year, "month": month}, "kicker": TEXT["school.kicker"], "lead": TEXT["school.lead"], "chapters": chapters,
    }  # fmt: skip


def _centre(site: Site) -> tuple[float, float]:
    """The school with the largest outline, else the middle of the town."""
    houses = site.atlas["buildings"]
    schools = houses[houses["use"] == "school"] if known(houses, "use") else houses.iloc[:0]
    if not len(schools):
        return town_middle(np.asarray(houses.geometry.values))
    at = schools.sort_values(["area_m2", "building_id"], ascending=[False, True]).geometry.iloc[0].centroid
    return float(at.x), float(at.y)


def _walks(streets: gpd.GeoDataFrame | None, view: shapely.Polygon) -> gpd.GeoDataFrame:
    """Streets with a name that show most of themselves on the map, the longest first."""
    named = None if streets is None else streets[streets["name"].notna() & shapely.intersects(np.asarray(streets.geometry), view)]
    if named is None or not len(named):
        return gpd.GeoDataFrame({"name": []}, geometry=[])
    inside = named.assign(geometry=shapely.intersection(np.asarray(named.geometry), view.buffer(-12.0)))
    whole = inside.dissolve(by="name", sort=True).reset_index()[["name", "geometry"]]
    whole = whole.assign(shown=whole.length).sort_values(["shown", "name"], ascending=[False, True])
    return whole[whole["shown"] >= _WALK_M].head(_STREETS).reset_index(drop=True)


def _looks(houses: gpd.GeoDataFrame, view: shapely.Polygon) -> gpd.GeoDataFrame:
    """Roofs that are large enough to be found, schools first, then the nearest to the middle of the map, not side by side."""
    inside = houses[shapely.contains(view.buffer(-8.0), np.asarray(houses.geometry)) & (houses["area_m2"] >= _HOUSE_M2)]
    if "kwh_year" in inside:
        inside = inside[inside["kwh_year"] > 0]
    middle, at = view.centroid, inside.geometry.centroid
    order = inside.assign(school=inside["use"].eq("school") if "use" in inside else False, far=at.distance(middle)).sort_values(["school", "far", "building_id"], ascending=[False, True, True])
    kept: list[Any] = []
    for row in order.index:
        if len(kept) < _ROOFS and all(at[row].distance(at[k]) >= _APART_M for k in kept):
            kept.append(row)
    return inside.loc[kept]


def _plate(site: Site, sheet: Sheet) -> Plate:
    """Parcels, houses and streets in quiet tints, to be written on."""
    view = shapely.box(*sheet.bounds)
    plate = Plate(sheet, Ground())
    plate.image.paste("#ffffff", (0, 0, *plate.image.size))
    if site.streets is not None:
        for line in shapely.get_parts(np.asarray(site.streets[shapely.intersects(np.asarray(site.streets.geometry), view)].geometry)):
            plate.line(line, "#ece5d8", 1.9)
    _shapes(plate, site.atlas.get("buildings"), view, _HOUSE_COLOUR)
    return plate


def _shapes(plate: Plate, frame: gpd.GeoDataFrame | None, view: shapely.Polygon, fill: str) -> None:
    if frame is None or not len(frame):
        return
    near: NDArray[Any] = np.asarray(frame.geometry.values)[shapely.intersects(np.asarray(frame.geometry.values), view)]
    plate.polygons(near, [fill] * len(near), "#8d8471", 2)


def _figure(sheet: Sheet, plate: Plate, desk: Path, name: str, legend: Sequence[tuple[str, str]], marks: NDArray[Any], count: int) -> Block:
    """A map with numbers, its legend and what it shows in words."""
    plate.reduced().save(desk / f"{name}.jpg", "JPEG", quality=86, subsampling=0)
    return sheet.furniture() | {
        "kind": "map", "image": f"{name}.jpg", "alt": say(f"school.map.{name}.alt", count=plain(count)), "marks": sheet.places(marks) if len(marks) else [], "legend_title": Phrase("", ""),
        "caption": say("report.map.caption", what=TEXT[f"school.map.{name}"], scale=plain(sheet.scale)), "legend": [{"colour": c, "label": TEXT[k], "shape": "area"} for c, k in legend],
    }  # fmt: skip


def _intro(site: Site) -> Chapter:
    steps = [TEXT[f"school.step.{n}"] for n in range(1, 5)]
    made = [blocks.text(TEXT["school.why"]), blocks.heading(TEXT["school.steps"]), *blocks.listed(steps), blocks.note(TEXT["school.safe.text"], TEXT["school.safe"]), blocks.heading(TEXT["school.bring"]), *blocks.listed([TEXT[f"school.bring.{n}"] for n in range(1, 4)])]
    return Chapter(TEXT["school.kicker.intro"], TEXT["school.intro"], [*made, blocks.note(TEXT["school.teacher.text"], TEXT["school.teacher"])], findings.demonstration(site.lineage.synthetic))


def _trees(site: Site, sheet: Sheet, desk: Path, streets: gpd.GeoDataFrame) -> Chapter:
    """The map of the walk, what counts as a tree, and the table to fill in."""
    plate = _plate(site, sheet)
    for shape in streets.geometry:
        for line in shapely.get_parts(shape):
            plate.line(line, _STREET_COLOUR, 1.9)
    lines = np.asarray([shapely.line_interpolate_point(_longest(s), 0.5, normalized=True) for s in streets.geometry], dtype=object)
    made = [blocks.lead(TEXT["school.trees.lead"]), _figure(sheet, plate, desk, "walk", ((_STREET_COLOUR, "school.legend.street"), (_HOUSE_COLOUR, "school.legend.house")), lines, len(streets)), blocks.page()]
    made += [blocks.heading(TEXT["school.rules"]), *blocks.listed([TEXT[f"school.rule.{n}"] for n in range(1, 5)]), blocks.heading(TEXT["school.trees.form"])]
    rows = [[blocks.literal(str(n)), blocks.literal(str(name)), *[blocks.literal("")] * 4] for n, name in enumerate(streets["name"], 1)]
    rows += [[blocks.literal("")] * 6] * (_SPACE_ROWS - len(rows))
    heads = [(TEXT[f"school.col.{k}"], w) for k, w in (("number", 0.5), ("street", 2.2), ("left", 1.1), ("right", 1.1), ("total", 1.0), ("date", 1.2))]
    return Chapter(TEXT["school.kicker.trees"], TEXT["school.trees"], [*made, _form(heads, rows, TEXT["school.trees.caption"])])


def _longest(shape: Any) -> Any:
    return max(shapely.get_parts(shapely.line_merge(shape) if shape.geom_type == "MultiLineString" else shape), key=lambda p: p.length)


def _looked(site: Site, sheet: Sheet, desk: Path, roofs: gpd.GeoDataFrame) -> Chapter:
    """The map of the five roofs, what is to be looked at, what the map says."""
    plate = _plate(site, sheet)
    shapes = np.asarray(roofs.geometry.values)
    plate.polygons(shapes, [_ROOF_COLOUR] * len(shapes), "#1d2a31", 3)
    picture = _figure(sheet, plate, desk, "roofs", ((_ROOF_COLOUR, "school.legend.roof"), (_HOUSE_COLOUR, "school.legend.house")), shapes, len(roofs))
    seen = [[blocks.literal(str(n)), *[TEXT[f"school.choice.{k}"] for k in ("facing", "objects", "shade")], TEXT["school.choice.agrees"]] for n in range(1, len(roofs) + 1)]
    heads = [(TEXT[f"school.col.{k}"], w) for k, w in (("number", 0.4), ("facing", 1.7), ("objects", 1.7), ("shade", 1.7), ("agrees", 1.0))]
    says = [[blocks.literal(str(n)), _facing(site, r.building_id), _objects(site, r.building_id), quantity(getattr(r, "shading_loss", None), "part"), quantity(getattr(r, "kwh_year", None), "kwh"), blocks.literal(str(r.building_id))] for n, r in enumerate(roofs.itertuples(index=False), 1)]
    head = [(TEXT[f"school.col.{k}"], "l", w) for k, w in (("number", 0.4), ("facing", 1.0), ("objects", 1.2), ("loss", 1.2), ("year", 1.0), ("code", 1.6))]
    made = [blocks.lead(TEXT["school.roofs.lead"]), picture, blocks.page(), blocks.heading(TEXT["school.roofs.look"]), *blocks.listed([TEXT[f"school.look.{n}"] for n in range(1, 4)]),
            _form(heads, seen, TEXT["school.roofs.caption"]), blocks.heading(TEXT["school.roofs.says"]), blocks.text(TEXT["school.roofs.says.text"]), *blocks.table(head, says, TEXT["school.roofs.table"])]  # fmt: skip
    return Chapter(TEXT["school.kicker.roofs"], TEXT["school.roofs"], made)


def _facing(site: Site, building: str) -> Phrase:
    """Which way the largest plane falls."""
    planes = site.atlas.get("roofs")
    own = None if planes is None else planes[planes["building_id"] == building].sort_values(["area_m2", "roof_id"], ascending=[False, True])
    if own is None or not len(own) or own["surface_azimuth"].isna().iloc[0]:
        return TEXT["school.flat"] if own is not None and len(own) and own["kind"].iloc[0] == "flat" else TEXT["na"]
    if own["kind"].iloc[0] == "flat":
        return TEXT["school.flat"]
    return TEXT[f"school.point.{_POINTS[int(float(own['surface_azimuth'].iloc[0]) / 45.0 + 0.5) % 8]}"]


def _objects(site: Site, building: str) -> Phrase:
    there = site.atlas.get("obstacles")
    return quantity(0 if there is None else int((there["building_id"] == building).sum()), "int")


def _back(site: Site, streets: gpd.GeoDataFrame) -> Chapter:
    """How the numbers come back, and where they go."""
    street = str(streets["name"].iloc[0]) if len(streets) else "Via Roma"
    year = site.as_of[:4]
    sample = [f"{street};14;{year}-05-12;3A", f"{street};15;{year}-05-12;4B"]
    made = [blocks.lead(TEXT["school.back.lead"]), *blocks.listed([TEXT[f"school.back.{n}"] for n in range(1, 5)]), blocks.heading(TEXT["school.csv"]), blocks.text(TEXT["school.csv.text"]), _code(["street;trees_counted;date;class", *sample])]
    contact = say("school.contact", email=site.email) if site.email else TEXT["school.contact.none"]
    made += [blocks.text(contact), blocks.heading(TEXT["school.think"]), *blocks.listed([TEXT[f"school.think.{n}"] for n in range(1, 5)]), blocks.note(TEXT["school.names.text"], TEXT["school.names"])]
    return Chapter(TEXT["school.kicker.back"], TEXT["school.back"], made)


def _form(heads: Sequence[tuple[Phrase, float]], rows: Sequence[Sequence[Phrase]], caption: Phrase) -> Block:
    """A table with room to write."""
    return {"kind": "form", "row_mm": _ROW_MM, "head": [h for h, _ in heads], "widths": [w for _, w in heads], "rows": [list(r) for r in rows], "caption": caption}


def _code(lines: Sequence[str]) -> Block:
    """Lines as they stand in a file."""
    return {"kind": "code", "lines": list(lines)}
