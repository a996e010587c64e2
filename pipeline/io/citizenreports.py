"""Reports of citizens: exports of uMap and Decidim, or the table of a form, scrubbed before anything else sees them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from pipeline.config.register import ReportsConfig
from pipeline.config.sources import Layer, Layers
from pipeline.contracts.notes import Notes
from pipeline.core.plan.personal import cut, plain, scrub, tells
from pipeline.errors import InputError
from pipeline.io.registers import Field, Kind, decode, few, read_register
from pipeline.io.uses import read_legend
from pipeline.io.vectors import require_file

MAX_JSON_BYTES = 64 * 1024**2
MAX_RAW_CHARACTERS = 20_000  # of one text, before markup is taken out
JSON_SUFFIXES = (".geojson", ".json", ".umap")
COLUMNS: tuple[str, ...] = ("report_id", "kind", "text", "date", "moderation", "lon", "lat")
# Headers of forms in Italian, of Decidim's proposals (hashes are flattened with slashes, `title/it`), properties of uMap.
_FIELDS: tuple[tuple[str, Kind, tuple[str, ...]], ...] = (
    ("id", "text", ("codice", "numero", "report_id")),
    ("kind", "text", ("tipo", "categoria", "tipologia", "category", "category/name/it", "category/name/en", "category/name")),
    ("title", "text", ("titolo", "title/it", "title/en", "name", "nome segnalazione")),
    ("text", "text", ("testo", "descrizione", "description", "body", "body/it", "body/en", "segnalazione", "messaggio")),
    ("date", "text", ("data", "published_at", "published at", "created_at", "giorno", "informazioni cronologiche", "timestamp")),
    ("moderation", "text", ("moderazione", "stato moderazione", "stato", "state", "status")),
    ("lat", "number", ("latitudine", "latitude")),
    ("lon", "number", ("longitudine", "longitude", "lng", "long")),
)
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[T ]|$)")
_ITALIAN = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ ,]|$)")


def read_reports(layers: Layers, config: ReportsConfig, notes: Notes) -> pd.DataFrame:
    """All reports, with texts of accepted ones alone.

    Parameters
    ----------
    layers
        Kind reports: CSV, XLSX, GeoJSON or uMap's whole map.
    config
        Length of texts.
    notes
        How many were read, what was taken out of texts.

    Returns
    -------
    DataFrame
        `COLUMNS`: text and report_id are None where a report is not accepted; date as YYYY-MM-DD or None; lon, lat NaN where there
        is no place.

    Raises
    ------
    InputError
        When a file is none of these, or with all dates that are none.
    """
    parts = [_read(layer, path, config, notes) for layer in layers for path in layer.paths]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({c: pd.Series(dtype=float if c in ("lon", "lat") else object) for c in COLUMNS})
    notes.count("reports read", len(rows))
    return rows


def _read(layer: Layer, path: Path, config: ReportsConfig, notes: Notes) -> pd.DataFrame:
    raw = _features(path, layer.source.fields) if path.suffix.lower() in JSON_SUFFIXES else _table(path, layer.source.fields)
    dates, wrong = [], []
    for where, word in zip(raw["line"], raw["date"], strict=True):
        day = _day(word)
        if day == "?":
            wrong.append(f"{path}: {where}: date {str(word)[:20]!r}; expected 2026-05-31 or 31/05/2026, or nothing")
        dates.append(day)
    if wrong:
        raise InputError(few(wrong, path))
    moderation = _coded(raw["moderation"], read_legend("report_moderation", "report_moderation"), "pending", notes, "reports whose moderation is an unknown word: pending")
    kinds = _coded(raw["kind"], read_legend(layer.source.legend or "report_kind", "report_kind"), "other", notes, "reports of an unknown kind: other")
    accepted = np.array([m == "accepted" for m in moderation], dtype=bool)
    texts = [_text(t, b, config, notes) if a else None for t, b, a in zip(raw["title"], raw["text"], accepted, strict=True)]
    # A report that is not accepted keeps nothing by which it could be found again.
    ids = [i if a else None for i, a in zip(_ids(path, raw["id"], raw["line"], notes), accepted, strict=True)]
    return pd.DataFrame(dict(zip(COLUMNS, (ids, kinds, texts, dates, moderation, raw["lon"], raw["lat"]), strict=True))).astype({"lon": float, "lat": float})


def _table(path: Path, own: dict[str, str]) -> dict[str, list[Any]]:
    """Columns of a form or of Decidim's proposals."""
    fields = [Field(n, k, ((own[n],) if n in own else ()) + h, n in ("lat", "lon")) for n, k, h in _FIELDS]
    rows = read_register(path, fields, Notes())
    return {n: list(rows[n]) for n, _, _ in _FIELDS} | {"line": [f"line {n}" for n in rows["line"]]}


def _features(path: Path, own: dict[str, str]) -> dict[str, list[Any]]:
    """Features of GeoJSON, or of all layers of uMap's whole map; a layer's name is the kind where a feature says none."""
    names = {n: [_bare(h) for h in ((own[n],) if n in own else ()) + (n, *headers)] for n, _, headers in _FIELDS}
    out: dict[str, list[Any]] = {n: [] for n in (*names, "line")}
    for number, (feature, layer) in enumerate(_listed(path, _json(path)), 1):
        properties = feature.get("properties")
        said = {_bare(k): v for k, v in properties.items() if isinstance(v, str | int | float)} if isinstance(properties, dict) else {}
        found = {n: next((said[h] for h in headers if h in said), None) for n, headers in names.items()}
        found["id"] = feature.get("id") if found["id"] is None else found["id"]
        found["kind"] = layer if found["kind"] is None else found["kind"]
        found["lon"], found["lat"] = _point(feature.get("geometry"))
        for name in names:
            out[name].append(found[name])
        out["line"].append(f"feature {number}")
    return out


def _json(path: Path) -> Any:
    require_file(path)
    if path.stat().st_size > MAX_JSON_BYTES:
        raise InputError(f"{path}: {path.stat().st_size:,} bytes; expected at most {MAX_JSON_BYTES:,}; export only the layer of reports")
    try:
        return json.loads(decode(path.read_bytes(), str(path)))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({str(error)[:120]}); expected GeoJSON as uMap exports it; export it again") from None


def _listed(path: Path, content: Any) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Each feature, and the name of its layer."""
    layers = content.get("layers") if isinstance(content, dict) and content.get("type") == "umap" else [content]
    if not isinstance(layers, list) or not all(isinstance(y, dict) and isinstance(y.get("features"), list) for y in layers):
        raise InputError(f"{path}: holds no list of features; expected GeoJSON (FeatureCollection) or uMap's whole map; export it again")
    for layer in layers:
        options = layer.get("_umap_options")
        name = options.get("name") if isinstance(options, dict) and content.get("type") == "umap" else None
        for feature in layer["features"]:
            if isinstance(feature, dict):
                yield feature, name if isinstance(name, str) else None


def _point(geometry: Any) -> tuple[float, float]:
    """Longitude and latitude of a point, of a place inside an outline, of the middle of a line; NaN where there is none."""
    try:
        shape = shapely.from_geojson(json.dumps(geometry, allow_nan=False))
        point = shapely.point_on_surface(shape)
        return (float(point.x), float(point.y)) if point is not None and not point.is_empty and math.isfinite(point.x + point.y) else (math.nan, math.nan)
    except (ValueError, TypeError, AttributeError, RecursionError, shapely.errors.GEOSException):
        return math.nan, math.nan


def _day(value: Any) -> str | None:
    """YYYY-MM-DD, None where nothing is said, "?" where it is no date."""
    word = "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value).strip()
    if not word:
        return None
    if found := _ISO.match(word):
        year, month, day = (int(g) for g in found.groups())
    elif found := _ITALIAN.match(word):
        day, month, year = (int(g) for g in found.groups())
    else:
        return "?"
    try:
        return str(pd.Timestamp(year=year, month=month, day=day).date()) if 2000 <= year <= 2199 else "?"
    except ValueError:
        return "?"


def _coded(words: list[Any], known: dict[str, str], otherwise: str, notes: Notes, said: str) -> list[str]:
    """Codes of words; unknown ones are counted and not repeated: they may be somebody's words."""
    said_words = ["" if w is None or isinstance(w, float) else " ".join(str(w).split()).casefold() for w in words]
    if odd := sum(bool(w) and w not in known for w in said_words):
        notes.count(said, odd)
    return [known.get(w, otherwise) for w in said_words]


def _text(title: Any, body: Any, config: ReportsConfig, notes: Notes) -> str | None:
    """Title and body as one plain text, scrubbed and cut; what was taken out is counted."""
    parts = [plain(str(p)[:MAX_RAW_CHARACTERS]) for p in (title, body) if isinstance(p, str | int)]
    whole = ". ".join(p.rstrip(".") if i == 0 and len(parts) > 1 else p for i, p in enumerate(parts) if p)
    clean = scrub(whole)
    for kind, times in clean.taken.items():
        notes.count(f"taken out of texts: {kind}", times)
    if len(clean.text) > config.max_characters:
        notes.count("texts cut", 1)
    return cut(clean.text, config.max_characters) or None


def _ids(path: Path, given: list[Any], lines: list[str], notes: Notes) -> list[str]:
    """File and number; the number of the line where there is none, or where it tells of a person."""
    out = []
    for one, line in zip(given, lines, strict=True):
        word = plain(str(one)[:60]) if isinstance(one, str | int) else ""
        if word and tells(word):
            notes.count("report numbers that told of a person, replaced", 1)
            word = ""
        out.append(f"{path.stem}-{word or line.rpartition(' ')[2]}")
    return out


def _bare(header: str) -> str:
    return "".join(c for c in header.casefold() if c.isalnum())
