"""Contracts of what the town already does and what its people report."""

from __future__ import annotations

from typing import ClassVar

from pipeline.contracts.sources import Buildings
from pipeline.contracts.spec import Column, PackageSpec, TableSpec

INITIATIVE_KINDS: tuple[str, ...] = ("retrofit", "pv", "desealing", "trees", "waste", "rule", "mobility", "school", "other")
STATUSES: tuple[str, ...] = ("done", "under_way", "planned", "proposed")
# Kinds that hold for the whole town where the register names no place.
TOWNWIDE: tuple[str, ...] = ("waste", "rule", "mobility", "school", "other")
INITIATIVE_PLACES: tuple[str, ...] = ("building", "parcel", "point", "address", "town", "none")
INITIATIVE_PLACE_REASONS: tuple[str, ...] = (
    "no_reference", "unknown_building", "unknown_parcel", "outside_town", "no_address_list", "unknown_address", "ambiguous_address",
)  # fmt: skip
REPORT_KINDS: tuple[str, ...] = ("missing_tree", "sealed_place", "heat_spot", "roof", "collection_point", "other")
MODERATIONS: tuple[str, ...] = ("accepted", "pending", "rejected")
STREET_MATCHES: tuple[str, ...] = ("found", "unknown_street", "no_canopy")


class Initiatives(TableSpec):
    """One row for each line of the register; what holds for the whole town, or was not found, has no point."""

    title_en = "What the town already does: measures done, under way, planned and proposed"
    title_it = "Che cosa fa già il comune: interventi conclusi, in corso, previsti e proposti"
    key = ("initiative_id",)
    geometry = "point"
    geometry_required = False
    initiative_id = Column("str", "", "Number in the register, file and line where there is none", "Numero nel registro, file e riga se manca")
    name = Column("str", "", "Name", "Nome")
    kind = Column("str", "", "Kind", "Tipo", values=INITIATIVE_KINDS)
    year = Column("int", "", "Year it was or will be finished", "Anno di conclusione, avvenuta o prevista", low=1990, high=2100)
    status = Column("str", "", "Done, under way, planned, proposed", "Concluso, in corso, previsto, proposto", values=STATUSES)
    cost_eur = Column("float", "€", "Cost", "Costo", low=0.0, required=False)
    kwh = Column("float", "kWh", "Saved or produced in a year, as the register says", "Risparmio o produzione di un anno, secondo il registro", low=0.0, required=False)
    kwp = Column("float", "kWp", "Photovoltaic power", "Potenza fotovoltaica", low=0.0, required=False)
    m2 = Column("float", "m²", "Area it touches", "Superficie interessata", low=0.0, required=False)
    co2_kg = Column("float", "kg", "Emissions avoided in a year, as the register says", "Emissioni evitate in un anno, secondo il registro", low=0.0, required=False)
    owner = Column("str", "", "Office or body; withheld where it looked like a person", "Ufficio o ente; tolto se sembrava una persona", required=False)
    source = Column("str", "", "Act or document behind the row", "Atto o documento da cui viene la riga", required=False)
    building_id = Column("str", "", Buildings.building_id.en, Buildings.building_id.it, required=False)
    parcel_id = Column("str", "", Buildings.parcel_id.en, Buildings.parcel_id.it, required=False)
    place = Column("str", "", "How it was found: by building, parcel, point, address; town where it holds for all of it; none", "Come è stato trovato: edificio, particella, punto, indirizzo; town se vale per tutto il comune; none se non trovato", values=INITIATIVE_PLACES)
    place_reason = Column("str", "", "Why it was not found", "Perché non è stato trovato", values=INITIATIVE_PLACE_REASONS, required=False)


class ReportPoints(TableSpec):
    """Accepted reports only: the others are counted in `moderation` and nowhere else."""

    title_en = "Reports of citizens, accepted by the moderators"
    title_it = "Segnalazioni dei cittadini, accettate dai moderatori"
    key = ("report_id",)
    geometry = "point"
    report_id = Column("str", "", "File and number of the report", "File e numero della segnalazione")
    kind = Column("str", "", "Kind", "Tipo", values=REPORT_KINDS)
    text = Column("str", "", "What it says: plain text without mail addresses, phone numbers, tax codes, links", "Che cosa dice: testo semplice senza e-mail, telefoni, codici fiscali, link", required=False)
    date = Column("str", "", "Day, YYYY-MM-DD", "Giorno, AAAA-MM-GG", required=False)
    moderation = Column("str", "", "What the moderators decided", "Decisione dei moderatori", values=("accepted",))


class ReportModeration(TableSpec):
    title_en = "Reports by kind and decision of the moderators"
    title_it = "Segnalazioni per tipo e decisione dei moderatori"
    key = ("kind", "moderation")
    kind = ReportPoints.kind
    moderation = Column("str", "", "Accepted, pending, rejected", "Accettate, in attesa, respinte", values=MODERATIONS)
    reports = Column("int", "", "Reports inside the town, each once", "Segnalazioni nel comune, ciascuna una volta", low=0)


class SchoolCounts(TableSpec):
    """Trees that schools counted, beside those that the surface shows along the same street."""

    title_en = "Trees counted by schools beside those the surface shows"
    title_it = "Alberi contati dalle scuole e visti nel modello di altezza"
    key = ("street", "date")
    street = Column("str", "", "Street, by its name in the street layer where it was found", "Via, con il nome del grafo stradale se trovata")
    date = Column("str", "", "Day of the count, YYYY-MM-DD", "Giorno del conteggio, AAAA-MM-GG")
    classes = Column("int", "", "Counts of that day", "Conteggi di quel giorno", low=1)
    counted = Column("float", "", "Trees counted, median of the counts", "Alberi contati, mediana dei conteggi", low=0.0)
    counted_low = Column("int", "", "Smallest count", "Conteggio minimo", low=0)
    counted_high = Column("int", "", "Largest count", "Conteggio massimo", low=0)
    match = Column("str", "", "found; unknown_street where no street has that name; no_canopy where the surface is known along less than half of it", "found trovata; unknown_street via sconosciuta; no_canopy superficie non nota", values=STREET_MATCHES)
    street_m = Column("float", "m", "Length of the street in the street layer", "Lunghezza della via nel grafo stradale", low=0.0, required=False)
    known_share = Column("float", "", "Share of it along which the surface is known; below half it is not held against anything", "Quota lungo la quale la superficie è nota; sotto la metà non si confronta", low=0.0, high=1.0, required=False)
    canopy_share = Column("float", "", "Canopy over the strip along it, gardens at its sides included", "Quota di chiome nella fascia lungo la via, giardini laterali compresi", low=0.0, high=1.0, required=False)
    trees_seen = Column("float", "", "Tree tops in the height of the surface within that strip", "Cime di alberi nel modello di altezza in quella fascia", low=0.0, required=False)
    difference = Column("float", "", "Counted less seen", "Contati meno visti", required=False)



class Reports(PackageSpec):
    title_en = "Reports of citizens and counts of schools"
    title_it = "Segnalazioni dei cittadini e conteggi delle scuole"
    layers: ClassVar[dict[str, type[TableSpec]]] = {"points": ReportPoints, "moderation": ReportModeration, "counts": SchoolCounts}
