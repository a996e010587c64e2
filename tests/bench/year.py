"""10,000 roof planes over a year, from irradiance to AC, beside pvlib's own functions and its ModelChain on the same machine.

`python -m tests.bench.year` prints the rows. Ours: planes with horizons of 0 to 40 degrees, all hours, reflection, temperature, power,
losses, inverter, on all cores, in a process of its own: cold (numba's cache empty, imports and compilation counted) and warm.
Peers see an open sky, which is less work: pvlib's functions on arrays of planes x hours with light (perez_driesse,
martin_ruiz, faiman, huld, pvwatts), and ModelChain plane by plane with its simplest power model; both on one core,
on a few planes, scaled to all.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PLANES, PLAIN_PLANES, CHAIN_PLANES = 10_000, 60, 3
PLACE = (40.35, 18.05)
BATCH = 1024
GOAL_S = 10.0
U0, U1, LOSS, RATING, EFFICIENCY, ALBEDO = 20.0, 3.2, 0.1, 0.9, 0.96, 0.2


def some_planes(count: int) -> tuple[Any, Any, Any, Any]:
    """Tilts, azimuths [°], sky views and lit shares of planes with ragged skylines: what the stages before hand over."""
    from pipeline.core.solar.sky import ELEVATIONS, SECTORS, open_sky_view

    rng = np.random.default_rng(7)
    tilt, azimuth = rng.uniform(0.0, 45.0, count), rng.uniform(0.0, 360.0, count)
    view, lit = np.empty(count), np.empty((count, SECTORS, ELEVATIONS), dtype=np.uint8)
    for at in range(0, count, BATCH):
        skyline = np.clip(rng.gamma(1.5, 4.0, (len(tilt[at : at + BATCH]), SECTORS)), 0.0, 40.0)
        lit[at : at + BATCH] = np.rint(255.0 * np.clip((2.0 * np.arange(ELEVATIONS) - skyline[:, :, np.newaxis] + 1.0) / 2.0, 0.0, 1.0))
        view[at : at + BATCH] = (np.cos(np.radians(skyline)) ** 2).mean(axis=1)
    return tilt, azimuth, view * open_sky_view(tilt), lit


def run_batch(number: Any, planes: Any, hours: Any) -> float:
    """Energy of one batch of planes [kWh/kWp]."""
    from pipeline.core.solar.irradiance import Planes
    from pipeline.core.solar.power import HULD, Mounting, PowerModel, array_year

    model = PowerModel(HULD["pvgis5", "csi"], LOSS, RATING, ALBEDO, EFFICIENCY)
    return float(array_year(Planes(*(column[number] for column in planes)), Mounting(U0, U1), hours, model).energy_by_month.sum())


def ours(count: int) -> dict[str, float]:
    """Seconds from the first import, seconds once all is compiled, and peak memory of this process."""
    start = time.perf_counter()
    from pipeline.compute import Compute
    from pipeline.core.solar.irradiance import sky_hours

    planes = some_planes(count)
    made = time.perf_counter()
    year = _year()
    drawn = time.perf_counter()
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        hours = sky_hours(**year)
        with Compute("threads") as compute:
            whole = sum(compute.batches(run_batch, np.arange(count), size=BATCH, params=(planes, hours)))
        seconds.append(time.perf_counter() - begin)
    imports = made - start
    return {"first_s": imports + seconds[0], "s": min(seconds), "drawing_s": drawn - made, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "kwh": whole}


def _year() -> dict[str, Any]:
    from tests.reference.solar import typical_year

    return typical_year(*PLACE)


def plain(count: int) -> Callable[[], Any]:
    """pvlib's functions on arrays of planes x hours, night hours left out."""
    import pvlib

    year = _year()
    light = year["ghi"] > 0
    hour = {k: v[light][np.newaxis, :] for k, v in year.items()}
    tilt, azimuth = (column[:, np.newaxis] for column in some_planes(count)[:2])

    def run() -> Any:
        sun = (hour["solar_zenith"], hour["solar_azimuth"])
        parts = pvlib.irradiance.perez_driesse(tilt, azimuth, hour["dhi"], hour["dni"], hour["dni_extra"], *sun, return_components=True)
        aoi = pvlib.irradiance.aoi(tilt, azimuth, *sun)
        beam = np.maximum(hour["dni"] * pvlib.irradiance.aoi_projection(tilt, azimuth, *sun), 0.0) + parts["poa_circumsolar"]
        sky, ground = parts["poa_isotropic"] + parts["poa_horizon"], pvlib.irradiance.get_ground_diffuse(tilt, hour["ghi"], ALBEDO)
        diffuse = pvlib.iam.martin_ruiz_diffuse(tilt)
        effective = np.maximum(beam * pvlib.iam.martin_ruiz(aoi) + sky * diffuse["sky"] + ground * diffuse["ground"], 0.0)
        cell = pvlib.temperature.faiman(beam + sky + ground, hour["temp_air"], hour["wind_speed"], U0, U1)
        dc = np.maximum(pvlib.pvarray.huld(effective, cell, 1000.0, cell_type="csi", k_version="pvgis5"), 0.0)
        return pvlib.inverter.pvwatts(dc * (1 - LOSS), 1000.0 * RATING / EFFICIENCY, EFFICIENCY).sum()

    return run


def chain(count: int) -> Callable[[], Any]:
    """ModelChain, one plane after another."""
    import pandas as pd
    from pvlib.location import Location
    from pvlib.modelchain import ModelChain
    from pvlib.pvsystem import Array, FixedMount, PVSystem

    year = _year()
    times = pd.date_range("2021-01-01 00:30", periods=8760, freq="h", tz="UTC")
    weather = pd.DataFrame({k: year[k] for k in ("ghi", "dni", "dhi", "temp_air", "wind_speed")}, index=times)
    tilts, azimuths, _, _ = some_planes(count)
    place = Location(*PLACE)

    def run() -> Any:
        for tilt, azimuth in zip(tilts, azimuths, strict=True):
            array = Array(FixedMount(tilt, azimuth), module_parameters={"pdc0": 1000.0, "gamma_pdc": -0.004}, temperature_model_parameters={"u0": U0, "u1": U1}, albedo=ALBEDO)
            system = PVSystem([array], inverter_parameters={"pdc0": 1000.0 * RATING / EFFICIENCY})
            model = ModelChain(
                system, place, transposition_model="perez-driesse", aoi_model="martin_ruiz", spectral_model="no_loss", temperature_model="faiman", dc_model="pvwatts", ac_model="pvwatts", losses_model="no_loss"
            )
            model.run_model(weather)
        return model.results.ac.sum()

    return run


def _best(run: Callable[[], Any], count: int, times: int) -> float:
    """Seconds for all planes, from the fastest of several runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds) * PLANES / count


def measure() -> dict[str, Any]:
    """The row of the bench: ours cold and warm, peers scaled, and how many times faster ours is."""
    with tempfile.TemporaryDirectory(prefix="solesuolo-year-") as cache:
        env = os.environ | {"NUMBA_CACHE_DIR": cache}
        command = [sys.executable, "-m", "tests.bench.year", str(PLANES)]
        cold, warm = (json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, env=env).stdout) for _ in range(2))
    plain_s, chain_s = _best(plain(PLAIN_PLANES), PLAIN_PLANES, 3), _best(chain(CHAIN_PLANES), CHAIN_PLANES, 2)
    seconds = min(cold["s"], warm["s"])
    return {
        "planes": PLANES,
        "cold_s": round(cold["first_s"], 2),
        "second_process_s": round(warm["first_s"], 2),
        "warm_s": round(seconds, 2),
        "goal_s": GOAL_S,
        "peak_mb": round(warm["peak_mb"]),
        "pvlib_2d_one_core_s": round(plain_s, 1),
        "model_chain_one_core_s": round(chain_s, 1),
        "times_faster_than_pvlib_2d": round(plain_s / seconds, 1),
        "times_faster_than_model_chain": round(chain_s / seconds, 1),
        "cores": os.cpu_count(),
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(ours(int(sys.argv[1]))))
    else:
        print(", ".join(f"{k} {v}" for k, v in measure().items()))
