"""Every word the site shows, in both languages, in one place.

A phrase is a pair (Italian, English). `{name}` is a place for a value, which comes formatted for the language.
Scripts get the same phrases through data/text.js.
"""

from __future__ import annotations

from typing import NamedTuple

LANGUAGES = ("it", "en")
LANGUAGE_NAMES = {"it": "Italiano", "en": "English"}


class Phrase(NamedTuple):
    """The same words in Italian and English."""

    it: str
    en: str

    def filled(self, **values: Phrase | str) -> Phrase:
        """With its places filled; a value that is a Phrase gives each language its own form."""
        return Phrase(
            *(text.format_map({k: getattr(v, lang) if isinstance(v, Phrase) else v for k, v in values.items()}) for lang, text in zip(LANGUAGES, self, strict=True))
        )


def joined(parts: list[Phrase]) -> Phrase:
    """A list in words: "a, b e c" / "a, b and c"."""
    out = []
    for lang, word in (("it", " e "), ("en", " and ")):
        words = [getattr(p, lang) for p in parts]
        out.append(words[0] if len(words) == 1 else ", ".join(words[:-1]) + word + words[-1] if words else "")
    return Phrase(*out)


_PAGES: dict[str, tuple[str, str]] = {
    "site": ("Sole e Suolo", "Sun and Soil"),
    "skip": ("Vai al contenuto", "Skip to the content"),
    "skip_map": ("Salta la mappa e vai alla tabella", "Skip the map and go to the table"),
    "nav": ("Temi", "Themes"),
    "nav.solar": ("Tetti al sole", "Roofs in the sun"),
    "nav.sealing": ("Suolo", "Soil"),
    "nav.green": ("Verde", "Green"),
    "nav.method": ("Dati e metodo", "Data and method"),
    "demo": ("Dati dimostrativi: {layers} sono generati, non rilevati.", "Demonstration data: {layers} are generated, not surveyed."),
    "demo.link": ("Che cosa è vero e che cosa no?", "What is real and what is not?"),
    "layer.boundary": ("confine", "boundary"),
    "layer.parcels": ("particelle", "parcels"),
    "layer.buildings": ("edifici", "buildings"),
    "layer.surface": ("quote", "elevations"),
    "layer.weather": ("meteo", "weather"),
    "layer.landcover": ("copertura del suolo", "land cover"),
    "layer.residents": ("residenti per sezione", "residents by section"),
    "foot.sources": ("Fonti:", "Sources:"),
    "foot.version": ("Calcolato con Sole e Suolo {version} (EUPL-1.2).", "Computed with Sole e Suolo {version} (EUPL-1.2)."),
    "foot.indicative": ("Le cifre sono indicative e non sostituiscono un sopralluogo:", "The figures are indicative and do not replace a site visit:"),
    "foot.method": ("come sono fatte e quanto sono sicure", "how they are made and how sure they are"),
    "foot.email": ("Scrivi al Comune", "Write to the municipality"),
    "noscript": (
        "La mappa interattiva ha bisogno di JavaScript. Le cifre del comune sono nella pagina iniziale, il metodo in Dati e metodo.",
        "The interactive map needs JavaScript. The town’s figures are on the front page, the method in Data and method.",
    ),
    "na": ("non disponibile", "not available"),
    # Front page
    "index.title": ("{town}: sole e suolo", "{town}: sun and soil"),
    "index.h1": ("Quanta elettricità possono dare i tetti di {town}?", "How much electricity can the roofs of {town} give?"),
    "index.h1.land": ("Quanto suolo è sigillato e quanto è verde a {town}?", "How much soil is sealed and how much is green in {town}?"),
    "index.h1.none": ("Che cosa si sa di {town}?", "What is known about {town}?"),
    "index.answer": (
        "Circa {energy} l’anno, senza occupare un metro di campagna.",
        "About {energy} a year, without taking a metre of countryside.",
    ),
    "index.where": ("C’è posto per moduli su {with_arrays} edifici di {buildings}.", "There is room for modules on {with_arrays} of {buildings} buildings."),
    "index.head": ("Sono {head} l’anno per residente.", "That is {head} a year per resident."),
    "index.rest": (
        "Qui c’è il conto, tetto per tetto, e quello del suolo e del verde, zona per zona.",
        "Here is the sum, roof by roof, and that of soil and green, zone by zone.",
    ),
    "index.answer.land": ("{share} della superficie nota è coperta da edifici, asfalto o altro suolo impermeabile.", "{share} of the known surface is covered by buildings, asphalt or other sealed ground."),
    "index.answer.none": ("Gli strati letti non bastano per una cifra: qui sotto si dice che cosa manca.", "The layers read do not suffice for a figure: what is missing is said below."),
    "card.open": ("Apri la mappa", "Open the map"),
    "card.solar": ("Tetti al sole", "Roofs in the sun"),
    "card.solar.band": ("l’anno; almeno {p90} in nove anni su dieci", "a year; at least {p90} in nine years of ten"),
    "card.solar.text": ("{kwp} di moduli su {with_arrays} edifici adatti, di {buildings}.", "{kwp} of modules on {with_arrays} suitable buildings out of {buildings}."),
    "card.sealing": ("Suolo sigillato", "Sealed soil"),
    "card.sealing.band": ("{sealed} sui {covered} di cui si conosce la copertura", "{sealed} of the {covered} whose cover is known"),
    "card.sealing.text": ("Edifici, strade, piazzali e cortili: qui la pioggia scorre via invece di entrare nel terreno.", "Buildings, roads, yards and forecourts: here rain runs off instead of soaking in."),
    "card.sealing.part": ("Si conosce la copertura del {share} della superficie: la cifra vale per quella parte.", "The cover is known for {share} of the surface: the figure holds for that part."),
    "card.green": ("Verde", "Green"),
    "card.green.head": ("di verde per residente, pubblico o privato", "of green per resident, public or private"),
    "card.green.canopy": ("coperto da chiome di alberi", "under tree canopy"),
    "card.green.text": ("{canopy} coperto da chiome di alberi; {green} di verde in tutto, campi compresi.", "{canopy} under tree canopy; {green} of green in all, fields included."),
    "card.green.text2": ("{green} di verde in tutto. I residenti non sono noti: nessuna cifra per abitante.", "{green} of green in all. Residents are not known: no figure per head."),
    "card.none": ("Non disponibile", "Not available"),
    "start": ("Da dove cominciare", "Where to start"),
    "start.solar": ("I tetti che danno di più", "The roofs that give most"),
    "start.solar.lead": ("Cinque edifici fanno {share} del totale.", "Five buildings make {share} of the total."),
    "start.sealing": ("I piazzali più grandi", "The largest sealed yards"),
    "start.sealing.lead": ("Particelle con più suolo sigillato e scoperto: dove togliere asfalto rende di più.", "Parcels with most sealed open ground: where removing asphalt helps most."),
    "start.green": ("Dove il verde è più scarso", "Where green is scarcest"),
    "start.green.lead": ("Sezioni abitate con meno verde per residente.", "Inhabited sections with least green per resident."),
    "start.solar.item": ("{kwp} · {modules} moduli", "{kwp} · {modules} modules"),
    "start.sealing.item": ("sigillati e scoperti, su {area}", "sealed and open, of {area}"),
    "start.green.item": ("per residente · {residents} residenti", "per resident · {residents} residents"),
    "missing": ("Che cosa manca, e perché", "What is missing, and why"),
    "missing.parcels": ("Non c’è il catasto: nessuna cifra per particella.", "There is no cadastre: no figures by parcel."),
    "missing.sections": ("Non ci sono sezioni di censimento: nessuna cifra per residente di zona.", "There are no census sections: no figures per resident by zone."),
    "missing.residents": ("I residenti non sono noti: nessuna cifra per abitante.", "Residents are not known: no figures per head."),
    "missing.buildings": ("Non ci sono edifici: nessuna mappa dei tetti.", "There are no buildings: no map of roofs."),
    "missing.solar": ("La resa solare non è calcolata: mancano quote, edifici o meteo.", "The solar yield is not computed: elevations, buildings or weather are missing."),
    "missing.sealing": ("Il suolo sigillato non è calcolato: manca la copertura del suolo.", "Sealed soil is not computed: land cover is missing."),
    "missing.green": ("Il verde non è calcolato: mancano copertura del suolo o quote.", "Green is not computed: land cover or elevations are missing."),
    "missing.boundary": ("Non c’è il confine comunale: le cifre valgono per l’area rilevata, non per il comune.", "There is no municipal boundary: the figures hold for the surveyed extent, not for the municipality."),
    "missing.cover": ("La copertura del suolo è nota per il {share} dell’area; il resto non è contato.", "Land cover is known for {share} of the area; the rest is not counted."),
}

_THEMES: dict[str, tuple[str, str]] = {
    "solar.title": ("Tetti al sole – {town}", "Roofs in the sun – {town}"),
    "solar.h1": ("Quanta elettricità può dare ogni tetto?", "How much electricity can each roof give?"),
    "solar.lead": ("Energia in un anno medio, con moduli dove c’è posto e sole. In tutto {energy}.", "Energy in an average year, with modules where there is room and sun. {energy} in all."),
    "solar.lead.none": ("La resa non è calcolata per questo comune: la mappa mostra solo gli edifici.", "The yield is not computed for this town: the map shows the buildings only."),
    "solar.map": ("Mappa dei tetti", "Map of roofs"),
    "solar.search": ("Codice edificio oppure foglio/particella", "Building id or sheet/parcel"),
    "solar.example": ("14/233 o codice", "14/233 or id"),
    "solar.hint": ("Tocca un tetto per la sua scheda.", "Touch a roof for its sheet."),
    "solar.legend": ("Energia l’anno", "Energy a year"),
    "solar.filter": ("Mostra i tetti da", "Show roofs from"),
    "solar.sum": ("Da {from} in su: {count} tetti, {sum} l’anno", "From {from} up: {count} roofs, {sum} a year"),
    "solar.sum.band": ("(almeno {p90} in nove anni su dieci)", "(at least {p90} in nine years of ten)"),
    "solar.all": ("Tutti: {count} tetti, {sum} l’anno", "All: {count} roofs, {sum} a year"),
    "solar.nodata": ("senza moduli o senza dati", "no modules or no data"),
    "solar.layer": ("Energia dei tetti", "Energy of roofs"),
    "sealing.title": ("Suolo sigillato – {town}", "Sealed soil – {town}"),
    "sealing.h1": ("Quanto suolo è coperto e impermeabile?", "How much soil is covered and sealed?"),
    "sealing.lead": ("In tutto {share}: edifici, strade, piazzali. Il colore dice la quota di ogni {zone}.", "{share} in all: buildings, roads, yards. The colour gives the share of each {zone}."),
    "sealing.lead.none": ("Il suolo sigillato non è calcolato: manca la copertura del suolo.", "Sealed soil is not computed: land cover is missing."),
    "sealing.map": ("Mappa del suolo sigillato", "Map of sealed soil"),
    "sealing.search": ("Foglio/particella", "Sheet/parcel"),
    "sealing.example": ("14/233", "14/233"),
    "sealing.hint": ("Tocca una zona per la sua scheda.", "Touch a zone for its sheet."),
    "sealing.legend": ("Quota sigillata", "Sealed share"),
    "sealing.filter": ("Mostra le zone da", "Show zones from"),
    "sealing.sum": ("Da {from} in su: {count} {zones}, {sum} sigillati", "From {from} up: {count} {zones}, {sum} sealed"),
    "sealing.all": ("Tutte: {count} {zones}, {sum} sigillati", "All: {count} {zones}, {sum} sealed"),
    "sealing.nodata": ("copertura non nota", "cover not known"),
    "sealing.layer": ("Quota sigillata", "Sealed share"),
    "green.title": ("Verde – {town}", "Green – {town}"),
    "green.h1": ("Quanto verde c’è, e per quanti?", "How much green is there, and for how many?"),
    "green.lead.head": ("In tutto {head} per residente, pubblico o privato, campi compresi.", "{head} per resident in all, public or private, fields included."),
    "green.lead.canopy": ("Le chiome degli alberi coprono {share}.", "Tree canopy covers {share}."),
    "green.lead.none": ("Il verde non è calcolato: mancano copertura del suolo o quote.", "Green is not computed: land cover or elevations are missing."),
    "green.map": ("Mappa del verde", "Map of green"),
    "green.search": ("Codice della zona", "Zone id"),
    "green.example": ("Codice o 14/233", "Id or 14/233"),
    "green.hint": ("Tocca una zona per la sua scheda.", "Touch a zone for its sheet."),
    "green.legend.head": ("Verde per residente", "Green per resident"),
    "green.legend.share": ("Quota coperta da chiome", "Share under canopy"),
    "green.filter": ("Mostra le zone da", "Show zones from"),
    "green.sum": ("Da {from} in su: {count} {zones}, {sum} di verde", "From {from} up: {count} {zones}, {sum} of green"),
    "green.all": ("Tutte: {count} {zones}, {sum} di verde", "All: {count} {zones}, {sum} of green"),
    "green.nodata": ("senza residenti o senza dati", "no residents or no data"),
    "green.layer": ("Verde", "Green"),
    "zone.parcels": ("particella", "parcel"),
    "zone.sections": ("sezione di censimento", "census section"),
    "zone.town": ("area", "area"),
    "zones.buildings": ("edifici", "buildings"),
    "zones.parcels": ("particelle", "parcels"),
    "zones.sections": ("sezioni", "sections"),
    "zones.town": ("area", "area"),
    # Map
    "map.layers": ("Livelli", "Layers"),
    "map.zoom_in": ("Ingrandisci", "Zoom in"),
    "map.zoom_out": ("Riduci", "Zoom out"),
    "map.home": ("Tutto il territorio", "Whole area"),
    "map.keys": (
        "Frecce per spostare, più e meno per lo zoom, Invio per aprire la scheda di ciò che è al centro. Le stesse cifre sono nella tabella sotto la mappa.",
        "Arrow keys move, plus and minus zoom, Enter opens the sheet of what is at the centre. The same figures are in the table below the map.",
    ),
    "map.base": ("Rilievo e copertura", "Relief and cover"),
    "map.relief": ("Rilievo", "Relief"),
    "map.parcels": ("Particelle", "Parcels"),
    "map.ways": ("Strade e acque", "Roads and waters"),
    "map.buildings": ("Edifici", "Buildings"),
    "map.boundary": ("Confine", "Boundary"),
    "map.credit": ("fonti e licenze", "sources and licences"),
    "map.loading": ("Carico la mappa…", "Loading the map…"),
    "map.old": (
        "Questo browser è troppo vecchio per la mappa: serve una versione dal 2023 in poi.",
        "This browser is too old for the map: it takes a version from 2023 or later.",
    ),
    "search.go": ("Cerca", "Search"),
    "search.none": ("Niente con “{query}”. Prova {example}.", "Nothing for “{query}”. Try {example}."),
    "search.many": ("{count} risultati: mostro il primo.", "{count} results: the first is shown."),
    "legend.chart": ("Distribuzione: {text}", "Distribution: {text}"),
    "legend.all": ("tutti", "all"),
    # Sheet
    "sheet.close": ("Chiudi la scheda", "Close the sheet"),
    "sheet.building": ("Edificio {id}", "Building {id}"),
    "sheet.parcel": ("Particella {number}", "Parcel {number}"),
    "sheet.sheet": ("foglio {sheet}", "sheet {sheet}"),
    "sheet.sheet_parcel": ("foglio {sheet}, particella {number}", "sheet {sheet}, parcel {number}"),
    "sheet.section": ("Sezione {id}", "Section {id}"),
    "sheet.town": ("Tutta l’area", "The whole area"),
    "sheet.peryear": ("l’anno", "a year"),
    "sheet.p90": ("nove anni su dieci almeno {p90}", "at least {p90} in nine years of ten"),
    "sheet.months": ("Mese per mese: {text}", "Month by month: {text}"),
    "sheet.modules": ("Moduli", "Modules"),
    "sheet.modules.value": ("{modules} · {kwp}", "{modules} · {kwp}"),
    "sheet.roof": ("Tetto usato", "Roof used"),
    "sheet.roof.value": ("{used} di {roof}", "{used} of {roof}"),
    "sheet.shading": ("Tolto da ombre", "Lost to shading"),
    "sheet.yield": ("Resa specifica", "Specific yield"),
    "sheet.poa": ("Sole sulle falde", "Sun on the planes"),
    "sheet.height": ("Altezza", "Height"),
    "sheet.area": ("Superficie", "Area"),
    "sheet.footprint": ("Pianta", "Footprint"),
    "sheet.why": ("Che cosa lo limita:", "What limits it:"),
    "sheet.why.none": ("Perché niente moduli:", "Why no modules:"),
    "sheet.why.area": ("{area} di falde {reason}", "{area} of planes {reason}"),
    "sheet.why.shade": ("le ombre di vicini, alberi e parapetti tolgono {share}", "shadows of neighbours, trees and parapets take {share}"),
    "sheet.why.free": ("niente di importante: il tetto è aperto e ben esposto", "nothing of note: the roof is open and well exposed"),
    "sheet.why.edges": ("{area} restano liberi per bordi, ostacoli e passaggi", "{area} stay free for edges, obstacles and access"),
    "sheet.sealed": ("Sigillato", "Sealed"),
    "sheet.of": ("{part} di {whole}", "{part} of {whole}"),
    "sheet.unknown": ("copertura nota per {share} della superficie", "cover known for {share} of the area"),
    "sheet.unknown.none": ("la copertura del suolo qui non è nota", "land cover is not known here"),
    "sheet.residents": ("Residenti", "Residents"),
    "sheet.green": ("Verde", "Green"),
    "sheet.canopy": ("Chiome di alberi", "Tree canopy"),
    "sheet.canopy_share": ("Quota di chiome", "Canopy share"),
    "sheet.sealed_share": ("Quota sigillata", "Sealed share"),
    "sheet.perhead": ("di verde per residente", "of green per resident"),
    "sheet.undercanopy": ("coperto da chiome", "under canopy"),
    "sheet.nohead": ("nessun residente in questa zona", "no residents in this zone"),
    "sheet.kwh": ("Sole sui suoi tetti", "Sun on its roofs"),
    "sheet.sealing": ("Vedi il suolo della particella", "See the parcel’s soil"),
    "sheet.tell": ("Segnala un errore", "Report an error"),
    "sheet.link": ("Copia il link", "Copy the link"),
    "sheet.link.done": ("Link copiato", "Link copied"),
    "cover.building": ("edifici", "buildings"),
    "cover.sealed": ("altro suolo sigillato", "other sealed ground"),
    "cover.low": ("prati, colture, orti", "grass, crops, gardens"),
    "cover.tree": ("alberi", "trees"),
    "cover.rest": ("suolo nudo e acqua", "bare ground and water"),
    "reason.no_surface": ("senza quote rilevate", "without surveyed elevations"),
    "reason.surface_older": ("più nuove del rilievo delle quote", "newer than the elevation survey"),
    "reason.too_small": ("troppo piccole", "too small"),
    "reason.too_steep": ("troppo ripide", "too steep"),
    "reason.shaded": ("con troppo poco sole", "with too little sun"),
    "reason.rough": ("troppo irregolari", "too uneven"),
    "reason.no_room": ("senza posto per due moduli", "without room for two modules"),
    "why.no_surface": ("qui le quote non sono rilevate", "elevations are not surveyed here"),
    "why.surface_older": ("l’edificio è più nuovo del rilievo delle quote", "the building is newer than the elevation survey"),
    "why.too_small": ("le falde sono troppo piccole", "the planes are too small"),
    "why.too_steep": ("le falde sono troppo ripide", "the planes are too steep"),
    "why.shaded": ("le falde ricevono troppo poco sole", "the planes get too little sun"),
    "why.rough": ("la copertura è troppo irregolare per riconoscerne le falde", "the roof is too uneven to make out its planes"),
    "why.no_room": ("fra bordi e ostacoli non restano due moduli", "edges and obstacles leave no room for two modules"),
    "why.unknown": ("la resa non è calcolata per questo edificio", "the yield is not computed for this building"),
    # Table
    "table": ("Tabella", "Table"),
    "table.lead": ("Le stesse cifre della mappa, filtrate come la mappa.", "The same figures as the map, filtered like the map."),
    "table.scroll": ("Tabella che scorre di lato", "Table that scrolls sideways"),
    "table.rows": ("Righe {from}–{to} di {count}", "Rows {from}–{to} of {count}"),
    "table.norows": ("Nessuna riga", "No rows"),
    "table.prev": ("Indietro", "Back"),
    "table.next": ("Avanti", "Next"),
    "table.show": ("Mostra sulla mappa", "Show on map"),
    "table.show.item": ("Mostra {id} sulla mappa", "Show {id} on the map"),
    "table.csv": ("Scarica CSV", "Download CSV"),
    "table.action": ("Mappa", "Map"),
    "col.building_id": ("Edificio", "Building"),
    "col.parcel_id": ("Particella", "Parcel"),
    "col.section_id": ("Sezione", "Section"),
    "col.name": ("Area", "Area"),
    "col.sheet": ("Foglio", "Sheet"),
    "col.number": ("Numero", "Number"),
    "col.kwh_year": ("Energia l’anno", "Energy a year"),
    "col.kwh_year_p90": ("In 9 anni su 10", "In 9 years of 10"),
    "col.kwp": ("Potenza", "Power"),
    "col.modules": ("Moduli", "Modules"),
    "col.shading_loss": ("Ombre", "Shading"),
    "col.sealed_share": ("Quota sigillata", "Sealed share"),
    "col.sealed_m2": ("Sigillato", "Sealed"),
    "col.area_m2": ("Superficie", "Area"),
    "col.green_m2": ("Verde", "Green"),
    "col.canopy_share": ("Chiome", "Canopy"),
    "col.canopy_m2": ("Chiome", "Canopy"),
    "col.residents": ("Residenti", "Residents"),
    "col.green_m2_per_resident": ("Verde per residente", "Green per resident"),
    "months": (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "January February March April May June July August September October November December",
    ),
}

_METHOD: dict[str, tuple[str, str]] = {
    "method.title": ("Dati e metodo – {town}", "Data and method – {town}"),
    "method.h1": ("Come sono fatte le cifre, e quanto sono sicure?", "How are the figures made, and how sure are they?"),
    "method.lead": (
        "Ogni numero viene da dati dichiarati qui sotto e da un calcolo aperto, che chiunque può rifare.",
        "Each number comes from data declared below and from an open computation that anyone can repeat.",
    ),
    "method.how": ("Come è fatto ogni numero", "How each number is made"),
    "method.solar": ("Energia di un tetto", "Energy of a roof"),
    "method.solar.text": (
        "Dalle quote rilevate si ricavano le falde di ogni edificio, con inclinazione e orientamento. Per 72 direzioni si misura quanto alto è l’orizzonte fatto di case, alberi e terreno. "
        "Sulle falde adatte si dispongono moduli veri, rispettando bordi e ostacoli. Per ognuna delle 8.760 ore di un anno tipico si calcola il sole che arriva, tolte le ombre, poi temperatura, perdite e inverter, "
        "fino ai kWh in corrente alternata.",
        "The planes of each building, with tilt and orientation, are found in the surveyed elevations. In 72 directions the height of the horizon made by houses, trees and terrain is measured. "
        "Real modules are laid on suitable planes, keeping clear of edges and obstacles. For each of the 8,760 hours of a typical year the sun that arrives is computed, shadows taken off, then temperature, losses and inverter, "
        "down to kWh of alternating current.",
    ),
    "method.solar.sure": (
        "Il valore è la mediana: metà degli anni dà di più, metà di meno. Accanto sta il valore raggiunto in nove anni su dieci, che conta la variazione del meteo e gli errori di quote e modello. Le cifre hanno tre cifre significative.",
        "The value is the median: half of the years give more, half less. Beside it stands the value reached in nine years of ten, which counts the variation of weather and the errors of elevations and model. Figures have three significant digits.",
    ),
    "method.solar.not": (
        "Non sono contati: vincoli paesaggistici, portata della copertura, amianto, impianti già presenti, capienza della rete.",
        "Not counted: heritage and landscape constraints, bearing capacity of the roof, asbestos, systems already installed, grid capacity.",
    ),
    "method.sealing": ("Suolo sigillato", "Sealed soil"),
    "method.sealing.text": (
        "Ogni cella di terreno ha una copertura: edificio, altro suolo sigillato, suolo nudo, vegetazione bassa, albero, acqua. La quota sigillata è la superficie di edifici e altro suolo sigillato, "
        "divisa per la superficie di cui si conosce la copertura. Le celle sul bordo di una particella contano per la parte che cade dentro.",
        "Each cell of ground has a cover: building, other sealed ground, bare soil, low vegetation, tree, water. The sealed share is the area of buildings and other sealed ground "
        "over the area whose cover is known. Cells on the edge of a parcel count for the part that falls inside.",
    ),
    "method.sealing.sure": (
        "L’errore maggiore viene dalla fonte della copertura e dalla grandezza delle sue celle: per una particella piccola la quota è meno sicura che per il comune.",
        "The largest error comes from the source of the cover and the size of its cells: for a small parcel the share is less sure than for the town.",
    ),
    "method.green": ("Verde e chiome", "Green and canopy"),
    "method.green.text": (
        "Verde è la superficie di vegetazione bassa e alberi, pubblica o privata, campi compresi: non è verde fruibile. Chioma è la vegetazione alta almeno {height}. "
        "I residenti sono quelli della sezione di censimento; nessuna cifra riguarda un singolo edificio o una persona.",
        "Green is the area of low vegetation and trees, public or private, fields included: it is not accessible green. Canopy is vegetation at least {height} high. "
        "Residents are those of the census section; no figure concerns a single building or a person.",
    ),
    "method.sources": ("Fonti", "Sources"),
    "method.source": ("Dato", "Data set"),
    "method.licence": ("Licenza", "Licence"),
    "method.date": ("Data", "Date"),
    "method.use": ("Serve a", "Used for"),
    "method.kind": ("Origine", "Origin"),
    "method.real": ("rilevato", "surveyed"),
    "method.generated": ("generato", "generated"),
    "method.rights": ("Attribuzione", "Attribution"),
    "method.none": ("non dichiarata", "not declared"),
    "method.diary": ("Che cosa è successo ai dati", "What happened to the data"),
    "method.diary.lead": (
        "Per ogni passo: quanto è stato letto, riparato o scartato, che cosa si è supposto, che cosa va guardato. Le note sono scritte in inglese dal programma.",
        "For each step: what was read, repaired or dropped, what was assumed, what needs a look. The notes are written by the program.",
    ),
    "method.counts": ("Conteggi", "Counts"),
    "method.assumptions": ("Supposto", "Assumed"),
    "method.warnings": ("Da guardare", "To look at"),
    "method.figures": ("Misure", "Measures"),
    "method.more": ("e altre {count} note, nel file di metadati del passo", "and {count} more notes, in the step’s metadata file"),
    "method.privacy": ("Riservatezza", "Privacy"),
    "method.privacy.text": ("Il sito non chiede nulla a terzi, non usa cookie, non registra chi lo guarda. Non contiene proprietari, consumi di famiglie né residenti per edificio.", "The site asks no third party for anything, uses no cookies and does not record who looks at it. It holds no owners, no consumption of households and no residents per building."),
    "method.software": ("Software", "Software"),
    "method.software.text": ("Mappe con folium (MIT) e Leaflet 1.9.4 (BSD-2-Clause), copiato nel sito. Solare con pvlib (BSD-3-Clause).", "Maps with folium (MIT) and Leaflet 1.9.4 (BSD-2-Clause), copied into the site. Solar with pvlib (BSD-3-Clause)."),
    "stage.boundary": ("Confine", "Boundary"),
    "stage.synthetic": ("Dati dimostrativi", "Demonstration data"),
    "stage.parcels": ("Particelle", "Parcels"),
    "stage.surface": ("Quote", "Elevations"),
    "stage.buildings": ("Edifici", "Buildings"),
    "stage.landcover": ("Copertura del suolo", "Land cover"),
    "stage.residents": ("Residenti", "Residents"),
    "stage.weather": ("Meteo", "Weather"),
    "stage.roofs": ("Falde", "Roof planes"),
    "stage.farhorizon": ("Orizzonte del terreno", "Horizon of the terrain"),
    "stage.horizon": ("Orizzonte", "Horizon"),
    "stage.irradiation": ("Irraggiamento", "Irradiation"),
    "stage.arrays": ("Moduli", "Modules"),
    "stage.solar": ("Resa solare", "Solar yield"),
    "stage.sealing": ("Suolo sigillato", "Sealed soil"),
    "stage.green": ("Verde", "Green"),
    "stage.streets": ("Strade", "Streets"),
    "stage.greenspaces": ("Aree verdi", "Green places"),
    "stage.mismatch": ("Edifici e superficie a confronto", "Buildings against surface"),
    "stage.atlas": ("Atlante", "Atlas"),
}

TEXT: dict[str, Phrase] = {key: Phrase(*pair) for part in (_PAGES, _THEMES, _METHOD) for key, pair in part.items()}
# Scripts need neither the front page nor the method page.
SCRIPT_TEXT: dict[str, Phrase] = {key: Phrase(*pair) for key, pair in _THEMES.items()}


def say(key: str, **values: Phrase | str) -> Phrase:
    """The phrase of a key with its places filled; a stage's or layer's unknown name is shown as it is.

    Raises
    ------
    KeyError
        For a key that is not in this file.
    """
    return TEXT[key].filled(**values)
