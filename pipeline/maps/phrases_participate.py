"""The words of participate.html: key -> (Italian, English); see phrases.py."""

from __future__ import annotations

PARTICIPATE: dict[str, tuple[str, str]] = {
    "participate.title": ("Partecipa – {town}", "Take part – {town}"),
    "participate.h1": ("Che cosa puoi fare tu?", "What can you do?"),
    "participate.lead": (
        "Queste mappe sono di tutti: si guardano, si correggono, si completano. Senza iscriversi e senza lasciare il proprio nome.",
        "These maps belong to everyone: look at them, correct them, complete them. No account, no name left behind.",
    ),
    "participate.roof": ("Trova il tuo tetto", "Find your roof"),
    "participate.roof.text": (
        "Scrivi la via, oppure foglio e particella del catasto (per esempio 14/233): la mappa si apre lì. Tocca il tetto e apri la sua scheda: quanto sole, quanta energia, che cosa lo limita. "
        "Si stampa su un foglio, e il link si copia e si manda a chi si vuole.",
        "Write the street, or sheet and parcel of the cadastre (such as 14/233): the map opens there. Touch the roof and open its sheet: how much sun, how much energy, what limits it. "
        "It prints on one page, and its link can be copied and sent to anyone.",
    ),
    "participate.roof.none": ("Per questo comune la resa dei tetti non è calcolata: la mappa mostra solo gli edifici.", "The yield of roofs is not computed for this town: the map shows the buildings only."),
    "participate.roof.search": ("Via oppure foglio/particella", "Street or sheet/parcel"),
    "participate.roof.example": ("Via Roma oppure 14/233", "Via Roma or 14/233"),
    "participate.roof.open": ("Apri la mappa dei tetti", "Open the map of roofs"),
    "participate.roof.sheet": ("Scheda di un tetto", "Sheet of a roof"),
    "participate.roof.parcel": ("Scheda di una particella", "Sheet of a parcel"),
    "participate.correct": ("Correggici", "Correct us"),
    "participate.correct.text": (
        "Un tetto rifatto, un albero che non c’è più, un edificio nuovo: in ogni scheda il tasto «Segnala un errore» prepara un messaggio con il codice giusto. Basta dire che cosa non torna.",
        "A new roof, a tree that is gone, a building that is missing: on each sheet “Report an error” prepares a message with the right code. Just say what is wrong.",
    ),
    "participate.correct.mail": ("Scrivi al Comune", "Write to the municipality"),
    "participate.correct.none": ("L’indirizzo per le segnalazioni non è ancora impostato (webmap.email in town.yaml).", "The address for reports is not set yet (webmap.email in town.yaml)."),
    "participate.correct.subject": ("Correzione alla mappa, codice:", "Correction of the map, code:"),
    "participate.report": ("Segnala un luogo", "Report a place"),
    "participate.report.text": (
        "Qui manca un albero, lì fa troppo caldo, questo piazzale si può aprire: le segnalazioni arrivano come punti, da una mappa uMap, da Decidim o da un modulo. "
        "Qualcuno in Comune le legge; solo quelle accettate diventano pubbliche, senza nomi, e stanno sulla mappa del piano.",
        "A tree is missing here, it is too hot there, this yard could be opened: reports come as points, from a uMap map, from Decidim or from a form. "
        "Someone at the municipality reads them; only accepted ones become public, without names, and stand on the map of the plan.",
    ),
    "participate.report.map": ("La mappa del piano", "The map of the plan"),
    "participate.school": ("Porta la scuola in strada", "Take the school outside"),
    "participate.school.text": (
        "Il quaderno per la scuola è un PDF da stampare su fogli A4: contare gli alberi della propria via, controllare cinque tetti, riportare i numeri. "
        "Quelli degli alberi si confrontano con le chiome viste dall’alto: se non tornano, ha sbagliato la mappa o è cambiata la via.",
        "The school’s workbook is a PDF to print on A4: count the trees of your street, check five roofs, bring the numbers back. "
        "Those of trees are held against the canopy seen from above: if they differ, the map is wrong or the street has changed.",
    ),
    "participate.school.pdf.it": ("Quaderno in italiano (PDF)", "Workbook in Italian (PDF)"),
    "participate.school.pdf.en": ("Quaderno in inglese (PDF)", "Workbook in English (PDF)"),
    "participate.school.csv": ("Tabella da riempire (CSV)", "Table to fill in (CSV)"),
    "participate.files": ("Riporta dati", "Bring data back"),
    "participate.files.text": (
        "Tabelle vuote nei formati che il calcolo sa leggere. Si riempiono con un foglio di calcolo, separate da punto e virgola, e si mandano al Comune: al prossimo calcolo sono nella mappa.",
        "Empty tables in the formats that the calculation reads. Fill them in a spreadsheet, parted by semicolons, and send them to the municipality: at the next calculation they are on the map.",
    ),
    "participate.files.file": ("File", "File"),
    "participate.files.what": ("A che cosa serve", "What it is for"),
    "participate.file.segnalazioni_csv": (
        "Segnalazioni: tipo (missing_tree, sealed_place, heat_spot, roof, collection_point, other), testo, data, latitudine, longitudine. Niente nomi, e-mail o telefoni.",
        "Reports: kind (missing_tree, sealed_place, heat_spot, roof, collection_point, other), text, date, latitude, longitude. No names, mail addresses or phone numbers.",
    ),
    "participate.file.segnalazioni_geojson": ("Le stesse come punti su una mappa, come le salva uMap.", "The same as points on a map, as uMap saves them."),
    "participate.file.alberi_contati_csv": ("Alberi contati dalle scuole: via, alberi, giorno, classe.", "Trees counted by schools: street, trees, day, class."),
    "participate.file.tetti_controllati_csv": ("Tetti controllati dalle scuole, per chi cura la mappa: letti da una persona, non dal calcolo.", "Roofs checked by schools, for those who look after the map: read by a person, not by the calculation."),
    "participate.file.iniziative_csv": ("Per gli uffici: che cosa il Comune ha fatto, fa e prevede.", "For offices: what the municipality has done, does and plans."),
    "participate.file.edifici_comunali_csv": ("Per gli uffici: edifici pubblici e loro bollette.", "For offices: public buildings and their bills."),
    "participate.more": ("E poi", "And then"),
    "participate.more.community": ("Una comunità energetica con i tetti comunali: quante famiglie, quanta energia", "An energy community with the municipal roofs: how many households, how much energy"),
    "participate.more.enterprises": ("Hai un’impresa? I grandi tetti e i piazzali", "You run an enterprise? The large roofs and yards"),
    "participate.more.data": ("Scarica tutto: tabelle e GeoPackage", "Download it all: tables and GeoPackage"),
}
