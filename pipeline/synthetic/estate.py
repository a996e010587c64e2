"""A demonstration register of public buildings: names say so, and no figure is a real bill."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.core.plan.degreedays import METHODS, degree_days
from pipeline.synthetic.cutting import Floats
from pipeline.synthetic.place import stream

if TYPE_CHECKING:
    from pipeline.synthetic.town import Plan

NOTE = "# dati dimostrativi / demonstration data: generati, nessuna bolletta vera"
# Kind of building -> word for its use, and consumption around which it is drawn: heat, electricity [kWh/m2 a year].
KINDS: dict[str, tuple[str, float, float]] = {
    "school": ("scuola primaria", 62.0, 24.0), "municipal": ("municipio", 55.0, 70.0), "health": ("ambulatorio", 60.0, 45.0), "sports": ("spogliatoi", 70.0, 60.0),
    "market": ("mercato coperto", 8.0, 40.0), "cemetery": ("cimitero", 0.0, 9.0),
}  # fmt: skip
CARRIERS = ("metano", "metano", "metano", "gasolio", "pompa di calore")
FLOOR_SHARE = 0.85  # useful floor area over the area by the outline
YEARS = (2023, 2024, 2025)
WEATHER = (0.93, 0.97, 1.06)  # degree days of the years over those of the typical one
# Share of the heat of a year in each month; electricity is even but for August.
HEATING = (0.26, 0.22, 0.16, 0.04, 0.0, 0.0, 0.0, 0.0, 0.0, 0.02, 0.1, 0.2)


@dataclass(frozen=True)
class Building:
    """One public building of the generated town, with the ways a register may name it."""

    number: int
    kind: str
    building_id: str
    parcel: str
    lon: float
    lat: float
    street: str
    house_number: int
    floor_m2: float


def write_estate(out: Path, plan: Plan, ids: dict[int, str], temp_air: Floats, epsg: int, seed: int) -> int:
    """Write register, house numbers and degree days; gives the number of public buildings.

    Parameters
    ----------
    out
        An existing folder.
    plan, ids
        The generated town, and the identifier of each of its buildings.
    temp_air
        Temperature of each hour of its typical year [°C].
    epsg, seed
        Metric system; seed of the draw.
    """
    found = public_buildings(plan, ids, epsg)
    typical = degree_days(temp_air, METHODS["eurostat"])
    _write_days(out / "gradi_giorno.csv", typical)
    _write_numbers(out / "civici_pubblici.csv", found)
    _write_register(out / "edifici_comunali.csv", found, stream(seed, "estate"))
    return len(found)


def public_buildings(plan: Plan, ids: dict[int, str], epsg: int) -> list[Building]:
    """Public buildings of the generated town, with the ways a register may name them."""
    from pyproj import Transformer

    houses, index = plan.houses, np.array([i for i in ids if str(plan.houses.kind[i]) in KINDS], dtype=np.int64)
    if not len(index):
        return []
    points = shapely.point_on_surface(houses.footprint[index])
    xy = shapely.get_coordinates(points)
    lon, lat = Transformer.from_crs(f"EPSG:{epsg}", "EPSG:4326", always_xy=True).transform(xy[:, 0], xy[:, 1])
    street = _streets(plan, points)
    parcel = {int(lot): str(ref) for lot, ref in zip(plan.cadastre.lot, plan.cadastre.reference, strict=True) if lot >= 0}
    area = shapely.area(houses.footprint[index]) * houses.storeys[index] * FLOOR_SHARE
    return [
        Building(n + 1, str(houses.kind[i]), ids[int(i)], parcel.get(int(houses.lot[i]), ""), float(lon[n]), float(lat[n]), street[n], 2 * n + 1, round(float(area[n]), 0))
        for n, i in enumerate(index)
    ]


def _streets(plan: Plan, points: NDArray[np.object_]) -> list[str]:
    """Name of the nearest street of each point."""
    near = shapely.STRtree(plan.streets.lines).nearest(points)
    return [str(plan.streets.name[i]) for i in near]


def _write_days(path: Path, typical: float) -> None:
    lines = [NOTE, "anno;gradi giorno;fonte", *(f"{y};{comma(typical * w, 1)};dimostrativo" for y, w in zip(YEARS, WEATHER, strict=True))]
    write_lines(path, lines)


def _write_numbers(path: Path, found: list[Building]) -> None:
    """House numbers in the layout of ANNCSU, of the public buildings alone."""
    lines = [NOTE, "ODONIMO;CIVICO;ESPONENTE;COORD_X_COMUNE;COORD_Y_COMUNE"]
    lines += [f"{b.street.upper()};{b.house_number};;{comma(b.lon, 7)};{comma(b.lat, 7)}" for b in found]
    # A list of house numbers is never empty.
    lines += ["VIA DIMOSTRATIVA;1;;18,0000001;40,0000001"] if not found else []
    write_lines(path, lines)


def _write_register(path: Path, found: list[Building], rng: np.random.Generator) -> None:
    """Buildings named in turn by outline, parcel, point and address; one that is nowhere; the first with monthly bills."""
    lines = [NOTE, "codice;denominazione;uso;aggregato;particella;indirizzo;latitudine;longitudine;superficie utile mq;anno;mese;energia elettrica kwh;energia termica kwh;combustibile;vincolo;fotovoltaico kwp"]
    for b in found:
        way = (b.number - 1) % 4
        place = [b.building_id if way == 0 else "", b.parcel if way == 1 else "", f"{b.street}, {b.house_number}" if way == 3 else "", comma(b.lat, 7) if way == 2 else "", comma(b.lon, 7) if way == 2 else ""]
        lines += _bills(b.number, b.kind, place, b.floor_m2, rng, monthly=b.number == 1)
    lines += _bills(99, "school", ["", "", "Via che non c'è, 7", "", ""], 900.0, rng, monthly=False)
    write_lines(path, lines)


def _bills(number: int, kind: str, place: list[str], floor_m2: float, rng: np.random.Generator, *, monthly: bool) -> list[str]:
    use, heat, power = KINDS[kind]
    heat, power = heat * float(rng.uniform(0.5, 2.0)) * floor_m2, power * float(rng.uniform(0.6, 1.8)) * floor_m2
    carrier = CARRIERS[int(rng.integers(len(CARRIERS)))] if heat else "nessuno"
    head = [f"DIM-{number:02d}", f"Edificio dimostrativo {number:02d} ({use})", use, *place, comma(floor_m2, 0)]
    tail = [carrier, "no", ""]
    out = []
    for year, weather in zip(YEARS, WEATHER, strict=True):
        now_heat, now_power = heat * weather * float(rng.uniform(0.96, 1.04)), power * float(rng.uniform(0.95, 1.05))
        if monthly and year == YEARS[-1]:
            out += [";".join([*head, str(year), str(m + 1), comma(now_power * (0.05 if m == 7 else 0.95 / 11), 0), comma(now_heat * HEATING[m], 0), *tail]) for m in range(12)]
        else:
            out.append(";".join([*head, str(year), "", comma(now_power, 0), comma(now_heat, 0), *tail]))
    return out


def comma(value: float, digits: int) -> str:
    """A number with a decimal comma."""
    return f"{value:.{digits}f}".replace(".", ",")


def write_lines(path: Path, lines: list[str]) -> None:
    """Lines of a table as UTF-8."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
