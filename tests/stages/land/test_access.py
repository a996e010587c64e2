"""Access of a small town worked out by hand, and what is said when a layer is missing, cut off or in a wrong system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.compute import Compute
from pipeline.config.land import AccessConfig
from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.land import Access
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Landcover, Surface
from pipeline.contracts.spec import Raster
from pipeline.core.grid import Grid
from pipeline.core.network import cut_at_junctions
from pipeline.errors import ContractError, InputError
from pipeline.stages.land.access import access

EAST, NORTH, EPSG = 759_000.0, 4_470_000.0, 25833


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def streets(*lines: list[tuple[float, float]], epsg: int = EPSG) -> gpd.GeoDataFrame:
    cut = cut_at_junctions(np.array([shapely.LineString([(EAST + x, NORTH + y) for x, y in line]) for line in lines], dtype=object))
    table = gpd.GeoDataFrame({"from_node": cut.start.astype(str), "to_node": cut.end.astype(str)}, geometry=cut.lines, crs=epsg)
    return table.assign(street_id=[f"s{k}" for k in range(len(table))], walkable=True, highway="residential", length_m=table.length)


def houses(*at: tuple[float, float], epsg: int = EPSG) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"building_id": [f"b{k}" for k in range(len(at))]}, geometry=[box(x - 4, y - 4, x + 4, y + 4) for x, y in at], crs=epsg)


def greens(*rows: tuple[str, shapely.Polygon, bool], epsg: int = EPSG) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame({"greens_id": [f"g{k}" for k in range(len(rows))], "kind": [r[0] for r in rows], "public": [r[2] for r in rows]}, geometry=[r[1] for r in rows], crs=epsg)
    return table.assign(area_m2=table.area, name=None)


def people(*residents: float) -> pd.DataFrame:
    return pd.DataFrame({"building_id": [f"b{k}" for k in range(len(residents))], "section_id": "s", "residents": residents, "method": "volume"})


# One long street from west to east, a side street to the north at 400 m.
STREETS = streets([(0, 0), (400, 0), (1000, 0)], [(400, 0), (400, 500)])
HOUSES = houses((0, 20), (300, -30), (400, 200))
PARK = greens(("park", box(600, -100, 700, 100), True))
TOWN = gpd.GeoDataFrame({"town_id": ["075014"], "name": ["X"]}, geometry=[box(-100, -100, 1100, 600)], crs=EPSG)


def run(buildings: Any = HOUSES, ways: Any = STREETS, green: Any = PARK, occupancy: Any = None, boundary: Any = None, layers: Any = None, notes: Notes | None = None,
        surface: Any = None, landcover: Any = None, where: str = "threads", **config: Any) -> pd.DataFrame:  # fmt: skip
    with Compute(where) as compute:
        made = access(buildings, ways, green, occupancy, surface, landcover, boundary, layers, AccessConfig(**config), Town(name="X", epsg=EPSG), compute, notes if notes is not None else Notes())
    check_table(made, Access, EPSG, "access")
    return made.set_index("building_id")


def test_ways_worked_by_hand() -> None:
    """The street enters the park at 600 m; doors stand 20, 30 and 0 m from it."""
    notes = Notes()
    made = run(notes=notes)
    assert made["green_network_m"].tolist() == pytest.approx([20 + 600, 30 + 300, 200 + 200])
    assert made["green_linear_m"].tolist() == pytest.approx([600.0, 300.0, np.hypot(200, 100)])
    assert made["large_green_network_m"].tolist() == pytest.approx(made["green_network_m"].tolist())  # 2 ha
    assert made["snap_m"].tolist() == pytest.approx([20.0, 30.0, 0.0])
    assert made["green_id"].tolist() == ["g0"] * 3
    assert made["entrance_easting_m"].tolist() == pytest.approx([EAST + 600] * 3) and made["entrance_northing_m"].tolist() == pytest.approx([NORTH] * 3)
    assert notes.counts["entrances where a way crosses an outline"] == 2 and notes.counts["public greens without any entrance"] == 0


def test_size_kind_and_public_decide() -> None:
    rows = (("park", box(590, -50, 650, 40), True), ("park", box(100, -40, 130, 40), True), ("square", box(380, -20, 420, 20), True), ("park", box(-90, -90, 10, 90), False))
    made = run(green=greens(*rows))
    # 0.54 ha counts as green, not as large; 0.24 ha and the square are open places only; the closed one is nothing.
    assert made["green_id"].tolist() == ["g0"] * 3
    assert made["large_green_network_m"].isna().all() and made["large_green_linear_m"].isna().all()
    assert made["open_network_m"].tolist() == pytest.approx([20 + 100, 30 + 80, 180])
    # A larger green that touches the small one makes it count: 0.24 + 0.32 ha.
    joined = run(green=greens(*rows, ("garden", box(130, -40, 170, 40), True)))
    assert joined["green_network_m"].tolist() == pytest.approx([20 + 100, 30 + 130, 190 + 200])
    assert joined["green_id"].tolist() == ["g1", "g4", "g0"]
    assert run(min_green_ha=0.2, green=greens(*rows))["green_id"].tolist() == ["g1", "g1", "g0"]


def test_a_house_in_the_park_has_no_way_to_go_and_a_court_is_not_its_centroid() -> None:
    inside = houses((650, 50), (300, -30))
    made = run(buildings=inside)
    assert (made.loc["b0", "green_linear_m"], made.loc["b0", "green_network_m"]) == (0.0, 0.0)
    assert made.loc["b0", "green_id"] == "g0" and np.isnan(made.loc["b0", "entrance_easting_m"])
    horseshoe = box(0, 10, 40, 50).difference(box(5, 15, 35, 60))
    court = inside.set_geometry(gpd.GeoSeries([horseshoe, inside.geometry[1]], crs=EPSG))
    assert run(buildings=court).loc["b0", "snap_m"] != pytest.approx(horseshoe.centroid.y - NORTH)


def test_far_from_streets_cut_off_and_a_park_without_entrance() -> None:
    notes = Notes()
    apart = streets([(0, 0), (400, 0), (1000, 0)], [(3000, 0), (3600, 0)], [(2000, 0), (2100, 0)])
    away = houses((0, 20), (500, 300), (3100, 10), (2050, 5))
    shut = greens(("park", box(600, -100, 700, 100), True), ("nature", box(400, 2000, 600, 2200), True), ("square", box(0, 5000, 9, 5009), True))
    made = run(buildings=away, ways=apart, green=shut, notes=notes, max_snap_m=150.0, min_piece_m=300.0)
    assert made["on_network"].tolist() == ["yes", "far", "yes", "far"]  # the court of 100 m is left out, the next street is 1 km off
    assert made["green_network_m"].isna().tolist() == [False, True, True, True]
    assert made["green_linear_m"].notna().all() and made.loc["b1", "snap_m"] == pytest.approx(300.0)
    assert notes.counts["street edges left out: in a piece shorter than min_piece_m"] == 1
    assert notes.counts["buildings farther than max_snap_m from a walkable street: no way on foot"] == 2
    assert notes.counts["public greens without any entrance"] == 1 and notes.counts["other public places without any entrance"] == 1
    assert any("g1 (4.00 ha) has no entrance" in w for w in notes.warnings)


def test_assumed_entrances_beside_a_park_no_way_crosses() -> None:
    notes = Notes()
    made = run(buildings=houses((300, 20)), green=greens(("park", box(600, 25, 700, 125), True)), notes=notes)
    assert notes.counts["entrances where a way crosses an outline"] == 0 and notes.counts["entrances assumed on outlines no way crosses"] > 0
    assert made.loc["b0", "green_network_m"] == pytest.approx(20 + 300 + 25, abs=20.0)
    assert np.isnan(run(buildings=houses((300, 20)), green=greens(("park", box(600, 35, 700, 135), True))).loc["b0", "green_network_m"])


def test_supply_is_shared_and_conserved_and_nobody_is_named() -> None:
    notes = Notes()
    made = run(buildings=houses((200, 20), (300, -30), (650, 50), (0, 400)), occupancy=people(10, 30, 5, 2), notes=notes)
    supply = made["green_m2_per_person"].to_numpy()
    assert supply @ [10, 30, 5, 2] == pytest.approx(20_000.0, rel=1e-12)
    assert supply[2] > supply[1] > supply[0] > 0 and supply[3] == 0.0
    assert notes.figures["supply_times_people_m2"] == pytest.approx(notes.figures["supply_shared_m2"], rel=1e-9)
    assert not any("resident" in c or "people" in c for c in Access.columns())
    assert run(occupancy=people(0, 0, 0))["green_m2_per_person"].isna().all()
    nobody_near = Notes()
    run(buildings=houses((0, 0)), occupancy=people(4), green=greens(("park", box(900, -50, 990, 50), True)), notes=nobody_near)
    assert nobody_near.figures["supply_without_people_m2"] == pytest.approx(9000.0)


def test_without_streets_greens_or_anything() -> None:
    notes = Notes()
    made = run(ways=None, notes=notes, occupancy=people(1, 2, 3))
    assert made["on_network"].unique().tolist() == ["no_streets"] and made["green_network_m"].isna().all() and made["green_linear_m"].notna().all()
    assert made["green_m2_per_person"].isna().all() and "straight lines only" in notes.warnings[0]
    closed = STREETS.assign(walkable=False)
    assert run(ways=closed)["on_network"].unique().tolist() == ["no_streets"]
    bare = Notes()
    made = run(green=None, notes=bare)
    assert made["green_linear_m"].isna().all() and made["snap_m"].notna().all() and "No green or open place" in bare.warnings[0]
    private = Notes()
    assert run(green=greens(("park", box(600, -100, 700, 100), False)), notes=private)["open_linear_m"].isna().all()
    assert any("No public green" in w for w in private.warnings)
    assert len(run(buildings=HOUSES.iloc[:0])) == 0
    assert len(run(ways=None, green=None)) == 3


def test_streets_twice_in_the_file() -> None:
    again = gpd.GeoDataFrame(pd.concat([STREETS, STREETS], ignore_index=True), crs=EPSG)
    pd.testing.assert_frame_equal(run(ways=again), run())


def test_how_far_the_layers_reach_is_said() -> None:
    ends = Notes()
    run(boundary=TOWN, notes=ends)
    assert sum("beyond the boundary, 750 m are needed" in w for w in ends.warnings) == 2
    assert ends.figures["buildings_near_edge_share"] == 1.0
    assert ends.figures["streets_beyond_boundary_m"] == 0.0
    wide = Notes()
    star = [[(500, 250), (500 + 3000 * np.sin(a), 250 + 3000 * np.cos(a))] for a in np.radians(np.arange(0, 360, 45))]
    run(ways=streets([(0, 0), (1000, 0)], *star), green=greens(("park", box(600, -3000, 700, 100), True)), boundary=TOWN, notes=wide)
    assert not any("beyond the boundary" in w for w in wide.warnings) and wide.figures["streets_beyond_boundary_sides_of_8"] == 8
    half = Notes()
    run(ways=streets([(0, 0), (1000, 0)], *star[:4]), boundary=TOWN, notes=half)
    assert any("on 4 of 8 sides only" in w for w in half.warnings)


def test_wrong_systems_are_refused() -> None:
    web = [f.to_crs(3857) for f in (HOUSES, STREETS, PARK)]
    with pytest.raises(InputError, match="229 m"):
        run(*web)
    degrees = [f.to_crs(4326) for f in (HOUSES, STREETS, PARK)]
    with pytest.raises(InputError, match="metres"):
        run(*degrees)
    mislabelled = [f.set_crs(EPSG, allow_override=True) for f in degrees]
    with pytest.raises(ContractError, match="degrees"):
        run(*mislabelled)
    with pytest.raises(InputError, match="expected one system"):
        run(HOUSES, STREETS, PARK.to_crs(32633))


def test_a_street_shorter_than_its_line_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lengths come from the lines; were one wrong, the run would stop."""
    from pipeline.joins import walking as stage

    real = stage.ways
    monkeypatch.setattr(stage, "ways", lambda *a: real(*a)._replace(length=0.2 * real(*a).length))
    with pytest.raises(ContractError, match="shorter than the straight line"):
        run(buildings=houses((0, 20)))


@pytest.fixture
def rasters(write: Callable[..., Raster[Any]]) -> tuple[Raster[Surface], Raster[Landcover]]:
    """700 x 400 m of grass; trees every 20 m along a row 20 m north of the street, from 300 m on; a wood in the north-east."""
    grid = Grid(EAST - 50, NORTH + 250, 1.0, 400, 700, EPSG)
    height, cover = np.zeros(grid.shape, dtype=np.float32), np.full(grid.shape, 4, dtype=np.uint8)
    for col in range(350, 700, 20):
        height[229:232, col - 1 : col + 2], height[230, col] = 4.0, 6.0
    height[:100, 600:] = 8.0
    ground = np.zeros_like(height)
    return write(Surface, grid, ground, height, height), write(Landcover, grid, cover, cover)


def test_trees_and_canopy(rasters: tuple[Raster[Surface], Raster[Landcover]]) -> None:
    notes = Notes()
    made = run(buildings=houses((100, 0), (400.5, 0)), surface=rasters[0], landcover=rasters[1], notes=notes, canopy_radius_m=60.0)
    assert made.loc["b0", ["trees_15m", "trees_25m", "trees_50m"]].tolist() == [0, 0, 0]
    # Tops stand at 300.5, 320.5 ... east and 19.5 north; the footprint ends 4 m from its middle.
    tops = np.array([[300.5 + 20 * k, 19.5] for k in range(18)])
    apart = shapely.distance(shapely.box(396.5, -4, 404.5, 4), shapely.points(tops))
    assert made.loc["b1", ["trees_15m", "trees_25m", "trees_50m"]].tolist() == [int((apart <= r).sum()) for r in (15, 25, 50)]
    cells = sum(1 for k in range(18) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if np.hypot(300.5 + 20 * k + dx - 400.5, 19.5 + dy) <= 60.0)
    assert made.loc["b1", "canopy_share"] == pytest.approx(cells / (np.pi * 3600), rel=0.01)
    assert made.loc["b0", "canopy_share"] == 0.0
    outside = run(buildings=houses((5000, 0)), surface=rasters[0], landcover=rasters[1])
    assert outside["canopy_share"].isna().all() and outside["trees_25m"].isna().all()


def test_the_same_on_processes(rasters: tuple[Raster[Surface], Raster[Landcover]]) -> None:
    args = {"buildings": houses((100, 0), (400.5, 0)), "surface": rasters[0], "landcover": rasters[1]}
    pd.testing.assert_frame_equal(run(**args), run(**args, where="processes"))


def test_people_beyond_the_boundary_share_the_green(tmp_path: Path) -> None:
    """A section beyond the town's edge: its people stand along the street and take their part; the supply is conserved."""
    town = gpd.GeoDataFrame({"town_id": ["075014"], "name": ["X"]}, geometry=[box(-100, -100, 800, 600)], crs=EPSG)
    around = gpd.GeoDataFrame({"section_id": ["inside", "east", "far"], "residents": [999, 300, 500]}, geometry=[box(0, 0, 100, 50), box(800, -50, 1000, 50), box(4000, 0, 4100, 50)], crs=EPSG)
    around.to_file(tmp_path / "sections.gpkg")
    layer = Layer(Source(kind="sections", path="x", fields={"section_id": "section_id", "residents": "residents"}), (tmp_path / "sections.gpkg",))
    alone, shared = Notes(), Notes()
    own = run(occupancy=people(10.0, 100.0, 50.0), boundary=town, notes=alone)["green_m2_per_person"]
    with_others = run(occupancy=people(10.0, 100.0, 50.0), boundary=town, layers=(layer,), notes=shared)["green_m2_per_person"]
    assert (with_others[own > 0] < own[own > 0]).all() and shared.counts["sections beyond the boundary"] == 1
    assert shared.figures["people_beyond_the_boundary"] == pytest.approx(300.0)
    assert shared.figures["supply_times_people_m2"] == pytest.approx(shared.figures["supply_shared_m2"], rel=1e-9) == pytest.approx(20_000.0)
    inside = float((with_others * [10.0, 100.0, 50.0]).sum())
    assert inside + shared.figures["supply_of_people_beyond_m2"] == pytest.approx(20_000.0, rel=1e-9)
    assert any("not known" in line for line in alone.assumptions)
    with pytest.raises(InputError, match="kind total; expected sections"):
        run(occupancy=people(1.0, 1.0, 1.0), boundary=town, layers=(Layer(Source(kind="total", path="x", residents=5), ()),))
