"""Contracts of what is published: the atlas (joined once) and the site."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pipeline.contracts.land import (
    OFFICIAL_BASES,
    PROVISION,
    SDG_FLAGS,
    Access,
    ConsumedComparison,
    ConsumedYears,
    Desealing,
    Green,
    Patches,
    Planting,
    Plots,
    Provision,
    Restoration,
    Sealing,
)
from pipeline.contracts.solar import Arrays, Finance, Installed, Obstacles, Solar
from pipeline.contracts.sources import Buildings, Parcels, Streets
from pipeline.contracts.spec import MONTHS, Column, FolderSpec, PackageSpec, TableSpec


def _optional(column: Column) -> Column:
    return replace(column, required=False)


def _opening(spec: Column) -> Column:
    """Columns of a candidate in the table of all parcels: missing, or false, for the others."""
    if spec.dtype != "bool":
        return _optional(spec)
    return replace(spec, en=f"Of a candidate: {spec.en[0].lower()}{spec.en[1:]}", it=f"Di una candidata: {spec.it[0].lower()}{spec.it[1:]}")


def _measure(name: str, words: str = "", parole: str = "") -> Column:
    spec = PROVISION[name]
    return replace(spec, required=False, en=spec.en + words, it=spec.it + parole)


def _take(spec: type[TableSpec], *others: type[TableSpec]) -> None:
    """Columns of other contracts after a contract's own, so that its key stands first."""
    for other in others:
        for name, column in other.columns().items():
            setattr(spec, name, column)


LOW, HIGH = (", lower end of the 95 % interval", ", estremo inferiore dell'intervallo al 95 %"), (", upper end of the 95 % interval", ", estremo superiore dell'intervallo al 95 %")


class Ground(TableSpec):
    """Land columns of parcels, sections, stretches of street and the town."""

    covered_m2 = _optional(Sealing.covered_m2)
    building_m2 = _optional(Sealing.building_m2)
    sealed_m2 = _optional(Sealing.sealed_m2)
    sealed_low_m2 = _optional(Sealing.sealed_low_m2)
    sealed_high_m2 = _optional(Sealing.sealed_high_m2)
    sealed_share = Sealing.sealed_share
    sealed_share_low = Sealing.sealed_share_low
    sealed_share_high = Sealing.sealed_share_high
    interval_basis = _optional(Sealing.interval_basis)
    bare_m2 = _optional(Sealing.bare_m2)
    green_m2 = _optional(Sealing.green_m2)
    tree_m2 = _optional(Sealing.tree_m2)
    water_m2 = _optional(Sealing.water_m2)
    canopy_m2 = _optional(Green.canopy_m2)
    canopy_share = Green.canopy_share
    grove_canopy_m2 = Green.grove_canopy_m2
    permeability = Plots.permeability
    runoff_coefficient = Plots.runoff_coefficient
    runoff_mm = Plots.runoff_mm
    runoff_m3 = _optional(Plots.runoff_m3)
    baf_old = Plots.baf_old
    baf_new = Plots.baf_new


class Provided(TableSpec):
    """Headline figures of access and supply, of sections and of the town."""

    near_green = _measure("near_green")
    near_open = _measure("near_open")
    no_way = _measure("no_way")
    three_trees = _measure("three_trees")
    thirty_canopy = _measure("thirty_canopy")
    rule_3_30_300 = _measure("rule_3_30_300")
    green_way_m = _measure("green_way")
    green_supply_m2 = _measure("green_supply")
    green_supply_m2_low = _measure("green_supply", *LOW)
    green_supply_m2_high = _measure("green_supply", *HIGH)
    supply_gini = _measure("supply_gini")
    supply_gini_low = _measure("supply_gini", *LOW)
    supply_gini_high = _measure("supply_gini", *HIGH)
    low_supply = _measure("low_supply")
    low_supply_low = _measure("low_supply", *LOW)
    low_supply_high = _measure("low_supply", *HIGH)


class AtlasBuildings(TableSpec):
    title_en = "Buildings with their solar potential"
    title_it = "Edifici e potenziale solare"
    key = ("building_id",)
    geometry = "polygon"
    building_id = Buildings.building_id
    parcel_id = Buildings.parcel_id
    area_m2 = Buildings.area_m2
    height_m = Buildings.height_m
    use = Buildings.use
    roof_m2 = Column("float", "m²", "Area of the roof planes in the slope", "Superficie delle falde", low=0.0, required=False)
    planes = Column("int", "", "Roof planes", "Falde", low=0, required=False)
    modules = Column("int", "", "Modules", "Moduli", low=0, required=False)
    module_area_m2 = Column("float", "m²", "Area of the modules", "Superficie dei moduli", low=0.0, required=False)
    kwp = Column("float", "kWp", "Peak power", "Potenza di picco", low=0.0, required=False)
    kwh_year = _optional(Solar.kwh_year)
    kwh_year_p90 = _optional(Solar.kwh_year_p90)
    sigma_common = Column("float", "", "Relative standard uncertainty of the yield by what is common to all roofs", "Incertezza relativa della resa per ciò che è comune a tutti i tetti", low=0.0, required=False)
    sigma_own = Column("float", "", "The same by what is off on each roof for itself", "La stessa per ciò che varia da tetto a tetto", low=0.0, required=False)
    specific_yield_kwh_kwp = _optional(Solar.specific_yield_kwh_kwp)
    shading_loss = _optional(Solar.shading_loss)
    poa_kwh_m2 = Column("float", "kWh/m²", "Yearly irradiation, mean over the roof planes", "Irraggiamento annuo medio sulle falde", low=0.0, required=False)
    reason = Column("str", "", "Why there is no array: reason of the largest plane", "Perché non ci sono moduli: motivo della falda maggiore", required=False)
    best_kwp = Column("float", "kWp", "Size of plant with the highest net present value; indicative, like all that follows", "Taglia con il valore attuale netto più alto; indicativa, come quanto segue", low=0.0, required=False)
    cost_eur = _optional(Finance.cost_eur)
    npv_eur_low = _optional(Finance.npv_eur_low)
    npv_eur = _optional(Finance.npv_eur)
    npv_eur_high = _optional(Finance.npv_eur_high)
    payback_years = Finance.payback_years
    self_consumed_share = _optional(Finance.self_consumed_share)
    self_sufficiency = Finance.self_sufficiency
    lcoe_eur_kwh = _optional(Finance.lcoe_eur_kwh)
    co2_kg_year = _optional(Finance.co2_kg_year)


for _m in ("on_network", "green_linear_m", "green_network_m", "large_green_linear_m", "large_green_network_m", "open_linear_m", "open_network_m", "trees_15m", "trees_25m", "trees_50m", "canopy_share"):
    setattr(AtlasBuildings, _m, _optional(getattr(Access, _m)))
for _m in MONTHS:
    setattr(AtlasBuildings, f"kwh_{_m}", Column("float", "kWh", f"AC yield, month {_m}", f"Resa, mese {_m}", low=0.0, required=False))


class AtlasRoofs(TableSpec):
    title_en = "Roof planes with irradiation"
    title_it = "Falde e irraggiamento"
    key = ("roof_id",)
    geometry = "polygon"
    roof_id = Column("str", "", "Roof plane", "Falda")
    building_id = Column("str", "", "Building", "Edificio")
    surface_tilt = Column("float", "°", "Tilt from horizontal", "Inclinazione", low=0.0, high=90.0, required=False)
    surface_azimuth = Column("float", "°", "Azimuth, clockwise from north", "Azimut, orario da nord", low=0.0, high=360.0, required=False)
    area_m2 = Column("float", "m²", "Area in the slope", "Superficie in falda", low=0.0)
    kind = Column("str", "", "Flat, pitched or none", "Piana, inclinata o nessuna")
    reason = Column("str", "", "Why the plane carries no array", "Perché la falda non ha moduli", required=False)
    sky_view = Column("float", "", "Sky view factor", "Fattore di vista del cielo", low=0.0, high=1.0, required=False)
    poa_kwh_m2 = Column("float", "kWh/m²", "Yearly irradiation with shading", "Irraggiamento annuo con le ombre", low=0.0, required=False)
    usable_m2 = Arrays.usable_m2
    modules = Column("int", "", "Modules on the plane", "Moduli sulla falda", low=0, required=False)
    kwp = Column("float", "kWp", "Peak power on the plane", "Potenza di picco sulla falda", low=0.0, required=False)


class AtlasArrays(TableSpec):
    title_en = "Arrays with their yield"
    title_it = "Campi fotovoltaici e resa"
    key = ("array_id",)
    geometry = "polygon"
    array_id = Column("str", "", "Array", "Campo")
    roof_id = Column("str", "", "Roof plane", "Falda")
    building_id = Column("str", "", "Building", "Edificio")
    surface_tilt = Column("float", "°", "Tilt of the modules", "Inclinazione dei moduli", low=0.0, high=90.0)
    surface_azimuth = Column("float", "°", "Azimuth of the modules, clockwise from north", "Azimut dei moduli, orario da nord", low=0.0, high=360.0)
    mounting = Arrays.mounting
    modules = Column("int", "", "Modules", "Moduli", low=1)
    kwp = Column("float", "kWp", "Peak power", "Potenza di picco", low=0.0)
    kwh_year = Solar.kwh_year


class AtlasParcels(TableSpec):
    title_en = "Parcels with sealing, green and solar potential"
    title_it = "Particelle: suolo, verde e sole"
    key = ("parcel_id",)
    geometry = "polygon"
    parcel_id = Parcels.parcel_id
    sheet = Parcels.sheet
    number = Parcels.number
    kind = Parcels.kind
    area_m2 = Parcels.area_m2
    shared_m2 = _optional(Sealing.shared_m2)
    candidate = Column("bool", "", "Its paving could be opened: de-sealing candidate", "Si può deimpermeabilizzare: particella candidata")
    kwh_year = Column("float", "kWh", "Yearly yield of the arrays on the parcel's buildings, shared by area", "Resa annua dei campi sugli edifici della particella", low=0.0, required=False)


for _m, _spec in Desealing.columns().items():
    if _m not in ("parcel_id", "counted_share"):
        setattr(AtlasParcels, _m, _opening(_spec))
_take(AtlasParcels, Ground)


class AtlasSections(TableSpec):
    title_en = "Census sections with sealing, green and access"
    title_it = "Sezioni di censimento: suolo, verde e accesso"
    key = ("section_id",)
    geometry = "polygon"
    section_id = Column("str", "", "Census section", "Sezione di censimento")
    residents = Column("int", "", "Residents", "Residenti", low=0)
    area_m2 = Column("float", "m²", "Area", "Superficie", low=0.0)
    green_m2_per_resident = Green.green_m2_per_resident
    priority = replace(Planting.priority, required=False, en="Priority for planting: mean of three needs", it="Priorità per nuovi alberi: media di tre bisogni")
    rank = _optional(Planting.rank)
    rank_low = _optional(Planting.rank_low)
    rank_high = _optional(Planting.rank_high)
    plantable_m2 = _optional(Planting.plantable_m2)


_take(AtlasSections, Ground, Provided)


class AtlasStreets(TableSpec):
    title_en = "Streets with the sealing of the ground along them"
    title_it = "Tratti di via e suolo sigillato lungo di essi"
    key = ("street_id",)
    geometry = "line"
    street_id = Streets.street_id
    name = Streets.name
    area_m2 = Column("float", "m²", "Ground along the stretch", "Suolo lungo il tratto", low=0.0)


_take(AtlasStreets, Ground)


class AtlasTown(TableSpec):
    """One row: the boundary, or the extent of the surface where there is no boundary."""

    title_en = "Totals of the town"
    title_it = "Totali del comune"
    key = ("name",)
    geometry = "polygon"
    name = Column("str", "", "Name", "Nome")
    zone_kind = Column("str", "", "Town, or extent where no boundary is known", "Comune, o estensione se manca il confine", values=("town", "extent"))
    area_m2 = Column("float", "m²", "Area", "Superficie", low=0.0)
    residents = Column("int", "", "Residents", "Residenti", low=0, required=False)
    adjusted_m2 = Sealing.adjusted_m2
    adjusted_low_m2 = Sealing.adjusted_low_m2
    adjusted_high_m2 = Sealing.adjusted_high_m2
    green_m2_per_resident = Green.green_m2_per_resident
    standard_per_head_m2 = _measure("standard_per_head")
    standard_needed_m2 = _measure("standard_needed")
    standard_missing_m2 = _measure("standard_missing")
    open_space = _measure("open_space")
    official_year = Column("int", "", "Newest year of officially consumed soil", "Ultimo anno del suolo consumato ufficiale", low=1900, high=2200, required=False)
    official_basis = Column("str", "", "Read from the official table, or counted on the official raster", "Letto dalla tabella ufficiale o contato sulla carta ufficiale", required=False, values=OFFICIAL_BASES)
    official_area_m2 = _optional(ConsumedYears.area_m2)
    official_consumed_m2 = replace(ConsumedYears.consumed_m2, required=False, en="Officially consumed soil", it="Suolo consumato ufficiale")
    official_consumed_share = replace(ConsumedYears.consumed_share, en="Officially consumed soil over the area", it="Quota ufficiale di suolo consumato")
    official_consumed_m2_per_resident = replace(ConsumedYears.consumed_m2_per_resident, en="Officially consumed soil per resident", it="Suolo consumato ufficiale per residente")
    official_since = ConsumedYears.since
    official_net_m2 = ConsumedYears.net_m2
    official_lcrpgr = ConsumedYears.lcrpgr
    official_sdg_flag = replace(ConsumedYears.sdg_flag, required=False, values=SDG_FLAGS)
    candidates = Column("int", "", "Parcels whose paving could be opened", "Particelle deimpermeabilizzabili", low=0, required=False)
    candidates_public = Column("int", "", "Of these, in public places", "Di cui in spazi pubblici", low=0, required=False)
    open_m2 = Column("float", "m²", "Paving that could be opened", "Superficie deimpermeabilizzabile", low=0.0, required=False)
    runoff_saved_m3 = Column("float", "m³", "Less runoff in the stated storm if all of it were opened", "Deflusso evitato con la pioggia indicata se fosse aperta tutta", low=0.0, required=False)
    opening_eur = Column("float", "€", "Cost of opening all of it", "Costo per aprirla tutta", low=0.0, required=False)
    opening_eur_low = Column("float", "€", "Cost of opening all of it, low", "Costo per aprirla tutta, minimo", low=0.0, required=False)
    opening_eur_high = Column("float", "€", "Cost of opening all of it, high", "Costo per aprirla tutta, massimo", low=0.0, required=False)
    land_spared_low_ha = Column("float", "ha", "Roofs before fields: ground the same panels would take, low", "Tetti prima dei campi: suolo che gli stessi pannelli occuperebbero, minimo", low=0.0, required=False)
    land_spared_high_ha = Column("float", "ha", "Roofs before fields: ground the same panels would take, high", "Tetti prima dei campi: suolo che gli stessi pannelli occuperebbero, massimo", low=0.0, required=False)
    buildings = Column("int", "", "Buildings", "Edifici", low=0, required=False)
    buildings_with_arrays = Column("int", "", "Buildings that can carry an array", "Edifici che possono ospitare moduli", low=0, required=False)
    roof_m2 = Column("float", "m²", "Area of the roof planes in the slope", "Superficie delle falde", low=0.0, required=False)
    kwp = Column("float", "kWp", "Peak power", "Potenza di picco", low=0.0, required=False)
    kwh_year = Column("float", "kWh", "Yearly AC yield, median (P50)", "Resa annua, mediana (P50)", low=0.0, required=False)
    kwh_year_p90 = Column("float", "kWh", "Yearly AC yield reached in 9 years of 10 (P90)", "Resa annua raggiunta in 9 anni su 10 (P90)", low=0.0, required=False)
    installed_year = Column("int", "", "Year of the register of plants", "Anno del registro degli impianti", low=1980, high=2200, required=False)
    installed_plants = _optional(Installed.plants)
    installed_kwp = replace(Installed.kwp, required=False, en="Peak power that exists on roofs already", it="Potenza già installata sui tetti")
    installed_ground_kwp = replace(Installed.ground_kwp, required=False, en="Peak power that exists on the ground", it="Potenza già installata a terra")


_take(AtlasTown, Ground, Provided)


class Atlas(PackageSpec):
    title_en = "Everything joined once: one layer per theme"
    title_it = "Tutto unito una volta: uno strato per tema"
    layers: ClassVar[dict[str, type[TableSpec]]] = {
        "town": AtlasTown,
        "buildings": AtlasBuildings,
        "roofs": AtlasRoofs,
        "obstacles": Obstacles,
        "arrays": AtlasArrays,
        "parcels": AtlasParcels,
        "sections": AtlasSections,
        "streets": AtlasStreets,
        "provision": Provision,
        "official": ConsumedYears,
        "comparison": ConsumedComparison,
        "restoration": Restoration,
        "patches": Patches,
    }


class Published(PackageSpec):
    """What the site offers to download: the tables its pages show, without drawings of roofs."""

    title_en = "The tables of the site's pages, for a GIS"
    title_it = "Le tabelle delle pagine del sito, per un GIS"
    layers: ClassVar[dict[str, type[TableSpec]]] = {name: Atlas.layers[name] for name in ("town", "buildings", "parcels", "sections")}


class Site(FolderSpec):
    title_en = "The published maps"
    title_it = "Le mappe pubblicate"


class Report(FolderSpec):
    title_en = "The report for the council, to be printed"
    title_it = "La relazione per il Consiglio, da stampare"


class Exports(FolderSpec):
    title_en = "Files for analysts and for the open-data portal: GeoPackage with styles, COG, GeoParquet, CSV, workbook, STAC, DCAT-AP_IT"
    title_it = "File per chi analizza e per il portale dei dati aperti: GeoPackage con stili, COG, GeoParquet, CSV, foglio di calcolo, STAC, DCAT-AP_IT"


class Synthetic(FolderSpec):
    title_en = "Generated layers of a demonstration town"
    title_it = "Strati generati di un comune dimostrativo"
