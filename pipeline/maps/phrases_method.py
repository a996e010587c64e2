"""The words of the method page: key -> (Italian, English); see phrases.py."""

from __future__ import annotations

METHOD: dict[str, tuple[str, str]] = {
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
    "method.installed": ("Impianti già installati", "Plants that exist already"),
    "method.installed.text": (
        "Da un registro degli impianti con potenza e data, sommato per tutto il comune: dove stanno non è pubblicato. Gli impianti oltre {rule_roof} sono presi come a terra. La quota è la loro potenza su quella che sta sui tetti.",
        "From a register of plants with power and date, summed over the whole town: where they stand is not published. Plants beyond {rule_roof} are taken as on the ground. The share is their power over that which fits on the roofs.",
    ),
    "method.installed.none": (
        "Non noti per questo comune: serve un registro degli impianti fotovoltaici con potenza e data di entrata in esercizio (CSV o XLSX, per esempio un estratto di Atlaimpianti del GSE), indicato in town.yaml sotto sources.installed. Allora la mappa dei tetti dice quanto del possibile c’è già.",
        "Not known for this town: it takes a register of photovoltaic plants with power and date of start (CSV or XLSX, for example an extract of GSE’s Atlaimpianti), named in town.yaml under sources.installed. Then the map of roofs says how much of what is possible is there already.",
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
        "Per ogni passo: quanto è stato letto, riparato o scartato, che cosa si è supposto, che cosa va guardato. Le note sono del programma; quelle senza traduzione restano in inglese.",
        "For each step: what was read, repaired or dropped, what was assumed, what needs a look. The notes are written by the program.",
    ),
    "method.diary.noscript": ("Le note hanno bisogno di JavaScript; stanno anche nei file di metadati accanto ai dati.", "The notes need JavaScript; they also stand in the metadata files beside the data."),
    "method.months": ("Mese per mese, kWh/m²", "Month by month, kWh/m²"),
    "figure.ghi_kwh_m2": ("Irraggiamento orizzontale usato", "Horizontal irradiation used"),
    "figure.reference_ghi_kwh_m2": ("Stazione di riferimento", "Reference station"),
    "method.assumptions": ("Supposto", "Assumed"),
    "method.warnings": ("Da guardare", "To look at"),
    "method.more": ("e altre {count} note, nel file di metadati del passo", "and {count} more notes, in the step’s metadata file"),
    "method.download": ("Scaricare tutto", "Download everything"),
    "method.download.text": (
        "Un GeoPackage con comune, edifici, particelle e sezioni, per QGIS o un altro GIS; ogni colonna porta con sé unità e significato. CSV e GeoJSON di ciò che si vede stanno sotto ogni mappa.",
        "A GeoPackage with town, buildings, parcels and sections, for QGIS or another GIS; each column carries its unit and meaning. CSV and GeoJSON of what is shown stand below each map.",
    ),
    "method.privacy": ("Riservatezza", "Privacy"),
    "method.privacy.text": (
        "Il sito non chiede nulla a terzi, non usa cookie, non registra chi lo guarda. Non contiene proprietari, consumi di famiglie né residenti per edificio.",
        "The site asks no third party for anything, uses no cookies and does not record who looks at it. It holds no owners, no consumption of households and no residents per building.",
    ),
    "method.software": ("Software", "Software"),
    "method.software.text": (
        "Mappe con folium (MIT) e Leaflet 1.9.4 (BSD-2-Clause), copiato nel sito. Solare con pvlib (BSD-3-Clause).",
        "Maps with folium (MIT) and Leaflet 1.9.4 (BSD-2-Clause), copied into the site. Solar with pvlib (BSD-3-Clause).",
    ),
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
    "stage.obstacles": ("Ingombri sui tetti", "Obstacles on roofs"),
    "stage.sunmap": ("Sole cella per cella", "Sun cell by cell"),
    "stage.profiles": ("Produzione ora per ora", "Production hour by hour"),
    "stage.ladder": ("Taglie d’impianto", "Sizes of plant"),
    "stage.finance": ("Costo e valore", "Cost and value"),
    "stage.irradiation": ("Irraggiamento", "Irradiation"),
    "stage.arrays": ("Moduli", "Modules"),
    "stage.solar": ("Resa solare", "Solar yield"),
    "stage.installed": ("Impianti esistenti", "Existing plants"),
    "stage.sealing": ("Suolo sigillato", "Sealed soil"),
    "stage.green": ("Verde", "Green"),
    "stage.streets": ("Strade", "Streets"),
    "stage.greenspaces": ("Aree verdi", "Green places"),
    "stage.mismatch": ("Edifici e superficie a confronto", "Buildings against surface"),
    "stage.consumed": ("Suolo consumato, dato ufficiale", "Land take, official figures"),
    "stage.ledger": ("Bilancio del suolo", "Ledger of land"),
    "stage.plots": ("Pioggia e permeabilità", "Rain and permeability"),
    "stage.desealing": ("Dove togliere asfalto", "Where to remove asphalt"),
    "stage.patches": ("Macchie di verde", "Patches of green"),
    "stage.restoration": ("Ecosistema urbano", "Urban ecosystem"),
    "stage.planting": ("Dove piantare", "Where to plant"),
    "stage.occupancy": ("Residenti per edificio (non pubblicati)", "Residents by building (not published)"),
    "stage.access": ("Verde raggiungibile a piedi", "Green within a walk"),
    "stage.provision": ("Verde per gli abitanti", "Green for residents"),
    "stage.estate": ("Edifici pubblici", "Public buildings"),
    "stage.community": ("Comunità energetiche", "Energy communities"),
    "stage.initiatives": ("Che cosa fa già il comune", "What the town already does"),
    "stage.reports": ("Segnalazioni e conteggi", "Reports and counts"),
    "stage.waste": ("Rifiuti urbani", "Municipal waste"),
    "stage.collection": ("Punti di raccolta a piedi", "Collection points on foot"),
    "stage.actions": ("Tabella di marcia", "Roadmap"),
    "stage.indicators": ("Indicatori annuali e obiettivi", "Yearly indicators and targets"),
    "stage.neighbours": ("Comuni vicini a confronto", "Neighbouring towns side by side"),
    "stage.atlas": ("Atlante", "Atlas"),
}
