"""Bad input through the real stages of the solar wing: two houses on level ground, and one thing wrong at a time.

Each case asserts that what comes out is a reason code, a clear error, or a number that is right all the same, and returns what was seen in words.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry import box

from pipeline.compute import on
from pipeline.config.sources import Layer, Source, WeatherConfig
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import RasterBlocks, TableParts, TableSpec
from pipeline.core.grid import Grid, Window
from pipeline.errors import InputError
from pipeline.graph import read_stages
from pipeline.io import rasters
from pipeline.runner import contract
from pipeline.stages.sources.weather import weather
from tests.reference.solar import Hours, typical_year

GRID = Grid(758_000.0, 4_470_140.0, 1.0, 140, 140, 25833)
TOWN = Town(name="Bad", epsg=25833)
GROUND_M, TILT_DEG = 30.0, 20.0
# Rows and columns of the two houses: a level roof of 14 x 12 m and, south of it, a gable of 12 x 16 m with its ridge from west to east.
FLAT, GABLE = (slice(50, 62), slice(60, 74)), (slice(80, 92), slice(60, 76))
UP_TO = "solar"


@dataclass
class Scene:
    """The two houses, and what is done to them."""

    surface: NDArray[np.float64]
    ground: NDArray[np.float64]
    weather: Hours
    notes: dict[str, Notes] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)

    def run(self, folder: Path) -> Scene:
        """All stages of the solar wing up to the yield; each result keeps its contract."""
        bands = np.stack([self.ground, self.surface, self.surface - self.ground]).astype(np.float32)
        path = folder / "surface.tif"
        rasters.write(path, Surface, RasterBlocks(GRID, iter([(Window(0, 0, *GRID.shape), bands)])))
        hours = pd.DataFrame(self.weather)
        hours.insert(0, "hour", np.arange(len(hours)))
        self.tables = {"buildings": buildings(), "surface": rasters.open_raster(path), "weather": hours}
        stages = read_stages()
        for name in _needed(stages):
            self._run(stages[name])
        return self

    def _run(self, stage: Any) -> None:
        function = getattr(importlib.import_module(stage.module), stage.name)
        notes = self.notes.setdefault(stage.name, Notes())
        with on("threads") as compute:
            given = self.tables | {"config": getattr(TOWN, stage.name, None), "town": TOWN, "compute": compute, "notes": notes}
            made = function(**{name: given.get(name) for name in inspect.signature(function).parameters})
            made = made.whole() if isinstance(made, TableParts) else made
        spec = contract(stage.contract)
        if issubclass(spec, TableSpec):
            check_table(made, spec, TOWN.epsg, stage.name)
            self.tables[stage.name] = made

    def planes(self, building: str) -> pd.DataFrame:
        """Rows of `roofs` of a building, the largest first."""
        roofs = self.tables["roofs"]
        return roofs[roofs["building_id"] == building].sort_values("area_m2", ascending=False)

    def kwp(self, building: str) -> float:
        """Power on a building."""
        arrays = self.tables["arrays"]
        return float(arrays.loc[arrays["building_id"] == building, "kwp"].sum())

    def reasons(self, building: str) -> set[str]:
        """Reason codes of a building's planes and arrays."""
        tables = (self.tables[t] for t in ("roofs", "arrays"))
        return {r for t in tables for r in t.loc[t["building_id"] == building, "reason"] if isinstance(r, str) and r}

    def yearly(self, building: str) -> float:
        """Irradiation of a building's largest plane with shading [kWh/m2]."""
        light = self.tables["irradiation"]
        return float(light.loc[light["roof_id"] == self.planes(building)["roof_id"].iloc[0], "poa_kwh_m2"].iloc[0])


def _needed(stages: dict[str, Any]) -> list[str]:
    """The stages of the wing that `UP_TO` rests on, in order."""
    wanted = {UP_TO}
    for stage in reversed(stages.values()):
        if stage.name in wanted:
            wanted |= {i.name for i in stage.inputs}
    return [s.name for s in stages.values() if s.name in wanted and s.wing == "solar"]


def buildings() -> gpd.GeoDataFrame:
    """The two footprints as the stage `buildings` gives them."""
    shapes = [box(GRID.west + c.start, GRID.north - r.stop, GRID.west + c.stop, GRID.north - r.start) for r, c in (FLAT, GABLE)]
    table = pd.DataFrame({"building_id": ["flat", "gable"], "parcel_id": None, "area_m2": [s.area for s in shapes], "height_m": 6.0, "height_basis": "surface", "use": None})
    return gpd.GeoDataFrame(table, geometry=shapes, crs=GRID.epsg)


def scene() -> Scene:
    """Nothing wrong yet."""
    surface = np.full(GRID.shape, GROUND_M)
    surface[FLAT] = GROUND_M + 6.0
    rows = np.arange(GABLE[0].stop - GABLE[0].start)
    ridge = (len(rows) - 1) / 2
    surface[GABLE] = (GROUND_M + 5.0 + (ridge - np.abs(rows - ridge)) * np.tan(np.radians(TILT_DEG)))[:, None]
    return Scene(surface, np.full(GRID.shape, GROUND_M), typical_year(40.35, 18.05))


def nothing_wrong(folder: Path) -> str:
    """The yardstick for the rest."""
    made = scene().run(folder)
    assert made.kwp("flat") > 10 and made.kwp("gable") > 10 and not made.reasons("flat")
    return f"{made.kwp('flat'):.1f} and {made.kwp('gable'):.1f} kWp"


def roof_without_cells(folder: Path) -> str:
    """The surface holds nothing inside a footprint."""
    s = scene()
    s.surface[FLAT] = np.nan
    s.run(folder)
    assert s.reasons("flat") == {"no_surface"} and s.kwp("flat") == 0.0 and s.kwp("gable") > 10
    return "reason no_surface, 0 kWp; the house beside it as ever"


def surface_older(folder: Path) -> str:
    """The house was built after the survey: only ground shows."""
    s = scene()
    s.surface[FLAT] = GROUND_M + 0.2
    s.run(folder)
    assert s.reasons("flat") == {"surface_older"} and s.kwp("flat") == 0.0
    assert any("older" in w for w in s.notes["roofs"].warnings)
    return "reason surface_older, 0 kWp, a warning"


def holes(folder: Path) -> str:
    """One cell in seven of a roof is missing."""
    whole, s = scene().run(folder), scene()
    rows, cols = np.mgrid[FLAT]
    s.surface[FLAT] = np.where((rows * 3 + cols) % 7 == 0, np.nan, s.surface[FLAT])
    s.run(folder)
    assert s.planes("flat")["surface_tilt"].iloc[0] < 0.1
    assert abs(s.yearly("flat") / whole.yearly("flat") - 1) < 0.01
    assert s.kwp("flat") <= whole.kwp("flat") * 1.001
    return f"tilt kept, irradiation within 1 %, {s.kwp('flat'):.1f} of {whole.kwp('flat'):.1f} kWp"


def mostly_holes(folder: Path) -> str:
    """Two cells in three of a roof are missing."""
    s = scene()
    rows, cols = np.mgrid[FLAT]
    s.surface[FLAT] = np.where((rows + cols) % 3 > 0, np.nan, s.surface[FLAT])
    s.run(folder)
    assert s.reasons("flat") == {"no_surface"} and s.kwp("flat") == 0.0
    return "reason no_surface, 0 kWp"


def spikes(folder: Path) -> str:
    """Birds, cables and multiple returns: single cells far above and below a roof."""
    whole, s = scene().run(folder), scene()
    s.surface[83, 65] += 40.0
    s.surface[88, 70] -= 30.0
    s.surface[55, 66] += 3.0
    s.run(folder)
    for name in ("flat", "gable"):
        one, other = s.planes(name).iloc[0], whole.planes(name).iloc[0]
        assert abs(one["surface_tilt"] - other["surface_tilt"]) < 0.5, name
        assert 0.0 < s.kwp(name) <= whole.kwp(name) * 1.001, name
    assert s.yearly("gable") > 0.9 * whole.yearly("gable"), "a bird is no tower"
    return f"tilts kept within 0.5°, {s.kwp('gable'):.1f} of {whole.kwp('gable'):.1f} kWp on the gable"


def spike_of_300_m(folder: Path) -> str:
    """One cell of a roof 300 m up."""
    whole, s = scene().run(folder), scene()
    s.surface[55, 66] += 300.0
    s.run(folder)
    said = s.reasons("flat")
    if not said:
        assert s.planes("flat")["surface_tilt"].iloc[0] < 0.5
        assert s.kwp("flat") < whole.kwp("flat"), "no module stands on the spike"
        assert s.yearly("flat") > 0.8 * whole.yearly("flat"), "one cell does not take the light of a roof"
    return f"reason {', '.join(sorted(said))}" if said else f"tilt kept, modules around it: {s.kwp('flat'):.1f} of {whole.kwp('flat'):.1f} kWp, {s.yearly('flat') / whole.yearly('flat') - 1:+.1%} irradiation"


def tower_of_300_m(folder: Path) -> str:
    """A tower of 300 m and 6 x 6 m south of the houses: it shades, and nothing else changes."""
    whole, s = scene().run(folder), scene()
    s.surface[110:116, 64:70] = GROUND_M + 300.0
    s.run(folder)
    for name in ("flat", "gable"):
        assert abs(s.planes(name)["surface_tilt"].iloc[0] - whole.planes(name)["surface_tilt"].iloc[0]) < 1e-6
        assert 0.6 * whole.yearly(name) < s.yearly(name) < 0.99 * whole.yearly(name)
    seen = s.tables["horizon"].set_index("roof_id")["horizon_deg"]
    assert max(np.max(h) for h in seen) < 90.0
    return f"irradiation {s.yearly('flat') / whole.yearly('flat') - 1:+.1%} and {s.yearly('gable') / whole.yearly('gable') - 1:+.1%}; planes as before"


def tower_inside(folder: Path) -> str:
    """A mast of 300 m stands on half of a roof, inside its footprint."""
    s = scene()
    s.surface[50:62, 67:74] = GROUND_M + 300.0
    s.run(folder)
    high = s.planes("flat")
    high = high[high["plane_z_m"] > GROUND_M + 100.0]
    arrays = s.tables["arrays"]
    on_top = arrays[arrays["roof_id"].isin(high["roof_id"])]
    assert not len(high) or (on_top["kwp"].sum() == 0.0 and high["reason"].notna().all()), "a roof 300 m up carries modules as if it were one"
    return f"the plane 300 m up: {', '.join(sorted(set(high['reason'].dropna()))) or 'left out'}, 0 kWp"


def water_under_a_building(folder: Path) -> str:
    """A jetty: under half of the footprint, and around it, water gave no echo."""
    s = scene()
    s.surface[:, 67:], s.ground[:, 67:] = np.nan, np.nan
    s.run(folder)
    known = float((FLAT[1].stop - FLAT[1].start - 7) * (FLAT[0].stop - FLAT[0].start))
    area = s.planes("flat")["plan_area_m2"].sum() if not s.reasons("flat") else 0.0
    assert s.reasons("flat") or area <= known * 1.15, f"a roof of {area:.0f} m2 is claimed where {known:.0f} m2 were seen"
    return f"reason {', '.join(sorted(s.reasons('flat')))}" if s.reasons("flat") else f"only the part that was seen: {area:.0f} of 168 m²"


def ground_not_known(folder: Path) -> str:
    """The surface is there, the terrain is not: how high the house is cannot be told, its planes can."""
    whole, s = scene().run(folder), scene()
    s.ground[FLAT] = np.nan
    s.run(folder)
    assert s.reasons("flat") or abs(s.yearly("flat") / whole.yearly("flat") - 1) < 1e-6
    return f"reason {', '.join(sorted(s.reasons('flat')))}" if s.reasons("flat") else "planes and irradiation as ever"


def _refused(change: Callable[[Hours], None], folder: Path, *words: str) -> str:
    s = scene()
    s.weather = {k: np.array(v, dtype=float) if k != "month" else v for k, v in s.weather.items()}
    change(s.weather)
    try:
        s.run(folder)
    except InputError as error:
        for word in words:
            assert word in str(error), (word, str(error))
        return f"error: {str(error).splitlines()[0]}"
    raise AssertionError("a number came out")


def nan_hours(folder: Path) -> str:
    """Hours of the year without a number reach the engine."""
    return _refused(lambda year: year["ghi"].__setitem__(slice(4000, 4010), np.nan), folder, "10 hours", "ghi")


def dni_without_dhi(folder: Path) -> str:
    """A column of diffuse light that is all zeros beside strong beams."""
    return _refused(lambda year: year["dhi"].__setitem__(slice(None), 0.0), folder, "dhi")


def dhi_missing_in_hours(folder: Path) -> str:
    """Diffuse light missing in the hours that have a beam."""
    return _refused(lambda year: year["dhi"].__setitem__(np.asarray(year["dni"]) > 0, np.nan), folder, "dhi")


def weather_of_another_place(folder: Path) -> str:
    """The light of Cape Town under the sun of Apulia."""
    far = typical_year(-33.9, 18.4)
    return _refused(lambda year: year.update({k: np.array(far[k], dtype=float) for k in ("ghi", "dni", "dhi")}), folder, "weather")


def _tmy(folder: Path, latitude: float, *, drop: str | None = None, gap: slice | None = None) -> tuple[pd.DataFrame, Notes]:
    """The stage `weather` on a typical year of PVGIS's layout for a place, generated."""
    times = pd.date_range("2015-01-01", periods=8760, freq="h")
    year = typical_year(min(latitude, 90.0), 18.05)
    # typical_year stands half an hour after the stamp; the header says so.
    table = pd.DataFrame({"time(UTC)": times.strftime("%Y%m%d:%H%M"), "T2m": 15.0, "RH": 60.0, "G(h)": year["ghi"], "Gb(n)": year["dni"], "Gd(h)": year["dhi"], "IR(h)": 300.0, "WS10m": 2.0, "WD10m": 0.0, "SP": 101300.0})
    if gap is not None:
        table.loc[table.index[gap], ["G(h)", "Gb(n)", "Gd(h)"]] = np.nan
    table = table.drop(columns=drop) if drop else table
    path = folder / "tmy.csv"
    head = f"Latitude (decimal degrees): {latitude:.3f}\nLongitude (decimal degrees): 18.050\nElevation (m): 30.0\nIrradiance Time Offset (h): 0.5\n"
    path.write_text(head + table.to_csv(index=False), encoding="utf-8")
    notes = Notes()
    around = gpd.GeoDataFrame(geometry=[box(*GRID.bounds)], crs=GRID.epsg)
    layers = (Layer(Source.model_validate({"kind": "pvgis_tmy", "path": "x"}), (path,)),)
    made: Any = weather(layers, around, None, WeatherConfig(), TOWN, notes)  # type: ignore[arg-type]
    return made, notes


def _error(run: Callable[[], Any], *words: str) -> str:
    try:
        run()
    except InputError as error:
        for word in words:
            assert word in str(error), (word, str(error))
        return f"error: {str(error).splitlines()[0].rsplit('/', maxsplit=1)[-1]}"
    raise AssertionError("it was taken")


def file_with_a_gap(folder: Path) -> str:
    """Three days of a weather file without irradiance."""
    return _error(lambda: _tmy(folder, 40.35, gap=slice(4000, 4072)), "missing for 72 hours")


def file_without_dhi(folder: Path) -> str:
    """A weather file without the diffuse column."""
    return _error(lambda: _tmy(folder, 40.35, drop="Gd(h)"), "Gd(h)")


def latitude_off_the_globe(folder: Path) -> str:
    """A weather file for 96 degrees north."""
    return _error(lambda: _tmy(folder, 96.0), "latitude 96")


def latitude_of_another_land(folder: Path) -> str:
    """A whole and sound weather file of a place 2,200 km north of the town."""
    return _error(lambda: _tmy(folder, 60.35), "km from the town", "weather.max_distance_km = 200")


CASES: dict[str, Callable[[Path], str]] = {
    f.__name__: f
    for f in (
        nothing_wrong, roof_without_cells, surface_older, holes, mostly_holes, spikes, spike_of_300_m, tower_of_300_m, tower_inside, water_under_a_building, ground_not_known,
        nan_hours, dni_without_dhi, dhi_missing_in_hours, weather_of_another_place, file_with_a_gap, file_without_dhi, latitude_off_the_globe, latitude_of_another_land,
    )
}  # fmt: skip
