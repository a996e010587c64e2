"""One theme page: the folium map with its layers, and what its scripts must know."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from folium import LayerControl
from jinja2 import Environment

from pipeline.core.solar.uncertainty import P90_SIGMAS
from pipeline.maps import climate, dates, findings, points
from pipeline.maps.content import Site
from pipeline.maps.diary import credits_of
from pipeline.maps.land_green import Green, green
from pipeline.maps.land_soil import soil
from pipeline.maps.layers import (
    DATES_SCRIPT,
    SCRIPTS,
    SUN_SCRIPT,
    Picture,
    Points,
    Polygons,
    StreetLines,
    SunSquares,
    ThemePanel,
    TownMap,
    render,
    steady_identifiers,
)
from pipeline.maps.measures import choices
from pipeline.maps.pictures import town_middle
from pipeline.maps.quantities import quantity
from pipeline.maps.style import NO_DATA
from pipeline.maps.text import TEXT, Phrase, say
from pipeline.maps.themes import KEYS, KINDS, WORDS, Theme, known, shape_columns

# A map opens on this much of the middle of the town, so that single roofs are seen; a place with few features is shown whole.
_VIEW_M = {"sections": 3000.0}
_VIEW_OTHER_M = 1200.0
_FEW = 500
_MUTED = "#dcd5c7"
# Layers that lie on the houses, not under them.
HOUSES = ("buildings", "estate", "large")
# Pages with a map, in the order of the navigation; enterprises is led to from others.
PAGES = ("solar", "sealing", "green", "climate", "enterprises")
# Scripts of single pages, loaded before the one that connects all.
_OWN = {"climate": ("climate.js",), "enterprises": ("climate.js",)}


def theme_page(site: Site, environment: Environment, name: str, common: dict[str, Any]) -> str:
    """The text of a theme's page; where the theme has no data it says so and shows what there is.

    Parameters
    ----------
    site
        What to show.
    environment
        Templates.
    name
        One of `PAGES`.
    common
        Values every page has.
    """
    theme = site.made.get(name)
    data = _data_files(site, theme)
    sun, compared = _has_sun(site, theme), _has_dates(site, theme)
    marks = points.subjects(site) if name == "climate" else []
    more = [*([SUN_SCRIPT] if sun else []), *([DATES_SCRIPT] if compared else []), *_OWN.get(name, ()), *(["points.js"] if marks else [])]
    sources = [f"data/{d}.js" for d in ("text", *data, *([name] if theme else []), *(["sunmap"] if sun else []), *(["points"] if marks else []))]
    scripts = [f"static/{s}" for s in SCRIPTS[:2]] + sources + [f"static/{s}" for s in (*SCRIPTS[2:-1], *more, SCRIPTS[-1])]
    values = common | {
        "theme": name, "means": _means(site), "greens": "greens" in data, "installed": findings.installed(site.sums) if name == "solar" else None, "sun": sun, "dates": compared, "active": theme is not None, "layer": theme.layer if theme else "", "lead": _lead(site, name, theme),
        "legend": f"green.legend.{theme.value}" if theme and name == "green" else f"{name}.legend", "credit_short": credits_of(site.lineage, short=True),
        "choices": bool(theme and choices(theme, site.atlas)), "missing": common["missing"] if name in ("sealing", "green") or (theme is None and name == "solar") else [],
        "whole": "town" not in site.atlas or site.atlas["town"]["zone_kind"].iloc[0] == "town",
        "town_soil": soil(site) if theme and name == "sealing" else None, "town_green": _town_green(site) if theme and name == "green" else None, "plan": climate.climate(site) if name == "climate" else None, "marks": marks,
    }  # fmt: skip
    with steady_identifiers():
        town_map = TownMap(_start(site, theme), scripts)
        for layer in _map_layers(site, theme, data):
            town_map.add_child(layer)
        if sun:
            town_map.add_child(SunSquares(TEXT["sun.layer"]))
        for subject in values["marks"]:
            town_map.add_child(Points(subject, TEXT[f"points.layer.{subject}"], show=points.LAYERS[subject]))
        LayerControl(position="topright", collapsed=True).add_to(town_map)
        town_map.add_child(ThemePanel())
        return render(town_map, environment, "theme.html", values)


def _lead(site: Site, name: str, theme: Theme | None) -> Phrase:
    """The sentence under the page's question."""
    plan = {"climate": climate.lead, "enterprises": climate.large_lead}
    return plan[name](site) if name in plan else findings.lead(name, theme, site.sums, site.rules)


def _means(site: Site) -> Phrase:
    """What the colours of the roofs say, with a home's use of a year to hold them against."""
    return TEXT["solar.means"] if site.home_kwh is None else say("solar.means.home", home=quantity(site.home_kwh / 1e3, "index"))


def _town_green(site: Site) -> Green | None:
    """None where nothing is known of people and their green: an empty heading says nothing."""
    told = green(site)
    return told if told.access or told.balance or told.planting or told.restoration or told.patches else None


def _data_files(site: Site, theme: Theme | None) -> list[str]:
    """The layers a page loads: sections only where they are its subject."""
    wanted = ("ways", "parcels", "buildings", *((theme.layer,) if theme and theme.layer in ("sections", "estate", "large") else ()), "town")
    base = [n for n, frame in (("greens", site.greens), ("streets", site.streets)) if frame is not None and len(frame)]
    return [*base, *(layer for layer in wanted if layer in site.atlas)]


def _start(site: Site, theme: Theme | None) -> dict[str, Any]:
    """First view: where most of the theme's features are; the whole area is one button away."""
    whole = _extent([site.atlas["town"]] if "town" in site.atlas else list(site.atlas.values())) or ((40.0, 18.0), (40.01, 18.01))
    around = next((site.atlas[k] for k in ("buildings", "parcels", "sections") if k in site.atlas), None)
    near = whole
    if around is not None and len(around) > _FEW and (theme is None or theme.layer != "town"):
        middle = shapely.Point(town_middle(np.asarray(around.geometry.values))).buffer(
            _VIEW_M.get(theme.layer if theme else "", _VIEW_OTHER_M) / 2.0
        )
        view = shapely.box(*middle.bounds).intersection(shapely.box(*around.total_bounds))
        near = _extent([gpd.GeoDataFrame(geometry=[view], crs=around.crs)]) or whole
    centre = [round((near[0][i] + near[1][i]) / 2, 6) for i in (0, 1)]
    return {"centre": centre, "bounds": near, "whole": whole}


def _extent(frames: list[gpd.GeoDataFrame]) -> tuple[tuple[float, float], tuple[float, float]] | None:
    boxes = [f.to_crs(4326).total_bounds for f in frames if len(f)]
    if not boxes:
        return None
    low, high = np.min([b[:2] for b in boxes], axis=0), np.max([b[2:] for b in boxes], axis=0)
    return (round(float(low[1]), 6), round(float(low[0]), 6)), (round(float(high[1]), 6), round(float(high[0]), 6))


def _map_layers(site: Site, theme: Theme | None, data: list[str]) -> list[Any]:
    """Bottom to top: ground, cadastre, theme, houses, boundary."""
    shown = theme.layer if theme else ""
    out: list[Any] = []
    if site.bounds is not None:
        west, south, east, north = site.bounds
        out.append(Picture("img/base.webp", [[south, west], [north, east]], TEXT["map.base" if site.cover is not None else "map.relief"]))
    if site.bounds is not None and site.cover is not None and theme and theme.name != "solar":
        out.append(Picture("img/cover.png", [[south, west], [north, east]], TEXT["map.cover"], show=shown == "town"))
    if "parcels" in data and shown != "parcels":
        out.append(
            Polygons(
                "parcels",
                {"role": "base", "stroke": "#b3a68d", "width": 0.6, "fromZoom": 15.5 if theme else 13, "alpha": 0.6},
                TEXT["map.parcels"],
            )
        )
    parks = bool(theme and theme.name == "green")
    if "greens" in data and not parks:
        out.append(Polygons("greens", {"role": "base", "fill": "#bcd6a0", "stroke": "#8fae72", "width": 0.8, "alpha": 0.75}, TEXT["map.greens"]))
    if theme and shown not in HOUSES:
        out.append(_theme_layer(theme))
    if "streets" in data and "ways" not in data:
        out.append(StreetLines("streets", {"role": "base"}, TEXT["map.streets"]))
    if "ways" in data:
        out.append(Polygons("ways", {"role": "base", "by": "water", "fills": ["#fdfbf6", "#c3d9e4"], "alpha": 0.9}, TEXT["map.ways"]))
    if "buildings" in data and shown != "buildings":
        grey = (
            {"role": "base", "fill": "#ffffff38", "stroke": "#fffdf8", "strokeFrom": 15.5, "width": 0.9, "alpha": 0.8}
            if theme
            else {"role": "base", "fill": NO_DATA, "stroke": "#8d8471", "width": 0.6}
        )
        out.append(Polygons("buildings", grey, TEXT["map.buildings"]))
    if theme and shown in HOUSES:
        out.append(_theme_layer(theme))
    if "greens" in data and parks:
        # Above the colours: where the green is that people walk to.
        out.append(Polygons("greens", {"role": "base", "fill": "#ffffffb3", "stroke": "#14361f", "width": 2, "alpha": 1}, TEXT["map.greens"]))
    if shown != "town" and "town" in data:
        veil = {"veil": "#fbf8f2a6"} if site.atlas["town"]["zone_kind"].iloc[0] == "town" else {}
        out.append(Polygons("town", {"role": "base", "stroke": "#6d6350", "width": 2, "dash": [7, 4], **veil}, TEXT["map.boundary"]))
    if "streets" in data:
        out.append(StreetLines("streets", {"role": "base", "names": True}, TEXT["map.names"]))
    return out


def _theme_layer(theme: Theme) -> Polygons:
    houses = theme.layer in HOUSES
    fills = [_MUTED, NO_DATA, *theme.colours]
    if theme.layer == "town":
        # One value for the whole area says nothing by its colour: the land cover below shows through.
        fills = ["#ffffff00"] * len(fills)
    options = {
        "role": "theme",
        "fills": fills,
        "stroke": "#6d6350" if theme.layer == "town" else "#ffffff",
        "strokeFrom": 0 if theme.layer == "town" else 15.5 if houses else 14.5,
        "width": 1.0 if houses else 0.6,
        "alpha": 1.0 if houses else 0.86,
    }
    return Polygons(theme.layer, options, TEXT[f"{theme.name}.layer"])


def _has_sun(site: Site, theme: Theme | None) -> bool:
    return site.sun is not None and theme is not None and theme.name == "solar"


def _has_dates(site: Site, theme: Theme | None) -> bool:
    return site.dates is not None and theme is not None and theme.name == "sealing" and theme.layer != "town"


def panel(site: Site, theme: Theme) -> dict[str, Any]:
    """What the scripts of a theme page must know; it travels with the theme's columns."""
    sent = set(shape_columns(theme.layer, site.atlas[theme.layer])) | set(site.columns[theme.name])
    kinds = {name: KINDS[name][0] if name in KINDS else WORDS.get(name, "text") for name in sorted(sent)}
    csv = [c for c in kinds if not c.startswith(("m0", "m1", "reason"))]
    return {
        "sun": _has_sun(site, theme), "dates": dates.told(site.dates, site.streets) if site.dates is not None and _has_dates(site, theme) else None, "measures": choices(theme, site.atlas), "storm": site.storm_mm, "zones": len(site.atlas[theme.layer]),
        "theme": theme.name, "layer": theme.layer, "data": theme.layer, "columns": theme.name, "id": KEYS[theme.layer], "value": theme.value, "kind": theme.kind, "sum": theme.total, "below": theme.below, "words": theme.words,
        "sumKind": KINDS[theme.total][0], "band": theme.band, "p90": P90_SIGMAS if "sigma_common" in sent and known(site.atlas[theme.layer], "sigma_common") else None, "breaks": theme.limits, "colours": theme.colours, "muted": _MUTED, "noData": NO_DATA, "kinds": kinds,
        "table": [c for c in theme.table if c in sent], "csv": [KEYS[theme.layer], *(c for c in csv if c != KEYS[theme.layer])], "email": site.email, "credit": str(credits_of(site.lineage)),
        "households": site.anchor_households, "links": {"roof": "solar" in site.made, "parcel": "parcels" in site.atlas, "sealing": "sealing" in site.made and site.made["sealing"].layer == "parcels"},
    }  # fmt: skip
