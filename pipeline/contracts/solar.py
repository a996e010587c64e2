"""Contracts of the solar wing, from roof planes to the yearly yield."""

from __future__ import annotations

from pipeline.contracts.spec import MONTHS, Band, Column, RasterSpec, TableSpec

# Reason codes a plane without an array carries; plain words for them are in pipeline/maps/text.py.
REASONS: tuple[str, ...] = ("no_surface", "surface_older", "implausible", "too_small", "too_steep", "vault", "shaded", "rough", "no_room")
HORIZON_SECTORS = 72
# Solar elevations at which `lit_share` is given: 0, 2, .. 88 degrees.
LIT_ELEVATIONS_DEG: tuple[float, ...] = tuple(float(e) for e in range(0, 90, 2))


class Roofs(TableSpec):
    title_en = "Roof planes"
    title_it = "Falde dei tetti"
    key = ("roof_id",)
    geometry = "polygon"
    geometry_bulky = True
    roof_id = Column("str", "", "Roof plane identifier: building_id-number", "Identificativo della falda: building_id-numero")
    building_id = Column("str", "", "Building", "Edificio")
    surface_tilt = Column("float", "°", "Tilt from horizontal", "Inclinazione dall'orizzontale", low=0.0, high=90.0, required=False)
    surface_azimuth = Column("float", "°", "Azimuth the plane faces, clockwise from north", "Azimut della falda, orario da nord", low=0.0, high=360.0, required=False)
    area_m2 = Column("float", "m²", "Area in the slope", "Superficie in falda", low=0.0)
    plan_area_m2 = Column("float", "m²", "Area in plan", "Superficie in pianta", low=0.0)
    residual_m = Column("float", "m", "Root mean square distance of the inlier cells from the plane", "Scarto quadratico medio delle celle dalla falda", low=0.0, required=False)
    inlier_share = Column("float", "", "Share of the plane's cells within the inlier distance", "Quota di celle vicine al piano", low=0.0, high=1.0, required=False)
    plane_z_m = Column("float", "m", "Elevation of the plane at its representative point", "Quota del piano nel punto rappresentativo", required=False)
    kind = Column("str", "", "Flat (below 5°), pitched, part of a vault or of a dome, or none where no plane was found", "Piana (sotto 5°), inclinata, parte di una volta o di una cupola, o nessuna",
                  values=("flat", "pitched", "vault", "dome", "none"))
    tilt_se_deg = Column("float", "°", "Standard error of the tilt, from the residuals of the fit", "Errore standard dell'inclinazione, dagli scarti", low=0.0, required=False)
    basis = Column("str", "", "Measured surface or height model", "Superficie rilevata o modello di altezze", values=("surface", "height model"))
    reason = Column("str", "", "Why the plane can carry no array, empty where it can", "Perché la falda non può ospitare moduli, vuoto se può", values=REASONS, required=False)


class Obstacles(TableSpec):
    title_en = "Things on roof planes that modules keep away from"
    title_it = "Ingombri sulle falde, da cui i moduli stanno lontani"
    key = ("obstacle_id",)
    geometry = "polygon"
    geometry_bulky = True
    obstacle_id = Column("str", "", "Obstacle identifier: roof_id-oNumber", "Identificativo dell'ingombro: roof_id-oNumero")
    roof_id = Column("str", "", "Roof plane", "Falda")
    building_id = Column("str", "", "Building", "Edificio")
    kind = Column("str", "", "A thing on the roof (chimney, stair-head, tank), a pit (light well), or a raised rim (parapet) along the edge",
                  "Volume sul tetto (camino, torrino, serbatoio), cavedio, o bordo rialzato (parapetto)", values=("object", "pit", "rim"))
    height_m = Column("float", "m", "Highest cell over the plane (deepest below it for a pit), at right angles to it; missing where the surface is not known", "Cella più alta sopra la falda (più profonda per un cavedio); manca dove la superficie non è nota", low=-500.0, high=500.0, required=False)
    area_m2 = Column("float", "m²", "Area in plan", "Superficie in pianta", low=0.0)


class Horizon(TableSpec):
    title_en = "Horizon, sky view and lit share of each roof plane"
    title_it = "Orizzonte, cielo visibile e quota al sole di ogni falda"
    key = ("roof_id",)
    roof_id = Column("str", "", "Roof plane", "Falda")
    horizon_deg = Column("list", "°", "Mean horizon elevation over the plane's cells in 72 sectors, the first centred on north, clockwise",
                         "Elevazione media dell'orizzonte sulle celle della falda in 72 settori, il primo centrato a nord, in senso orario", low=0.0, high=90.0, length=HORIZON_SECTORS)
    sky_view = Column("float", "", "Sky view factor of the plane: isotropic sky received over that of an open horizontal plane",
                      "Fattore di vista del cielo della falda", low=0.0, high=1.0)
    lit_share = Column("bytes", "1/255", "Share of the plane's cells that see the sun, by sector (72) and solar elevation (0, 2, .. 88°), sector-major",
                       "Quota di celle della falda che vedono il sole, per settore (72) e altezza solare (0, 2, .. 88°)", low=0, high=255, length=HORIZON_SECTORS * len(LIT_ELEVATIONS_DEG))
    cells = Column("bytes", "", "The plane's cells: rows and columns on the surface (four bytes each), then a byte b for each sector and cell, sector by sector: horizon elevation 90 (b/255)^2 degrees",
                   "Le celle della falda: righe e colonne sulla superficie (quattro byte ciascuna), poi un byte b per settore e cella, settore per settore: elevazione dell'orizzonte 90 (b/255)^2 gradi", low=0, high=255)


class Irradiation(TableSpec):
    title_en = "Irradiation on each roof plane"
    title_it = "Irraggiamento su ogni falda"
    key = ("roof_id",)
    roof_id = Column("str", "", "Roof plane", "Falda")
    poa_unshaded_kwh_m2 = Column("float", "kWh/m²", "Yearly irradiation without any shading", "Irraggiamento annuo senza ombre", low=0.0, high=4000.0)
    poa_kwh_m2 = Column("float", "kWh/m²", "Yearly irradiation with shading", "Irraggiamento annuo con le ombre", low=0.0, high=4000.0)


for _m in MONTHS:
    setattr(Irradiation, f"poa_{_m}", Column("float", "kWh/m²", f"Irradiation with shading, month {_m}", f"Irraggiamento con le ombre, mese {_m}", low=0.0, high=500.0))


class Sunmap(RasterSpec):
    title_en = "Irradiation on the roofs, cell by cell"
    title_it = "Irraggiamento sui tetti, cella per cella"
    bands = (Band("poa_kwh_m2", "kWh/m²", "Yearly irradiation with shading on the roof as it lies", "Irraggiamento annuo con le ombre sul tetto com'è", low=0.0, high=4000.0),)


class Arrays(TableSpec):
    """Every roof plane stands here: with its arrays, or with one row of no modules and the reason."""

    title_en = "Photovoltaic arrays laid on the roof planes, and why a plane has none"
    title_it = "Campi fotovoltaici disposti sulle falde, e perché una falda non ne ha"
    key = ("array_id",)
    geometry = "polygon"
    geometry_required = False
    geometry_bulky = True
    array_id = Column("str", "", "Array identifier: roof_id-letter; roof_id-0 where there is none", "Identificativo del campo: roof_id-lettera; roof_id-0 se non c'è")
    roof_id = Column("str", "", "Roof plane", "Falda")
    building_id = Column("str", "", "Building", "Edificio")
    surface_tilt = Column("float", "°", "Tilt of the modules", "Inclinazione dei moduli", low=0.0, high=90.0, required=False)
    surface_azimuth = Column("float", "°", "Azimuth the modules face, clockwise from north", "Azimut dei moduli, orario da nord", low=0.0, high=360.0, required=False)
    mounting = Column("str", "", "Parallel to the roof, on racks, or on racks back to back (east and west)", "Complanare, su telai, o su telai a due falde (est e ovest)", values=("coplanar", "rack", "east_west"), required=False)
    gcr = Column("float", "", "Ground coverage ratio of racks: slope length of a row over the distance from row to row", "Rapporto di copertura dei telai: lunghezza della fila sul passo", low=0.0, high=1.0, required=False)
    portrait = Column("bool", "", "The long side of the modules lies along the slope", "Il lato lungo dei moduli segue la pendenza", required=False)
    modules = Column("int", "", "Number of modules", "Numero di moduli", low=0)
    kwp = Column("float", "kWp", "Power at standard test conditions", "Potenza di picco", low=0.0)
    module_area_m2 = Column("float", "m²", "Area of the modules", "Superficie dei moduli", low=0.0)
    row_shading = Column("float", "", "Yearly beam loss by the row in front, 0 for coplanar arrays", "Perdita annua di diretta per la fila davanti", low=0.0, high=1.0)
    usable_m2 = Column("float", "m²", "Part of the plane, in plan, where modules may stand", "Parte della falda, in pianta, dove possono stare moduli", low=0.0, required=False)
    poa_share = Column("float", "", "Irradiation of the plane with shading over that of the best open plane of the town", "Irraggiamento della falda rispetto alla migliore falda libera del comune", low=0.0, high=1.5, required=False)
    reason = Column("str", "", "Why the plane can carry no array, empty where it can", "Perché la falda non ospita moduli, vuoto se li ospita", values=REASONS, required=False)


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
    sigma_weather = Column("float", "", "Relative standard uncertainty by weather data and the year", "Incertezza relativa per dati meteo e anno", low=0.0)
    sigma_surface = Column("float", "", "The same by the surface model and what shades", "La stessa per il modello della superficie e le ombre", low=0.0)
    sigma_footprint = Column("float", "", "The same by footprint and edges: how many modules fit", "La stessa per i contorni: quanti moduli entrano", low=0.0)
    sigma_plane = Column("float", "", "The same by the plane's fitted tilt and azimuth", "La stessa per inclinazione e azimut della falda", low=0.0)
    sigma_model = Column("float", "", "The same by the models from irradiance to AC", "La stessa per i modelli dall'irradianza alla corrente", low=0.0)
    clipped_share = Column("float", "", "Share of the energy cut by the inverter", "Quota di energia tagliata dall'inverter", low=0.0, high=1.0)
    kwh_year_life = Column("float", "kWh", "Mean yearly AC yield over the modules' life, with degradation", "Resa annua media sulla vita dei moduli, con il degrado", low=0.0)
    specific_yield_kwh_kwp = Column("float", "kWh/kWp", "Yearly AC yield per peak power", "Resa annua per potenza di picco", low=0.0, high=3000.0)


for _m in MONTHS:
    setattr(Solar, f"kwh_{_m}", Column("float", "kWh", f"AC yield, month {_m}", f"Resa in corrente alternata, mese {_m}", low=0.0))


class Ladder(TableSpec):
    """Sizes of a building's plant, its best modules first; the last step is all modules."""

    title_en = "Ladder of plant sizes of each building, best modules first"
    title_it = "Scala delle taglie d'impianto di ogni edificio, dai moduli migliori"
    key = ("building_id", "step")
    group_rows = 16384
    building_id = Column("str", "", "Building", "Edificio")
    step = Column("int", "", "Step of the ladder, from 1", "Gradino della scala, da 1", low=1)
    modules = Column("int", "", "Modules up to this step", "Moduli fino a questo gradino", low=1)
    kwp = Column("float", "kWp", "Peak power up to this step", "Potenza di picco fino a questo gradino", low=0.0)
    kwh_year = Column("float", "kWh", "Yearly AC yield up to this step, median (P50)", "Resa annua fino a questo gradino, mediana (P50)", low=0.0)
    kwh_year_p90 = Column("float", "kWh", "The same, reached in 9 years of 10 (P90)", "La stessa, raggiunta in 9 anni su 10 (P90)", low=0.0)
    last_kwh_kwp = Column("float", "kWh/kWp", "Specific yield of the last module of the step", "Resa specifica dell'ultimo modulo del gradino", low=0.0, high=3000.0)
    array_shares = Column("bytes", "", "Share of the yearly energy of each of the building's arrays, by array_id, that its modules up to this step give: a number of 8 bytes each (IEEE 754, the low byte first)",
                          "Quota dell'energia annua di ogni campo dell'edificio, per array_id, data dai suoi moduli fino a questo gradino: un numero di 8 byte ciascuno (IEEE 754, byte basso per primo)")


# Whose hours are kept: the town, and each use of buildings (see `Buildings.use`).
class Profiles(TableSpec):
    title_en = "Hourly AC production of the whole potential, by use of the buildings"
    title_it = "Produzione oraria dell'intero potenziale, per uso degli edifici"
    key = ("use", "hour")
    use = Column("str", "", "Use of the buildings; town is all of them", "Uso degli edifici; town è il totale")
    hour = Column("int", "h", "Hour of the year, 0 = first hour of January, UTC", "Ora dell'anno, 0 = prima ora di gennaio, UTC", low=0, high=8759)
    kwh = Column("float", "kWh", "AC energy of the hour", "Energia dell'ora in corrente alternata", low=0.0)


class Finance(TableSpec):
    """Indicative: each step of a building's ladder with what it costs and gives; low and high are the ends of a range, not of what can happen."""

    title_en = "Indicative cost and value of each step of the ladder"
    title_it = "Costo e valore indicativi di ogni gradino della scala"
    key = ("building_id", "step")
    building_id = Column("str", "", "Building", "Edificio")
    step = Ladder.step
    kwp = Ladder.kwp
    use = Column("str", "", "Use whose load profile was taken", "Uso di cui si è preso il profilo di consumo")
    load_kwh_year = Column("float", "kWh", "Yearly consumption that was taken for the building", "Consumo annuo assunto per l'edificio", low=0.0)
    self_consumed_kwh = Column("float", "kWh", "Yearly production used at once in the building", "Produzione annua consumata subito nell'edificio", low=0.0)
    self_consumed_share = Column("float", "", "The same over production", "La stessa sulla produzione", low=0.0, high=1.0)
    self_sufficiency = Column("float", "", "The same over consumption", "La stessa sui consumi", low=0.0, high=1.0, required=False)
    cost_eur_low = Column("float", "€", "Cost of the plant, low", "Costo dell'impianto, basso", low=0.0)
    cost_eur = Column("float", "€", "Cost of the plant, middle", "Costo dell'impianto, medio", low=0.0)
    cost_eur_high = Column("float", "€", "Cost of the plant, high", "Costo dell'impianto, alto", low=0.0)
    npv_eur_low = Column("float", "€", "Net present value, all assumptions at their worse end", "Valore attuale netto, ipotesi sfavorevoli")
    npv_eur = Column("float", "€", "Net present value, middle", "Valore attuale netto, ipotesi medie")
    npv_eur_high = Column("float", "€", "Net present value, all assumptions at their better end", "Valore attuale netto, ipotesi favorevoli")
    payback_years = Column("float", "years", "Years until the savings have paid the plant, not discounted; missing where they never do", "Anni di rientro, non scontati; manca se non rientra", low=0.0, required=False)
    lcoe_eur_kwh = Column("float", "€/kWh", "Levelised cost of the electricity", "Costo livellato dell'elettricità", low=0.0)
    co2_kg_year = Column("float", "kg", "Emissions avoided in a year at the grid's dated factor", "Emissioni evitate in un anno al fattore datato della rete", low=0.0)
    best = Column("bool", "", "The step with the highest net present value of its building, of those of usual size", "Il gradino con il valore attuale netto più alto dell'edificio")


class Installed(TableSpec):
    """Of the whole town only: no plant is told by its place."""

    title_en = "Photovoltaic power that exists already, by year"
    title_it = "Potenza fotovoltaica già installata, per anno"
    key = ("year",)
    year = Column("int", "", "Year; sums are of its end", "Anno; le somme sono alla sua fine", low=1980, high=2200)
    plants = Column("int", "", "Plants on roofs", "Impianti sui tetti", low=0)
    kwp = Column("float", "kWp", "Their peak power", "La loro potenza di picco", low=0.0)
    ground_plants = Column("int", "", "Plants taken as standing on the ground", "Impianti considerati a terra", low=0)
    ground_kwp = Column("float", "kWp", "Their peak power", "La loro potenza di picco", low=0.0)
