"""The cadastre of the town: every area once, no row lost without being counted, none of another town."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from pipeline.config.sources import Layer, ParcelsConfig, Source
from pipeline.config.town import Town, load_town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Parcels
from pipeline.errors import ConfigError, InputError
from pipeline.stages.sources.parcels import parcels

TOWN = Town(name="Carmiano", code="075014", epsg=25833)
WEST, SOUTH = 758000.0, 4473000.0


def square(col: int, row: int, side: float = 10.0) -> shapely.Polygon:
    return shapely.box(WEST + 10 * col, SOUTH + 10 * row, WEST + 10 * col + side, SOUTH + 10 * row + side)


def vector(path: Path, ids: list[str | None], shapes: list[shapely.Geometry | None], **more: list[str]) -> Layer:
    gpd.GeoDataFrame({"RIF": ids, **more}, geometry=shapes, crs=25833).to_file(path)
    fields = {"parcel_id": "RIF", **{name: name for name in more}}
    return Layer(Source(kind="vector", fields=fields), (path,))


def accounted(notes: Notes) -> int:
    """Rows by what became of them."""
    words = ("dropped", "merged", "left out", "rows written")
    return sum(n for what, n in notes.counts.items() if what.startswith(words))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["rome", "rome_cxf"])
def test_a_real_sheet_of_rome_is_partitioned(name: str, root: Path, shared_data: Path) -> None:
    folder = root / "tests/towns" / name
    town = load_town(folder)
    source = town.sources.parcels[0]
    path = (folder / str(source.path)).resolve()
    assert path.is_relative_to(shared_data.resolve())
    notes = Notes()
    made = parcels((Layer(source, (path,)),), None, town.parcels, town, notes)
    check_table(made, Parcels, 25833, "parcels")
    assert made["kind"].value_counts().to_dict() == {"parcel": 381, "water": 2, "road": 1}
    assert round(made["area_m2"].sum()) == 3_806_503
    assert shapely.union_all(np.asarray(made.geometry)).area == pytest.approx(made["area_m2"].sum(), abs=0.01)
    assert set(made["sheet"]) == {"767"}
    assert set(made["section"]) == {"D"}
    assert {"H501D076700.183", "H501D076700.STRADA001", "H501D076700.ACQUA002"} <= set(made["parcel_id"])
    assert accounted(notes) == notes.counts["rows read"] == (384 if name == "rome" else 384 + 131 + 1)


@pytest.mark.shared
def test_both_formats_of_the_sheet_name_the_same_areas(shared_data: Path) -> None:
    folder = shared_data / "italy/cadastre"
    gml = Layer(Source(kind="ade_gml"), (folder / "REENCODED_H501D0767_ROMA_ple.gml",))
    cxf = Layer(Source(kind="cxf", crs="EPSG:25833"), (folder / "H501D076700.CTF",))
    one, two = (parcels((layer,), None, ParcelsConfig(), TOWN, Notes()) for layer in (gml, cxf))
    assert one["parcel_id"].tolist() == two["parcel_id"].tolist()
    # A vertex moves by at most 0.8 mm (eighth decimal of a degree), so an area by less than that along its outline.
    assert (np.abs(one["area_m2"] - two["area_m2"]) <= 0.0008 * two.length).all()


def test_parts_of_one_reference_are_merged_and_repeats_dropped(tmp_path: Path) -> None:
    ids = ["B792_000100.1", "B792_000100.1", "B792_000100.2", "B792_000100.2", "B792_0001A0.1", None, "B792_000100.3", "B792_000100.4"]
    shapes = [square(0, 0), square(5, 0), square(1, 0), square(1, 0), square(2, 0), square(3, 0), square(4, 0, 0.05), None]
    notes = Notes()
    made = parcels((vector(tmp_path / "p.gpkg", ids, shapes),), None, ParcelsConfig(), TOWN, notes)
    check_table(made, Parcels, 25833, "parcels")
    assert made[["parcel_id", "sheet", "number", "area_m2"]].to_numpy().tolist() == [
        ["B792_000100.1", "1", "1", pytest.approx(200.0)],
        ["B792_000100.2", "1", "2", pytest.approx(100.0)],
        ["B792_0001A0.1", "1A", "1", pytest.approx(100.0)],
    ]
    counts = notes.counts
    assert counts["merged into a row of the same reference"] == 1
    assert counts["dropped: repeats another row"] == 1
    assert counts["dropped: no identifier"] == 1
    assert counts["dropped: smaller than min_area_m2"] == 1
    assert counts["dropped: no geometry, or under 3 points"] == 1
    assert accounted(notes) == counts["rows read"] == 8


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    ids = ["B792_000100.10", "B792_000100.2", "B792_000100.2", "B792_000100.STRADA001"]
    shapes = [square(0, 0), square(1, 0), square(3, 3), square(2, 0)]
    one = parcels((vector(tmp_path / "a.gpkg", list(ids), list(shapes)),), None, ParcelsConfig(), TOWN, Notes())
    two = parcels((vector(tmp_path / "b.gpkg", ids[::-1], shapes[::-1]),), None, ParcelsConfig(), TOWN, Notes())
    assert one.drop(columns="geometry").equals(two.drop(columns="geometry"))
    assert (shapely.normalize(one.geometry.to_numpy()) == shapely.normalize(two.geometry.to_numpy())).all()


def test_layers_are_joined(tmp_path: Path) -> None:
    one = vector(tmp_path / "a.gpkg", ["B792_000100.1"], [square(0, 0)])
    two = vector(tmp_path / "b.gpkg", ["B792_000200.ACQUA001"], [square(1, 0)])
    made = parcels((one, two), None, ParcelsConfig(), TOWN, Notes())
    assert made["kind"].tolist() == ["parcel", "water"]


def test_fields_of_a_foreign_cadastre(tmp_path: Path) -> None:
    layer = vector(tmp_path / "p.gpkg", ["DLF01-A-12", "DLF01-A-13"], [square(0, 0), square(1, 0)], sheet=["A", "A"], kind=["parcel", "road"])
    made = parcels((layer,), None, ParcelsConfig(), TOWN, Notes())
    check_table(made, Parcels, 25833, "parcels")
    assert made[["parcel_id", "section", "sheet", "number", "kind"]].to_numpy().tolist() == [
        ["DLF01-A-12", "_", "A", "DLF01-A-12", "parcel"],
        ["DLF01-A-13", "_", "A", "DLF01-A-13", "road"],
    ]
    with pytest.raises(InputError, match="kind 'street' of x; expected parcel, road or water"):
        parcels((vector(tmp_path / "q.gpkg", ["x"], [square(0, 0)], kind=["street"]),), None, ParcelsConfig(), TOWN, Notes())
    with pytest.raises(ConfigError, match="no field for parcel_id"):
        parcels((Layer(Source(kind="vector"), (tmp_path / "p.gpkg",)),), None, ParcelsConfig(), TOWN, Notes())


def test_parcels_of_another_place_stop_the_run(tmp_path: Path) -> None:
    boundary = gpd.GeoDataFrame({"town_id": ["1"]}, geometry=[shapely.box(WEST, SOUTH, WEST + 100, SOUTH + 100)], crs=25833)
    inside = [square(c, r) for c in range(10) for r in range(10)]
    ids: list[str | None] = [f"B792_000100.{n}" for n in range(len(inside) + 1)]
    near = vector(tmp_path / "a.gpkg", ids, [*inside, square(10, 0)])
    notes = Notes()
    parcels((near,), boundary, ParcelsConfig(), TOWN, notes)
    assert notes.figures["area_outside_boundary_share"] == pytest.approx(1 / 101)
    far = vector(tmp_path / "b.gpkg", ids, [*inside[:-5], *[square(c, 0) for c in range(20, 26)]])
    with pytest.raises(InputError, match=r"b\.gpkg: Carmiano: 5\.9% of the parcels' area lies outside the boundary \(allowed 2\.0%\); came west"):
        parcels((far,), boundary, ParcelsConfig(), TOWN, Notes())


def test_nothing_usable(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no usable parcel is left"):
        parcels((vector(tmp_path / "a.gpkg", ["B792_000100.1"], [square(0, 0).boundary]),), None, ParcelsConfig(), TOWN, Notes())
    with pytest.raises(ConfigError, match="kind dsm"):
        parcels((Layer(Source(kind="dsm"), (tmp_path / "a.gpkg",)),), None, ParcelsConfig(), TOWN, Notes())


@pytest.mark.shared
def test_rows_without_reference_are_told(shared_data: Path, tmp_path: Path) -> None:
    text = (shared_data / "italy/cadastre/REENCODED_H501D0767_ROMA_ple.gml").read_text()
    path = tmp_path / "a.gml"
    path.write_text(text.replace("REFERENCE>H501D076700.183<", "REFERENCE>H501D0767.183<"))
    notes = Notes()
    made = parcels((Layer(Source(kind="ade_gml"), (path,)),), None, ParcelsConfig(), TOWN, notes)
    assert len(made) == 383
    assert notes.counts["dropped: no cadastral reference"] == 1
    assert notes.warnings == ["a.gml: 1 rows have no readable cadastral reference, the first is 'H501D0767.183'."]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "epsg", "reference"), [("AdE_WFS_A000W_STRADA001", 32632, "A000W000200.STRADA001"), ("AdE_WFS_A176_003100_329", 32633, "A176_003100.329")])
def test_genuine_answers_of_the_service_are_a_source(name: str, epsg: int, reference: str, shared_data: Path, balance) -> None:  # type: ignore[no-untyped-def]
    layer = Layer(Source(kind="ade_gml"), (shared_data / f"italy/cadastre/{name}.gml",))
    notes = Notes()
    made = parcels((layer,), None, ParcelsConfig(), Town(name="x", epsg=epsg), notes)
    check_table(made, Parcels, epsg, "parcels")
    assert made["parcel_id"].tolist() == [reference]
    balance(notes, len(made))


def sheets(path: Path, *squares: tuple[str, shapely.Polygon]) -> Layer:
    head = '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="w" xmlns:CP="http://mapserver.gis.umn.edu/mapserver" xmlns:gml="http://www.opengis.net/gml/3.2">'
    ground = gpd.GeoSeries([s for _, s in squares], crs=25833).to_crs(6706)
    rows = [
        f'<wfs:member><CP:CadastralZoning gml:id="{c}"><CP:msGeometry><gml:Polygon gml:id="g{c}" srsName="urn:ogc:def:crs:EPSG::6706"><gml:exterior><gml:LinearRing><gml:posList srsDimension="2">'
        f"{' '.join(f'{y:.9f} {x:.9f}' for x, y in g.exterior.coords)}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></CP:msGeometry>"
        f"<CP:NATIONALCADASTRALZONINGREFERENCE>{c}</CP:NATIONALCADASTRALZONINGREFERENCE></CP:CadastralZoning></wfs:member>"
        for (c, _), g in zip(squares, ground, strict=True)
    ]
    path.write_text(f"{head}{''.join(rows)}</wfs:FeatureCollection>")
    return Layer(Source(kind="ade_map"), (path,))


def test_sheets_tell_what_the_parcels_lack(tmp_path: Path, balance) -> None:  # type: ignore[no-untyped-def]
    own = vector(tmp_path / "p.gpkg", ["B792_000100.1", "B792_000100.2", "B792_000900.1"], [square(0, 0), square(1, 0), square(5, 5)])
    full = sheets(tmp_path / "a_map.gml", ("B792_000100", shapely.box(WEST, SOUTH, WEST + 25, SOUTH + 10)), ("B792_000200", square(8, 8)))
    notes = Notes()
    made = parcels((own, full), None, ParcelsConfig(), TOWN, notes)
    assert made["parcel_id"].tolist() == ["B792_000100.1", "B792_000100.2", "B792_000900.1"]
    balance(notes, len(made))
    assert notes.counts["sheets read"] == 2
    assert notes.counts["sheets without parcels"] == 1
    assert notes.counts["sheets of parcels that the map of sheets has not"] == 1
    assert notes.figures["sheet_gap_share_max"] == pytest.approx(0.2, abs=1e-4)  # 200 of 250 m2
    said = " ".join(notes.warnings)
    assert "Sheets without any parcel: B792_000200" in said
    assert "has not: B792_000900" in said
    assert "1 sheets differ from the sum" in said
    with pytest.raises(ConfigError, match="only sheets"):
        parcels((full,), None, ParcelsConfig(), TOWN, Notes())
