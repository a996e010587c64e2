"""The grammar of the contracts: what a dataset, a column, a band is, and the values stages exchange.

The vocabulary itself is in the files beside this one, one per wing. Nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NamedTuple, TypeVar

from pipeline.core.grid import Grid, Window

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

# Bytes are numbers of 0 to 255: a whole town's lit shares would be 8 times as large in float64.
DType = Literal["str", "int", "float", "bool", "list", "bytes"]
Geometry = Literal["polygon", "point", "line"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    dtype
        str, int (int64), float (float64), bool, list (float64, fixed length), bytes (uint8, fixed length or any).
    unit
        As it is printed, "" where there is none.
    en, it
        Meaning, one line in each language; also the label of the popup.
    low, high
        Range of valid values, ends included.
    required
        False where missing values (None, NaN) are allowed.
    length
        Of a list or bytes; None for bytes of any length.
    values
        The allowed words of a categorical column.
    """

    dtype: DType
    unit: str
    en: str
    it: str
    low: float | None = None
    high: float | None = None
    required: bool = True
    length: int | None = None
    values: tuple[str, ...] | None = None

    @property
    def holds_many(self) -> bool:
        """Whether a cell holds many numbers."""
        return self.dtype in ("list", "bytes")


@dataclass(frozen=True)
class Band:
    """One band of a raster; `low` and `high` bound its valid values."""

    name: str
    unit: str
    en: str
    it: str
    low: float | None = None
    high: float | None = None


class TableSpec:
    """Contract of a parquet table. Subclasses list columns as class attributes, in file order.

    `geometry_bulky` where there are so many outlines that a stage may want to leave them in the file, see `Slim`. Where
    columns are bulky, `group_rows` rows are written, and read, together: few, so that memory never holds much of them.
    """

    title_en: ClassVar[str]
    title_it: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    geometry: ClassVar[Geometry | None] = None
    geometry_required: ClassVar[bool] = True
    geometry_bulky: ClassVar[bool] = False
    group_rows: ClassVar[int] = 256
    suffix: ClassVar[str] = ".parquet"

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """The declared columns by name, in order."""
        found: dict[str, Column] = {}
        for base in reversed(cls.__mro__):
            found.update({k: v for k, v in vars(base).items() if isinstance(v, Column)})
        return found


class RasterSpec:
    """Contract of a tiled GeoTIFF in the town's reference system."""

    title_en: ClassVar[str]
    title_it: ClassVar[str]
    bands: ClassVar[tuple[Band, ...]]
    dtype: ClassVar[str] = "float32"
    nodata: ClassVar[float] = float("nan")
    suffix: ClassVar[str] = ".tif"


class PackageSpec:
    """Contract of a GeoPackage: several tables in one file."""

    title_en: ClassVar[str]
    title_it: ClassVar[str]
    layers: ClassVar[dict[str, type[TableSpec]]]
    suffix: ClassVar[str] = ".gpkg"


class FolderSpec:
    """Contract of a folder whose target is its manifest, written last."""

    title_en: ClassVar[str]
    title_it: ClassVar[str]
    suffix: ClassVar[str] = "/manifest.json"


R = TypeVar("R", bound=RasterSpec)
T = TypeVar("T", bound=TableSpec)
P = TypeVar("P", bound=PackageSpec)
F = TypeVar("F", bound=FolderSpec)
D = TypeVar("D")


@dataclass(frozen=True)
class Raster(Generic[R]):
    """A raster on disk as a value: where it is and on which grid. `pipeline.io.rasters` reads its cells.

    `basis` is "surface" where its heights were measured, "height model" where they are footprints with heights.
    """

    path: Path
    grid: Grid
    bands: tuple[str, ...]
    dtype: str = "float32"
    basis: str = "surface"


@dataclass
class RasterBlocks(Generic[R]):
    """A raster being made: its grid, a stream of (window, array of shape (bands, rows, cols)), and metadata items of the file."""

    grid: Grid
    blocks: Iterator[tuple[Window, NDArray[Any]]]
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class TableParts(Generic[T]):
    """A table being made: its contract and a stream of frames, which need not come in the order of its key.

    Each frame keeps the contract but for that order, with a reference system where there is a geometry; at least one comes.
    """

    spec: type[T]
    parts: Iterator[Any]

    def whole(self) -> Any:
        """All of it in memory, sorted by key."""
        import pandas as pd

        return pd.concat(list(self.parts), ignore_index=True).sort_values(list(self.spec.key), ignore_index=True)


@dataclass
class PackageParts(Generic[P]):
    """Tables being made one after the other: names of layers and frames, in the order of the contract, each at most once."""

    parts: Iterator[tuple[str, Any]]


class OnFile(NamedTuple):
    """A cell of a slim table that was left in its file; `pipeline.io.onfile` reads it."""

    path: str
    column: str
    row: int


def on_file(cells: Iterable[Any]) -> bool:
    """Whether the cells of a column, at least one, were left in their file."""
    kinds = {type(cell) for cell in cells}
    return kinds == {OnFile}


class Part(NamedTuple):
    """A table on disk as a value: its file, the layer of it, its rows, and which of them where not all (column, value)."""

    path: Path
    layer: str | None
    rows: int
    only: tuple[str, str] | None = None


@dataclass(frozen=True)
class Later(Generic[D]):
    """A table or a package that waits in its file, like a `Raster`: its parts by layer, a table's under "". `pipeline.io.later` reads them."""

    parts: dict[str, Part]

    @property
    def whole(self) -> Part:
        """The only part, of a table."""
        return self.parts[""]


if TYPE_CHECKING:

    class Table(gpd.GeoDataFrame, Generic[T]):
        """A table that keeps the contract T (a GeoDataFrame; no geometry column where T has none)."""

    class Slim(gpd.GeoDataFrame, Generic[T]):
        """A table that keeps the contract T, its bulky columns left in the file; `pipeline.io.onfile` reads them by batches."""

    class Package(dict[str, gpd.GeoDataFrame], Generic[P]):
        """Tables by layer name that keep the contract P."""
else:

    class Table(Generic[T]):
        """A table that keeps the contract T (at run time a plain GeoDataFrame or DataFrame)."""

    class Slim(Generic[T]):
        """A table that keeps the contract T, its bulky columns left in the file (at run time a DataFrame); `pipeline.io.onfile` reads them by batches."""

    class Package(Generic[P]):
        """Tables by layer name that keep the contract P (at run time a plain dict)."""


class Folder(Generic[F]):
    """The stage writes its files below the `out` folder it is given and returns nothing."""


# Months of a monthly column family: kwh_01 .. kwh_12.
MONTHS: tuple[str, ...] = tuple(f"{m:02d}" for m in range(1, 13))
