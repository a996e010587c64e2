"""The rasters of the exports: COGs with a style of QGIS beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.contracts.labels import Language
from pipeline.contracts.solar import Sunmap
from pipeline.contracts.sources import Landcover, Surface
from pipeline.contracts.spec import Band, Raster, RasterSpec
from pipeline.exports.licences import Sources, generated, licence_of, notice, rights
from pipeline.exports.products import Product, Publisher, degrees
from pipeline.exports.qml import paletted_style, stepped_style
from pipeline.exports.styles import class_names
from pipeline.exports.words import COVER
from pipeline.io.cogs import Drawing, write_cog
from pipeline.io.picture import overview
from pipeline.io.rasters import open_raster
from pipeline.io.sidecar import write_text
from pipeline.maps.style import COVER_COLOURS, PALETTES
from pipeline.maps.sunmap import limits as sun_limits
from pipeline.maps.text import Phrase

# Classes of the height above ground [m]: grass, shrubs, one storey, two, more.
HEIGHTS_M = [1.0, 3.0, 6.0, 9.0]
# Enough cells for quantiles.
LOOK_PX = 2000


@dataclass(frozen=True)
class Pictures:
    """Rasters by the name of their file, None where the town has none, and which of them are wanted."""

    rasters: dict[str, Raster[Any] | None]
    wanted: tuple[str, ...]


# File -> stage, contract, band, kind of number.
BANDS: dict[str, tuple[str, type[RasterSpec], str]] = {
    "landcover": ("landcover", Landcover, "cover"),
    "confidence": ("landcover", Landcover, "confidence"),
    "sunmap": ("sunmap", Sunmap, "poa_kwh_m2"),
    "height": ("surface", Surface, "height"),
}


def write_rasters(out: Path, pictures: Pictures, sources: Sources, publisher: Publisher, language: str) -> list[Product]:
    """Write the wanted rasters below `out`/cog.

    Parameters
    ----------
    out
        Folder of the exports.
    pictures
        The rasters.
    sources
        For licences and attributions in each file.
    publisher
        Named in each file.
    language
        Of the legends in the styles.

    Returns
    -------
    list of Product
        One for each file.
    """
    products = []
    for name in pictures.wanted:
        raster = pictures.rasters[name]
        if raster is None:
            continue
        (out / "cog").mkdir(exist_ok=True)
        products.append(_write(out, name, raster, sources, publisher, "en" if language == "en" else "it"))
    return products


def _write(out: Path, name: str, raster: Raster[Any], sources: Sources, publisher: Publisher, language: Language) -> Product:
    stage, spec, wanted = BANDS[name]
    band = next(b for b in spec.bands if b.name == wanted)
    known = sources.of([stage])
    licence, said = licence_of(known, publisher.licence.spdx), notice(known)
    title = Phrase(spec.title_it, spec.title_en) if name in ("landcover", "sunmap") else Phrase(band.it, band.en)
    about = Phrase(*(f"{text} – {publisher.town}" + (f". {said}" if said else "") for text in (band.it, band.en)))
    tags = {"title": f"{title.it} / {title.en}", "town": publisher.town, "licence": f"{licence.name} {licence.address}", "attribution": "; ".join(rights(known))}
    coded = name == "landcover"
    names = {code: (p.en if language == "en" else p.it) for code, p in COVER.items()}
    colours = {code: c for code, c in COVER_COLOURS.items() if code} if coded else {}
    classes = {f"class_{code}": f"{p.it} / {p.en}" for code, p in COVER.items()} if coded else {}
    file = Path("cog") / f"{name}.tif"
    write_cog(out / file, raster, band, spec.nodata, Drawing(colours, names, tags | classes | ({"notice": said} if said else {})))
    if coded:
        write_text(out / file.with_suffix(".qml"), paletted_style(colours, names))
    elif name == "sunmap":
        limits = sun_limits(overview(open_raster(out / file), band.name, LOOK_PX)[0])
        if limits:
            write_text(out / file.with_suffix(".qml"), stepped_style(limits, list(PALETTES["sun"][: len(limits) + 1]), class_names(limits, "poa", language)))
    elif name == "height":
        write_text(out / file.with_suffix(".qml"), stepped_style(HEIGHTS_M, list(PALETTES["sealing"]), class_names(HEIGHTS_M, "m", language)))
    return Product(name, title, about, (file,), degrees(raster.grid.bounds, raster.grid.epsg), known, licence, generated(known), (_band(band, raster, spec),))


def _band(band: Band, raster: Raster[Any], spec: type[RasterSpec]) -> dict[str, Any]:
    """A band as STAC describes it."""
    nodata: Any = "nan" if spec.nodata != spec.nodata else spec.nodata
    return {"name": band.name, "description": f"{band.it} / {band.en}", "data_type": raster.dtype, "nodata": nodata} | ({"unit": band.unit} if band.unit else {})
