"""The register of what the town already does: measures with place, year, cost, effect and status."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.config.register import InitiativesConfig
from pipeline.config.sources import Layer, Layers
from pipeline.contracts.notes import Notes
from pipeline.core.plan.personal import looks_like_a_person, tells
from pipeline.errors import InputError
from pipeline.io.estate import read_addresses
from pipeline.io.registers import Field, Kind, few, read_register
from pipeline.io.uses import read_legend

FIRST_YEAR, LAST_YEAR = 1990, 2100
EFFECTS: tuple[str, ...] = ("cost_eur", "kwh", "kwp", "m2", "co2_kg")
# Words of the column `town_wide` or of any reference that mean the whole town.
WHOLE_TOWN = frozenset(("comune", "tutto il comune", "intero comune", "intero territorio", "territorio comunale", "town", "whole town"))
PERSONAL: dict[str, str] = {"mail": "a mail address", "phone": "a phone number", "tax_code": "the tax code of a person", "account": "an account of a social network"}
_FIELDS: tuple[tuple[str, Kind, tuple[str, ...], bool], ...] = (
    ("name", "text", ("nome", "denominazione", "intervento", "titolo", "azione"), True),
    ("kind", "text", ("tipo", "tipologia", "categoria"), True),
    ("year", "int", ("anno", "anno di conclusione"), True),
    ("status", "text", ("stato", "stato di attuazione", "avanzamento"), True),
    ("cost_eur", "number", ("costo", "costo eur", "costo euro", "importo", "importo euro"), False),
    ("kwh", "number", ("kwh anno", "energia kwh", "risparmio kwh", "produzione kwh", "kwh risparmiati", "kwh prodotti"), False),
    ("kwp", "number", ("potenza kwp", "fotovoltaico kwp"), False),
    ("m2", "number", ("mq", "superficie", "superficie mq"), False),
    ("co2_kg", "number", ("kg co2", "co2 kg", "co2 evitata kg", "kgco2"), False),
    ("owner", "text", ("responsabile", "ufficio", "ente", "titolare", "attuatore"), False),
    ("source", "text", ("fonte", "atto", "delibera", "determina", "documento"), False),
    ("code", "text", ("codice", "id", "numero", "cup"), False),
    ("town_wide", "text", ("luogo", "ambito"), False),
    ("building_id", "text", ("idag", "aggregato", "id aggregato"), False),
    ("parcel", "text", ("particella", "parcel_id", "riferimento catastale", "foglio/particella"), False),
    ("address", "text", ("indirizzo", "via e numero"), False),
    ("lat", "number", ("latitudine", "latitude"), False), ("lon", "number", ("longitudine", "long", "longitude"), False),
    ("easting", "number", ("est", "x"), False), ("northing", "number", ("nord", "y"), False),
)  # fmt: skip


class Register(NamedTuple):
    """What the sources of the initiatives hold.

    Attributes
    ----------
    rows
        One row for each line: initiative_id, name, kind, year, status, cost_eur, kwh, kwp, m2, co2_kg, owner, source, references,
        crs, town_wide (bool), where (file and line).
    addresses
        House numbers as for the estate; None where there is no list.
    """

    rows: pd.DataFrame
    addresses: pd.DataFrame | None


def read_initiatives(layers: Layers, config: InitiativesConfig, notes: Notes) -> Register:
    """Read all sources of the stage initiatives.

    Parameters
    ----------
    layers
        Kinds initiatives (at least one), addresses.
    config
        Month of the look, bounds of what is plausible.
    notes
        Counts, and what is kept but cannot well be.

    Raises
    ------
    InputError
        With every line that cannot be right: an unknown kind or status, a year that is none, money or effects below 0, half a
        point, a number twice, and cells that tell of a person.
    """
    if others := sorted({y.source.kind for y in layers} - {"initiatives", "addresses"}):
        raise InputError(f"sources.initiatives: kind {', '.join(others)}; expected initiatives or addresses")
    tables = [_read(layer, path, notes) for layer in layers if layer.source.kind == "initiatives" for path in layer.paths]
    if not tables:
        raise InputError("sources.initiatives: no register; expected an entry of kind initiatives")
    rows = pd.concat(tables, ignore_index=True)
    if wrong := _faults(rows):
        raise InputError(few(wrong, "sources.initiatives"))
    _withhold_persons(rows, notes)
    _implausible(rows, config, notes)
    addresses = [read_addresses(layer, path, notes) for layer in layers if layer.source.kind == "addresses" for path in layer.paths]
    return Register(rows.drop(columns=["line", "code"]), pd.concat(addresses, ignore_index=True) if addresses else None)


def _read(layer: Layer, path: Path, notes: Notes) -> pd.DataFrame:
    own = layer.source.fields
    rows = read_register(path, [Field(n, k, ((own[n],) if n in own else ()) + h, r, r) for n, k, h, r in _FIELDS], notes)
    rows["where"] = [f"{path}: line {n}" for n in rows["line"]]
    rows["crs"] = layer.source.crs or ""
    rows["initiative_id"] = rows["code"].where(rows["code"].notna(), [f"{path.stem}-{n}" for n in rows["line"]])
    legend = layer.source.legend or "initiative_kind"
    for column, name in (("kind", legend), ("status", "initiative_status")):
        words = read_legend(name, f"initiative_{column}")
        rows[column] = [words.get(w.casefold(), f"?{w}") for w in rows[column]]
    rows["town_wide"] = [isinstance(w, str) and w.casefold() in WHOLE_TOWN for w in rows["town_wide"]]
    rows["year"] = rows["year"].astype(np.int64)
    return rows


def _faults(rows: pd.DataFrame) -> list[str]:
    """Every line that cannot be right, in the order of the files."""
    twice = set(rows["initiative_id"][rows["initiative_id"].duplicated()])
    return [f"{r.where}: {said}" for r in rows.itertuples() for said in _row_faults(r, twice)]


def _row_faults(r: Any, twice: set[str]) -> list[str]:
    said: list[str] = []
    for column in ("kind", "status"):
        word = getattr(r, column)
        if word.startswith("?"):
            known = read_legend(f"initiative_{column}", f"initiative_{column}")
            said.append(f"{column} {word[1:41]!r}; expected one of {', '.join(known)}")
    if not FIRST_YEAR <= r.year <= LAST_YEAR:
        said.append(f"year {r.year}; expected {FIRST_YEAR} to {LAST_YEAR}")
    said += [f"{n} {getattr(r, n):g}; expected 0 or more, or nothing where it is not known" for n in EFFECTS if getattr(r, n) < 0.0]
    said += [f"only one of {a} and {b}; expected both or none" for a, b in (("lat", "lon"), ("easting", "northing")) if np.isnan(getattr(r, a)) != np.isnan(getattr(r, b))]
    if abs(r.lat) > 90.0 or abs(r.lon) > 180.0:
        said.append(f"lat {r.lat:g}, lon {r.lon:g}; expected degrees, e.g. 40.345 and 18.046")
    if r.initiative_id in twice:
        said.append(f"number {r.initiative_id} stands in two rows; expected each once; number the measures anew")
    for column in ("initiative_id", "name", "owner", "source"):
        value = getattr(r, column)
        if isinstance(value, str) and (kind := tells(value)):
            said.append(f"{column} holds {PERSONAL[kind]}; expected an office, a body or an act: it would be published; take it out")
    return said


def _withhold_persons(rows: pd.DataFrame, notes: Notes) -> None:
    """An owner with a title before the name is left out, and said without the name."""
    persons = np.array([isinstance(o, str) and looks_like_a_person(o) for o in rows["owner"]], dtype=bool)
    for where in rows["where"][persons]:
        notes.warn(f"{_short(where)}: the owner looks like a person and is left out; expected an office or a body.")
    rows.loc[persons, "owner"] = None


def _short(where: str) -> str:
    """File and line without the folder: it stands in what is published."""
    path, _, line = where.rpartition(": line ")
    return f"{Path(path).name}: line {line}"


def _implausible(rows: pd.DataFrame, config: InitiativesConfig, notes: Notes) -> None:
    """Figures that can hardly be are kept, and said."""
    now = int(config.as_of[:4])
    for r in rows.itertuples():
        at = f"{_short(r.where)}: {r.initiative_id}"
        if r.kwp > 0.0 and r.kwh / r.kwp > config.max_kwh_kwp:
            notes.warn(f"{at}: {r.kwh / r.kwp:,.0f} kWh/kWp a year, more than {config.max_kwh_kwp:,.0f}; are the energy in kWh and the power in kWp?")
        if r.kwp > 0.0 and not (np.isnan(r.cost_eur) or config.low_eur_kwp <= r.cost_eur / r.kwp <= config.high_eur_kwp):
            notes.warn(f"{at}: {r.cost_eur / r.kwp:,.0f} EUR/kWp, outside {config.low_eur_kwp:,.0f}-{config.high_eur_kwp:,.0f}; is the cost that of the plant alone, in euro?")
        if r.kwh > 0.0 and r.co2_kg / r.kwh > config.max_kg_kwh:
            notes.warn(f"{at}: {r.co2_kg / r.kwh:,.2f} kg CO2 for each kWh, more than {config.max_kg_kwh:g}; are the emissions in kg?")
        if r.status == "done" and r.year > now:
            notes.warn(f"{at}: done in {r.year}, a year to come; is it planned?")
        if r.status == "planned" and r.year < now:
            notes.warn(f"{at}: planned for {r.year}, a year that has passed; is it done, or given up?")
