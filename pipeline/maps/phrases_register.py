"""The words of what the town already does and what its people report; key -> (Italian, English), see phrases.py."""

from __future__ import annotations

REGISTER: dict[str, tuple[str, str]] = {
    # Kinds of initiative
    "initiative.retrofit": ("riqualificazione energetica", "energy retrofit"),
    "initiative.pv": ("fotovoltaico", "photovoltaics"),
    "initiative.desealing": ("suolo riaperto", "paving opened"),
    "initiative.trees": ("alberi", "trees"),
    "initiative.waste": ("rifiuti", "waste"),
    "initiative.rule": ("regola", "rule"),
    "initiative.mobility": ("mobilità", "mobility"),
    "initiative.school": ("scuola", "school"),
    "initiative.other": ("altro", "other"),
    # How far they are
    "status.done": ("concluso", "done"),
    "status.under_way": ("in corso", "under way"),
    "status.planned": ("previsto", "planned"),
    "status.proposed": ("proposto", "proposed"),
    # Where, and why not; the other reasons are those of the estate
    "place.town": ("vale per tutto il comune", "holds for the whole town"),
    "place.outside_town": ("il punto è fuori dal comune", "the point lies outside the town"),
    # Kinds of report
    "report.missing_tree": ("manca un albero", "a tree is missing"),
    "report.sealed_place": ("asfalto da togliere", "paving to open"),
    "report.heat_spot": ("punto caldo", "heat spot"),
    "report.roof": ("tetto adatto al sole", "roof for solar"),
    "report.collection_point": ("manca un punto di raccolta", "a collection point is missing"),
    "report.other": ("altro", "other"),
    # What became of them
    "moderation.accepted": ("accettata", "accepted"),
    "moderation.pending": ("in attesa", "pending"),
    "moderation.rejected": ("respinta", "rejected"),
    # Counts of schools
    "street.found": ("via trovata", "street found"),
    "street.unknown_street": ("nessuna via con questo nome", "no street of this name"),
    "street.no_canopy": ("lungo la via la superficie non è nota", "the surface along it is not known"),
}

# Notes of the stages, as `SENTENCES` in phrases_notes.py.
REGISTER_SENTENCES: dict[str, str] = {
    "{}: the owner looks like a person and is left out; expected an office or a body.": "{0}: il responsabile sembra una persona ed è tolto; serve un ufficio o un ente.",
    "{}: {} kWh/kWp a year, more than {}; are the energy in kWh and the power in kWp?": "{0}: {1} kWh/kWp all’anno, più di {2}; l’energia è in kWh e la potenza in kWp?",
    "{}: {} EUR/kWp, outside {}; is the cost that of the plant alone, in euro?": "{0}: {1} €/kWp, fuori da {2}; il costo è del solo impianto, in euro?",
    "{}: {} kg CO2 for each kWh, more than {}; are the emissions in kg?": "{0}: {1} kg di CO2 per kWh, più di {2}; le emissioni sono in kg?",
    "{}: done in {}, a year to come; is it planned?": "{0}: concluso nel {1}, un anno che deve venire; è previsto?",
    "{}: planned for {}, a year that has passed; is it done, or given up?": "{0}: previsto per il {1}, un anno passato; è concluso, o abbandonato?",
    "{} more rows of the register were not found on the ground; see initiatives.parquet.": "Altre {0} righe del registro non sono state trovate sul terreno; si veda initiatives.parquet.",
    "Effects and costs are as the register says them: none is worked out here, and where a row says none, none is added.": "Effetti e costi sono quelli del registro: qui non se ne calcola nessuno, e dove mancano non si aggiungono.",
    "{} reports lie outside the town and are kept out.": "{0} segnalazioni sono fuori dal comune e restano fuori.",
    "{} of them would lie inside with latitude and longitude exchanged; are the columns named the wrong way round?": "{0} di queste sarebbero dentro scambiando latitudine e longitudine; le colonne hanno i nomi invertiti?",
    "Texts of reports are plain text; mail addresses, phone numbers, tax codes, accounts and links were taken out by their form. Names of people have no form: the moderators look for them.": "I testi delle segnalazioni sono testo semplice; indirizzi e-mail, telefoni, codici fiscali, profili e link sono tolti dalla loro forma. I nomi di persona non hanno una forma: li cercano i moderatori.",
    "No street has the name {}: its count stands alone.": "Nessuna via si chiama {0}: il conteggio resta da solo.",
    "Trees seen along a street are tops of {} m or more within {} m of its line, gardens at its sides included; young trees are lower, and crowns that touch are one.": "Gli alberi visti lungo una via sono cime di almeno {0} m entro {1} m dal suo asse, giardini laterali compresi; gli alberi giovani sono più bassi, e le chiome che si toccano sono una.",
}

# Counts and figures, as `NAMES` in phrases_counts.py.
REGISTER_NAMES: dict[str, str] = {
    "initiatives found by: {}": "iniziative trovate con: {0}",
    "initiatives not found": "iniziative non trovate",
    "initiatives_{}": "iniziative: {0}",
    "reports read": "segnalazioni lette",
    "reports whose moderation is an unknown word: pending": "segnalazioni con una moderazione sconosciuta: in attesa",
    "reports of an unknown kind: other": "segnalazioni di tipo sconosciuto: altro",
    "reports without a place, kept out": "segnalazioni senza luogo, lasciate fuori",
    "reports sent twice, dropped": "segnalazioni mandate due volte, scartate",
    "reports {}": "segnalazioni: {0}",
    "report numbers that told of a person, replaced": "numeri di segnalazione che dicevano di una persona, sostituiti",
    "taken out of texts: {}": "tolti dai testi: {0}",
    "texts cut": "testi accorciati",
    "tree counts read": "conteggi di alberi letti",
    "tree counts written twice, once dropped": "conteggi di alberi scritti due volte, uno scartato",
    "streets counted by schools: {}": "vie contate dalle scuole: {0}",
    "school_trees_counted": "alberi contati dalle scuole",
    "school_trees_seen": "alberi visti nel modello di altezza",
    "initiatives and reports written": "iniziative e segnalazioni scritte",
}
