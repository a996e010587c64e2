"""Tables that wait in their files: the same rows as when they are loaded, a part of the columns, and nothing of what was not asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from pipeline.contracts.spec import Column, PackageParts, PackageSpec, TableSpec
from pipeline.errors import ContractError
from pipeline.io.later import arrow, attributes, chosen, waiting
from pipeline.io.packages import package, read_package, streamed, write_package
from pipeline.io.tables import read_table, write_arrow_table, write_table
from pipeline.io.wkb import multi, single

EPSG = 25833


class Plots(TableSpec):
    title_en, title_it, key, geometry = "Plots", "Lotti", ("plot_id",), "polygon"
    plot_id = Column("str", "", "Plot", "Lotto")
    area_m2 = Column("float", "m²", "Area", "Superficie", required=False)
    floors = Column("int", "", "Floors", "Piani", required=False)
    public = Column("bool", "", "Public", "Pubblico")


class Bulky(Plots):
    geometry_bulky = True


class Hours(TableSpec):
    title_en, title_it, key = "Hours", "Ore", ("use", "hour")
    use = Column("str", "", "Use", "Uso")
    hour = Column("int", "", "Hour", "Ora")


class Both(PackageSpec):
    title_en, title_it, layers = "Both", "Entrambi", {"plots": Plots, "hours": Hours}


def plots(rows: int = 2500) -> gpd.GeoDataFrame:
    """More rows than are read together; some of two parts, one figure missing here and there."""
    at = np.arange(rows)
    shapes: list[Any] = [shapely.box(10.0 * k, 0.1, 10.0 * k + 3.0, 3.3) for k in at]
    shapes[7] = shapely.union(shapes[7], shapely.box(75.0, 0.0, 76.0, 1.0))
    columns = {"plot_id": [f"p{k:05d}" for k in at], "area_m2": np.where(at % 3, at / 7.0, np.nan), "floors": pd.array([None if k % 5 == 0 else k for k in at], dtype="Int64"), "public": at % 2 == 0}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=EPSG)


HOURS = pd.DataFrame({"use": ["school"] * 2 + ["town"] * 3, "hour": [0, 1, 0, 1, 2]})


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    write_table(folder / "plots.parquet", plots(), Plots, EPSG, {})
    write_package(folder / "both.gpkg", {"plots": plots(), "hours": HOURS}, Both, EPSG, {})
    return folder


@pytest.mark.parametrize("file", ["plots.parquet", "both.gpkg"])
@pytest.mark.parametrize("spec", [Plots, Bulky])
def test_a_table_that_passes_through_becomes_the_same_file(stored: Path, tmp_path: Path, file: str, spec: type[TableSpec]) -> None:
    part = waiting(stored / file, Plots if file.endswith("parquet") else Both).parts["" if file.endswith("parquet") else "plots"]
    assert part.rows == 2500
    box = write_arrow_table(tmp_path / "through.parquet", arrow(part, spec), spec, EPSG, {"a": "b"})
    write_table(tmp_path / "made.parquet", plots(), spec, EPSG, {"a": "b"})
    assert (tmp_path / "through.parquet").read_bytes() == (tmp_path / "made.parquet").read_bytes()
    assert box == tuple(plots().total_bounds)


def test_layers_given_one_after_the_other_read_as_those_given_at_once(stored: Path, tmp_path: Path) -> None:
    later = waiting(stored / "both.gpkg", Both)
    with package(tmp_path / "through.gpkg", Both.layers, EPSG) as add:
        for name, spec in Both.layers.items():
            add(name, streamed(arrow(later.parts[name], spec), spec), {})
    for name, frame in read_package(tmp_path / "through.gpkg", Both).items():
        pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(read_package(stored / "both.gpkg", Both)[name]))


def test_figures_without_outlines_and_chosen_rows(stored: Path) -> None:
    figures = attributes(waiting(stored / "plots.parquet", Plots).whole, Plots)
    pd.testing.assert_frame_equal(figures, pd.DataFrame(read_table(stored / "plots.parquet", Plots)).drop(columns="geometry"))
    town = chosen(waiting(stored / "both.gpkg", Both).parts["hours"], "use", "town")
    assert town.rows == 3 and set(attributes(town, Hours)["use"]) == {"town"}
    other = type("Narrow", (TableSpec,), {"title_en": "", "title_it": "", "key": ("hour",), "hour": Hours.hour})
    assert attributes(town, other)["hour"].tolist() == [0, 1, 2]


def test_files_that_lack_something_are_told_of(stored: Path, tmp_path: Path) -> None:
    wider = type("Wider", (Plots,), {"height_m": Column("float", "m", "Height", "Altezza")})
    for name, spec in (("plots.parquet", Plots), ("both.gpkg", Both)):
        part = next(iter(waiting(stored / name, spec).parts.values()))
        with pytest.raises(ContractError, match="height_m"):
            arrow(part, wider)
        (tmp_path / name).write_bytes(b"nothing")
        with pytest.raises(ContractError, match="cannot be read"):
            waiting(tmp_path / name, spec)
    with pytest.raises(ContractError, match="layer shrubs missing"):
        waiting(stored / "both.gpkg", type("More", (Both,), {"layers": Both.layers | {"shrubs": Plots}}))


def test_a_package_has_the_layers_of_its_contract_in_their_order(tmp_path: Path) -> None:
    for names in (["hours", "plots"], ["plots"]):
        parts = PackageParts[Both](iter([(n, {"plots": plots(9), "hours": HOURS}[n]) for n in names])).parts
        with pytest.raises(ContractError, match="the contract Both has plots, hours"):
            write_package(tmp_path / "p.gpkg", parts, Both, EPSG, {})
        assert not list(tmp_path.iterdir())


def test_outlines_left_in_their_file_are_written_as_shapes_are(tmp_path: Path) -> None:
    write_table(tmp_path / "b.parquet", plots(), Bulky, EPSG, {})
    slim = read_table(tmp_path / "b.parquet", Bulky, slim=True)
    one = type("One", (PackageSpec,), {"title_en": "", "title_it": "", "layers": {"plots": Bulky}})
    write_package(tmp_path / "slim.gpkg", {"plots": slim[slim["public"]]}, one, EPSG, {})
    got, wanted = read_package(tmp_path / "slim.gpkg", one)["plots"], plots()[plots()["public"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.DataFrame(got), pd.DataFrame(wanted))
    assert pq.ParquetFile(tmp_path / "b.parquet").num_row_groups > 1


@pytest.mark.parametrize("kind", ["point", "line", "polygon"])
def test_one_part_and_a_multipart_shape_of_it(kind: Any) -> None:
    one = {"point": shapely.Point(1, 2), "line": shapely.LineString([(0, 0), (1, 2)]), "polygon": shapely.box(0, 0, 1, 2).difference(shapely.box(0.2, 0.2, 0.4, 0.4))}[kind]
    many = {"point": shapely.MultiPoint, "line": shapely.MultiLineString, "polygon": shapely.MultiPolygon}[kind]
    two = many([one, shapely.transform(one, lambda c: c + 9.0)]).wkb
    assert multi([one.wkb, None, two], kind) == [many([one]).wkb, None, two]
    assert single([many([one]).wkb, None, two]) == [one.wkb, None, two]
