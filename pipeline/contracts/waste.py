"""Contracts of waste and its collection: the official yearly figures of towns, and who reaches which collection point on foot."""

from __future__ import annotations

from typing import ClassVar

from pipeline.contracts.spec import Column, PackageSpec, TableSpec

# Fractions of separate collection as ISPRA's table has them: what they are in English, in Italian.
FRACTIONS: dict[str, tuple[str, str]] = {
    "organic": ("kitchen and canteen waste", "frazione umida"), "garden": ("garden waste", "verde"), "paper": ("paper and cardboard", "carta e cartone"), "glass": ("glass", "vetro"),
    "wood": ("wood", "legno"), "metal": ("metal", "metallo"), "plastic": ("plastics", "plastica"), "weee": ("electric and electronic equipment", "RAEE"),
    "textiles": ("textiles", "tessili"), "selective": ("batteries, medicines, oils and the like", "raccolta selettiva"), "construction": ("small construction waste", "rifiuti da costruzione e demolizione"),
    "sweepings": ("street sweepings for recovery", "pulizia stradale a recupero"), "bulky": ("bulky waste for recovery", "ingombranti a recupero"), "other": ("other", "altro"),
}  # fmt: skip
# What looks odd in a row; plain words in pipeline/maps/phrases_waste.py.
WASTE_CHECKS: tuple[str, ...] = ("fractions_differ", "share_differs", "jump", "per_head")
COLLECTION_KINDS: tuple[str, ...] = ("centre", "street", "battery", "oil", "textile")


class Waste(TableSpec):
    """One row a municipality and year: the town and those it is held beside."""

    title_en = "Municipal waste by year: separate collection and kg per resident, the town beside its neighbours"
    title_it = "Rifiuti urbani per anno: raccolta differenziata e kg per abitante, il comune accanto ai vicini"
    key = ("istat", "year")
    istat = Column("str", "", "ISTAT code of the municipality, six digits", "Codice ISTAT del comune, sei cifre")
    name = Column("str", "", "Name of the municipality", "Nome del comune")
    year = Column("int", "", "Year", "Anno", low=1990, high=2200)
    is_town = Column("bool", "", "Whether it is the town itself", "Se è il comune stesso")
    residents = Column("int", "", "Residents as the table gives them", "Residenti secondo la tabella", low=1)
    separate_t = Column("float", "t", "Separately collected", "Raccolta differenziata", low=0.0)
    total_t = Column("float", "t", "Municipal waste in all", "Rifiuti urbani totali", low=0.0)
    residual_t = Column("float", "t", "The rest: all less what is separately collected", "Il resto: totale meno differenziata", low=0.0)
    separate_share = Column("float", "", "Separately collected over all", "Differenziata sul totale", low=0.0, high=1.0)
    kg_per_resident = Column("float", "kg/inh", "Municipal waste per resident", "Rifiuti urbani per abitante", low=0.0)
    separate_kg_per_resident = Column("float", "kg/inh", "Separately collected per resident", "Differenziata per abitante", low=0.0)
    residual_kg_per_resident = Column("float", "kg/inh", "The rest per resident", "Il resto per abitante", low=0.0)
    target_share = Column("float", "", "Least share by the law that holds at the end of the year; missing before there was one", "Quota minima per legge a fine anno; manca prima che ci fosse", low=0.0, high=1.0, required=False)
    above_target = Column("float", "", "Share less that target; negative where it is not met", "Quota meno l'obiettivo; negativa se non raggiunto", low=-1.0, high=1.0, required=False)
    rank = Column("int", "", "Place by share among the rows of the year, 1 is the highest", "Posto per quota fra le righe dell'anno, 1 è la più alta", low=1)
    checks = Column("str", "", "What looks odd in the row, codes parted by blanks; missing where nothing does", "Che cosa non torna nella riga, codici separati da spazi; manca se tutto torna", required=False)


for _name, (_en, _it) in FRACTIONS.items():
    setattr(Waste, f"{_name}_t", Column("float", "t", f"Separately collected: {_en}", f"Differenziata: {_it}", low=0.0, required=False))
for _name, (_en, _it) in FRACTIONS.items():
    setattr(Waste, f"{_name}_kg_per_resident", Column("float", "kg/inh", f"The same per resident: {_en}", f"La stessa per abitante: {_it}", low=0.0, required=False))


class CollectionAccess(TableSpec):
    """One row a building and kind of point; no column holds a number of people."""

    title_en = "Ways on foot from buildings to collection points"
    title_it = "Percorsi a piedi dagli edifici ai punti di raccolta"
    key = ("building_id", "kind")
    building_id = Column("str", "", "Building", "Edificio")
    kind = Column("str", "", "Kind of point", "Tipo di punto", values=COLLECTION_KINDS)
    linear_m = Column("float", "m", "Straight line to the nearest one", "Distanza in linea d'aria dal più vicino", low=0.0, required=False)
    distance_m = Column("float", "m", "Way on foot to the nearest one; missing where none leads there", "Percorso a piedi fino al più vicino; manca se non ce n'è", low=0.0, required=False)
    reached = Column("bool", "", "Whether that way is within reach", "Se il percorso è entro la distanza prevista")
    point_id = Column("str", "", "The point it leads to", "Il punto a cui porta", required=False)


class CollectionZones(TableSpec):
    """Sums over census sections and the town; split only where no part is a few homes."""

    title_en = "Residents within reach of collection points, by zone"
    title_it = "Residenti che raggiungono a piedi i punti di raccolta, per zona"
    key = ("zone_kind", "zone_id", "kind")
    geometry = "polygon"
    geometry_required = False
    zone_kind = Column("str", "", "Kind of zone", "Tipo di zona", values=("section", "town", "extent"))
    zone_id = Column("str", "", "Zone", "Zona")
    kind = CollectionAccess.kind
    reach_m = Column("float", "m", "Longest way that counts as within reach", "Percorso massimo previsto", low=0.0)
    residents = Column("float", "", "Residents of the zone", "Residenti della zona", low=0.0)
    reached_share = Column("float", "", "Share of them within reach; missing where withheld or nobody lives there", "Quota che raggiunge il punto; manca se non pubblicata o se non vi abita nessuno", low=0.0, high=1.0, required=False)
    out_of_reach = Column("float", "", "Residents out of reach; missing where withheld", "Residenti fuori distanza; manca se non pubblicato", low=0.0, required=False)
    withheld = Column("bool", "", "Withheld: one part would be a few homes, or could be worked out from the total", "Non pubblicato: una parte sarebbe di poche case, o si ricaverebbe dal totale")


class CollectionPoints(TableSpec):
    title_en = "Collection points"
    title_it = "Punti di raccolta"
    key = ("point_id", "kind")
    geometry = "point"
    point_id = Column("str", "", "Point: its identifier in the source, else from where it lies", "Punto: identificativo della fonte, altrimenti dalla posizione")
    kind = CollectionAccess.kind
    name = Column("str", "", "Name", "Nome", required=False)
    on_foot = Column("bool", "", "Whether a walkable street leads to it", "Se ci arriva una strada percorribile a piedi")


class CollectionPlaces(TableSpec):
    title_en = "Candidate places for new collection points: street corners that bring most residents within reach"
    title_it = "Luoghi candidati per nuovi punti di raccolta: incroci che servono più residenti oggi fuori distanza"
    key = ("place_id",)
    geometry = "point"
    place_id = Column("str", "", "Candidate, named by kind and place", "Candidato, dal tipo e dalla posizione")
    kind = CollectionAccess.kind
    rank = Column("int", "", "Order in which they are chosen, 1 first; each counts what those before it leave", "Ordine di scelta, dal primo; ognuno conta ciò che i precedenti lasciano", low=1)
    gained = Column("float", "", "Residents brought within reach, beyond those of the places before it", "Residenti in più serviti, oltre a quelli dei posti precedenti", low=0.0)
    gained_share = Column("float", "", "The same over those now out of reach", "Gli stessi su quelli oggi fuori distanza", low=0.0, high=1.0)
    total_share = Column("float", "", "All residents within reach with this place and those before it", "Quota di residenti serviti con questo posto e i precedenti", low=0.0, high=1.0)


class Collection(PackageSpec):
    title_en = "Collection points on foot: ways, residents out of reach, where new points would help"
    title_it = "Punti di raccolta a piedi: percorsi, residenti fuori distanza, dove servirebbero nuovi punti"
    layers: ClassVar[dict[str, type[TableSpec]]] = {"access": CollectionAccess, "zones": CollectionZones, "points": CollectionPoints, "places": CollectionPlaces}
