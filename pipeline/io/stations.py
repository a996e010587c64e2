"""Reference stations: monthly irradiation measured or tabulated near a town, to stand beside a weather file's sums."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyproj import Geod

REFERENCES = Path(__file__).parent / "references"


@dataclass(frozen=True)
class Station:
    """One place with its mean daily global irradiation by month, January first [kWh/m2/day]."""

    name: str
    latitude: float
    longitude: float
    source: str
    ghi_kwh_m2_day: tuple[float, ...]


@cache
def stations() -> tuple[Station, ...]:
    """All of `pipeline/io/references/ghi_stations.csv`, in the order of the file.

    >>> [s.name for s in stations()][:2]
    ['Mesagne', 'Otranto']
    """
    with (REFERENCES / "ghi_stations.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    months = [f"{m:02d}" for m in range(1, 13)]
    return tuple(Station(r["station"], float(r["latitude"]), float(r["longitude"]), r["source"], tuple(float(r[m]) for m in months)) for r in rows)


def nearest_station(longitude: float, latitude: float, within_km: float) -> tuple[Station, float] | None:
    """The station nearest to a place and its distance [km], None where none is as near as `within_km`."""
    geod = Geod(ellps="WGS84")
    away = [(geod.inv(longitude, latitude, s.longitude, s.latitude)[2] / 1000.0, s) for s in stations()]
    near = [(km, s) for km, s in away if km <= within_km]
    if not near:
        return None
    km, station = min(near, key=lambda pair: (pair[0], pair[1].name))
    return station, km
