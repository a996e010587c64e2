"""The last pages of the printed report, methods, uncertainty and sources: key -> (Italian, English); see phrases.py."""

from __future__ import annotations

REPORT_METHOD: dict[str, tuple[str, str]] = {
    "report.method": ("Metodo", "Method"),
    "report.method.title": ("Come sono fatte le cifre", "How the figures are made"),
    "report.method.lead": (
        "Ogni numero viene da dati dichiarati in fondo e da un calcolo aperto, che chiunque può rifare con un comando. Il metodo per intero, con le formule e le prove, è nella documentazione del progetto.",
        "Each number comes from the data declared at the end and from an open computation that anyone can repeat with one command. The method in full, with formulas and tests, is in the project’s documentation.",
    ),
    "report.method.roofs": ("Falde e ostacoli", "Roof planes and obstacles"),
    "report.method.roofs.text": (
        "Dalle quote rilevate si ricavano le falde di ogni edificio, inclinazione e orientamento, e ciò che sporge o manca. I moduli, di misura vera, stanno dove c’è posto a norma di distanze dai bordi.",
        "The planes of each building, tilt and orientation, and what sticks out or is missing are found in the surveyed elevations. Modules of real size stand where there is room at the set distances from edges.",
    ),
    "report.method.light": ("Sole e ombre", "Sun and shadows"),
    "report.method.light.text": (
        "Per 72 direzioni si misura l’orizzonte di case, alberi e terreno. Per ognuna delle 8.760 ore di un anno tipico si somma il sole diretto, tolte le ombre, il diffuso del cielo visibile (Perez, 1990) e il riflesso.",
        "In 72 directions the horizon of houses, trees and terrain is measured. For each of the 8,760 hours of a typical year direct sun without shadows, diffuse light of the visible sky (Perez, 1990) and reflected light are summed.",
    ),
    "report.method.energy": ("Dal sole ai kWh", "From sun to kWh"),
    "report.method.energy.text": (
        "Temperatura dei moduli, perdite dichiarate una per una e inverter: i modelli sono quelli di pvlib. I kWh sono in corrente alternata, al contatore.",
        "Temperature of modules, losses declared one by one, and inverter: the models are those of pvlib. The kWh are alternating current, at the meter.",
    ),
    "report.method.money": ("Costi e valore", "Costs and value"),
    "report.method.money.text": (
        "Prezzi, tariffe e detrazioni stanno in tabelle con fonte e data, quelle di {as_of}. Il consumo segue profili orari per uso. Valore netto e rientro hanno un caso sfavorevole, medio e favorevole: sono indicativi.",
        "Prices, tariffs and deductions stand in tables with source and date, those of {as_of}. Consumption follows hourly profiles by use. Net value and payback have a poor, a middle and a good case: they are indicative.",
    ),
    "report.method.soil": ("Suolo sigillato", "Sealed soil"),
    "report.method.soil.text": (
        "Ogni cella di terreno ha una copertura. La quota sigillata è la superficie di edifici e altro suolo impermeabile sulla superficie di cui si conosce la copertura; le celle sul bordo contano per la parte che cade dentro.",
        "Each cell of ground has a cover. The sealed share is the area of buildings and other impermeable ground over the area whose cover is known; cells on an edge count for the part that falls inside.",
    ),
    "report.method.rain": ("Pioggia", "Rain"),
    "report.method.rain.text": (
        "Il deflusso di un temporale da {storm} mm è calcolato superficie per superficie con il curve number (USDA-NRCS, NEH 630, capitolo 10). Il temporale è un esempio: il Comune mette il proprio.",
        "Runoff of a storm of {storm} mm is computed surface by surface with the curve number (USDA-NRCS, NEH 630, chapter 10). The storm is an example: the municipality puts its own.",
    ),
    "report.method.opening": ("Dove togliere asfalto", "Where to open paving"),
    "report.method.opening.text": (
        "Candidata è una particella con pavimentazione che non è edificio né strada: si lascia un accesso di 3 m e si apre al più metà, da 50 m² in su. Ogni guadagno sta da solo; nessun voto unico. I costi sono forchette.",
        "A candidate is a parcel with paving that is neither building nor road: a way in of 3 m is left and at most half is opened, from 50 m² up. Each gain stands by itself; no single mark. Costs are ranges.",
    ),
    "report.method.access": ("Verde a piedi", "Green on foot"),
    "report.method.access.text": (
        "Dalla porta di ogni casa si cerca la via più corta sulle strade percorribili fino agli ingressi di un verde pubblico di almeno mezzo ettaro (OMS Europa, 2016). I residenti di una sezione sono divisi fra le case per volume, solo come pesi.",
        "From the door of each home the shortest way along walkable streets is sought to the entrances of a public green of at least half a hectare (WHO Europe, 2016). Residents of a section are shared among homes by volume, only as weights.",
    ),
    "report.method.people": ("Numeri piccoli", "Small numbers"),
    "report.method.people.text": (
        "Nessuna cifra riguarda una persona o gli abitanti di un edificio. Una sezione con meno di 10 residenti o di 3 case abitate non ha cifre; le altre sono in per cento interi.",
        "No figure concerns a person or the inhabitants of a building. A section of fewer than 10 residents or 3 inhabited homes has no figures; the others are in whole per cents.",
    ),
    # -- uncertainty
    "report.sure": ("Incertezza", "Uncertainty"),
    "report.sure.title": ("Quanto sono sicure", "How sure they are"),
    "report.sure.lead": ("Una cifra senza il suo intervallo non si può usare. Ecco quelle della relazione, ciascuna rispetto al proprio valore.", "A figure without its interval cannot be used. Here are those of the report, each against its own value."),
    "report.sure.caption": (
        "Punto: il valore. Linea: dal minimo al massimo, in proporzione al valore. Dell’energia si dà solo il lato prudente: ciò che si raggiunge in nove anni su dieci (P90).",
        "Dot: the value. Line: from low to high, in proportion to the value. Of energy only the cautious side is given: what is reached in nine years of ten (P90).",
    ),
    "report.sure.alt": ("Intervalli delle cifre principali: {parts}.", "Intervals of the main figures: {parts}."),
    "report.sure.energy": ("Energia dei tetti", "Energy of roofs"),
    "report.sure.sealed": ("Quota sigillata", "Sealed share"),
    "report.sure.supply": ("Verde raggiungibile a testa", "Reachable green per head"),
    "report.sure.cost": ("Costo per aprire l’asfalto", "Cost of opening paving"),
    "report.sure.p90": ("almeno {p90}", "at least {p90}"),
    "report.sure.means": ("Che cosa dicono gli intervalli", "What the intervals say"),
    "report.sure.demo": ("Che cosa è di prova", "What is trial data"),
    "report.sure.demo.text": (
        "{layers}: questi strati sono generati da un programma nei formati ufficiali, per mostrare che cosa si potrà dire. Nessuna cifra che ne viene descrive il comune vero. Quando il file ufficiale prende il loro posto, la relazione si rifà da sé.",
        "{layers}: these layers are made by a program in the official formats, to show what can be said. No figure that rests on them describes the real town. When the official file takes their place, the report is made anew.",
    ),
    "report.sure.missing": ("Che cosa manca", "What is missing"),
    "report.sure.notes": ("Da guardare", "To look at"),
    # -- sources
    "report.sources": ("Fonti", "Sources"),
    "report.sources.title": ("Fonti e licenze", "Sources and licences"),
    "report.sources.caption": ("Gli strati letti, a che cosa servono, da chi vengono.", "The layers read, what they serve, where they come from."),
    "report.sources.own": (
        "Testi, mappe e grafici di questa relazione: licenza EUPL-1.2 per il programma che li fa; chi li riusa cita le fonti qui sopra. Le stesse cifre, edificio per edificio e particella per particella, sono nel sito del comune e nell’atlante in formato aperto.",
        "Texts, maps and charts of this report: licence EUPL-1.2 for the program that makes them; whoever reuses them names the sources above. The same figures, building by building and parcel by parcel, are on the town’s site and in the atlas in an open format.",
    ),
    "report.sources.email": ("Domande: {email}.", "Questions: {email}."),
}  # fmt: skip
