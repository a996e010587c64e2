"""Contracts of the solar wing, from roof planes to the yearly yield."""

from __future__ import annotations

from pipeline.contracts.spec import MONTHS, Column, TableSpec

# Reason codes a plane without an array carries; plain words for them are in pipeline/maps/text.py.
REASONS: tuple[str, ...] = ("no_surface", "surface_older", "too_small", "too_steep", "shaded", "rough", "no_room")
HORIZON_SECTORS = 72
# Solar elevations at which `lit_share` is given: 0, 2, .. 88 degrees.
LIT_ELEVATIONS_DEG: tuple[float, ...] = tuple(float(e) for e in range(0, 90, 2))


class Roofs(TableSpec):
    title_en = "Roof planes"
    title_it = "Falde dei tetti"
    key = ("roof_id",)
    geometry = "polygon"
    roof_id = Column("str", "", "Roof plane identifier: building_id-number", "Identificativo della falda: building_id-numero")
    building_id = Column("str", "", "Building", "Edificio")
    surface_tilt = Column("float", "°", "Tilt from horizontal", "Inclinazione dall'orizzontale", low=0.0, high=90.0, required=False)
    surface_azimuth = Column("float", "°", "Azimuth the plane faces, clockwise from north", "Azimut della falda, orario da nord", low=0.0, high=360.0, required=False)
    area_m2 = Column("float", "m²", "Area in the slope", "Superficie in falda", low=0.0)
    plan_area_m2 = Column("float", "m²", "Area in plan", "Superficie in pianta", low=0.0)
    residual_m = Column("float", "m", "Root mean square distance of the inlier cells from the plane", "Scarto quadratico medio delle celle dalla falda", low=0.0, required=False)
    inlier_share = Column("float", "", "Share of the plane's cells within the inlier distance", "Quota di celle vicine al piano", low=0.0, high=1.0, required=False)
    plane_z_m = Column("float", "m", "Elevation of the plane at its representative point", "Quota del piano nel punto rappresentativo", required=False)
    kind = Column("str", "", "Flat (below 5°), pitched, or none where no plane was found", "Piana (sotto 5°), inclinata, o nessuna", values=("flat", "pitched", "none"))
    basis = Column("str", "", "Measured surface or height model", "Superficie rilevata o modello di altezze", values=("surface", "height model"))
    reason = Column("str", "", "Why the plane can carry no array, empty where it can", "Perché la falda non può ospitare moduli, vuoto se può", values=REASONS, required=False)


class Horizon(TableSpec):
    title_en = "Horizon, sky view and lit share of each roof plane"
    title_it = "Orizzonte, cielo visibile e quota al sole di ogni falda"
    key = ("roof_id",)
    roof_id = Column("str", "", "Roof plane", "Falda")
    horizon_deg = Column("list", "°", "Mean horizon elevation over the plane's cells in 72 sectors, the first centred on north, clockwise",
                         "Elevazione media dell'orizzonte sulle celle della falda in 72 settori, il primo centrato a nord, in senso orario", low=0.0, high=90.0, length=HORIZON_SECTORS)
    sky_view = Column("float", "", "Sky view factor of the plane: isotropic sky received over that of an open horizontal plane",
                      "Fattore di vista del cielo della falda", low=0.0, high=1.0)
    lit_share = Column("list", "1/255", "Share of the plane's cells that see the sun, by sector (72) and solar elevation (0, 2, .. 88°), sector-major",
                       "Quota di celle della falda che vedono il sole, per settore (72) e altezza solare (0, 2, .. 88°)", low=0, high=255, length=HORIZON_SECTORS * len(LIT_ELEVATIONS_DEG))


class Irradiation(TableSpec):
    title_en = "Irradiation on each roof plane"
    title_it = "Irraggiamento su ogni falda"
    key = ("roof_id",)
    roof_id = Column("str", "", "Roof plane", "Falda")
    poa_unshaded_kwh_m2 = Column("float", "kWh/m²", "Yearly irradiation without any shading", "Irraggiamento annuo senza ombre", low=0.0, high=4000.0)
    poa_kwh_m2 = Column("float", "kWh/m²", "Yearly irradiation with shading", "Irraggiamento annuo con le ombre", low=0.0, high=4000.0)


for _m in MONTHS:
    setattr(Irradiation, f"poa_{_m}", Column("float", "kWh/m²", f"Irradiation with shading, month {_m}", f"Irraggiamento con le ombre, mese {_m}", low=0.0, high=500.0))


class Arrays(TableSpec):
    title_en = "Photovoltaic arrays laid on the roof planes"
    title_it = "Campi fotovoltaici disposti sulle falde"
    key = ("array_id",)
    geometry = "polygon"
    array_id = Column("str", "", "Array identifier: roof_id-letter", "Identificativo del campo: roof_id-lettera")
    roof_id = Column("str", "", "Roof plane", "Falda")
    building_id = Column("str", "", "Building", "Edificio")
    surface_tilt = Column("float", "°", "Tilt of the modules", "Inclinazione dei moduli", low=0.0, high=90.0)
    surface_azimuth = Column("float", "°", "Azimuth the modules face, clockwise from north", "Azimut dei moduli, orario da nord", low=0.0, high=360.0)
    mounting = Column("str", "", "Parallel to the roof or on racks", "Complanare o su telai", values=("coplanar", "rack"))
    modules = Column("int", "", "Number of modules", "Numero di moduli", low=1)
    kwp = Column("float", "kWp", "Power at standard test conditions", "Potenza di picco", low=0.0)
    module_area_m2 = Column("float", "m²", "Area of the modules", "Superficie dei moduli", low=0.0)
    row_shading = Column("float", "", "Yearly beam loss by the row in front, 0 for coplanar arrays", "Perdita annua di diretta per la fila davanti", low=0.0, high=1.0)


class Solar(TableSpec):
    title_en = "Yearly and monthly yield of each array"
    title_it = "Resa annua e mensile di ogni campo"
    key = ("array_id",)
    array_id = Column("str", "", "Array", "Campo")
    roof_id = Column("str", "", "Roof plane", "Falda")
    building_id = Column("str", "", "Building", "Edificio")
    poa_unshaded_kwh_m2 = Column("float", "kWh/m²", "Yearly irradiation on the modules without any shading", "Irraggiamento annuo sui moduli senza ombre", low=0.0, high=4000.0)
    poa_kwh_m2 = Column("float", "kWh/m²", "Yearly irradiation on the modules with shading", "Irraggiamento annuo sui moduli con le ombre", low=0.0, high=4000.0)
    shading_loss = Column("float", "", "Share of irradiation lost to shading", "Quota di irraggiamento persa per le ombre", low=0.0, high=1.0)
    kwh_year = Column("float", "kWh", "Yearly AC yield, median (P50)", "Resa annua in corrente alternata, mediana (P50)", low=0.0)
    kwh_year_p90 = Column("float", "kWh", "Yearly AC yield reached in 9 years of 10 (P90)", "Resa annua raggiunta in 9 anni su 10 (P90)", low=0.0)
    specific_yield_kwh_kwp = Column("float", "kWh/kWp", "Yearly AC yield per peak power", "Resa annua per potenza di picco", low=0.0, high=3000.0)


for _m in MONTHS:
    setattr(Solar, f"kwh_{_m}", Column("float", "kWh", f"AC yield, month {_m}", f"Resa in corrente alternata, mese {_m}", low=0.0))
