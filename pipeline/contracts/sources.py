"""Contracts of the source wing: raw layers in the town's reference system, keys settled."""

from __future__ import annotations

from pipeline.contracts.spec import Band, Column, RasterSpec, TableSpec


class Boundary(TableSpec):
    title_en = "Municipal boundary"
    title_it = "Confine comunale"
    key = ("town_id",)
    geometry = "polygon"
    town_id = Column("str", "", "Municipality code (ISTAT)", "Codice del comune (ISTAT)")
    name = Column("str", "", "Name of the municipality", "Nome del comune")
    area_m2 = Column("float", "m²", "Area in the town's reference system", "Superficie nel sistema di riferimento del comune", low=1.0)


class Parcels(TableSpec):
    title_en = "Cadastral parcels, roads and waters"
    title_it = "Particelle catastali, strade e acque"
    key = ("parcel_id",)
    geometry = "polygon"
    parcel_id = Column("str", "", "Cadastral reference, unique", "Riferimento catastale, unico")
    section = Column("str", "", "Cadastral section, _ where there is none", "Sezione censuaria, _ se manca")
    sheet = Column("str", "", "Sheet number without leading zeros, with annex and development where not 0", "Foglio senza zeri iniziali, con allegato e sviluppo se diversi da 0")
    number = Column("str", "", "Parcel number, may hold letters", "Numero di particella, può contenere lettere")
    kind = Column("str", "", "Parcel, road or water", "Particella, strada o acqua", values=("parcel", "road", "water"))
    area_m2 = Column("float", "m²", "Area of the geometry", "Superficie della geometria", low=0.0)


class Buildings(TableSpec):
    title_en = "Building footprints"
    title_it = "Edifici"
    key = ("building_id",)
    geometry = "polygon"
    building_id = Column("str", "", "Building identifier, stable", "Identificativo stabile dell'edificio")
    parcel_id = Column("str", "", "Parcel that holds most of the building", "Particella che contiene la maggior parte dell'edificio", required=False)
    area_m2 = Column("float", "m²", "Footprint area", "Superficie in pianta", low=0.0)
    height_m = Column("float", "m", "Height above ground, 90th percentile of the footprint", "Altezza dal suolo, novantesimo percentile", low=-20.0, high=500.0, required=False)
    height_basis = Column("str", "", "Where the height comes from", "Origine dell'altezza", values=("surface", "attribute", "storeys", "none"))


class Surface(RasterSpec):
    title_en = "Elevation of ground and surface"
    title_it = "Quote del terreno e della superficie"
    bands = (
        Band("ground", "m", "Terrain elevation", "Quota del terreno", low=-500.0, high=9000.0),
        Band("surface", "m", "Elevation of the highest thing in the cell", "Quota della superficie", low=-500.0, high=9000.0),
        Band("height", "m", "Surface minus ground", "Superficie meno terreno", low=-100.0, high=1000.0),
    )


class Weather(TableSpec):
    title_en = "Typical year of weather, hour by hour"
    title_it = "Anno meteorologico tipico, ora per ora"
    key = ("hour",)
    hour = Column("int", "h", "Hour of the year, 0 = first hour of January, UTC", "Ora dell'anno, 0 = prima ora di gennaio, UTC", low=0, high=8759)
    month = Column("int", "", "Month", "Mese", low=1, high=12)
    ghi = Column("float", "W/m²", "Global horizontal irradiance", "Irradianza globale orizzontale", low=0.0, high=1500.0)
    dni = Column("float", "W/m²", "Direct normal irradiance", "Irradianza diretta normale", low=0.0, high=1400.0)
    dhi = Column("float", "W/m²", "Diffuse horizontal irradiance", "Irradianza diffusa orizzontale", low=0.0, high=1000.0)
    temp_air = Column("float", "°C", "Air temperature", "Temperatura dell'aria", low=-70.0, high=60.0)
    wind_speed = Column("float", "m/s", "Wind speed at 10 m", "Velocità del vento a 10 m", low=0.0, high=80.0)
    solar_zenith = Column("float", "°", "Apparent zenith of the sun at the moment the stamp stands for", "Zenit apparente del sole nell'istante rappresentato", low=0.0, high=180.0)
    solar_azimuth = Column("float", "°", "Azimuth of the sun, clockwise from north", "Azimut del sole, orario da nord", low=0.0, high=360.0)
    dni_extra = Column("float", "W/m²", "Extraterrestrial normal irradiance", "Irradianza extraterrestre normale", low=1200.0, high=1500.0)


class Landcover(RasterSpec):
    title_en = "Land cover"
    title_it = "Copertura del suolo"
    dtype = "uint8"
    nodata = 0
    bands = (
        Band("cover", "", "1 building, 2 other sealed, 3 bare or open, 4 low vegetation, 5 tree, 6 water, 0 not known",
             "1 edificio, 2 altro sigillato, 3 nudo o aperto, 4 vegetazione bassa, 5 albero, 6 acqua, 0 non noto", low=1, high=6),
        Band("confidence", "%", "Confidence in the class", "Affidabilità della classe", low=1, high=100),
    )


# Codes of the band `cover`; names are used in sealing, green and the legend of the maps.
COVER_CODES: dict[str, int] = {"building": 1, "sealed": 2, "bare": 3, "low_vegetation": 4, "tree": 5, "water": 6}


class Residents(TableSpec):
    title_en = "Residents by census section"
    title_it = "Residenti per sezione di censimento"
    key = ("section_id",)
    geometry = "polygon"
    section_id = Column("str", "", "Census section, or the town where only the total is known", "Sezione di censimento, o il comune se è noto solo il totale")
    residents = Column("int", "", "Residents", "Residenti", low=0)
    area_m2 = Column("float", "m²", "Area of the section", "Superficie della sezione", low=0.0)
