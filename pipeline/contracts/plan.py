"""Contracts of the plan wing: what a municipality owns and does. Everything here is indicative."""

from __future__ import annotations

from typing import ClassVar

from pipeline.contracts.solar import Finance
from pipeline.contracts.sources import Buildings
from pipeline.contracts.spec import MONTHS, Column, PackageSpec, TableSpec

ESTATE_USES: tuple[str, ...] = ("nursery", "school", "office", "library", "culture", "sports", "social", "health", "other")
HEAT_CARRIERS: tuple[str, ...] = ("natural_gas", "heating_oil", "lpg", "pellets", "district_heat", "electricity", "none")
# How a row of the register was found on the ground, and why it was not.
PLACES: tuple[str, ...] = ("building", "parcel", "point", "address", "none")
PLACE_REASONS: tuple[str, ...] = (
    "no_reference", "unknown_building", "unknown_parcel", "parcel_without_building", "point_without_building", "no_address_list", "unknown_address", "ambiguous_address",
)  # fmt: skip
# Against the typical figure of its use: up to half of it, up to it, up to one and a half times, more.
ESTATE_CLASSES: tuple[str, ...] = ("well_below", "below", "above", "far_above")
# What speaks for acting on a building, then what is missing or to be looked at; plain words in pipeline/maps/phrases_plan.py.
REASONS_FOR: tuple[str, ...] = ("heat_above", "electricity_above", "solar_duty", "renovation_duty", "pv_pays", "whole_grant", "part_grant", "energy_community")
REASONS_OPEN: tuple[str, ...] = (
    "not_found", "incomplete_year", "no_electricity", "no_heat", "not_normalised", "no_benchmark", "no_factor", "shared_roof", "no_roof", "electricity_assumed", "pv_in_service", "heritage",
)  # fmt: skip


class Estate(TableSpec):
    """One row for each building of the register, those that were not found on the ground too; figures of its newest whole year."""

    title_en = "Public buildings: consumption, duties, own-roof photovoltaics, ranked"
    title_it = "Edifici pubblici: consumi, obblighi, fotovoltaico sul tetto, in graduatoria"
    key = ("estate_id",)
    geometry = "polygon"
    geometry_required = False
    estate_id = Column("str", "", "Code of the building in the register, its name where there is none", "Codice dell'edificio nel registro, il nome se manca")
    name = Column("str", "", "Name", "Nome")
    use = Column("str", "", "Use", "Uso", values=ESTATE_USES)
    rank = Column("int", "", "Place in the ranking by avoidable emissions, 1 is first; missing where nothing is known", "Posto nella graduatoria per emissioni evitabili, 1 è il primo; manca se non si sa nulla", low=1, required=False)
    reasons = Column("str", "", "What speaks for acting and what is missing, codes parted by blanks; empty where there is none", "Che cosa spinge a intervenire e che cosa manca, codici separati da spazi; vuoto se non c'è nulla", required=False)
    place = Column("str", "", "How it was found: by building, parcel, point, address, or not", "Come è stato trovato: edificio, particella, punto, indirizzo, o no", values=PLACES)
    place_reason = Column("str", "", "Why it was not found", "Perché non è stato trovato", values=PLACE_REASONS, required=False)
    building_id = Column("str", "", Buildings.building_id.en, Buildings.building_id.it, required=False)
    parcel_id = Buildings.parcel_id
    floor_m2 = Column("float", "m²", "Useful floor area", "Superficie utile", low=0.0)
    year = Column("int", "", "Year of the consumption: the newest whole one, else the newest", "Anno dei consumi: l'ultimo completo, altrimenti l'ultimo", low=1990, high=2200)
    years = Column("int", "", "Whole years in the register", "Anni completi nel registro", low=0)
    carrier = Column("str", "", "What it is heated with", "Vettore del riscaldamento", values=HEAT_CARRIERS, required=False)
    electricity_kwh = Column("float", "kWh", "Electricity of the year", "Energia elettrica dell'anno", low=0.0, required=False)
    heat_kwh = Column("float", "kWh", "Energy for heat of the year", "Energia termica dell'anno", low=0.0, required=False)
    degree_days = Column("float", "K d", "Heating degree days of that year", "Gradi giorno di quell'anno", low=0.0, required=False)
    degree_days_typical = Column("float", "K d", "Heating degree days of the typical year", "Gradi giorno dell'anno tipico", low=0.0, required=False)
    electricity_kwh_m2 = Column("float", "kWh/m²", "Electricity per floor area", "Energia elettrica per superficie", low=0.0, required=False)
    heat_kwh_m2 = Column("float", "kWh/m²", "Heat per floor area as billed", "Energia termica per superficie, da bolletta", low=0.0, required=False)
    heat_normal_kwh_m2 = Column("float", "kWh/m²", "The same in a typical year", "La stessa in un anno tipico", low=0.0, required=False)
    kwh_m2 = Column("float", "kWh/m²", "Electricity, and heat of a typical year, per floor area", "Energia elettrica, e termica di un anno tipico, per superficie", low=0.0, required=False)
    change_share = Column("float", "", "Change against the whole year before in the register", "Variazione sull'anno completo precedente nel registro", low=-1.0, required=False)
    benchmark_heat_kwh_m2 = Column("float", "kWh/m²", "Typical heat of this use, in the town's climate", "Energia termica tipica dell'uso, nel clima del comune", low=0.0, required=False)
    benchmark_electricity_kwh_m2 = Column("float", "kWh/m²", "Typical electricity of this use", "Energia elettrica tipica dell'uso", low=0.0, required=False)
    benchmark_share = Column("float", "", "Its consumption over the typical one", "I suoi consumi su quelli tipici", low=0.0, required=False)
    benchmark_class = Column("str", "", "Up to half of the typical consumption, up to it, up to 1.5 times, more; no energy certificate", "Fino a metà del consumo tipico, fino al tipico, fino a 1,5 volte, oltre; non è un APE", values=ESTATE_CLASSES, required=False)
    gap_kwh_year = Column("float", "kWh", "Consumption above the typical one, heat and electricity each by itself; missing where one of them is", "Consumo oltre quello tipico, calore ed elettricità ciascuno per sé; manca se uno dei due manca", low=0.0, required=False)
    co2_kg_year = Column("float", "kg", "Emissions of the year's consumption at the dated factors", "Emissioni dei consumi dell'anno ai fattori datati", low=0.0, required=False)
    solar_duty_year = Column("int", "", "By the end of which year solar is due (EPBD art. 10); missing where it is not", "Entro la fine di quale anno è dovuto il solare (EPBD art. 10); manca se non lo è", low=2027, high=2030, required=False)
    renovation_duty = Column("bool", "", "Counts for the 3 % a year of renovated floor area (EED art. 6)", "Conta per il 3 % annuo di superficie ristrutturata (EED art. 6)")
    heritage = Column("bool", "", "Protected according to the register: ask the office", "Vincolato secondo il registro: chiedere all'ufficio")
    pv_in_service_kwp = Column("float", "kWp", "Photovoltaics already in service, as the register says", "Fotovoltaico già in esercizio, secondo il registro", low=0.0, required=False)
    roof_kwp = Column("float", "kWp", "What its whole roof could carry", "Quanto potrebbe portare l'intero tetto", low=0.0, required=False)
    pv_kwp = Column("float", "kWp", "Best size of plant against its own consumption", "Taglia migliore rispetto ai suoi consumi", low=0.0, required=False)
    pv_kwh_year = Column("float", "kWh", "Yearly yield of that plant, median", "Resa annua di quell'impianto, mediana", low=0.0, required=False)
    pv_self_consumed_kwh = Column("float", "kWh", Finance.self_consumed_kwh.en, Finance.self_consumed_kwh.it, low=0.0, required=False)
    pv_self_consumed_share = Column("float", "", Finance.self_consumed_share.en, Finance.self_consumed_share.it, low=0.0, high=1.0, required=False)
    pv_self_sufficiency = Finance.self_sufficiency
    pv_cost_eur_low = Column("float", "€", Finance.cost_eur_low.en, Finance.cost_eur_low.it, low=0.0, required=False)
    pv_cost_eur = Column("float", "€", Finance.cost_eur.en, Finance.cost_eur.it, low=0.0, required=False)
    pv_cost_eur_high = Column("float", "€", Finance.cost_eur_high.en, Finance.cost_eur_high.it, low=0.0, required=False)
    pv_npv_eur_low = Column("float", "€", Finance.npv_eur_low.en, Finance.npv_eur_low.it, required=False)
    pv_npv_eur = Column("float", "€", Finance.npv_eur.en, Finance.npv_eur.it, required=False)
    pv_npv_eur_high = Column("float", "€", Finance.npv_eur_high.en, Finance.npv_eur_high.it, required=False)
    pv_payback_years = Finance.payback_years
    pv_co2_kg_year = Column("float", "kg", Finance.co2_kg_year.en, Finance.co2_kg_year.it, low=0.0, required=False)
    grant_share = Column("float", "", "Largest share of eligible costs that the grant in force pays (Conto termico); photovoltaics only together with a heat pump", "Quota massima delle spese ammesse coperta dal contributo in vigore (Conto termico); fotovoltaico solo con pompa di calore", low=0.0, high=1.0, required=False)
    funding_expired = Column("str", "", "Dated rules of grants that have ended by the day of the valuation, parted by blanks", "Regole datate di contributi già scadute alla data della valutazione, separate da spazi", required=False)
    co2_kg_avoidable = Column("float", "kg", "Emissions of a year that the typical consumption and the best plant would avoid, of what is known", "Emissioni annue evitate scendendo al consumo tipico e con l'impianto migliore, per quanto è noto", low=0.0, required=False)


# Consumption that was taken against the own roof, by month.
LOADS: tuple[str, ...] = tuple(f"load_{m}" for m in MONTHS)
for _m in MONTHS:
    setattr(Estate, f"load_{_m}", Column("float", "kWh", f"Electricity taken against its own roof, month {_m}", f"Elettricità considerata per il proprio tetto, mese {_m}", low=0.0, required=False))


class CommunityAreas(TableSpec):
    title_en = "Energy communities by primary-substation area: municipal roofs and households"
    title_it = "Comunità energetiche per area di cabina primaria: tetti comunali e famiglie"
    key = ("area_id",)
    geometry = "polygon"
    geometry_required = False
    area_id = Column("str", "", "Area below one primary substation; town where no layer says them", "Area sottesa a una cabina primaria; town se nessun layer le indica")
    plants = Column("int", "", "Municipal plants that the tariff takes in", "Impianti comunali ammessi alla tariffa", low=0)
    kwp = Column("float", "kWp", "Their power", "La loro potenza", low=0.0)
    produced_kwh = Column("float", "kWh", "Their yearly production", "La loro produzione annua", low=0.0)
    own_kwh = Column("float", "kWh", "Of it used at once in the buildings below", "Di cui consumata subito negli edifici", low=0.0)
    fed_in_kwh = Column("float", "kWh", "Of it fed in", "Di cui immessa", low=0.0)
    households = Column("int", "", "Households of the area", "Famiglie dell'area", low=0)
    shared_kwh = Column("float", "kWh", "Energy shared if all of them were members", "Energia condivisa se tutte fossero socie", low=0.0)
    households_90 = Column("int", "", "Fewest households that share 90 % of that", "Numero minimo di famiglie che condividono il 90 % di essa", low=0)


class CommunitySteps(TableSpec):
    title_en = "What a community of some households shares, and what the tariff pays"
    title_it = "Quanto condivide una comunità di alcune famiglie, e quanto paga la tariffa"
    key = ("area_id", "households")
    area_id = CommunityAreas.area_id
    households = Column("int", "", "Households that are members", "Famiglie socie", low=0)
    drawn_kwh = Column("float", "kWh", "What they draw in a year", "Quanto prelevano in un anno", low=0.0)
    shared_kwh = Column("float", "kWh", "Energy shared, hour by hour the smaller of what is fed in and what is drawn", "Energia condivisa, ora per ora il minore fra immesso e prelevato", low=0.0)
    surplus_kwh = Column("float", "kWh", "Fed in and not shared", "Immessa e non condivisa", low=0.0)
    shared_share = Column("float", "", "Shared over fed in", "Condivisa sull'immessa", low=0.0, high=1.0)
    covered_share = Column("float", "", "Shared over drawn", "Condivisa sul prelevato", low=0.0, high=1.0)
    premium_eur = Column("float", "€", "Premium of a year on shared energy; missing where the tariff takes in no plant on the day of the valuation", "Tariffa premio annua sull'energia condivisa; manca se alla data la tariffa non ammette impianti", low=0.0, required=False)
    excess_eur = Column("float", "€", "Of it on what is shared beyond the threshold: for members that are no firms, or social ends", "Di cui oltre la soglia: ai soci che non sono imprese o a fini sociali", low=0.0, required=False)
    valorisation_eur = Column("float", "€", "Network costs given back on shared energy", "Valorizzazione dell'energia condivisa", low=0.0, required=False)
    household_eur = Column("float", "€", "For each household, where members take the share of the config", "Per famiglia, con la quota ai soci della configurazione", low=0.0, required=False)


class CommunityAnchors(TableSpec):
    title_en = "Municipal roofs as anchors of a community, the best first"
    title_it = "Tetti comunali come perno di una comunità, dai migliori"
    key = ("estate_id",)
    estate_id = Estate.estate_id
    area_id = CommunityAreas.area_id
    building_id = Column("str", "", Buildings.building_id.en, Buildings.building_id.it)
    rank = Column("int", "", "Place by premium with those households; missing where the tariff does not take it in", "Posto per tariffa premio con quelle famiglie; manca se la tariffa non lo ammette", low=1, required=False)
    kwp = CommunityAreas.kwp
    fed_in_kwh = Column("float", "kWh", "Fed in after its own consumption", "Immessa al netto dell'autoconsumo", low=0.0)
    shared_kwh = Column("float", "kWh", "Shared with the households of the config", "Condivisa con le famiglie della configurazione", low=0.0)
    premium_eur = CommunitySteps.premium_eur
    premium_eur_kwp = Column("float", "€/kWp", "Premium of a year per power", "Tariffa premio annua sulla potenza", low=0.0, required=False)


class Community(PackageSpec):
    title_en = "Energy communities around the municipal roofs; indicative"
    title_it = "Comunità energetiche attorno ai tetti comunali; indicativo"
    layers: ClassVar[dict[str, type[TableSpec]]] = {"areas": CommunityAreas, "steps": CommunitySteps, "anchors": CommunityAnchors}
