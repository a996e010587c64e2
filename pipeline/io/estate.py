"""The municipality's public buildings: its register with bills, house numbers, and degree days of the bills' years."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.config.sources import Layer, Layers
from pipeline.contracts.notes import Notes
from pipeline.contracts.plan import HEAT_CARRIERS
from pipeline.errors import InputError
from pipeline.io.dated import rule
from pipeline.io.registers import Field, Kind, few, read_register
from pipeline.io.uses import read_legend

FIRST_YEAR = 1990
# Beyond this a figure of floor area or of energy was written in another unit [kWh/m2 a year, electricity or heat].
UNUSUAL_KWH_M2 = 1000.0
CARRIERS: dict[str, str] = {
    "metano": "natural_gas", "gas": "natural_gas", "gas naturale": "natural_gas", "gas metano": "natural_gas", "gasolio": "heating_oil", "gpl": "lpg", "pellet": "pellets", "legna": "pellets", "biomassa": "pellets",
    "teleriscaldamento": "district_heat", "elettrico": "electricity", "energia elettrica": "electricity", "pompa di calore": "electricity", "nessuno": "none", "assente": "none",
} | {c: c for c in HEAT_CARRIERS}  # fmt: skip


class Register(NamedTuple):
    """What the sources of the estate hold.

    Attributes
    ----------
    bills
        One row for each line: code, name, use, references, floor_m2, year, month (0 for a whole year), electricity_kwh, heat_kwh,
        carrier, degree_days, heritage, pv_kwp, crs, where (file and line).
    addresses
        House numbers with street, number, exponent, lon, lat; None where there is no list.
    degree_days
        By year, from the town's own table.
    """

    bills: pd.DataFrame
    addresses: pd.DataFrame | None
    degree_days: dict[int, float]


def read_estate(layers: Layers, on: str, notes: Notes) -> Register:
    """Read all sources of the stage estate.

    Parameters
    ----------
    layers
        Kinds public_buildings (at least one), addresses, degree_days.
    on
        Month of the valuation: bills of later years are refused; what a cubic metre of gas holds.
    notes
        Counts, unknown words, figures that look like another unit.

    Raises
    ------
    InputError
        With every line that cannot be right: no floor area, no name, a year to come, a month that is none, energy below 0, half a
        point, a carrier that is not known, two rows of one building and time.
    """
    by: dict[str, list[tuple[Layer, Path]]] = {}
    for layer in layers:
        by.setdefault(layer.source.kind, []).extend((layer, p) for p in layer.paths)
    if others := sorted(set(by) - {"public_buildings", "addresses", "degree_days"}):
        raise InputError(f"sources.estate: kind {', '.join(others)}; expected public_buildings, addresses or degree_days")
    if "public_buildings" not in by:
        raise InputError("sources.estate: no register; expected an entry of kind public_buildings")
    bills = pd.concat([_read_bills(layer, path, on, notes) for layer, path in by["public_buildings"]], ignore_index=True)
    _refuse_twice(bills)
    addresses = [read_addresses(layer, path, notes) for layer, path in by.get("addresses", ())]
    days: dict[int, float] = {}
    for layer, path in by.get("degree_days", ()):
        days |= _read_days(layer, path)
    return Register(bills, pd.concat(addresses, ignore_index=True) if addresses else None, days)


def _field(layer: Layer, name: str, kind: Kind, headers: tuple[str, ...], *, required: bool = False, filled: bool = False) -> Field:
    own = layer.source.fields
    return Field(name, kind, ((own[name],) if name in own else ()) + headers, required, filled)


def _read_bills(layer: Layer, path: Path, on: str, notes: Notes) -> pd.DataFrame:
    rows = read_register(path, [_field(layer, *f[:3], required=f[3], filled=f[3]) for f in _FIELDS], notes)
    rows["where"] = [f"{path}: line {n}" for n in rows["line"]]
    rows["crs"] = layer.source.crs or ""
    rows["code"] = rows["code"].where(rows["code"].notna(), rows["name"])
    rows["month"] = rows["month"].fillna(0).astype(np.int64)
    rows["year"] = rows["year"].astype(np.int64)
    rows["floor_m2"] = rows.groupby("code", sort=False)["floor_m2"].transform(lambda m2: m2.ffill().bfill())
    rows["carrier"] = [None if c is None else CARRIERS.get(c.casefold(), "?" + c) for c in rows["carrier"]]
    if wrong := _faults(rows, int(on[:4])):
        raise InputError(few(wrong, path))
    rows["use"] = _uses(rows, layer, path, notes)
    _gas(rows, on, notes)
    _unusual(rows, path, notes)
    return rows.drop(columns="line")


_FIELDS: tuple[tuple[str, Kind, tuple[str, ...], bool], ...] = (
    ("name", "text", ("nome", "denominazione", "edificio", "immobile"), True),
    ("use", "text", ("uso", "destinazione", "destinazione d'uso", "tipologia"), True),
    ("year", "int", ("anno",), True),
    ("floor_m2", "number", ("superficie", "superficie utile", "superficie utile mq", "superficie mq", "mq", "sup utile"), False),
    ("electricity_kwh", "number", ("energia elettrica kwh", "elettricità kwh", "kwh elettrici", "consumo elettrico kwh"), False),
    ("heat_kwh", "number", ("energia termica kwh", "calore kwh", "kwh termici", "consumo termico kwh", "riscaldamento kwh"), False),
    ("gas_sm3", "number", ("gas smc", "smc", "gas sm3", "metano smc", "consumo gas smc"), False),
    ("code", "text", ("codice", "codice edificio", "id edificio", "id"), False),
    ("month", "int", ("mese",), False),
    ("carrier", "text", ("vettore", "combustibile", "alimentazione"), False),
    ("building_id", "text", ("idag", "aggregato", "id aggregato"), False),
    ("parcel", "text", ("particella", "parcel_id", "riferimento catastale", "foglio/particella"), False),
    ("address", "text", ("indirizzo", "via e numero"), False),
    ("lat", "number", ("latitudine",), False), ("lon", "number", ("longitudine", "long"), False),
    ("easting", "number", ("est", "x"), False), ("northing", "number", ("nord", "y"), False),
    ("degree_days", "number", ("gradi giorno", "gg"), False),
    ("heritage", "bool", ("vincolo", "vincolato", "bene culturale"), False),
    ("pv_kwp", "number", ("fotovoltaico kwp", "fv kwp", "fotovoltaico in esercizio kwp"), False),
)  # fmt: skip


def _faults(rows: pd.DataFrame, last_year: int) -> list[str]:
    """Every line that cannot be right, in the order of the file."""
    said: list[str] = []
    for r in rows.itertuples():
        if not r.floor_m2 > 0.0:
            said.append(f"{r.where}: {r.name}: floor area {'is empty' if np.isnan(r.floor_m2) else f'{r.floor_m2:g} m2'}; expected the useful floor area, above 0")
        if r.year > last_year:
            said.append(f"{r.where}: {r.name}: year {r.year} is still to come; expected at most {last_year} (estate.as_of)")
        elif r.year < FIRST_YEAR:
            said.append(f"{r.where}: {r.name}: year {r.year}; expected {FIRST_YEAR} to {last_year}")
        if not 0 <= r.month <= 12:
            said.append(f"{r.where}: {r.name}: month {r.month}; expected 1 to 12, or nothing for a bill of the whole year")
        for name in ("electricity_kwh", "heat_kwh", "gas_sm3", "degree_days", "pv_kwp"):
            if getattr(r, name) < 0.0:
                said.append(f"{r.where}: {r.name}: {name} {getattr(r, name):g}; expected 0 or more")
        if not np.isnan(r.gas_sm3) and not np.isnan(r.heat_kwh):
            said.append(f"{r.where}: {r.name}: both heat_kwh and gas_sm3; expected one of them, the energy where the bill says it")
        for one, two in (("lat", "lon"), ("easting", "northing")):
            if np.isnan(getattr(r, one)) != np.isnan(getattr(r, two)):
                said.append(f"{r.where}: {r.name}: only one of {one} and {two}; expected both or none")
        if abs(r.lat) > 90.0 or abs(r.lon) > 180.0:
            said.append(f"{r.where}: {r.name}: lat {r.lat:g}, lon {r.lon:g}; expected degrees, e.g. 40.345 and 18.046")
        if isinstance(r.carrier, str) and r.carrier.startswith("?"):
            said.append(f"{r.where}: {r.name}: heated with {r.carrier[1:]!r}; expected one of {', '.join(CARRIERS)}")
    return said


def _refuse_twice(bills: pd.DataFrame) -> None:
    """Each building and time once: a month twice, a year twice, or a whole year beside its months."""
    said: list[str] = []
    for (code, year), rows in bills.groupby(["code", "year"], sort=True):
        again = rows[rows["month"].duplicated() | ((rows["month"] > 0) & (rows["month"] == 0).any())]
        if len(again):
            said.append(f"{again['where'].iloc[0]}: {code} in {year} stands in {len(rows)} rows; expected one row, or one for each month; sum the meters, or give each building a code of its own")
    if said:
        raise InputError(few(said, "sources.estate"))


def _gas(rows: pd.DataFrame, on: str, notes: Notes) -> None:
    """Cubic metres of gas to energy, where no energy is given."""
    gas = rows["gas_sm3"].notna() & rows["heat_kwh"].isna()
    if gas.any():
        holds = rule("fuels", "natural_gas_energy", on).value
        rows.loc[gas, "heat_kwh"] = rows.loc[gas, "gas_sm3"] * holds
        rows.loc[gas & rows["carrier"].isna(), "carrier"] = "natural_gas"
        notes.assume(f"A standard cubic metre of gas holds {holds:g} kWh (net calorific value, a national mean; the bill has its own).")


def _uses(rows: pd.DataFrame, layer: Layer, path: Path, notes: Notes) -> list[str]:
    words = read_legend(layer.source.legend or "estate_use", "estate_use")
    odd = sorted({w for w in rows["use"] if w.casefold() not in words})
    if odd:
        notes.warn(f"{path.name}: uses {', '.join(odd[:10])} are not in the legend of public buildings: taken as other, without a benchmark.")
    return [words.get(w.casefold(), "other") for w in rows["use"]]


def _unusual(rows: pd.DataFrame, path: Path, notes: Notes) -> None:
    """Figures that look like another unit are kept, and said."""
    for name in ("electricity_kwh", "heat_kwh"):
        share = rows[name] / rows["floor_m2"]
        if (share > UNUSUAL_KWH_M2).any():
            first = rows[share > UNUSUAL_KWH_M2].iloc[0]
            notes.warn(f"{path.name}: {first['name']}, {first['year']}: {name} is {share.max():,.0f} kWh/m2; is the energy in kWh and the area in m2?")


def read_addresses(layer: Layer, path: Path, notes: Notes) -> pd.DataFrame:
    """House numbers with their points: street, number, exponent, lon, lat.

    Parameters
    ----------
    layer, path
        Kind addresses: in the layout of ANNCSU, or with `fields`.
    notes
        Takes how many were read and dropped.

    Raises
    ------
    InputError
        When the table cannot be read.
    """
    fields = (
        ("street", "text", ("odonimo", "via", "strada", "indirizzo"), True), ("number", "text", ("civico", "numero civico"), True), ("exponent", "text", ("esponente", "barrato"), False),
        ("lon", "number", ("coord_x_comune", "longitudine", "x"), True), ("lat", "number", ("coord_y_comune", "latitudine", "y"), True),
    )  # fmt: skip
    rows = read_register(path, [_field(layer, n, k, h, required=r) for n, k, h, r in fields], Notes())  # type: ignore[arg-type]
    whole = rows["street"].notna() & rows["number"].notna() & rows["lon"].between(-180.0, 180.0) & rows["lat"].between(-90.0, 90.0)
    notes.count("house numbers read", int(whole.sum()))
    notes.count("house numbers without street, number or a point in degrees, dropped", int((~whole).sum()))
    return rows.loc[whole, ["street", "number", "exponent", "lon", "lat"]].reset_index(drop=True)


def _read_days(layer: Layer, path: Path) -> dict[int, float]:
    fields = (("year", "int", ("anno",), True), ("degree_days", "number", ("gradi giorno", "gg", "hdd"), True))
    rows = read_register(path, [_field(layer, n, k, h, required=r, filled=r) for n, k, h, r in fields], Notes())  # type: ignore[arg-type]
    wrong = [f"{path}: line {n}: {d:g} degree days; expected more than 0" for n, d in zip(rows["line"], rows["degree_days"], strict=True) if not d > 0.0]
    wrong += [f"{path}: year {y} stands twice; expected once" for y in sorted(set(rows["year"][rows["year"].duplicated()]))]
    if wrong:
        raise InputError(few(wrong, path))
    return dict(zip(rows["year"].astype(int), rows["degree_days"].astype(float), strict=True))
