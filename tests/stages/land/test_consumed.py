"""Official soil consumption counted as its publisher does, beside the own measure; what cannot be used is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from pipeline.config.land import ConsumedConfig
from pipeline.config.sources import Layer, Layers, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.land import Consumed
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Landcover
from pipeline.contracts.spec import Raster
from pipeline.core.land.consumed import CONSUMED
from pipeline.errors import InputError
from pipeline.stages.land.consumed import consumed

TOWN = Town(name="Prova", code="075014", epsg=25833)


@pytest.fixture
def outline() -> gpd.GeoDataFrame:
    """A town of 1.2 km across with a crooked border."""
    shape = shapely.Point(251000, 4470500).buffer(600).union(shapely.box(251300, 4470400, 251900, 4470555.5))
    return gpd.GeoDataFrame({"town_id": ["075014"], "name": ["Prova"], "area_m2": [shape.area]}, geometry=[shape], crs=25833)


def official(path: Path, codes: NDArray[np.uint8], west: float, north: float, epsg: int = 3035, year: int | None = 2023, synthetic: bool = False) -> Layer:
    with rasterio.open(path, "w", driver="GTiff", dtype="uint8", count=1, height=codes.shape[0], width=codes.shape[1], crs=f"EPSG:{epsg}", transform=(10, 0, west, 0, -10, north), nodata=0) as dst:
        dst.write(codes, 1)
    return Layer(Source(kind="ispra", path=path.name, year=year, synthetic=synthetic), (path,))


def place(outline: gpd.GeoDataFrame, epsg: int = 3035) -> tuple[float, float]:
    """A corner of the publisher's cells well outside the town."""
    west, _, _, north = outline.to_crs(epsg).total_bounds
    return float(np.floor(west / 10) * 10 - 50), float(np.ceil(north / 10) * 10 + 50)


def random_codes(seed: int = 1, shape: tuple[int, int] = (180, 190)) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).choice([2, 2, 2, 1, 111, 112, 116, 122, 201], size=shape).astype(np.uint8)


def run(outline: gpd.GeoDataFrame, layers: Layers, notes: Notes | None = None, landcover: Raster[Landcover] | None = None, **config: object) -> dict[str, pd.DataFrame]:
    made = consumed(outline, landcover, None, layers, ConsumedConfig.model_validate(config), TOWN, notes or Notes())
    for name, spec in Consumed.layers.items():
        check_table(made[name], spec, 25833, name)
    return made  # type: ignore[return-value]


def test_cells_count_by_their_centres(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    """Against every centre brought into the town's system, to one cell: centres on the border may fall either way."""
    codes, (west, north) = random_codes(), place(outline)
    row = run(outline, (official(tmp_path / "a.tif", codes, west, north),))["years"].iloc[0]
    r, c = np.indices(codes.shape)
    east, nord = Transformer.from_crs(3035, 25833, always_xy=True).transform(west + 10 * (c + 0.5), north - 10 * (r + 0.5))
    inside = shapely.contains_xy(outline.geometry.iloc[0], east, nord)
    assert row["consumed_m2"] / 100 == pytest.approx((inside & np.isin(codes, CONSUMED)).sum(), abs=1)
    assert row["area_m2"] / 100 == pytest.approx(inside.sum(), abs=1) and row["known_share"] == 1.0
    assert row["permanent_m2"] + row["reversible_m2"] + 100 * (inside & (codes == 1)).sum() == pytest.approx(row["consumed_m2"], abs=200)


def test_stock_in_cells(tmp_path: Path) -> None:
    """43,200 consumed cells of 240,000 are 432.0 ha, 18.00 % of 2,400 ha, 369.23 m2 a head; inland water and open ground are not consumed."""
    town = gpd.GeoDataFrame({"town_id": ["075014"], "name": ["Prova"], "area_m2": [24e6]}, geometry=[shapely.box(750000, 4470000, 756000, 4474000)], crs=25833)
    codes = np.full((440, 640), 2, dtype=np.uint8)
    codes[20:420, 20:620] = np.resize(np.repeat([201, 2], [99_000, 97_800]).tolist() + np.resize([1, 11, 12, *range(111, 119), *range(121, 127)], 43_200).tolist(), (400, 600))
    notes = Notes()
    row = run(town, (official(tmp_path / "a.tif", codes, 749800.0, 4474200.0, epsg=25833),), notes, residents={2023: 11_700})["years"].iloc[0]
    assert notes.counts["official cells consumed in 2023"] == 43_200 and (row["consumed_m2"], row["area_m2"]) == (432e4, 24e6)
    assert row["consumed_share"] == pytest.approx(0.18) and row["consumed_m2_per_resident"] == pytest.approx(369.23, abs=0.005)


def test_change_between_two_years(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    """Everything open at first but a row of ten cells; then thirty others are taken and four of the ten given back."""
    west, north = place(outline)
    first = np.full((180, 190), 2, dtype=np.uint8)
    first[60, 80:90] = 111
    last = first.copy()
    last[60, 80:84] = 2
    last[70:73, 80:90] = 122
    layers = (official(tmp_path / "a.tif", first, west, north, year=2013), official(tmp_path / "b.tif", last, west, north))
    made = run(outline, layers, residents={2013: 12150, 2023: 11700})
    row = made["years"].iloc[1]
    assert (row["gross_m2"], row["restored_m2"], row["net_m2"], row["since"]) == (3000.0, 400.0, 2600.0, 2013)
    assert row["net_share"] == pytest.approx(2.6) and row["sdg_flag"] == "SHRINKING" and row["pgr"] == pytest.approx(-0.0037740, rel=1e-4)
    assert row["net_m2_per_resident_year"] == pytest.approx(2600 / 11700 / 10)
    changes = made["changes"]
    assert changes.groupby("kind")["area_m2"].sum().to_dict() == {"restored": 400.0, "taken": 3000.0}
    assert changes.groupby("kind")["patch_id"].nunique().to_dict() == {"restored": 1, "taken": 1}
    assert changes.area.sum() == pytest.approx(3400.0, rel=5e-3), "true area differs from the map's by the scale of the projection"
    stock = made["stock"].set_index("year")
    assert stock["area_m2"].to_dict() == {2013: 1000.0, 2023: 3600.0}
    gone = shapely.difference(stock.geometry[2013], stock.geometry[2023]).area
    assert gone == pytest.approx(changes.loc[changes["kind"] == "restored"].area.sum(), rel=1e-3), "what is no longer consumed is what was given back"
    assert stock.geometry.is_valid.all() and stock.geometry[2023].area - stock.geometry[2013].area + gone == pytest.approx(3000.0, rel=5e-3)


def test_half_a_raster_is_reported_and_not_blown_up(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    west, north = place(outline)
    codes = np.full((180, 190), 111, dtype=np.uint8)
    codes[:, 85:] = 0
    notes = Notes()
    row = run(outline, (official(tmp_path / "a.tif", codes, west, north),), notes)["years"].iloc[0]
    assert 0.3 < row["known_share"] < 0.7 and row["consumed_m2"] == pytest.approx(row["known_share"] * row["area_m2"])
    assert row["consumed_share"] == 1.0 and "not extrapolated" in notes.warnings[0]


def test_a_class_the_legend_does_not_have_is_not_known(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    west, north = place(outline)
    codes = np.full((180, 190), 111, dtype=np.uint8)
    codes[60:70, 80:90] = 77
    notes = Notes()
    row = run(outline, (official(tmp_path / "a.tif", codes, west, north),), notes)["years"].iloc[0]
    assert notes.counts["official cells of 2023 with a class the legend does not have"] == 100 and "77" in notes.warnings[0]
    assert row["consumed_m2"] == pytest.approx(row["area_m2"] - 100 * 100)


def test_rasters_that_cannot_be_counted_are_refused(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    codes, (west, north) = random_codes(), place(outline)
    with pytest.raises(InputError, match="EPSG:3857"):
        run(outline, (official(tmp_path / "a.tif", codes, *place(outline, 3857), epsg=3857),))
    with pytest.raises(InputError, match="without a year"):
        run(outline, (official(tmp_path / "b.tif", codes, west, north, year=None),))
    two = (official(tmp_path / "c.tif", codes, west, north, year=2013), official(tmp_path / "d.tif", codes, west + 4, north))
    with pytest.raises(InputError, match="its cells are not those"):
        run(outline, two)
    with pytest.raises(InputError, match="expected ispra, consumed_table"):
        run(outline, (Layer(Source(kind="worldcover", path="x"), (tmp_path / "a.tif",)),))


def test_a_generated_year_beside_a_real_one_is_left_out(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    codes, (west, north) = random_codes(), place(outline)
    notes = Notes()
    layers = (official(tmp_path / "a.tif", codes, west, north, year=2013, synthetic=True), official(tmp_path / "b.tif", codes, west, north))
    assert run(outline, layers, notes)["years"]["year"].tolist() == [2023] and "left out" in notes.warnings[0]


def test_nobody_lives_in_the_town(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    codes, (west, north) = random_codes(), place(outline)
    layers = (official(tmp_path / "a.tif", codes, west, north, year=2013), official(tmp_path / "b.tif", codes, west, north))
    row = run(outline, layers, residents={2013: 0, 2023: 0})["years"].iloc[1]
    assert row[["consumed_m2_per_resident", "net_m2_per_resident_year", "lcrpgr"]].isna().all() and row["residents_per_consumed_ha"] == 0.0


def table(path: Path, text: str) -> Layer:
    path.write_text(text, encoding="utf-8")
    return Layer(Source(kind="consumed_table", path=path.name), (path,))


def test_the_yearly_table_with_a_row_a_year(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    """LAND L2 and L3 through the table: 432 ha of 2,400, 11,700 people."""
    text = "PRO_COM;Anno;Suolo consumato [ha];superficie ha;nuovo consumo ha;ripristino ha\n75014;2022;432,0;2.400,0;;\n75014;2023;434,4;2.400,0;3,1;0,7\n75035;2023;1;2;3;4\n"
    years = run(outline, (table(tmp_path / "t.csv", text),), residents={2022: 11700, 2023: 11700})["years"]
    first, last = years.iloc[0], years.iloc[1]
    assert first["consumed_share"] == pytest.approx(0.18) and first["consumed_m2_per_resident"] == pytest.approx(369.23, abs=0.005)
    assert (last["net_m2"], last["net_m2_per_ha"]) == pytest.approx((24000.0, 10.0)) and last["net_share"] == pytest.approx(0.005556, rel=1e-3)
    assert last["net_m2_per_resident_year"] == pytest.approx(2.05, abs=0.005) and last["sdg_flag"] == "UNSTABLE"


def test_the_yearly_table_with_a_column_a_year(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    text = "PRO_COM;Comune;Suolo consumato 2022 [ettari];Suolo consumato 2023 [ettari]\n075014;Prova;43,20;42,70\n"
    years = run(outline, (table(tmp_path / "t.csv", text),))["years"]
    assert years["year"].tolist() == [2022, 2023] and years["net_m2"].iloc[1] == pytest.approx(-5000.0)
    assert (years["gross_m2"].iloc[1], years["restored_m2"].iloc[1]) == pytest.approx((0.0, 5000.0))


def test_tables_that_do_not_say_it_are_refused(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    with pytest.raises(InputError, match="no row of the municipality 075014"):
        run(outline, (table(tmp_path / "a.csv", "PRO_COM;Anno;Suolo consumato [ha]\n75035;2022;1\n"),))
    with pytest.raises(InputError, match="more than the town"):
        run(outline, (table(tmp_path / "c.csv", "PRO_COM;Anno;Suolo consumato [ha]\n75014;2022;432\n"),))
    with pytest.raises(InputError, match="two figures for 2022"):
        run(outline, (table(tmp_path / "b.csv", "PRO_COM;Anno;Suolo consumato [ha]\n75014;2022;1\n75014;2022;2\n"),))


def test_the_own_measure_beside_it(tmp_path: Path, landcover: Raster[Landcover], write: Callable[..., Raster[Any]], boundary: gpd.GeoDataFrame) -> None:
    """A town of 40 x 30 m under twelve official cells in its own system: a road of 400 m2 and a house of 80 are sealed on its map."""
    cover = np.full((30, 40), 4, dtype=np.uint8)
    cover[20:, :], cover[4:12, 0:10] = 2, 1
    own = write(Landcover, landcover.grid, cover, cover)
    codes = np.full((3, 4), 2, dtype=np.uint8)
    codes[2] = 112
    codes[1, 1] = 122
    made = run(boundary, (official(tmp_path / "a.tif", codes, 250000.0, 4470030.0, epsg=25833),), landcover=own)["comparison"].iloc[0]
    assert (made["official_m2"], made["compared_m2"], made["definition_m2"]) == (500.0, 1200.0, 100.0)
    assert made["own_m2"] == pytest.approx(480.0) and made["majority_m2"] == pytest.approx(500.0 - 480.0)
    assert made["official_m2"] - made["own_m2"] == pytest.approx(made["definition_m2"] + made["majority_m2"] + made["rest_m2"])


@pytest.mark.shared
def test_istats_real_table(shared_data: Path, root: Path) -> None:
    """18.35 % of Carmiano's outline in 2021: the reference figure of 443.8 ha; the table in the town's folder says the same."""
    town = gpd.read_file(root / "data/raw/carmiano/boundary.geojson").to_crs(25833)
    frame = gpd.GeoDataFrame({"town_id": ["075014"], "name": ["Carmiano"], "area_m2": town.area}, geometry=town.geometry, crs=25833)
    for path in (shared_data / "italy/statistics/ISTAT_IFC_2021_carmiano_and_neighbours.csv", root / "data/raw/carmiano/consumo_suolo_2021.csv"):
        row = run(frame, (Layer(Source(kind="consumed_table", path=path.name, year=2021), (path,)),))["years"].iloc[0]
        assert (row["year"], row["basis"]) == (2021, "table") and row["consumed_share"] == pytest.approx(0.1835) and row["consumed_m2"] / 1e4 == pytest.approx(443.8, abs=0.1)


def test_a_table_without_a_year_or_a_figure(tmp_path: Path, outline: gpd.GeoDataFrame) -> None:
    with pytest.raises(InputError, match="which year"):
        run(outline, (table(tmp_path / "a.csv", "PRO_COM;consumo del suolo\n75014;18,35\n"),))
    with pytest.raises(InputError, match="no figure"):
        run(outline, (table(tmp_path / "b.csv", "PRO_COM;Comune\n75014;Prova\n"),))
