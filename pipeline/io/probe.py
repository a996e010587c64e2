"""A first look at raw files for `make check`: headers only, all problems in one list, nothing started."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.config.sources import Layer, Source
from pipeline.errors import InputError
from pipeline.io.pointers import refuse_pointer

COMPANIONS = (".shx", ".dbf")


def probe(stage: str, layer: Layer, epsg: int) -> list[str]:
    """Problems that a layer's headers show.

    Parameters
    ----------
    stage
        Name of the stage that reads the layer, for the messages.
    layer
        Source and files; generated layers are not looked at, they may not exist yet.
    epsg
        The town's reference system, named where a file declares none.

    Returns
    -------
    list of str
        Each names the file, what came, what was expected, what to do; empty where all is well.
    """
    if layer.source.synthetic:
        return []
    look = _LOOKS[layer.source.kind]
    return [f"sources.{stage}: {path}: {problem}" for path in layer.paths for problem in look(path, layer.source, epsg)]


def _crs_problem(declared: object, source: Source, epsg: int) -> Iterator[str]:
    if not declared and source.crs is None:
        yield f"declares no reference system; say which it is in town.yaml, e.g. crs: EPSG:{epsg}"


def _vector(path: Path, source: Source, epsg: int) -> Iterator[str]:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    if path.suffix.lower() == ".shp" and (lost := [s for s in COMPANIONS if not path.with_suffix(s).exists()]):
        yield f"{' and '.join(lost)} beside it missing; a shapefile needs them: unpack the archive again"
        return
    try:
        refuse_pointer(path)
        info = pyogrio.read_info(path, layer=source.layer)
    except InputError as error:
        yield error.problems[0].removeprefix(f"{path}: ")
        return
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        yield f"cannot be read as a vector layer ({error}); expected a GeoPackage, GeoJSON, shapefile or another format GDAL reads"
        return
    except IndexError:  # a file that opens, but holds no layer
        yield "holds no layer; the file is cut off or damaged: download it again"
        return
    if info["features"] == 0:
        yield "holds no feature; expected at least one: download it again"
    if lost := [f for f in source.fields.values() if f not in set(info["fields"])]:
        yield f"has no field {', '.join(lost)}; it has {', '.join(map(str, info['fields']))}: correct fields: in town.yaml"
    yield from _crs_problem(info["crs"], source, epsg)


def _raster(path: Path, source: Source, epsg: int) -> Iterator[str]:
    import rasterio

    from pipeline.io.tiles import open_dataset

    try:
        with open_dataset(path) as src:
            yield from _crs_problem(src.crs, source, epsg)
            if src.transform.b or src.transform.d:
                yield "has a rotated grid; expected north up: turn it with `gdalwarp in.tif out.tif`"
    except rasterio.errors.RasterioIOError as error:
        yield f"cannot be read as a raster ({error}); expected a GeoTIFF or an ESRI ASCII grid"


def _points(path: Path, source: Source, epsg: int) -> Iterator[str]:
    import laspy

    from pipeline.io.lasheader import check_las

    try:
        check_las(path)
        with laspy.open(path) as src:
            if src.header.point_count == 0:
                yield "holds no point; download it again"
            yield from _crs_problem(src.header.parse_crs(), source, epsg)
    except InputError as error:
        yield error.problems[0].removeprefix(f"{path}: ")
    except (laspy.errors.LaspyException, OSError, ValueError, RuntimeError, struct.error) as error:
        yield f"cannot be read as a point cloud ({error}); expected LAS or LAZ"


def _starts(*words: str) -> Callable[[Path, Source, int], Iterator[str]]:
    def look(path: Path, source: Source, epsg: int) -> Iterator[str]:
        with path.open("rb") as f:
            head = f.read(4096).decode("utf-8", "replace")
        if not any(w in head for w in words):
            yield f"begins with {head[:40]!r}; expected {' or '.join(repr(w) for w in words)} near its beginning"
        if source.kind == "cxf":
            yield from _crs_problem(None, source, epsg)

    return look


def _osm(path: Path, source: Source, epsg: int) -> Iterator[str]:
    """Only whether it opens: counting the features of a large .pbf would read all of it."""
    import pyogrio
    from pyogrio.errors import DataSourceError

    try:
        refuse_pointer(path)
        pyogrio.list_layers(path)
    except InputError as error:
        yield error.problems[0].removeprefix(f"{path}: ")
    except (DataSourceError, UnicodeDecodeError) as error:
        yield f"cannot be read as OpenStreetMap data ({error}); expected .osm.pbf, .osm or GeoJSON"


def _pvgis(path: Path, source: Source, epsg: int) -> Iterator[str]:
    with path.open("rb") as f:
        head = f.read(4096).decode("utf-8-sig", "replace").lstrip()
    if not ('"inputs"' in head if head[:1] in ("{", "[") else "Latitude" in head):
        yield f"begins with {head[:40]!r}; expected the csv or json of PVGIS with its header (Latitude .., or inputs)"


def _heights(path: Path, source: Source, epsg: int) -> Iterator[str]:
    yield from (_osm if path.suffix.lower() in (".osm", ".pbf") else _vector)(path, source, epsg)


def _register(path: Path, source: Source, epsg: int) -> Iterator[str]:
    with path.open("rb") as f:
        head = f.read(8)
    if path.suffix.lower() in (".xls", ".ods"):
        yield f"is {path.suffix}; expected .csv or .xlsx: save it again"
    elif path.suffix.lower() == ".xlsx" and not head.startswith(b"PK"):
        yield "is no workbook; expected .xlsx: save it again or export it as CSV"
    elif not head:
        yield "is empty; expected a table with a header: export it again"


def _labels(path: Path, source: Source, epsg: int) -> Iterator[str]:
    yield from (_register if path.suffix.lower() in (".csv", ".xlsx") else _vector)(path, source, epsg)


def _reports(path: Path, source: Source, epsg: int) -> Iterator[str]:
    if path.suffix.lower() in (".geojson", ".json", ".umap"):
        with path.open("rb") as f:
            head = f.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
        if not head.startswith(b"{"):
            yield f"begins with {head[:20]!r}; expected GeoJSON as uMap exports it"
    else:
        yield from _register(path, source, epsg)


def _nothing(path: Path, source: Source, epsg: int) -> Iterator[str]:
    yield from ()


_LOOKS: dict[str, Callable[[Path, Source, int], Iterator[str]]] = {
    "vector": _vector,
    "cover_vector": _vector,
    "sections": _vector,
    "ade_gml": _starts("<?xml", "<wfs:", "<gml:"),
    "cxf": _starts("MAPPA", "QUADRO D'UNIONE", "MAPPA FONDIARIA"),
    "dsm": _raster,
    "dtm": _raster,
    "ispra": _raster,
    "points": _points,
    "pvgis_tmy": _pvgis,
    "pvgis_hourly": _pvgis,
    "heights": _heights,
    "dem": _raster,
    "worldcover": _raster,
    "imperviousness": _raster,
    "sentinel2": _raster,
    "orthophoto": _raster,
    "epw": _starts("LOCATION"),
    "total": _nothing,
    "osm": _osm,
    "ade_map": _starts("<?xml", "<wfs:", "<gml:"),
    "consumed_table": _register,
    "labels": _labels,
    "permits": _register,
    "plants": _register,
    "baseline": _register,
    "public_buildings": _register,
    "waste_table": _register,
    "addresses": _register,
    "degree_days": _register,
    "initiatives": _register,
    "reports": _reports,
    "school_counts": _register,
    "emissions": _register,
    "targets": _register,
    "snapshots": _starts("{"),
    "municipalities": _register,
}
