"""Contracts of the land wing: zonal figures keyed by (zone_kind, zone_id)."""

from __future__ import annotations

from typing import ClassVar

from pipeline.contracts.spec import Column, PackageSpec, TableSpec

ZONE_KINDS: tuple[str, ...] = ("parcel", "road", "water", "section", "street", "town", "extent")


class Zonal(TableSpec):
    """The columns every zonal table begins with."""

    key = ("zone_kind", "zone_id")
    zone_kind = Column("str", "", "Kind of zone: parcel, road or water parcel, census section, stretch of a street, town, or the extent of the land cover", "Tipo di zona: particella, strada, acqua, sezione, tratto di via, comune, estensione", values=ZONE_KINDS)
    zone_id = Column("str", "", "Identifier of the zone", "Identificativo della zona")
    area_m2 = Column("float", "m²", "Area of the zone", "Superficie della zona", low=0.0)
    covered_m2 = Column("float", "m²", "Area for which the land cover is known", "Superficie con copertura nota", low=0.0)


class Sealing(Zonal):
    title_en = "Land sealing by zone"
    title_it = "Suolo sigillato per zona"
    building_m2 = Column("float", "m²", "Area under buildings", "Superficie coperta da edifici", low=0.0)
    sealed_m2 = Column("float", "m²", "Sealed area: buildings and other sealed ground", "Superficie sigillata: edifici e altro suolo impermeabile", low=0.0)
    sealed_share = Column("float", "", "Sealed area over covered area", "Quota sigillata della superficie nota", low=0.0, high=1.0, required=False)
    sealed_share_low = Column("float", "", "Sealed share, lower end of the 95 % interval", "Quota sigillata, estremo inferiore dell'intervallo al 95 %", low=0.0, high=1.0, required=False)
    sealed_share_high = Column("float", "", "Sealed share, upper end of the 95 % interval", "Quota sigillata, estremo superiore dell'intervallo al 95 %", low=0.0, high=1.0, required=False)
    bare_m2 = Column("float", "m²", "Bare or open ground", "Suolo nudo o aperto", low=0.0)
    green_m2 = Column("float", "m²", "Low vegetation and trees", "Vegetazione bassa e alberi", low=0.0)
    tree_m2 = Column("float", "m²", "Area under trees", "Superficie coperta da alberi", low=0.0)
    water_m2 = Column("float", "m²", "Water", "Acqua", low=0.0)
    sealed_low_m2 = Column("float", "m²", "Sealed area, lower end of the 95 % interval", "Superficie sigillata, estremo inferiore dell'intervallo al 95 %", low=0.0)
    sealed_high_m2 = Column("float", "m²", "Sealed area, upper end of the 95 % interval", "Superficie sigillata, estremo superiore dell'intervallo al 95 %", low=0.0)
    adjusted_m2 = Column("float", "m²", "Of the town, where points were labelled: sealed area adjusted by them", "Del comune, se vi sono punti verificati: superficie sigillata corretta con essi", low=0.0, required=False)
    adjusted_low_m2 = Column("float", "m²", "Adjusted sealed area, lower end of the 95 % interval", "Superficie sigillata corretta, estremo inferiore dell'intervallo al 95 %", low=0.0, required=False)
    adjusted_high_m2 = Column("float", "m²", "Adjusted sealed area, upper end of the 95 % interval", "Superficie sigillata corretta, estremo superiore dell'intervallo al 95 %", low=0.0, required=False)
    shared_m2 = Column("float", "m²", "Of a parcel, road or water: area that another one covers too", "Di una particella, strada o acqua: superficie coperta anche da un'altra", low=0.0)
    interval_basis = Column("str", "", "Where the interval comes from: ranks of the land cover's sources, or points labelled in the field",
                            "Origine dell'intervallo: affidabilità delle fonti o punti verificati sul posto", values=("ranks", "labels"))


class Green(Zonal):
    title_en = "Green space by zone"
    title_it = "Verde per zona"
    height_known_m2 = Column("float", "m²", "Area for which both height and land cover are known", "Superficie con altezza e copertura note", low=0.0)
    canopy_m2 = Column("float", "m²", "Tree canopy: vegetation at or above the height threshold", "Chiome: vegetazione sopra la soglia di altezza", low=0.0)
    canopy_share = Column("float", "", "Canopy over the area where height and land cover are known", "Quota coperta da chiome dove altezza e copertura sono note", low=0.0, high=1.0, required=False)
    grove_canopy_m2 = Column("float", "m²", "Of the canopy, in olive groves and orchards; missing where no layer says where they are", "Di cui chiome di oliveti e frutteti; mancante se non mappati", low=0.0, required=False)
    green_m2 = Column("float", "m²", "Low vegetation and trees", "Vegetazione bassa e alberi", low=0.0)
    residents = Column("int", "", "Residents (NaN-free; missing where not known)", "Residenti (mancante se non noto)", low=0, required=False)
    green_m2_per_resident = Column("float", "m²", "Green area per resident, public or not", "Verde per residente, pubblico o no", low=0.0, required=False)
    canopy_m2_per_resident = Column("float", "m²", "Canopy per resident", "Chiome per residente", low=0.0, required=False)


class Plots(Zonal):
    title_en = "Permeability, runoff and biotope factor by zone"
    title_it = "Permeabilità, deflusso e fattore di biotopo per zona"
    sealed_share = Column("float", "", "Sealed area over covered area", "Quota sigillata della superficie nota", low=0.0, high=1.0, required=False)
    permeability = Column("float", "", "Permeability index: permeable area over covered area", "Indice di permeabilità: superficie permeabile sulla superficie nota", low=0.0, high=1.0, required=False)
    runoff_coefficient = Column("float", "", "Mean runoff coefficient", "Coefficiente di deflusso medio", low=0.0, high=1.0, required=False)
    runoff_mm = Column("float", "mm", "Runoff of the stated storm: each surface by itself, then the mean over the covered area", "Deflusso della pioggia indicata: per superficie, poi media sulla superficie nota", low=0.0, required=False)
    runoff_m3 = Column("float", "m³", "Runoff of the stated storm from the covered area", "Volume di deflusso della pioggia indicata dalla superficie nota", low=0.0)
    opening_mm = Column("float", "mm", "Runoff of the stated storm that a square metre of paving no longer gives once it is green", "Deflusso che un metro quadrato di pavimentazione non dà più se torna verde", low=0.0)
    baf_old = Column("float", "", "Biotope area factor, Berlin's list before December 2019", "Fattore di superficie di biotopo, elenco di Berlino fino a dicembre 2019", low=0.0, required=False)
    baf_new = Column("float", "", "Biotope area factor, Berlin's list of 2019-2021", "Fattore di superficie di biotopo, elenco di Berlino 2019-2021", low=0.0, required=False)
    canopy_share = Column("float", "", "Tree canopy over the area where height and land cover are known", "Quota coperta da chiome", low=0.0, high=1.0, required=False)


OFFICIAL_BASES: tuple[str, ...] = ("raster", "table")
SDG_FLAGS: tuple[str, ...] = ("", "SHRINKING", "UNSTABLE")


class ConsumedYears(TableSpec):
    title_en = "Officially consumed soil of the town, year by year"
    title_it = "Suolo consumato ufficiale del comune, anno per anno"
    key = ("basis", "year")
    basis = Column("str", "", "Counted on the official raster, or read from the official table", "Contato sulla carta ufficiale o letto dalla tabella ufficiale", values=OFFICIAL_BASES)
    year = Column("int", "", "Year of the figure", "Anno del dato", low=1900, high=2200)
    area_m2 = Column("float", "m²", "Area the share refers to: cells with their centre in the town, or as the table says", "Superficie di riferimento della quota", low=0.0)
    known_share = Column("float", "", "Share of the town the raster holds a class for", "Quota del comune con una classe nella carta", low=0.0, high=1.0)
    consumed_m2 = Column("float", "m²", "Consumed soil", "Suolo consumato", low=0.0)
    permanent_m2 = Column("float", "m²", "Of this, permanently sealed classes (11, 111-118)", "Di cui consumo permanente (11, 111-118)", low=0.0, required=False)
    reversible_m2 = Column("float", "m²", "Of this, reversible classes (12, 121-126)", "Di cui consumo reversibile (12, 121-126)", low=0.0, required=False)
    consumed_share = Column("float", "", "Consumed soil over the area", "Quota di suolo consumato", low=0.0, high=1.0, required=False)
    residents = Column("int", "", "Residents of that year", "Residenti in quell'anno", low=0, required=False)
    consumed_m2_per_resident = Column("float", "m²", "Consumed soil per resident", "Suolo consumato per residente", low=0.0, required=False)
    residents_per_consumed_ha = Column("float", "1/ha", "Residents per hectare of consumed soil", "Residenti per ettaro di suolo consumato", low=0.0, required=False)
    since = Column("int", "", "Year the changes count from", "Anno da cui si contano le variazioni", low=1900, high=2200, required=False)
    gross_m2 = Column("float", "m²", "Newly consumed since then", "Nuovo consumo da allora", low=0.0, required=False)
    restored_m2 = Column("float", "m²", "Restored since then", "Ripristinato da allora", low=0.0, required=False)
    net_m2 = Column("float", "m²", "Newly consumed minus restored", "Consumo netto", required=False)
    net_share = Column("float", "", "Net change over the stock at the start", "Variazione netta sullo stock iniziale", required=False)
    net_m2_per_ha = Column("float", "m²/ha", "Net change per hectare of the town", "Variazione netta per ettaro di territorio", required=False)
    net_m2_per_resident_year = Column("float", "m²", "Net change per resident and year", "Variazione netta per abitante e anno", required=False)
    infill_share = Column("float", "", "Share of the new consumption inside what was built around it before", "Quota del nuovo consumo dentro il tessuto già costruito", low=0.0, high=1.0, required=False)
    lcr = Column("float", "1/year", "Land consumption rate (SDG 11.3.1)", "Tasso di consumo di suolo (SDG 11.3.1)", required=False)
    pgr = Column("float", "1/year", "Population growth rate (SDG 11.3.1)", "Tasso di crescita della popolazione (SDG 11.3.1)", required=False)
    lcrpgr = Column("float", "", "Ratio of both (SDG 11.3.1)", "Rapporto dei due (SDG 11.3.1)", required=False)
    sdg_flag = Column("str", "", "SHRINKING: fewer people; UNSTABLE: hardly any change of people, so the ratio says nothing", "SHRINKING: popolazione in calo; UNSTABLE: popolazione quasi ferma, il rapporto non dice nulla", values=SDG_FLAGS)


class ConsumedChanges(TableSpec):
    title_en = "Cells of the official map that changed between its first and its last year"
    title_it = "Celle della carta ufficiale variate tra il primo e l'ultimo anno"
    key = ("change_id",)
    geometry = "polygon"
    change_id = Column("str", "", "Identifier of the cell, from its corner on the official map", "Identificativo della cella, dal suo angolo sulla carta ufficiale")
    patch_id = Column("str", "", "Cells of one kind that touch: identifier of the first", "Celle contigue dello stesso tipo: identificativo della prima")
    kind = Column("str", "", "New consumption or restoration", "Nuovo consumo o ripristino", values=("taken", "restored"))
    since = Column("int", "", "First year", "Primo anno", low=1900, high=2200)
    year = Column("int", "", "Last year", "Ultimo anno", low=1900, high=2200)
    area_m2 = Column("float", "m²", "Area of the cell on the official map", "Superficie della cella sulla carta ufficiale", low=0.0)


class ConsumedStock(TableSpec):
    title_en = "Ground that the official map counts as consumed in its first and its last year"
    title_it = "Suolo che la carta ufficiale conta come consumato nel primo e nell'ultimo anno"
    key = ("year",)
    geometry = "polygon"
    year = Column("int", "", "Year of the map", "Anno della carta", low=1900, high=2200)
    area_m2 = Column("float", "m²", "Area on the official map, of cells known in both years", "Superficie sulla carta ufficiale, delle celle note in entrambi gli anni", low=0.0)


class ConsumedComparison(TableSpec):
    title_en = "The official figure beside the town's own measure, and why they differ"
    title_it = "Il dato ufficiale accanto alla misura propria, e perché differiscono"
    key = ("year",)
    year = Column("int", "", "Year of the official raster", "Anno della carta ufficiale", low=1900, high=2200)
    official_m2 = Column("float", "m²", "Officially consumed soil where the own land cover is known too", "Suolo consumato ufficiale dove è nota anche la copertura propria", low=0.0)
    own_m2 = Column("float", "m²", "Sealed on the own land cover, within the same cells", "Superficie sigillata propria, nelle stesse celle", low=0.0)
    definition_m2 = Column("float", "m²", "Difference by definition: reversible consumption is not sealed", "Differenza di definizione: il consumo reversibile non è sigillato")
    majority_m2 = Column("float", "m²", "Difference by the cell: 10 m given whole to its majority", "Differenza di cella: 10 m assegnati per intero alla maggioranza")
    rest_m2 = Column("float", "m²", "The rest: date, and errors of either", "Il resto: data ed errori di entrambi")
    compared_m2 = Column("float", "m²", "Area of the cells compared", "Superficie delle celle confrontate", low=0.0)


class Consumed(PackageSpec):
    title_en = "Officially consumed soil: years, changes, and the town's own measure beside it"
    title_it = "Suolo consumato ufficiale: anni, variazioni e misura propria a fianco"
    layers: ClassVar[dict[str, type[TableSpec]]] = {"years": ConsumedYears, "changes": ConsumedChanges, "stock": ConsumedStock, "comparison": ConsumedComparison}


class Desealing(TableSpec):
    title_en = "Parcels where paving could be opened"
    title_it = "Particelle dove si può deimpermeabilizzare"
    key = ("parcel_id",)
    parcel_id = Column("str", "", "Parcel", "Particella")
    public = Column("bool", "", "Most of its yard lies in a public place", "La maggior parte del cortile è in uno spazio pubblico")
    place = Column("str", "", "Kind of that place", "Tipo di spazio", required=False)
    paved_m2 = Column("float", "m²", "Paved ground, neither building nor road", "Superficie pavimentata, né edificio né strada", low=0.0)
    open_m2 = Column("float", "m²", "Of this, what could be opened once ways in are left", "Di cui apribile, lasciati gli accessi", low=0.0)
    runoff_saved_m3 = Column("float", "m³", "Less runoff in the stated storm", "Deflusso evitato con la pioggia indicata", low=0.0)
    permeability_gain = Column("float", "", "Gain of the permeability index", "Aumento dell'indice di permeabilità", low=0.0, high=1.0)
    baf_gain = Column("float", "", "Gain of the biotope area factor, new list", "Aumento del fattore di biotopo, elenco nuovo", low=0.0, high=1.0)
    opening_eur = Column("float", "€", "Cost of opening the paving", "Costo della deimpermeabilizzazione", low=0.0)
    opening_eur_low = Column("float", "€", "Cost of opening the paving, low", "Costo della deimpermeabilizzazione, minimo", low=0.0)
    opening_eur_high = Column("float", "€", "Cost of opening the paving, high", "Costo della deimpermeabilizzazione, massimo", low=0.0)
    counted_share = Column("float", "", "Share of the row that counts in sums: half of the ground that two parcels claim is left out", "Quota della riga che conta nelle somme: metà del suolo rivendicato da due particelle è esclusa", low=0.0, high=1.0)
    pareto = Column("bool", "", "No other candidate of its group (public, private) is at least as good in everything and better in something", "Nessun'altra candidata del suo gruppo (pubblica, privata) è almeno pari in tutto e migliore in qualcosa")


LEDGER_STATES: tuple[str, ...] = ("matched", "not on the official map", "not in the register", "partly", "outside", "no place", "not carried out")


class Ledger(TableSpec):
    title_en = "Land-take ledger: permits and restorations beside the official map"
    title_it = "Registro del consumo di suolo: titoli e ripristini accanto alla carta ufficiale"
    key = ("ledger_id",)
    ledger_id = Column("str", "", "Number of the permit, or of the patch of the official map", "Numero del titolo, o della macchia della carta ufficiale")
    kind = Column("str", "", "New consumption or restoration", "Nuovo consumo o ripristino", values=("taken", "restored"))
    date = Column("str", "", "Date of the register", "Data del registro", required=False)
    place = Column("str", "", "Parcel or place of the register", "Particella o luogo del registro", required=False)
    status = Column("str", "", "Status in the register", "Stato nel registro", required=False)
    register_m2 = Column("float", "m²", "Area by the register", "Superficie da registro", low=0.0)
    official_m2 = Column("float", "m²", "Changed area of the official map there", "Superficie variata nella carta ufficiale", low=0.0)
    difference_m2 = Column("float", "m²", "Register minus official map", "Registro meno carta ufficiale")
    match = Column("str", "", "What became of the entry", "Esito del confronto", values=LEDGER_STATES)


PATCH_CLASSES: tuple[str, ...] = ("sealed", "tree", "open")


class Patches(TableSpec):
    title_en = "Landscape metrics by zone and class"
    title_it = "Metriche del paesaggio per zona e classe"
    key = ("zone_kind", "zone_id", "cover")
    zone_kind = Zonal.zone_kind
    zone_id = Zonal.zone_id
    cover = Column("str", "", "Class: sealed; tree; open ground (bare, low vegetation, trees: the ground between the sealed)", "Classe: sigillato; alberi; suolo aperto", values=PATCH_CLASSES)
    known_m2 = Column("float", "m²", "Area of the zone whose cover is known", "Superficie della zona con copertura nota", low=0.0)
    class_m2 = Column("float", "m²", "Area of the class", "Superficie della classe", low=0.0)
    pland = Column("float", "", "Share of the class", "Quota della classe", low=0.0, high=1.0)
    patches_4 = Column("int", "", "Patches, cells joined by sides", "Macchie, celle unite per i lati", low=0)
    patches_8 = Column("int", "", "Patches, cells joined by sides and corners", "Macchie, celle unite per lati e angoli", low=0)
    largest_share = Column("float", "", "Largest patch (8 neighbours) over the zone", "Macchia maggiore (8 vicini) sulla zona", low=0.0, high=1.0)
    edge_m_per_ha = Column("float", "m/ha", "Edge density, without the zone's own border", "Densità dei margini, senza il bordo della zona", low=0.0)
    core_share = Column("float", "", "Core area over the class: farther from the edge than the stated width", "Area interna sulla classe", low=0.0, high=1.0)
    mesh_m2 = Column("float", "m²", "Effective mesh size", "Dimensione effettiva della maglia", low=0.0)
    mesh_cross_m2 = Column("float", "m²", "Effective mesh size, patches that leave the zone counted in full", "Maglia effettiva, macchie oltre il confine per intero", low=0.0)
    shdi = Column("float", "", "Shannon diversity of the zone's classes", "Diversità di Shannon delle classi della zona", low=0.0)


class Restoration(TableSpec):
    title_en = "Urban ecosystem sheet of the Nature Restoration Regulation"
    title_it = "Scheda ecosistemi urbani del Regolamento sul ripristino della natura"
    key = ("town_id",)
    town_id = Column("str", "", "Municipality", "Comune")
    year = Column("int", "", "Year of the figures", "Anno dei dati", low=1900, high=2200)
    ecosystem_m2 = Column("float", "m²", "Urban ecosystem area", "Superficie dell'ecosistema urbano", low=0.0)
    green_m2 = Column("float", "m²", "Urban green in it", "Verde urbano", low=0.0)
    canopy_m2 = Column("float", "m²", "Tree canopy in it", "Copertura arborea", low=0.0)
    green_share = Column("float", "", "Green over the ecosystem area", "Quota di verde", low=0.0, high=1.0, required=False)
    canopy_share = Column("float", "", "Canopy over the ecosystem area", "Quota di chiome", low=0.0, high=1.0, required=False)
    excludable = Column("bool", "", "Green above 45 % and canopy above 10 %: the area may be left out (article 8)", "Verde oltre il 45 % e chiome oltre il 10 %: area escludibile (articolo 8)")
    baseline_year = Column("int", "", "Year of the frozen baseline", "Anno della base congelata", low=1900, high=2200, required=False)
    green_change_m2 = Column("float", "m²", "Green since the baseline", "Verde rispetto alla base", required=False)
    canopy_change_m2 = Column("float", "m²", "Canopy since the baseline", "Chiome rispetto alla base", required=False)


class Planting(TableSpec):
    title_en = "Where trees are needed first, with the range of each rank"
    title_it = "Dove servono prima gli alberi, con l'intervallo di ogni posizione"
    key = ("section_id",)
    section_id = Column("str", "", "Census section", "Sezione di censimento")
    sealing_need = Column("float", "", "Sealed share, scaled from 0 to 1 over the sections", "Quota sigillata, scalata da 0 a 1", low=0.0, high=1.0)
    canopy_need = Column("float", "", "Lack of canopy, scaled", "Mancanza di chiome, scalata", low=0.0, high=1.0)
    people_need = Column("float", "", "Residents per area, scaled", "Residenti per superficie, scalati", low=0.0, high=1.0)
    priority = Column("float", "", "Mean of the three with equal weights", "Media dei tre con pesi uguali", low=0.0, high=1.0)
    rank = Column("int", "", "Rank with equal weights, 1 is first", "Posizione con pesi uguali, 1 è la prima", low=1)
    rank_low = Column("int", "", "Best rank of 95 % of random weights", "Posizione migliore nel 95 % dei pesi casuali", low=1)
    rank_high = Column("int", "", "Worst rank of 95 % of random weights", "Posizione peggiore nel 95 % dei pesi casuali", low=1)
    plantable_m2 = Column("float", "m²", "Bare ground and low vegetation", "Suolo nudo e vegetazione bassa", low=0.0)


class Access(TableSpec):
    """By building, without any number of people."""

    title_en = "Ways on foot from buildings to public green, trees and canopy around them"
    title_it = "Percorsi a piedi dagli edifici al verde pubblico, alberi e chiome intorno"
    key = ("building_id",)
    building_id = Column("str", "", "Building", "Edificio")
    on_network = Column("str", "", "Whether a walkable street is near: yes; far, no street within the stated distance; no_streets, none is known at all",
                        "Vicinanza a una via percorribile: yes sì; far troppo lontana; no_streets vie non note", values=("yes", "far", "no_streets"))
    snap_m = Column("float", "m", "From the building to the nearest walkable street", "Dall'edificio alla via percorribile più vicina", low=0.0, required=False)
    green_linear_m = Column("float", "m", "Straight line to public green of the smaller size (0.5 ha)", "In linea d'aria al verde pubblico di taglia minore (0,5 ha)", low=0.0, required=False)
    green_network_m = Column("float", "m", "On foot to it, missing where no way leads there", "A piedi, mancante se nessun percorso vi porta", low=0.0, required=False)
    green_id = Column("str", "", "The green it leads to", "L'area verde raggiunta", required=False)
    entrance_easting_m = Column("float", "m", "Entrance it leads to, easting", "Ingresso raggiunto, est", required=False)
    entrance_northing_m = Column("float", "m", "Entrance it leads to, northing", "Ingresso raggiunto, nord", required=False)
    large_green_linear_m = Column("float", "m", "Straight line to public green of the larger size (1 ha)", "In linea d'aria al verde pubblico di taglia maggiore (1 ha)", low=0.0, required=False)
    large_green_network_m = Column("float", "m", "On foot to it", "A piedi", low=0.0, required=False)
    open_linear_m = Column("float", "m", "Straight line to an open place of any size and kind", "In linea d'aria a uno spazio pubblico aperto qualsiasi", low=0.0, required=False)
    open_network_m = Column("float", "m", "On foot to it", "A piedi", low=0.0, required=False)
    green_m2_per_person = Column("float", "m²", "Public green within reach, shared with all who reach it", "Verde pubblico raggiungibile, diviso fra tutti quelli che lo raggiungono", low=0.0, required=False)
    trees_15m = Column("int", "", "Trees within 15 m of the footprint, from tops in the height", "Alberi entro 15 m dall'edificio, dalle cime nel modello di altezza", low=0, required=False)
    trees_25m = Column("int", "", "Trees within 25 m", "Alberi entro 25 m", low=0, required=False)
    trees_50m = Column("int", "", "Trees within 50 m", "Alberi entro 50 m", low=0, required=False)
    canopy_share = Column("float", "", "Canopy in a circle of the stated radius (300 m) around the building", "Chiome in un cerchio del raggio indicato (300 m) intorno all'edificio", low=0.0, high=1.0, required=False)


# What `provision` measures: dtype, unit, meaning; the setting of a row says how.
PROVISION: dict[str, Column] = {
    "near_green": Column("float", "", "Residents near public green", "Residenti vicini al verde pubblico", low=0.0, high=1.0),
    "near_open": Column("float", "", "Residents near an open place for public use (SDG 11.7.1)", "Residenti vicini a uno spazio pubblico aperto (SDG 11.7.1)", low=0.0, high=1.0),
    "no_way": Column("float", "", "Residents from whose home no way on foot to public green is known", "Residenti senza percorso a piedi noto verso il verde pubblico", low=0.0, high=1.0),
    "three_trees": Column("float", "", "Residents with three trees near their home", "Residenti con tre alberi vicini a casa", low=0.0, high=1.0),
    "thirty_canopy": Column("float", "", "Residents in neighbourhoods with 30 % canopy", "Residenti in quartieri con il 30 % di chiome", low=0.0, high=1.0),
    "rule_3_30_300": Column("float", "", "Residents for whom 3, 30 and 300 hold", "Residenti per cui valgono 3, 30 e 300", low=0.0, high=1.0),
    "green_way": Column("float", "m", "Way on foot to public green, median resident", "Percorso a piedi al verde pubblico, residente mediano", low=0.0),
    "green_supply": Column("float", "m²", "Public green in reach per resident, mean", "Verde pubblico raggiungibile per residente, media", low=0.0),
    "supply_gini": Column("float", "", "Inequality of the green in reach (Gini: 0 equal, 1 all in one hand)", "Disuguaglianza del verde raggiungibile (Gini: 0 uguale, 1 tutto a uno)", low=0.0, high=1.0),
    "low_supply": Column("float", "", "Residents with less green in reach than the standard", "Residenti con meno verde raggiungibile dello standard", low=0.0, high=1.0),
    "standard_per_head": Column("float", "m²", "Public park and sport area per resident (DM 1444/1968)", "Verde pubblico e sport per residente (DM 1444/1968)", low=0.0),
    "standard_needed": Column("float", "m²", "Area the standard asks for", "Superficie richiesta dallo standard", low=0.0),
    "standard_missing": Column("float", "m²", "Area missing of the standard", "Superficie mancante allo standard", low=0.0),
    "open_space": Column("float", "", "Open places and streets over the built-up area (SDG 11.7.1)", "Spazi aperti e strade sull'area costruita (SDG 11.7.1)", low=0.0),
}


class Provision(TableSpec):
    title_en = "Access to green and its supply, weighted by residents, by zone"
    title_it = "Accesso al verde e sua dotazione, pesati sui residenti, per zona"
    key = ("zone_kind", "zone_id", "measure", "setting")
    zone_kind = Zonal.zone_kind
    zone_id = Zonal.zone_id
    measure = Column("str", "", "What is measured", "Che cosa si misura", values=tuple(PROVISION))
    setting = Column("str", "", "How: every switch by name, e.g. distance=network green=0.5ha within=300m", "Come: ogni opzione per nome")
    value = Column("float", "", "Figure, in the unit of the measure; missing where withheld", "Valore, nell'unità della misura; mancante se non pubblicato", required=False)
    low = Column("float", "", "Lower end of the 95 % interval, where there is one", "Estremo inferiore dell'intervallo al 95 %, dove c'è", required=False)
    high = Column("float", "", "Upper end of the 95 % interval", "Estremo superiore dell'intervallo al 95 %", required=False)
    of_buildings = Column("float", "", "The same share of inhabited buildings, people not counted", "La stessa quota sugli edifici abitati, senza pesare le persone", low=0.0, high=1.0, required=False)
    unit = Column("str", "", "Unit, empty for shares", "Unità, vuota per le quote", values=("", "m", "m²"))
    residents = Column("float", "", "Residents behind the figure", "Residenti dietro il valore", low=0.0)
    buildings = Column("int", "", "Inhabited buildings behind the figure", "Edifici abitati dietro il valore", low=0)
    headline = Column("bool", "", "The setting of town.yaml: the figure to show first", "L'opzione di town.yaml: il valore da mostrare per primo")
    withheld = Column("bool", "", "Not given: too few people or homes, or one could be worked out from the others", "Non pubblicato: troppo poche persone o case, o deducibile per differenza")
