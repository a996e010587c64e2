"""Words of waste and its collection in both languages, and the Italian of what their stages note."""

from __future__ import annotations

WASTE: dict[str, tuple[str, str]] = {
    # What looks odd in a row of the table
    "waste.check.fractions_differ": ("le frazioni non fanno il totale della differenziata", "the fractions do not sum to the separate collection"),
    "waste.check.share_differs": ("la percentuale scritta non è quella delle tonnellate", "the stated share is not that of the tonnes"),
    "waste.check.jump": ("più della metà di differenza dall’anno prima", "differs from the year before by more than half"),
    "waste.check.per_head": ("chilogrammi per abitante fuori dal consueto", "kg per resident out of the usual"),
    # Kinds of collection point
    "collection.centre": ("centro di raccolta (ecocentro)", "collection centre"),
    "collection.street": ("contenitori stradali", "containers on the street"),
    "collection.battery": ("pile", "batteries"),
    "collection.oil": ("olio esausto", "used oil"),
    "collection.textile": ("abiti e tessili", "clothes and textiles"),
}

# As `SENTENCES` in phrases_notes.py.
WASTE_SENTENCES: dict[str, str] = {
    "Generated years of the waste table stood beside real ones and were left out.": "Anni generati della tabella dei rifiuti stavano accanto ad anni veri e sono stati tolti.",
    "waste.neighbours: {} are not in the tables.": "waste.neighbours: {0} non sono nelle tabelle.",
    "Rows that cannot be, left out: {}.": "Righe impossibili, tolte: {0}.",
    "The town's own waste figures look odd ({}) in {}.": "Le cifre dei rifiuti del comune non tornano ({0}) nel {1}.",
    "Waste as the official table counts it{}": "Rifiuti come li conta la tabella ufficiale, compostaggio domestico nella differenziata dove la regione lo ammette; gli abitanti sono quelli della tabella, ospiti e seconde case non contano.",
    "The share of separate collection is held against the national minimum of its year{}": "La quota di differenziata è confrontata con il minimo nazionale del suo anno; gli obiettivi europei riguardano ciò che si ricicla, che nessuna tabella comunale dice.",
    "No point of kind {} is in the layer: nothing is said of them, they may only be missing in it.": "Nel layer non ci sono punti di tipo {0}: non se ne dice nulla, può darsi che manchino solo lì.",
    "No residents are known: ways only, no shares of people and no candidate places.": "I residenti non sono noti: solo percorsi, nessuna quota di persone e nessun luogo candidato.",
    "Within reach is a way on foot of {} m to a container on the street, {} m to a point for batteries, oil or textiles, {} m to a collection centre{}": "È raggiunto chi ha un percorso a piedi di {0} m fino a un contenitore stradale, {1} m fino a un punto per pile, olio o tessili, {2} m fino a un centro di raccolta; un centro non vale per gli altri. Un giudizio.",
    "Candidate places are street corners, chosen one after the other; such a choice reaches at least {} of what the best choice of as many does{}": "I luoghi candidati sono incroci, scelti uno dopo l’altro; così si serve almeno il {0} di quanto servirebbe la scelta migliore di altrettanti (Nemhauser, Wolsey e Fisher 1978). Spazio, traffico e giri di raccolta non sono guardati.",
}

# As `NAMES` in phrases_counts.py.
WASTE_NAMES: dict[str, str] = {
    "rows left out: of several municipalities together": "righe tolte: di più comuni insieme",
    "rows left out: of other municipalities": "righe tolte: di altri comuni",
    "rows left out: cannot be": "righe tolte: impossibili",
    "rows that look odd: {}": "righe che non tornano: {0}",
    "years of the town": "anni del comune",
    "municipalities beside the town in its newest year": "comuni a confronto nell’ultimo anno",
    "waste_{}": "rifiuti: {0}",
    "outlines taken as a point inside them": "contorni presi come un punto al loro interno",
    "points: {}": "punti: {0}",
    "buildings within reach: {}": "edifici serviti: {0}",
    "reached_share_{}": "quota servita: {0}",
    "out_of_reach_{}": "residenti fuori distanza: {0}",
    "zones withheld": "zone non pubblicate",
    "candidate corners looked at: {}": "incroci candidati guardati: {0}",
    "gained_over_bound_{}": "guadagno sul massimo possibile: {0}",
    "collection points": "punti di raccolta",
}
