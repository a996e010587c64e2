"""Addresses that publishers make by a rule: from a place to what to ask for it."""

from __future__ import annotations

import math
import re
import unicodedata
from urllib.parse import quote

Bounds = tuple[float, float, float, float]

ADE_WFS = "https://wfs.cartografia.agenziaentrate.gov.it/inspire/wfs/owfs01.php"
PVGIS_TMY = "https://re.jrc.ec.europa.eu/api/v5_3/tmy"
OVERPASS = "https://overpass-api.de/api/interpreter"
GLO30 = "https://copernicus-dem-30m.s3.amazonaws.com"
WORLDCOVER = "https://esa-worldcover.s3.eu-central-1.amazonaws.com/v200/2021/map"
STREETS = 'way["highway"]'
GREENS = (
    'nwr["leisure"~"^(park|garden|playground|pitch|nature_reserve|recreation_ground|dog_park)$"]',
    'nwr["landuse"~"^(recreation_ground|village_green|forest|cemetery|allotments|grass)$"]',
    'nwr["natural"~"^(wood|scrub|heath|grassland)$"]',
    'nwr["place"="square"]',
)
# Regions by the area that names repository and folder (NUTS 1: ITC ... ITG).
_DPC_AREAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "NordOvest": ("ITC", ("Piemonte", "Liguria", "Lombardia")),
    "NordEst": ("ITH", ("Veneto", "Friuli-Venezia Giulia", "Emilia-Romagna", "Trentino-Alto Adige")),
    "Centro": ("ITI", ("Toscana", "Umbria", "Marche", "Lazio")),
    "Sud": ("ITF", ("Abruzzo", "Molise", "Campania", "Puglia", "Basilicata", "Calabria")),
    "Isole": ("ITG", ("Sicilia", "Sardegna")),
}


def ascii_of(text: str) -> str:
    """Text without accents; letters that have no plain form are left out."""
    return unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()


def dpc_url(name: str, province: str, region: str) -> str | None:
    """Shapefile of the building aggregates of an Italian municipality, by the civil protection's folders.

    Folders are area, region, province as one word of their capitalised words (ReggioEmilia, LAquila); the file is the
    municipality without accents, blanks and apostrophes as hyphens (Castrignano-de--Greci). None for Valle d'Aosta, whose
    folder is not known.

    >>> dpc_url("Carmiano", "Lecce", "Puglia").rpartition("master/")[2]
    'Sud/Puglia/Lecce/Carmiano.shp'
    """
    region, province, name = (text.split("/")[0] for text in (region, province, name))
    found = next(((area, nuts) for area, (nuts, regions) in _DPC_AREAS.items() if region in regions), None)
    if found is None:
        return None
    area, nuts = found
    within = f"ProvinciaAutonoma{_folder(province)}" if region.startswith("Trentino") else _folder(region)
    file = quote(re.sub(r"[^A-Za-z0-9-]", "-", ascii_of(name)))
    return f"https://raw.githubusercontent.com/pcm-dpc/DPC-Aggregati-Strutturali-{nuts}-{area}/master/{area}/{within}/{_folder(province)}/{file}.shp"


def _folder(name: str) -> str:
    words = re.split(r"[ -]", ascii_of(name).replace("nell'", "nell ").replace("'", ""))
    return "".join(w for w in words if w[:1].isupper())


def pvgis_url(latitude: float, longitude: float) -> str:
    """Typical year of PVGIS 5.3 as csv, its terrain horizon included."""
    return f"{PVGIS_TMY}?lat={latitude:.3f}&lon={longitude:.3f}&usehorizon=1&outputformat=csv"


def overpass_url(bounds: Bounds, *wanted: str) -> str:
    """OpenStreetMap XML of what is wanted (filters of Overpass QL) within west, south, east, north, with its nodes."""
    west, south, east, north = bounds
    box = f"({south:.3f},{west:.3f},{north:.3f},{east:.3f});"
    query = f"[out:xml][timeout:180];({''.join(w + box for w in wanted)});(._;>;);out body;"
    return f"{OVERPASS}?data={quote(query, safe='')}"


def glo30_urls(bounds: Bounds) -> list[str]:
    """One-degree tiles of the Copernicus DEM GLO-30 that hold a box, named by their south-west corner.

    >>> [u.rpartition("/")[2] for u in glo30_urls((-70.7, -33.5, -70.6, -33.4))]
    ['Copernicus_DSM_COG_10_S34_00_W071_00_DEM.tif']
    """
    names = [f"Copernicus_DSM_COG_10_{_ns(y, 2)}_00_{_ew(x, 3)}_00_DEM" for y, x in _corners(bounds, 1)]
    return [f"{GLO30}/{n}/{n}.tif" for n in names]


def worldcover_urls(bounds: Bounds) -> list[str]:
    """Three-degree tiles of ESA WorldCover 2021 that hold a box, named by their south-west corner.

    >>> [u.rpartition("/")[2] for u in worldcover_urls((18.0, 40.3, 18.1, 40.4))]
    ['ESA_WorldCover_10m_2021_v200_N39E018_Map.tif']
    """
    return [f"{WORLDCOVER}/ESA_WorldCover_10m_2021_v200_{_ns(y, 2)}{_ew(x, 3)}_Map.tif" for y, x in _corners(bounds, 3)]


def _corners(bounds: Bounds, step: int) -> list[tuple[int, int]]:
    west, south, east, north = (math.floor(v / step) * step for v in bounds)
    return [(y, x) for y in range(south, north + 1, step) for x in range(west, east + 1, step)]


def _ns(latitude: int, digits: int) -> str:
    return f"{'N' if latitude >= 0 else 'S'}{abs(latitude):0{digits}d}"


def _ew(longitude: int, digits: int) -> str:
    return f"{'E' if longitude >= 0 else 'W'}{abs(longitude):0{digits}d}"


def around(bounds: Bounds, metres: float) -> Bounds:
    """A box made wider on every side, in degrees (one degree of latitude is 111.2 km)."""
    west, south, east, north = bounds
    up = metres / 111_200.0
    across = up / max(0.01, math.cos(math.radians((south + north) / 2)))
    return west - across, south - up, east + across, north + up
