"""Contracts of what is published: the atlas (joined once) and the site."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pipeline.contracts.land import Sealing
from pipeline.contracts.solar import Arrays, Finance, Obstacles, Solar
from pipeline.contracts.sources import Buildings, Parcels
from pipeline.contracts.spec import MONTHS, Column, FolderSpec, PackageSpec, TableSpec


def _optional(column: Column) -> Column:
    return replace(column, required=False)


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
    covered_m2 = _optional(Sealing.covered_m2)
    building_m2 = _optional(Sealing.building_m2)
    sealed_m2 = _optional(Sealing.sealed_m2)
    sealed_share = _optional(Sealing.sealed_share)
    green_m2 = _optional(Sealing.green_m2)
    tree_m2 = _optional(Sealing.tree_m2)
    canopy_m2 = Column("float", "m²", "Tree canopy", "Chiome", low=0.0, required=False)
    kwh_year = Column("float", "kWh", "Yearly yield of the arrays on the parcel's buildings, shared by area", "Resa annua dei campi sugli edifici della particella", low=0.0, required=False)


class AtlasSections(TableSpec):
    title_en = "Census sections with sealing and green"
    title_it = "Sezioni di censimento: suolo e verde"
    key = ("section_id",)
    geometry = "polygon"
    section_id = Column("str", "", "Census section", "Sezione di censimento")
    residents = Column("int", "", "Residents", "Residenti", low=0)
    area_m2 = Column("float", "m²", "Area", "Superficie", low=0.0)
    covered_m2 = _optional(Sealing.covered_m2)
    sealed_m2 = _optional(Sealing.sealed_m2)
    sealed_share = _optional(Sealing.sealed_share)
    green_m2 = _optional(Sealing.green_m2)
    tree_m2 = _optional(Sealing.tree_m2)
    canopy_m2 = Column("float", "m²", "Tree canopy", "Chiome", low=0.0, required=False)
    canopy_share = Column("float", "", "Canopy share", "Quota di chiome", low=0.0, high=1.0, required=False)
    green_m2_per_resident = Column("float", "m²", "Green area per resident", "Verde per residente", low=0.0, required=False)


class AtlasTown(TableSpec):
    """One row: the boundary, or the extent of the surface where there is no boundary."""

    title_en = "Totals of the town"
    title_it = "Totali del comune"
    key = ("name",)
    geometry = "polygon"
    name = Column("str", "", "Name", "Nome")
    zone_kind = Column("str", "", "Town, or extent where no boundary is known", "Comune, o estensione se manca il confine", values=("town", "extent"))
    area_m2 = Column("float", "m²", "Area", "Superficie", low=0.0)
    covered_m2 = _optional(Sealing.covered_m2)
    sealed_m2 = _optional(Sealing.sealed_m2)
    sealed_share = _optional(Sealing.sealed_share)
    green_m2 = _optional(Sealing.green_m2)
    tree_m2 = _optional(Sealing.tree_m2)
    canopy_m2 = Column("float", "m²", "Tree canopy", "Chiome", low=0.0, required=False)
    canopy_share = Column("float", "", "Canopy share", "Quota di chiome", low=0.0, high=1.0, required=False)
    residents = Column("int", "", "Residents", "Residenti", low=0, required=False)
    green_m2_per_resident = Column("float", "m²", "Green area per resident", "Verde per residente", low=0.0, required=False)
    buildings = Column("int", "", "Buildings", "Edifici", low=0, required=False)
    buildings_with_arrays = Column("int", "", "Buildings that can carry an array", "Edifici che possono ospitare moduli", low=0, required=False)
    roof_m2 = Column("float", "m²", "Area of the roof planes in the slope", "Superficie delle falde", low=0.0, required=False)
    kwp = Column("float", "kWp", "Peak power", "Potenza di picco", low=0.0, required=False)
    kwh_year = Column("float", "kWh", "Yearly AC yield, median (P50)", "Resa annua, mediana (P50)", low=0.0, required=False)
    kwh_year_p90 = Column("float", "kWh", "Yearly AC yield reached in 9 years of 10 (P90)", "Resa annua raggiunta in 9 anni su 10 (P90)", low=0.0, required=False)


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
    }


class Published(PackageSpec):
    """What the site offers to download: the tables its pages show, without drawings of roofs."""

    title_en = "The tables of the site's pages, for a GIS"
    title_it = "Le tabelle delle pagine del sito, per un GIS"
    layers: ClassVar[dict[str, type[TableSpec]]] = {name: Atlas.layers[name] for name in ("town", "buildings", "parcels", "sections")}


class Site(FolderSpec):
    title_en = "The published maps"
    title_it = "Le mappe pubblicate"


class Synthetic(FolderSpec):
    title_en = "Generated layers of a demonstration town"
    title_it = "Strati generati di un comune dimostrativo"
