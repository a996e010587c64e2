"""What people can take from the site and bring back: empty tables in the formats that the pipeline reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pipeline.maps.content import Site
from pipeline.maps.text import TEXT, Phrase

FOLDER = "download"
# Headers as pipeline/io reads them; semicolons, as Italian spreadsheets save.
_TABLES = {
    "segnalazioni.csv": ("tipo", "testo", "data", "lat", "lon"),
    "alberi_contati.csv": ("street", "trees_counted", "date", "class"),
    "tetti_controllati.csv": ("roof", "orientation_seen", "obstacles_seen", "shade_seen", "map_agrees", "date", "class"),
    "iniziative.csv": ("codice", "intervento", "tipo", "anno", "stato", "costo euro", "kwh anno", "kwp", "mq", "kg co2", "ufficio", "atto", "indirizzo", "lat", "lon"),
    "edifici_comunali.csv": ("codice", "denominazione", "uso", "superficie utile mq", "anno", "mese", "energia elettrica kwh", "energia termica kwh", "combustibile", "indirizzo", "particella"),
}
_GEOJSON = "segnalazioni.geojson"


@dataclass(frozen=True)
class Download:
    """A file to take away: where it lies, what it is for."""

    path: str
    name: str
    text: Phrase


def downloads() -> list[Download]:
    """The empty tables in the order of the page."""
    names = ("segnalazioni.csv", _GEOJSON, "alberi_contati.csv", "tetti_controllati.csv", "iniziative.csv", "edifici_comunali.csv")
    return [Download(f"{FOLDER}/{n}", n, TEXT[f"participate.file.{n.replace('.', '_')}"]) for n in names]


def write(site: Site, out: Path) -> None:
    """Write the empty tables into the folder of downloads.

    Parameters
    ----------
    site
        Where the town lies: the example point of the GeoJSON file stands in its middle.
    out
        The site's folder.
    """
    folder = out / FOLDER
    folder.mkdir(exist_ok=True)
    for name, columns in _TABLES.items():
        # With a mark of its encoding, or a spreadsheet would spoil the accents.
        (folder / name).write_text("\ufeff" + ";".join(columns) + "\r\n", encoding="utf-8", newline="")
    if site.actions is not None:
        for name, layer in (("azioni.csv", "list"), ("curva_costi.csv", "curve"), ("bilancio.csv", "budget")):
            rows = site.actions[layer].drop(columns="geometry", errors="ignore")
            text = rows.assign(**{n: rows[n].map(_harmless) for n in rows.columns if rows[n].dtype == object}).to_csv(index=False, lineterminator="\r\n", float_format="%.10g")
            (folder / name).write_text("\ufeff" + text, encoding="utf-8", newline="")
    (folder / _GEOJSON).write_text(json.dumps(_example(site), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def _harmless(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets a mark before it."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _example(site: Site) -> dict[str, object]:
    """One point that shows the properties; to be replaced. Longitude before latitude (RFC 7946)."""
    frame = next(iter(site.atlas.values()), None)
    west, south, east, north = (0.0, 0.0, 0.0, 0.0) if frame is None else frame.to_crs(4326).total_bounds
    point = [round(float(west + east) / 2.0, 5), round(float(south + north) / 2.0, 5)]
    properties = {"tipo": "missing_tree", "testo": "ESEMPIO da sostituire / EXAMPLE to be replaced", "data": f"{site.as_of}-01"}
    return {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": point}}]}
