"""How the figures of soil and green are made, for the method page: key -> (Italian, English); see phrases.py. The full account is docs/methods/land.md."""

from __future__ import annotations

# In this order on the page, each where the town has the figure.
CHAPTERS = {
    "sealing": {"interval": "sealed_share_low", "official": "official_year", "rain": "runoff_m3", "opening": "candidates"},
    "green": {
        "access": "near_green", "supply": "green_supply_m2", "standard": "standard_needed_m2", "rule": "rule_3_30_300", "planting": "rank", "restoration": "restoration", "small": "near_green",
    },
}  # fmt: skip

LAND_METHOD: dict[str, tuple[str, str]] = {
    "method.land.interval": ("L’intervallo del suolo sigillato", "The interval of sealed soil"),
    "method.land.interval.text": (
        "Accanto a ogni quota stanno un minimo e un massimo che dovrebbero contenere il vero 95 volte su 100. Le celle non sbagliano una per una: un cortile è sbagliato tutto intero, una fonte sbaglia ovunque nello stesso modo. "
        "Perciò l’errore ha una parte che si compensa fra luoghi e una che resta. Quanto è sicura ogni fonte è un giudizio finché nessuno ha guardato sul posto: con punti etichettati a campione (Olofsson e altri, 2014) diventa una misura.",
        "Beside each share stand a low and a high that should hold the truth 95 times in 100. Cells do not err one by one: a yard is wrong as a whole, a source errs in the same way everywhere. "
        "So the error has one part that evens out between places and one that stays. How sure each source is is a judgement until somebody has looked on site: with labelled sample points (Olofsson et al., 2014) it becomes a measure.",
    ),
    "method.land.official": ("Il dato ufficiale e la serie degli anni", "The official figure and its years"),
    "method.land.official.text": (
        "Il suolo consumato è quello della carta nazionale di ISPRA (SNPA): celle di 10 m con il centro nel confine, classi permanenti e reversibili. La variazione è nuovo consumo meno ripristini, confrontata con lo stock iniziale. "
        "L’indicatore SDG 11.3.1 divide la crescita del suolo consumato per quella dei residenti: dove i residenti calano o sono fermi il rapporto inganna, e lo diciamo. Sta accanto alla nostra misura e non si mescola con essa.",
        "Consumed soil is that of ISPRA’s national map (SNPA): cells of 10 m with their centre in the boundary, permanent and reversible classes. Change is new consumption minus restoration, held against the stock at the start. "
        "SDG 11.3.1 divides the growth of consumed soil by that of residents: where residents fall or stand still the ratio misleads, and we say so. It stands beside our own measure and is never merged with it.",
    ),
    "method.land.rain": ("Pioggia, permeabilità, indice di biotopo", "Rain, permeability, biotope factor"),
    "method.land.rain.text": (
        "L’acqua che scorre via in un temporale da {storm} mm si calcola superficie per superficie con il metodo del curve number (USDA-NRCS, NEH 630, capitolo 10; TR-55) e poi si somma: mediare prima i numeri darebbe un terzo in meno. "
        "Il coefficiente di deflusso è la media pesata di coefficienti da tabelle. L’indice di biotopo (BAF) è quello di Berlino, nella lista fino al 2019 e in quella nuova. Tetti verdi e pareti non si vedono dall’alto. La pioggia è un esempio: il Comune mette la propria.",
        "Water that runs off in a storm of {storm} mm is worked out surface by surface with the curve number method (USDA-NRCS, NEH 630, chapter 10; TR-55) and then summed: averaging the numbers first would give a third less. "
        "The runoff coefficient is the weighted mean of tabled coefficients. The biotope area factor (BAF) is Berlin’s, by its list until 2019 and the new one. Green roofs and walls cannot be seen from above. The storm is an example: the municipality puts its own.",
    ),
    "method.land.opening": ("Dove togliere asfalto", "Where to open paving"),
    "method.land.opening.text": (
        "Candidata è una particella con pavimentazione che non è edificio né strada: si toglie la fascia di accesso di {rule_way} e se ne apre al più il {rule_open}, da {rule_least} in su. Ogni guadagno (m², m³, permeabilità, biotopo, euro) sta da solo: nessun voto unico. "
        "Nella lista delle private entra chi non è battuta in tutto da un’altra. I costi sono forchette da tabelle con data, non un prezziario. «Tetti prima dei campi» moltiplica la potenza sui tetti per gli ettari per MW di un impianto a terra.",
        "A candidate is a parcel with paving that is neither building nor road: a way in of {rule_way} is left and at most {rule_open} is opened, from {rule_least} up. Each gain (m², m³, permeability, biotope, euro) stands by itself: no single mark. "
        "The list of private ones holds those that no other beats in everything. Costs are ranges from dated tables, no price list. “Roofs before fields” multiplies the power on roofs by the hectares per MW of a plant on the ground.",
    ),
    "method.land.access": ("Chi ha un verde a 300 metri", "Who has green within 300 metres"),
    "method.land.access.text": (
        "Dalla porta di ogni edificio abitato si cerca la via più corta lungo le strade percorribili a piedi fino agli ingressi di un verde pubblico di almeno {rule_green} (OMS Europa, 2016); i tratti fino alla strada si sommano. "
        "I residenti di una sezione sono divisi fra gli edifici secondo il volume, solo per pesare: nessun numero di abitanti di un edificio è pubblicato.",
        "From the door of each inhabited building the shortest way along walkable streets is sought to the entrances of a public green of at least {rule_green} (WHO Europe, 2016); the stretches to the street are added. "
        "Residents of a section are shared among its buildings by volume, only as weights: no number of inhabitants of a building is published.",
    ),
    "method.land.supply": ("Quanto verde tocca a ciascuno", "How much green each person gets"),
    "method.land.supply.text": (
        "Il verde di ogni parco è diviso fra tutti quelli che lo raggiungono entro {rule_reach}, i vicini più dei lontani (E2SFCA, Luo e Qi, 2009), anche chi abita oltre il confine. La somma torna: nessun metro è contato due volte. "
        "La disuguaglianza è l’indice di Gini pesato sui residenti; gli intervalli vengono da ricampionamento (bootstrap).",
        "The area of each park is shared among all who reach it within {rule_reach}, those near more than those far (E2SFCA, Luo and Qi, 2009), people beyond the boundary included. The sum comes back: no metre counts twice. "
        "Inequality is the Gini index weighted by residents; intervals are from resampling (bootstrap).",
    ),
    "method.land.standard": ("Gli standard", "The standards"),
    "method.land.standard.text": (
        "DM 1444/1968, articolo 3: {rule_standard} per abitante di verde pubblico, gioco e sport, senza le fasce verdi lungo le strade. Si contano le aree mappate, non quelle del piano. SDG 11.7.1: spazi aperti e strade sull’area costruita, e chi ha uno spazio aperto entro 400 m.",
        "DM 1444/1968, article 3: {rule_standard} per inhabitant of public green, play and sport, without green strips along roads. Mapped areas count, not those of the plan. SDG 11.7.1: open places and streets over the built-up area, and who has an open place within 400 m.",
    ),
    "method.land.rule": ("3·30·300", "3·30·300"),
    "method.land.rule.text": (
        "Tre alberi vicino a casa, 30 % di chiome nel quartiere, un verde a 300 m (Konijnendijk, 2022), pesato sui residenti. La regola non dice come si misura e il risultato cambia molto: la tabella con tutte le definizioni ne fa parte. Gli alberi sono cime nel modello delle quote, non un censimento.",
        "Three trees near home, 30% of canopy in the neighbourhood, green within 300 m (Konijnendijk, 2022), weighted by residents. The rule does not say how to measure and the result changes much: the table of all definitions is part of it. Trees are tops in the elevation model, not a survey.",
    ),
    "method.land.planting": ("Dove piantare prima", "Where to plant first"),
    "method.land.planting.text": (
        "Media di tre bisogni di ogni sezione, da 0 a 1: suolo sigillato, mancanza di chiome, residenti per superficie. L’intervallo della posizione viene da mille gruppi di pesi a caso: se è largo, l’ordine dipende da che cosa si ritiene importante.",
        "Mean of three needs of each section, from 0 to 1: sealed soil, lack of canopy, residents per area. The range of a rank is from a thousand random sets of weights: where it is wide, the order hangs on what one holds to matter.",
    ),
    "method.land.restoration": ("Ripristino della natura", "Nature restoration"),
    "method.land.restoration.text": (
        "Regolamento (UE) 2024/1991, articolo 8. Finché lo Stato non mappa l’area degli ecosistemi urbani, qui sono le sezioni sigillate per almeno il {rule_built}. La base si fissa una volta sola e non si riscrive.",
        "Regulation (EU) 2024/1991, article 8. Until the state maps the urban ecosystem area, the sections sealed by at least {rule_built} stand in for it. The baseline is frozen once and never rewritten.",
    ),
    "method.land.small": ("Numeri piccoli", "Small numbers"),
    "method.land.small.text": (
        "Una sezione con meno di {rule_residents} residenti o di {rule_homes} edifici abitati non ha cifre; una quota che riguarderebbe meno di tre edifici nemmeno; le altre sono in per cento interi (Regole deontologiche, G.U. 14 gennaio 2019, articolo 5).",
        "A section of fewer than {rule_residents} residents or {rule_homes} inhabited buildings has no figures; nor has a share that would concern fewer than three buildings; the others are in whole per cents (Regole deontologiche, G.U. 14 January 2019, article 5).",
    ),
}
