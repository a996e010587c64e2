"""The words of the front page: key -> (Italian, English); see phrases.py."""

from __future__ import annotations

FRONT: dict[str, tuple[str, str]] = {
    "index.title": ("{town}: sole e suolo", "{town}: sun and soil"),
    "index.h1": ("Quanta elettricità possono dare i tetti di {town}?", "How much electricity can the roofs of {town} give?"),
    "index.h1.land": ("Quanto suolo è sigillato e quanto è verde a {town}?", "How much soil is sealed and how much is green in {town}?"),
    "index.h1.none": ("Che cosa si sa di {town}?", "What is known about {town}?"),
    "index.answer": (
        "Circa {energy} l’anno, senza occupare un metro di campagna.",
        "About {energy} a year, without taking a metre of countryside.",
    ),
    "index.where": (
        "C’è posto per moduli su {with_arrays} edifici di {buildings}.",
        "There is room for modules on {with_arrays} of {buildings} buildings.",
    ),
    "index.head": ("Sono {head} l’anno per residente.", "That is {head} a year per resident."),
    "index.spared": ("A terra gli stessi pannelli prenderebbero da {low} a {high} ettari.", "On the ground the same panels would take {low} to {high} hectares."),
    "index.rest": (
        "Qui c’è il conto, tetto per tetto, e quello del suolo e del verde, zona per zona.",
        "Here is the sum, roof by roof, and that of soil and green, zone by zone.",
    ),
    "index.answer.land": (
        "{share} della superficie nota è coperta da edifici, asfalto o altro suolo impermeabile.",
        "{share} of the known surface is covered by buildings, asphalt or other sealed ground.",
    ),
    "index.answer.least": (
        "Almeno {sealed} sono coperti: della maggior parte del suolo non si conosce la copertura.",
        "At least {sealed} are covered: of most of the ground the cover is not known.",
    ),
    "index.answer.none": (
        "Gli strati letti non bastano per una cifra: qui sotto si dice che cosa manca.",
        "The layers read do not suffice for a figure: what is missing is said below.",
    ),
    "card.open": ("Apri la mappa", "Open the map"),
    "card.solar": ("Tetti al sole", "Roofs in the sun"),
    "card.solar.band": ("l’anno; almeno {p90} in nove anni su dieci", "a year; at least {p90} in nine years of ten"),
    "card.solar.text": (
        "{kwp} di moduli su {with_arrays} edifici adatti, di {buildings}.",
        "{kwp} of modules on {with_arrays} suitable buildings out of {buildings}.",
    ),
    "card.sealing": ("Suolo sigillato", "Sealed soil"),
    "card.sealing.band": ("{sealed} sui {covered} di cui si conosce la copertura", "{sealed} of the {covered} whose cover is known"),
    "card.sealing.least": ("almeno {sealed}", "at least {sealed}"),
    "card.sealing.least.band": ("di suolo coperto; del resto non si sa", "of covered ground; the rest is not known"),
    "card.sealing.text": (
        "Edifici, strade, piazzali e cortili: qui la pioggia scorre via invece di entrare nel terreno.",
        "Buildings, roads, yards and forecourts: here rain runs off instead of soaking in.",
    ),
    "card.sealing.part": (
        "Si conosce la copertura del {share} della superficie: la cifra vale per quella parte.",
        "The cover is known for {share} of the surface: the figure holds for that part.",
    ),
    "card.green": ("Verde", "Green"),
    "card.green.head": ("di verde per residente, pubblico o privato", "of green per resident, public or private"),
    "card.green.near": ("residenti ({share}) senza un verde pubblico entro 300 m a piedi", "residents ({share}) without public green within a walk of 300 m"),
    "card.green.near.text": (
        "Verde pubblico: {have} a testa, la legge ne chiede {standard} m²; ne mancano {missing}. Le chiome coprono {canopy} del territorio.",
        "Public green: {have} per head where the law asks for {standard} m²; {missing} are missing. Canopy covers {canopy} of the town.",
    ),
    "card.green.canopy.text": ("{canopy} del territorio è coperto da chiome.", "{canopy} of the town is under tree canopy."),
    "card.green.linear": ("; in linea d’aria sarebbero il {share}", "; as the crow flies it would be {share}"),
    "card.sealing.range": ("fra {low} e {high}{official}", "between {low} and {high}{official}"),
    "card.sealing.official": ("; suolo consumato ufficiale {share} ({year})", "; official land take {share} ({year})"),
    "card.green.canopy": ("coperto da chiome di alberi", "under tree canopy"),
    "card.green.text": (
        "{canopy} coperto da chiome di alberi; {green} di verde in tutto, campi compresi.",
        "{canopy} under tree canopy; {green} of green in all, fields included.",
    ),
    "card.green.text2": (
        "{green} di verde in tutto. I residenti non sono noti: nessuna cifra per abitante.",
        "{green} of green in all. Residents are not known: no figure per head.",
    ),
    "card.none": ("Non disponibile", "Not available"),
    "start": ("Da dove cominciare", "Where to start"),
    "start.solar": ("I tetti che danno di più", "The roofs that give most"),
    "start.solar.lead": ("Cinque edifici fanno {share} del totale.", "Five buildings make {share} of the total."),
    "start.sealing": ("Dove togliere asfalto", "Where to remove asphalt"),
    "start.sealing.lead": (
        "Particelle con più suolo sigillato e scoperto: dove togliere asfalto rende di più.",
        "Parcels with most sealed open ground: where removing asphalt helps most.",
    ),
    "start.green": ("Dove il verde è più scarso", "Where green is scarcest"),
    "start.green.lead": ("Sezioni abitate con meno verde per residente.", "Inhabited sections with least green per resident."),
    "start.solar.item": ("{kwp} · {modules} moduli", "{kwp} · {modules} modules"),
    "start.sealing.item": ("sigillati e scoperti, su {area}", "sealed and open, of {area}"),
    "start.far.lead": ("Sezioni con più residenti lontani da un verde pubblico.", "Sections with most residents far from public green."),
    "start.far.item": ("residenti lontani, su {residents}", "residents far, of {residents}"),
    "start.opening.lead": (
        "Piazzali dove l’asfalto si può togliere: prima quelli pubblici, poi dove si trattiene più pioggia.",
        "Yards whose asphalt can go: public ones first, then where most rain is kept.",
    ),
    "start.opening.item": ("da aprire · −{rain} m³ di pioggia in fogna", "to open · −{rain} m³ of rain into drains"),
    "start.opening.public": ("pubblici, da aprire · −{rain} m³ di pioggia in fogna", "public, to open · −{rain} m³ of rain into drains"),
    "start.green.item": ("per residente · {residents} residenti", "per resident · {residents} residents"),
    "filtered.solar": ("I {count} tetti da {limit} in su danno il {share} del totale.", "The {count} roofs from {limit} up give {share} of the total."),
    "filtered.sealing": ("{count} {zones} sono coperte per almeno il {limit}: {sum} sigillati.", "{count} {zones} are covered by at least {limit}: {sum} sealed."),
    "filtered.green.head": (
        "{sum} residenti ({share}) vivono in sezioni con meno di {limit} a testa.",
        "{sum} residents ({share}) live in sections with less than {limit} a head.",
    ),
    "filtered.green.near": (
        "{sum} di loro stanno in {count} sezioni dove quasi nessuno ha verde vicino (meno di {limit}).",
        "{sum} of them live in {count} sections where almost nobody has green near (less than {limit}).",
    ),
    "filtered.green": ("{count} {zones} hanno meno di {limit} di chiome.", "{count} {zones} have less than {limit} of canopy."),
    "start.near": ("{street}, {name}", "{street}, {name}"),
    "sure": ("Quanto è sicuro?", "How sure is it?"),
    "sure.how": ("Come si fa il conto", "How it is worked out"),
    "sure.solar": (
        "In nove anni su dieci i tetti danno almeno {p90}, il {loss} meno della mediana: conta il meteo, il rilievo delle quote e il modello. Moduli su ogni tetto adatto, che li si voglia o no.",
        "In nine years of ten the roofs give at least {p90}, {loss} below the median: weather, elevation survey and model are in it. Modules on every suitable roof, wanted or not.",
    ),
    "sure.sealing": (
        "La copertura è nota per il {share} della superficie. Vale più per il comune che per una particella piccola, dove una cella di confine pesa molto.",
        "The cover is known for {share} of the area. It holds better for the town than for a small parcel, where a cell on the border weighs much.",
    ),
    "sure.sealing.range": (
        "Il vero sta fra {low} e {high} 95 volte su 100: una forchetta larga, perché quanto è sicura ogni fonte è un giudizio finché nessuno guarda sul posto. Il dato ufficiale conta un’altra cosa, il suolo consumato.",
        "The truth lies between {low} and {high} 95 times in 100: a wide range, for how sure each source is stays a judgement until somebody looks on site. The official figure counts another thing, consumed soil.",
    ),
    "sure.green": (
        "I residenti sono noti per sezione di censimento, non per casa; il verde conta anche campi e giardini privati, dove non si può andare.",
        "Residents are known by census section, not by house; green includes fields and private gardens, where one may not go.",
    ),
    "sure.green.near": (
        "Le persone sono distribuite negli edifici per volume: la cifra è giusta in media, non per la singola casa. Conta il verde pubblico mappato, con i suoi ingressi e le strade a piedi.",
        "People are put into buildings by volume: the figure is right on average, not for a single house. Public green as mapped counts, with its entrances and the streets on foot.",
    ),
    "sure.green.none": (
        "I residenti non sono noti; il verde conta anche campi e giardini privati, dove non si può andare.",
        "Residents are not known; green includes fields and private gardens, where one may not go.",
    ),
}
