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


# What a building is used for; the load profiles and the hourly production are kept by it.
BUILDING_USES: tuple[str, ...] = ("home", "shop", "office", "school", "town_hall", "church", "industry", "farm", "annex", "other")
# Uses that are neither homes nor public nor worship.
ENTERPRISE_USES: tuple[str, ...] = ("shop", "office", "industry", "farm")


class Buildings(TableSpec):
    title_en = "Building footprints"
    title_it = "Edifici"
    key = ("building_id",)
    geometry = "polygon"
    geometry_bulky = True
    building_id = Column("str", "", "Building identifier, stable", "Identificativo stabile dell'edificio")
    parcel_id = Column("str", "", "Parcel that holds most of the building", "Particella che contiene la maggior parte dell'edificio", required=False)
    area_m2 = Column("float", "m²", "Footprint area", "Superficie in pianta", low=0.0)
    height_m = Column("float", "m", "Height above ground, 90th percentile of the footprint", "Altezza dal suolo, novantesimo percentile", low=-20.0, high=500.0, required=False)
    height_basis = Column("str", "", "Where the height comes from", "Origine dell'altezza", values=("surface", "attribute", "storeys", "none"))
    use = Column("str", "", "Use of the building where the source says it", "Uso dell'edificio, se la fonte lo dice", values=BUILDING_USES, required=False)


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
    sigma_year = Column("float", "", "Relative standard deviation of the irradiation of single years, the same in all rows; missing where the file holds fewer than five",
                        "Scarto relativo dell'irraggiamento tra gli anni, uguale in tutte le righe; manca se il file ne contiene meno di cinque", low=0.0, high=1.0, required=False)


class FarHorizon(TableSpec):
    title_en = "Horizon of the terrain, seen from the town's centre"
    title_it = "Orizzonte del terreno, visto dal centro del comune"
    key = ("sector",)
    sector = Column("int", "", "Sector of 5°, the first centred on north, clockwise", "Settore di 5°, il primo centrato a nord, in senso orario", low=0, high=71)
    horizon_deg = Column("float", "°", "Elevation of the terrain's skyline, mean over the sector", "Elevazione del profilo del terreno, media del settore", low=0.0, high=90.0)
    applied = Column("bool", "", "Used for the roofs; not where the weather holds the terrain's horizon already", "Usato per i tetti; non dove i dati meteo contengono già l'orizzonte del terreno")


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


class Occupancy(TableSpec):
    """Residents of single buildings: an estimate about people's homes. It stays in processed/ and is never published."""

    title_en = "Residents by building, estimated by volume; not for publication"
    title_it = "Residenti per edificio, stimati dal volume; da non pubblicare"
    key = ("building_id",)
    building_id = Buildings.building_id
    section_id = Column("str", "", "Section that holds most of the building", "Sezione che contiene la maggior parte dell'edificio", required=False)
    residents = Column("float", "", "Share of the section's residents", "Quota dei residenti della sezione", low=0.0)
    method = Column("str", "", "volume of homes; of any building where a section has no home; assumed_height where the height is not known; none where nobody is placed",
                    "volume delle abitazioni; any_building: di ogni edificio dove la sezione non ha abitazioni; assumed_height: altezza non nota; none: nessuno",
                    values=("volume", "assumed_height", "any_building", "none"))


class Mismatch(TableSpec):
    title_en = "Where footprints and surface tell different stories"
    title_it = "Dove edifici e modello della superficie non concordano"
    key = ("mismatch_id",)
    geometry = "polygon"
    mismatch_id = Column("str", "", "Identifier, from the place", "Identificativo, dal luogo")
    kind = Column("str", "", "A building the surface does not show, or something like a building without a footprint", "Edificio che la superficie non mostra, o volume senza edificio in mappa",
                  values=("building_not_in_surface", "surface_without_building"))
    building_id = Column("str", "", "The building the surface does not show", "L'edificio che la superficie non mostra", required=False)
    area_m2 = Column("float", "m²", "Area in plan", "Superficie in pianta", low=0.0)
    height_m = Column("float", "m", "Height above ground in the surface, 90th percentile", "Altezza dal suolo nel modello, novantesimo percentile", low=-100.0, high=1000.0)


class Streets(TableSpec):
    title_en = "Street graph: edges between junctions"
    title_it = "Grafo stradale: archi tra gli incroci"
    key = ("street_id",)
    geometry = "line"
    street_id = Column("str", "", "Identifier of the edge", "Identificativo dell'arco")
    name = Column("str", "", "Name of the street", "Nome della strada", required=False)
    highway = Column("str", "", "Class of the street, OpenStreetMap's `highway`", "Classe della strada, `highway` di OpenStreetMap")
    walkable = Column("bool", "", "People on foot may pass", "Percorribile a piedi")
    length_m = Column("float", "m", "Length", "Lunghezza", low=0.0)
    from_node = Column("str", "", "Junction where the line begins", "Incrocio iniziale")
    to_node = Column("str", "", "Junction where the line ends", "Incrocio finale")


GREEN_KINDS: tuple[str, ...] = ("park", "garden", "playground", "sport", "nature", "grass", "cemetery", "allotments", "square", "other")


class Greenspaces(TableSpec):
    title_en = "Green and open places"
    title_it = "Aree verdi e spazi aperti"
    key = ("greens_id",)
    geometry = "polygon"
    greens_id = Column("str", "", "Identifier", "Identificativo")
    name = Column("str", "", "Name", "Nome", required=False)
    kind = Column("str", "", "Kind of place", "Tipo di spazio", values=GREEN_KINDS)
    area_m2 = Column("float", "m²", "Area", "Superficie", low=0.0)
    public = Column("bool", "", "Anyone may enter: as the source says, else usual for the kind", "Accessibile a tutti: come dice la fonte, altrimenti come d'uso per il tipo")
