"""Contracts of the land wing: zonal figures keyed by (zone_kind, zone_id)."""

from __future__ import annotations

from pipeline.contracts.spec import Column, TableSpec

ZONE_KINDS: tuple[str, ...] = ("parcel", "road", "water", "section", "town", "extent")


class Zonal(TableSpec):
    """The columns every zonal table begins with."""

    key = ("zone_kind", "zone_id")
    zone_kind = Column("str", "", "Kind of zone: parcel, road or water parcel, census section, town, or the extent of the land cover", "Tipo di zona: particella, strada, acqua, sezione, comune, estensione", values=ZONE_KINDS)
    zone_id = Column("str", "", "Identifier of the zone", "Identificativo della zona")
    area_m2 = Column("float", "m²", "Area of the zone", "Superficie della zona", low=0.0)
    covered_m2 = Column("float", "m²", "Area for which the land cover is known", "Superficie con copertura nota", low=0.0)


class Sealing(Zonal):
    title_en = "Land sealing by zone"
    title_it = "Suolo sigillato per zona"
    building_m2 = Column("float", "m²", "Area under buildings", "Superficie coperta da edifici", low=0.0)
    sealed_m2 = Column("float", "m²", "Sealed area: buildings and other sealed ground", "Superficie sigillata: edifici e altro suolo impermeabile", low=0.0)
    sealed_share = Column("float", "", "Sealed area over covered area", "Quota sigillata della superficie nota", low=0.0, high=1.0, required=False)
    bare_m2 = Column("float", "m²", "Bare or open ground", "Suolo nudo o aperto", low=0.0)
    green_m2 = Column("float", "m²", "Low vegetation and trees", "Vegetazione bassa e alberi", low=0.0)
    tree_m2 = Column("float", "m²", "Area under trees", "Superficie coperta da alberi", low=0.0)
    water_m2 = Column("float", "m²", "Water", "Acqua", low=0.0)


class Green(Zonal):
    title_en = "Green space by zone"
    title_it = "Verde per zona"
    height_known_m2 = Column("float", "m²", "Area for which both height and land cover are known", "Superficie con altezza e copertura note", low=0.0)
    canopy_m2 = Column("float", "m²", "Tree canopy: vegetation at or above the height threshold", "Chiome: vegetazione sopra la soglia di altezza", low=0.0)
    canopy_share = Column("float", "", "Canopy over the area where height and land cover are known", "Quota coperta da chiome dove altezza e copertura sono note", low=0.0, high=1.0, required=False)
    green_m2 = Column("float", "m²", "Low vegetation and trees", "Vegetazione bassa e alberi", low=0.0)
    residents = Column("int", "", "Residents (NaN-free; missing where not known)", "Residenti (mancante se non noto)", low=0, required=False)
    green_m2_per_resident = Column("float", "m²", "Green area per resident, public or not", "Verde per residente, pubblico o no", low=0.0, required=False)
    canopy_m2_per_resident = Column("float", "m²", "Canopy per resident", "Chiome per residente", low=0.0, required=False)
