"""Tables of the exports in every format, and the texts that go with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.contracts.labels import Language, labels
from pipeline.contracts.spec import Column
from pipeline.exports.content import LEFT_OUT, Layer
from pipeline.exports.covenant import write_roadmap
from pipeline.exports.licences import Sources, generated, licence_of, licence_text, notice, rights, source_lines
from pipeline.exports.products import EVERYTHING, Product, Publisher, degrees
from pipeline.exports.qml import layer_metadata
from pipeline.exports.sheets import MEANINGS, READ_ME, SHEETS, SOURCES, cells, meanings, sheet, sheet_name, text_sheet, write_csv
from pipeline.exports.styles import CLASSED, styles
from pipeline.exports.words import ABOUT, CSV_NOTE, README
from pipeline.io.geopackage import add_metadata, add_styles
from pipeline.io.later import arrow, attributes
from pipeline.io.packages import package, streamed
from pipeline.io.sidecar import write_text
from pipeline.io.tables import write_arrow_table
from pipeline.io.workbook import Sheet, write_workbook
from pipeline.maps.text import Phrase

# Where no table has a place.
THE_WORLD = (-180.0, -90.0, 180.0, 90.0)
# West, south, east, north.
Box = tuple[float, float, float, float]


def tables(out: Path, layers: list[Layer], sources: Sources, publisher: Publisher, epsg: int, first: str) -> list[Product]:
    """Write every table: the GeoPackage, GeoParquet, CSV and the workbook.

    Parameters
    ----------
    out
        Folder of the exports.
    layers
        From `content.layers`.
    sources
        For licences and attributions.
    publisher
        The town.
    epsg
        Its reference system.
    first
        Language that QGIS and the workbook begin with, "it" or "en".

    Returns
    -------
    list of Product
        Everything together, then each table.
    """
    language: Language = "en" if first == "en" else "it"
    path = out / f"{publisher.slug}.gpkg"
    boxes = _layers(path, out / "geoparquet", layers, sources, publisher, epsg)
    dress(path, layers, {y.name: attributes(y.rows, y.spec) for y in layers if y.name in CLASSED}, sources, publisher, epsg, language)
    asked = {name: y for name in SHEETS for y in layers if y.name == name}
    _spreadsheets(out, list(asked.values()), sources, publisher, language)
    return _products(layers, boxes, set(asked), sources, publisher, epsg)


def _layers(path: Path, folder: Path, layers: list[Layer], sources: Sources, publisher: Publisher, epsg: int) -> dict[str, Box]:
    """The GeoPackage and GeoParquet, layer by layer, so that only one is in memory; where each layer with a place lies [m]."""
    folder.mkdir()
    boxes: dict[str, Box] = {}
    with package(path, {y.name: y.spec for y in layers}, epsg) as add:
        for layer in layers:
            table, said = arrow(layer.rows, layer.spec), tags(layer, sources, publisher)
            box = write_arrow_table(folder / f"{layer.name}.parquet", table, layer.spec, epsg, said)
            add(layer.name, streamed(table, layer.spec), said)
            if box is not None:
                boxes[layer.name] = box
    return boxes


def dress(path: Path, layers: list[Layer], frames: dict[str, Any], sources: Sources, publisher: Publisher, epsg: int, language: Language) -> None:
    """Give the layers of a GeoPackage their metadata and their look in QGIS; `frames` as in `styles.styles`."""
    add_metadata(path, {y.name: _metadata(y, sources, publisher, epsg) for y in layers})
    add_styles(path, styles(layers, frames, language, {y.name for y in layers if generated(sources.of(y.stages))}))


def tags(layer: Layer, sources: Sources, publisher: Publisher) -> dict[str, str]:
    """Metadata that travels inside a file."""
    known = sources.of(layer.stages)
    licence = licence_of(known, publisher.licence.spdx)
    said = {"town": publisher.town, "licence": f"{licence.name} {licence.address}", "attribution": "; ".join(rights(known)), "sources": "; ".join(source_lines(known))}
    return said | ({"notice": notice(known)} if generated(known) else {})


def _metadata(layer: Layer, sources: Sources, publisher: Publisher, epsg: int) -> str:
    known = sources.of(layer.stages)
    licence = licence_of(known, publisher.licence.spdx)
    said = notice(known)
    text = f"{layer.spec.title_it} / {layer.spec.title_en}. {publisher.town}." + (f" {said}." if said else "")
    title = layer.spec.title_it + (" – dati dimostrativi" if said else "")
    return layer_metadata(f"{publisher.slug}-{layer.name}", title, text, rights(known), [f"{licence.name} {licence.address}"], f"EPSG:{epsg}" if layer.drawn else "", source_lines(known))


def _spreadsheets(out: Path, layers: list[Layer], sources: Sources, publisher: Publisher, language: Language) -> None:
    """CSV and the workbook, table by table: only one stands in memory as text."""
    (out / "csv").mkdir()
    title = f"Sole e Suolo: {publisher.town}"
    names = [READ_ME[language], *(sheet_name(y.name, language) for y in layers), MEANINGS[language], SOURCES[language]]

    def sheets() -> Iterator[Sheet]:
        yield _read_me(title, sources, publisher, language)
        filled: list[tuple[Layer, dict[str, Column]]] = []
        for layer in layers:
            table = cells(layer)
            filled.append((layer, {c.name: c.column for c in table}))
            write_csv(out / "csv" / f"{layer.name}.csv", table)
            write_text(out / "csv" / f"{layer.name}.txt", _about_csv(layer, filled[-1][1], sources, publisher))
            yield sheet(layer, table, language)
        yield meanings(filled, language)
        yield _listed_sources(sources, language)

    write_workbook(out / f"{publisher.slug}.xlsx", names, sheets(), title)


def _about_csv(layer: Layer, filled: dict[str, Column], sources: Sources, publisher: Publisher) -> str:
    """How to read a table, what its columns mean, whose data they are."""
    known = sources.of(layer.stages)
    licence, said = licence_of(known, publisher.licence.spdx), notice(known)
    lines = [
        f"{layer.spec.title_it} / {layer.spec.title_en}: {publisher.town}", *([f"ATTENZIONE / NOTE: {said}."] if said else []), "", CSV_NOTE.it, CSV_NOTE.en, "",
        f"Licenza / Licence: {licence.name}, {licence.address}", "Fonti / Sources:", *(f"  * {line}" for line in source_lines(known)), "", "Colonne / Columns:",
        *(f"  {name}{f' [{c.unit}]' if c.unit else ''}: {c.it} / {c.en}" for name, c in filled.items()),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _read_me(title: str, sources: Sources, publisher: Publisher, language: Language) -> Sheet:
    every = sources.all
    about = ABOUT.en if language == "en" else ABOUT.it
    rows = [about.format(town=publisher.town), *([notice(every)] if generated(every) else []), f"{publisher.licence.name} {publisher.licence.address}"]
    return text_sheet(READ_ME[language], (title,), [(r,) for r in rows], (110,))


def _listed_sources(sources: Sources, language: Language) -> Sheet:
    rows = [(s["title"], s["attribution"], s["licence"], str(s["date"]), s["url"], "dati dimostrativi / demonstration data" if s["synthetic"] else "") for s in sources.all]
    head = ("Fonte", "Attribuzione", "Licenza", "Data", "Indirizzo", "Nota") if language == "it" else ("Source", "Attribution", "Licence", "Date", "Address", "Note")
    return text_sheet(SOURCES[language], head, rows, (60, 40, 24, 12, 60, 40))


def _products(layers: list[Layer], boxes: dict[str, Box], sheets: set[str], sources: Sources, publisher: Publisher, epsg: int) -> list[Product]:
    bounds = np.array(list(boxes.values())).reshape(-1, 4)
    whole = degrees((bounds[:, 0].min(), bounds[:, 1].min(), bounds[:, 2].max(), bounds[:, 3].max()), epsg) if len(bounds) else THE_WORLD
    every = sources.all
    files = (Path(f"{publisher.slug}.gpkg"), *([Path(f"{publisher.slug}.xlsx")] if sheets else []))
    title = Phrase("Tutte le tabelle di sole, suolo e verde", "All tables of sun, soil and green")
    made = [_product(EVERYTHING, title, files, whole, every, publisher, f"{len(layers)} tabelle", f"{len(layers)} tables")]
    for y in layers:
        box = degrees(boxes[y.name], epsg) if y.drawn else whole
        own = (Path("geoparquet") / f"{y.name}.parquet", *([Path("csv") / f"{y.name}.csv"] if y.name in sheets else []))
        said = ", ".join(labels(y.spec, "it").values()), ", ".join(labels(y.spec, "en").values())
        made.append(_product(y.name, Phrase(y.spec.title_it, y.spec.title_en), own, box, sources.of(y.stages), publisher, f"{y.rows.rows} righe. {said[0]}", f"{y.rows.rows} rows. {said[1]}"))
    return made


def _product(name: str, title: Phrase, files: tuple[Path, ...], box: tuple[float, float, float, float], known: list[dict[str, object]], publisher: Publisher, it: str, en: str) -> Product:
    said = notice(known).split(" / ") if generated(known) else None
    about = Phrase(*(f"{t} – {publisher.town}. {text}." + (f" {said[i].capitalize()}." if said else "") for i, (t, text) in enumerate(zip(title, (it, en), strict=True))))
    named = Phrase(f"{title.it} – dati dimostrativi", f"{title.en} – demonstration data") if said else title
    return Product(name, named, about, files, box, known, licence_of(known, publisher.licence.spdx), generated(known))


def roadmap(out: Path, actions: Any, budget: Any, sources: Sources, publisher: Publisher, epsg: int) -> Product:
    """Write the roadmap for the Covenant of Mayors and for climate-plan platforms; parameters as in `tables`."""
    files = write_roadmap(out, actions, budget, epsg)
    placed = actions[actions.geometry.notna()]
    box = degrees(tuple(placed.total_bounds), epsg) if len(placed) else THE_WORLD
    title = Phrase("Tabella di marcia per il Patto dei Sindaci e per piattaforme di piano (indicativa)", "Roadmap for the Covenant of Mayors and for plan platforms (indicative)")
    return _product("roadmap", title, files, box, sources.of(("actions",)), publisher, f"{len(actions)} azioni", f"{len(actions)} actions")


def texts(out: Path, products: list[Product], sources: Sources, publisher: Publisher, version: str) -> None:
    """LICENZE.txt and LEGGIMI.txt."""
    write_text(out / "LICENZE.txt", licence_text(publisher.town, sources, publisher.licence, version))
    listed = "\n".join(f"  {f.as_posix():<36} {p.title.it} / {p.title.en}" for p in products for f in p.files)
    asked = "\n".join(f"  * {line}" for line in publisher.missing) or "  –"
    left = "\n".join(f"  * {name}: {it} / {en}" for name, (it, en) in LEFT_OUT.items())
    write_text(out / "LEGGIMI.txt", README.format(town=publisher.town, slug=publisher.slug, notice=notice(sources.all), files=listed, missing=asked, left_out=left))
