"""Contracts of the yearly indicators: which there are, their series with targets, and the neighbours beside the town."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.contracts.spec import Column, TableSpec

BETTER: dict[str, int] = {"more": 1, "less": -1, "neither": 0}


@dataclass(frozen=True)
class Indicator:
    """One indicator of the plan.

    Attributes
    ----------
    unit
        Of its values; "" for shares 0-1 and counts.
    better
        more, less or neither.
    needs
        Stages it is taken from.
    en, it
        Name in both languages.
    method_version
        Raised whenever the way it is calculated changes, here or in the stages it is taken from: frozen years then show a break.
    """

    unit: str
    better: str
    needs: tuple[str, ...]
    en: str
    it: str
    method_version: int = 1


INDICATORS: dict[str, Indicator] = {
    "emissions_t": Indicator("t", "less", (), "Emissions of the town, cited inventory", "Emissioni del comune, inventario citato"),
    "pv_potential_kwp": Indicator("kWp", "neither", ("arrays",), "Photovoltaic power the roofs could carry", "Potenza fotovoltaica che i tetti potrebbero portare"),
    "pv_potential_kwh": Indicator("kWh", "neither", ("solar",), "Yearly yield of that power, median", "Resa annua di quella potenza, mediana"),
    "pv_installed_kwp": Indicator("kWp", "more", ("installed",), "Photovoltaic power installed on roofs", "Potenza fotovoltaica installata sui tetti"),
    "pv_used_share": Indicator("", "more", ("installed", "arrays"), "Installed share of what the roofs could carry", "Quota installata di quanto i tetti potrebbero portare"),
    "sealed_ha": Indicator("ha", "less", ("sealing",), "Sealed ground, own map", "Suolo sigillato, carta propria"),
    "sealed_share": Indicator("", "less", ("sealing",), "Sealed share of the ground, own map", "Quota sigillata del suolo, carta propria"),
    "consumed_ha": Indicator("ha", "less", ("consumed",), "Consumed soil, official", "Suolo consumato, dato ufficiale"),
    "consumed_share": Indicator("", "less", ("consumed",), "Consumed share of the town, official", "Quota di suolo consumato, dato ufficiale"),
    "consumed_ha_year": Indicator("ha/year", "less", ("consumed",), "Net land take a year, official", "Consumo di suolo netto annuo, dato ufficiale"),
    "canopy_share": Indicator("", "more", ("green",), "Share of the ground under canopy", "Quota di suolo coperta da chiome"),
    "urban_green_ha": Indicator("ha", "more", ("restoration",), "Green of the urban ecosystem area", "Verde dell'area di ecosistema urbano"),
    "urban_canopy_ha": Indicator("ha", "more", ("restoration",), "Canopy of the urban ecosystem area", "Chiome dell'area di ecosistema urbano"),
    "near_green_share": Indicator("", "more", ("provision",), "Residents within reach of public green", "Residenti a portata di verde pubblico"),
    "estate_kwh_m2": Indicator("kWh/m²", "less", ("estate",), "Consumption of public buildings, heat of a typical year", "Consumi degli edifici pubblici, calore di un anno tipico"),
    "estate_t": Indicator("t", "less", ("estate",), "Emissions of public buildings", "Emissioni degli edifici pubblici"),
    "separate_share": Indicator("", "more", ("waste",), "Separate collection", "Raccolta differenziata"),
    "waste_kg_per_resident": Indicator("kg", "less", ("waste",), "Municipal waste per resident", "Rifiuti urbani per abitante"),
    "initiatives_done": Indicator("", "more", ("initiatives",), "Initiatives done", "Iniziative concluse"),
    "initiatives_under_way": Indicator("", "neither", ("initiatives",), "Initiatives under way", "Iniziative in corso"),
    "actions_achieved_t": Indicator("t", "more", ("actions",), "Emissions avoided by actions carried out", "Emissioni evitate dalle azioni realizzate"),
}  # fmt: skip
# Whose values of single years are published by somebody else, so that the series is theirs.
ORIGINS: tuple[str, ...] = ("official", "frozen", "current")
STATES: tuple[str, ...] = ("on_track", "off_track", "unknown")
REASONS: tuple[str, ...] = ("ahead", "behind", "reached", "missed", "no_value", "no_target", "no_baseline", "not_later", "other_method")


class Indicators(TableSpec):
    title_en = "Yearly indicators of the plan, with targets and the distance to them"
    title_it = "Indicatori annuali del piano, con obiettivi e distanza da essi"
    key = ("indicator_id", "year", "origin", "method_version")
    indicator_id = Column("str", "", "Indicator", "Indicatore", values=tuple(INDICATORS))
    year = Column("int", "", "Year the row stands for: of the official figure, of the snapshot, of the calculation", "Anno della riga: del dato ufficiale, della fotografia annuale, del calcolo", low=1900, high=2200)
    origin = Column("str", "", "Official series, frozen snapshot, or calculated now", "Serie ufficiale, fotografia congelata o calcolo attuale", values=ORIGINS)
    method_version = Column("int", "", "Version of the method; between two of them the series is broken", "Versione del metodo; fra due versioni la serie è interrotta", low=1)
    value = Column("float", "", "Value, in the unit of the row", "Valore, nell'unità della riga", required=False)
    unit = Column("str", "", "Unit, empty for shares 0-1 and counts", "Unità, vuota per quote 0-1 e conteggi")
    better = Column("str", "", "Whether more or less of it is better", "Se è meglio di più o di meno", values=tuple(BETTER))
    data_year = Column("int", "", "Year of the data behind it, where they say one", "Anno dei dati di partenza, se indicato", low=1900, high=2200, required=False)
    baseline_year = Column("int", "", "Year of the baseline", "Anno di partenza", low=1900, high=2200, required=False)
    baseline = Column("float", "", "Baseline, in the unit of the row", "Valore di partenza, nell'unità della riga", required=False)
    target_year = Column("int", "", "Year of the target", "Anno dell'obiettivo", low=1900, high=2200, required=False)
    target = Column("float", "", "Target, in the unit of the row", "Obiettivo, nell'unità della riga", required=False)
    target_source = Column("str", "", "Who set the target", "Chi ha fissato l'obiettivo", required=False)
    path = Column("float", "", "Value of the straight line from baseline to target in the data's year", "Valore della retta fra partenza e obiettivo nell'anno dei dati", required=False)
    gap = Column("float", "", "Value minus that of the line", "Valore meno quello della retta", required=False)
    distance = Column("float", "", "Target minus value", "Obiettivo meno valore", required=False)
    standing = Column("str", "", "On track: at least as good as the line; off track; unknown", "In linea: almeno pari alla retta; non in linea; non noto", values=STATES)
    reason = Column("str", "", "Why", "Perché", values=REASONS)
    frozen_on = Column("str", "", "Day on which the snapshot was frozen", "Giorno in cui la fotografia è stata congelata", required=False)
    source = Column("str", "", "Stages or document it is taken from", "Passi o documento da cui è tratto")


class Neighbours(TableSpec):
    title_en = "The town beside its neighbours, from official tables"
    title_it = "Il comune accanto ai vicini, da tabelle ufficiali"
    key = ("indicator_id", "year", "istat")
    indicator_id = Column("str", "", "Indicator", "Indicatore", values=("consumed_share", "separate_share", "waste_kg_per_resident", "mixed_waste_kg_per_resident"))
    year = Column("int", "", "Year of the table", "Anno della tabella", low=1900, high=2200)
    istat = Column("str", "", "ISTAT code of the municipality, six digits", "Codice ISTAT del comune, sei cifre")
    name = Column("str", "", "Municipality", "Comune")
    value = Column("float", "", "Value, in the unit of the row", "Valore, nell'unità della riga", low=0.0)
    unit = Column("str", "", "Unit, empty for shares 0-1", "Unità, vuota per quote 0-1")
    rank = Column("int", "", "Place among the towns of the table, 1 is best; equal values share a place", "Posto fra i comuni della tabella, 1 è il migliore; valori uguali condividono il posto", low=1)
    of = Column("int", "", "Towns with a value", "Comuni con un valore", low=1)
    is_town = Column("bool", "", "This town", "Questo comune")
