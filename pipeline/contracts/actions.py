"""Contract of the roadmap: what could be done, on what, for how much, and what of it is under way. Everything here is indicative."""

from __future__ import annotations

from typing import ClassVar

from pipeline.contracts.spec import Column, PackageSpec, TableSpec

ACTION_KINDS: tuple[str, ...] = ("pv", "retrofit", "desealing", "trees", "collection_point", "waste", "rule", "mobility", "school", "other")
# Potential is what nobody has taken up; the others are words of the register of initiatives.
ACTION_STATUSES: tuple[str, ...] = ("potential", "proposed", "planned", "under_way", "done")
# Codes of what speaks for an action, then of what is to be known; plain words in pipeline/maps/phrases_actions.py.
ACTION_REASONS: tuple[str, ...] = (
    "earns", "duty", "whole_grant", "part_grant", "energy_community", "tax_deduction", "public_place", "pareto", "little_canopy", "far_from_point",
    "heat_pump_needed", "co2_not_counted", "sum_of_many", "heritage", "in_register", "only_in_register", "partly_done", "not_found", "grant_expired", "no_electricity_bills",
)  # fmt: skip


class ActionList(TableSpec):
    """One row for each action and asset; the geometry is a point in the asset, none where a row stands for many."""

    title_en = "Roadmap: one row for each action and asset"
    title_it = "Tabella di marcia: una riga per azione e bene"
    key = ("action_id",)
    geometry = "point"
    geometry_required = False
    action_id = Column("str", "", "Code of the action, kind and asset", "Codice dell'azione, tipo e bene")
    kind = Column("str", "", "Kind of action", "Tipo di azione", values=ACTION_KINDS)
    asset_id = Column("str", "", "What it is done on: estate_id, building_id, parcel_id, street_id, initiative_id, or the name of a group", "Su che cosa: estate_id, building_id, parcel_id, street_id, initiative_id o nome di un gruppo")
    name = Column("str", "", "Name of the asset, where it has one", "Nome del bene, se ne ha uno", required=False)
    owner = Column("str", "", "Who would do it: municipality, private, enterprise, or the words of the register", "Chi lo farebbe: comune (municipality), privati (private), imprese (enterprise) o le parole del registro")
    status = Column("str", "", "How far it is", "Stato", values=ACTION_STATUSES)
    units = Column("int", "", "Plants, buildings, trees or places that the row stands for", "Impianti, edifici, alberi o luoghi che la riga rappresenta", low=0)
    m2 = Column("float", "m²", "Area: opened ground, floor of a building", "Superficie: suolo riaperto, superficie utile dell'edificio", low=0.0, required=False)
    kwp = Column("float", "kWp", "Power of photovoltaics", "Potenza fotovoltaica", low=0.0, required=False)
    kwh = Column("float", "kWh", "Energy made (pv) or saved (the others) in a year", "Energia prodotta (pv) o risparmiata (le altre) in un anno", low=0.0, required=False)
    co2_kg = Column("float", "kg", "Emissions avoided in a year; missing where they are not counted", "Emissioni evitate in un anno; manca dove non sono contate", required=False)
    eur_low = Column("float", "€", "Cost, low", "Costo, basso", low=0.0, required=False)
    eur_mid = Column("float", "€", "Cost, middle, before grants", "Costo, medio, prima dei contributi", low=0.0, required=False)
    eur_high = Column("float", "€", "Cost, high", "Costo, alto", low=0.0, required=False)
    npv_eur = Column("float", "€", "Net present value before grants for public bodies; below 0 where it costs more than it saves", "Valore attuale netto prima dei contributi agli enti; sotto 0 dove costa più di quanto risparmia", required=False)
    eur_per_t = Column("float", "€/t", "Cost of a tonne avoided; of actions that earn money read the present value instead", "Costo di una tonnellata evitata; per le azioni che rendono si legga il valore attuale netto", required=False)
    runoff_m3 = Column("float", "m³", "Less runoff in the storm of the stage plots", "Deflusso evitato con la pioggia della fase plots", low=0.0, required=False)
    deadline = Column("str", "", "Day by which a law asks for it, YYYY-MM-DD", "Giorno entro cui una legge lo chiede, AAAA-MM-GG", required=False)
    achieved_kwh = Column("float", "kWh", "Of it reached, as the register of initiatives says", "Di cui raggiunto, secondo il registro delle iniziative", low=0.0, required=False)
    achieved_co2_kg = Column("float", "kg", "Of it reached, as the register of initiatives says", "Di cui raggiunto, secondo il registro delle iniziative", required=False)
    funding_rule = Column("str", "", "Dated rule that may pay part of it, table and key", "Regola datata che può pagarne una parte, tabella e chiave", required=False)
    funding_until = Column("str", "", "Last day of that rule; missing where none is known", "Ultimo giorno di quella regola; manca se non è noto", required=False)
    source = Column("str", "", "Stages and dated rules that the figures come from", "Fasi e regole datate da cui vengono le cifre")
    initiatives = Column("str", "", "Initiatives of the register that match it, parted by blanks", "Iniziative del registro che corrispondono, separate da spazi", required=False)
    rank = Column("int", "", "Place with the middle weights, 1 is first; missing where it is done, or nothing is known", "Posto con i pesi medi, 1 è il primo; manca se è fatta o non se ne sa nulla", low=1, required=False)
    rank_low = Column("int", "", "Best place over all weights that were tried", "Posto migliore fra tutti i pesi provati", low=1, required=False)
    rank_high = Column("int", "", "Worst place over all weights that were tried", "Posto peggiore fra tutti i pesi provati", low=1, required=False)
    reasons = Column("str", "", "What speaks for it and what is to be known, codes parted by blanks", "Che cosa spinge a farla e che cosa va saputo, codici separati da spazi", required=False)


class ActionCurve(TableSpec):
    title_en = "Marginal abatement cost curve: actions that earn money first, by present value, then by cost of a tonne"
    title_it = "Curva dei costi di abbattimento: prima le azioni che rendono, per valore attuale, poi per costo della tonnellata"
    key = ("step",)
    step = Column("int", "", "Step of the curve, 1 is first", "Gradino della curva, 1 è il primo", low=1)
    action_id = ActionList.action_id
    kind = ActionList.kind
    width_t = Column("float", "t", "Emissions avoided in a year", "Emissioni evitate in un anno", low=0.0)
    eur_per_t = Column("float", "€/t", "Cost of a tonne", "Costo di una tonnellata")
    npv_eur = Column("float", "€", ActionList.npv_eur.en, ActionList.npv_eur.it)
    cumulated_t = Column("float", "t", "Emissions avoided by it and all steps before", "Emissioni evitate con essa e tutti i gradini precedenti", low=0.0)


class ActionBudget(TableSpec):
    title_en = "Best set of municipal actions under the money of each year"
    title_it = "Migliore insieme di azioni comunali con il bilancio di ogni anno"
    key = ("year", "action_id")
    year = Column("int", "", "Year in which it is paid", "Anno in cui si paga", low=2000, high=2200)
    action_id = ActionList.action_id
    eur = Column("float", "€", "Money it takes, middle", "Spesa, media", low=0.0)
    co2_kg = Column("float", "kg", ActionList.co2_kg.en, ActionList.co2_kg.it, required=False)
    npv_eur = Column("float", "€", ActionList.npv_eur.en, ActionList.npv_eur.it, required=False)
    left_eur = Column("float", "€", "Money left at the end of the year", "Denaro che avanza alla fine dell'anno", low=0.0)


class Actions(PackageSpec):
    title_en = "Roadmap of actions with cost curve and yearly budget; indicative"
    title_it = "Tabella di marcia delle azioni con curva dei costi e bilancio annuale; indicativo"
    layers: ClassVar[dict[str, type[TableSpec]]] = {"list": ActionList, "curve": ActionCurve, "budget": ActionBudget}
