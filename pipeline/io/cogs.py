"""Cloud-optimised GeoTIFFs: one band each, with overviews, unit, colour table and words, copied block by block."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.errors import RasterioError

from pipeline.contracts.spec import Band, Raster
from pipeline.io.rasters import BLOCK_CELLS

DTYPES = {"uint8": "Byte", "int16": "Int16", "float32": "Float32"}


@dataclass(frozen=True)
class Drawing:
    """What makes a band readable: colour (#rrggbb) and name by code, for bands of codes; items of metadata for the file."""

    colours: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


def write_cog(path: Path, raster: Raster[Any], band: Band, nodata: float, drawing: Drawing) -> None:
    """Copy one band of a raster to a COG (DEFLATE, which every reader has; overviews by mode for codes, by mean for numbers).

    Memory depends on the blocks, not on the raster: GDAL's own driver for COGs reads and writes block by block.

    Parameters
    ----------
    path
        The file to write.
    raster
        From `pipeline.io.rasters.open_raster`.
    band
        Its contract: name, unit, meaning.
    nodata
        Value of cells without data.
    drawing
        Colours, names, metadata.

    Raises
    ------
    OSError
        When the disk took only a part.
    """
    coded = bool(drawing.colours)
    options = {
        "driver": "COG", "compress": "DEFLATE", "level": 1, "blocksize": BLOCK_CELLS, "bigtiff": "IF_SAFER", "num_threads": 1,
        "overview_resampling": "MODE" if coded else "AVERAGE", "sparse_ok": "TRUE",
    }  # fmt: skip
    try:
        rasterio.shutil.copy(_virtual(raster, band, nodata, drawing), path, **options)
        if not _same(raster, band, path):
            raise OSError(errno.EIO, "only a part of the raster was written", str(path))
    except RasterioError as error:
        raise OSError(errno.EIO, f"the raster could not be written ({error})", str(path)) from None


def _virtual(raster: Raster[Any], band: Band, nodata: float, drawing: Drawing) -> str:
    """GDAL's description of a dataset of one band of another (VRT), with what is to be said of it."""
    grid, kind = raster.grid, DTYPES[raster.dtype]
    a, b, c, d, e, f = grid.transform
    items = "".join(f"<MDI key={quoteattr(k)}>{escape(v)}</MDI>" for k, v in drawing.tags.items())
    about = f"<Description>{escape(band.name)}</Description>" + (f"<UnitType>{escape(band.unit)}</UnitType>" if band.unit else "")
    table = ""
    if drawing.colours:
        rows = (drawing.colours.get(code) for code in range(max(drawing.colours) + 1))
        entries = "".join(f'<Entry c1="{int(c[1:3], 16)}" c2="{int(c[3:5], 16)}" c3="{int(c[5:7], 16)}" c4="255"/>' if c else '<Entry c1="0" c2="0" c3="0" c4="0"/>' for c in rows)
        table = f"<ColorInterp>Palette</ColorInterp><ColorTable>{entries}</ColorTable>"
    size = f'xOff="0" yOff="0" xSize="{grid.cols}" ySize="{grid.rows}"'
    source = (
        f'<SimpleSource><SourceFilename relativeToVRT="0">{escape(str(raster.path.absolute()))}</SourceFilename><SourceBand>{raster.bands.index(band.name) + 1}</SourceBand>'
        f'<SourceProperties RasterXSize="{grid.cols}" RasterYSize="{grid.rows}" DataType="{kind}" BlockXSize="{BLOCK_CELLS}" BlockYSize="{BLOCK_CELLS}"/><SrcRect {size}/><DstRect {size}/></SimpleSource>'
    )
    meaning = f'<Metadata><MDI key="meaning_it">{escape(band.it)}</MDI><MDI key="meaning_en">{escape(band.en)}</MDI></Metadata>'
    return (
        f'<VRTDataset rasterXSize="{grid.cols}" rasterYSize="{grid.rows}"><SRS>EPSG:{grid.epsg}</SRS><GeoTransform>{c!r}, {a!r}, {b!r}, {f!r}, {d!r}, {e!r}</GeoTransform>'
        f'<Metadata>{items}</Metadata><VRTRasterBand dataType="{kind}" band="1" blockXSize="{BLOCK_CELLS}" blockYSize="{BLOCK_CELLS}">{meaning}<NoDataValue>{"nan" if np.isnan(nodata) else f"{nodata:g}"}</NoDataValue>{about}{table}{source}</VRTRasterBand></VRTDataset>'
    )


def _same(raster: Raster[Any], band: Band, path: Path) -> bool:
    """Whether the copy holds the cells of the original: on a full disk GDAL loses blocks and tells nobody."""
    with rasterio.open(raster.path) as old, rasterio.open(path) as new:
        return bool(old.checksum(raster.bands.index(band.name) + 1) == new.checksum(1))
