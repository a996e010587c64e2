"""The words of the pages a municipality completes: key -> (Italian, English); see phrases.py.

Each page is a list of sections: `<page>.<n>` is a heading, `<page>.<n>.text` its paragraph. What stands in [brackets] the municipality fills in.
"""

from __future__ import annotations

DRAFTS: dict[str, tuple[str, str]] = {
    "draft": (
        "Bozza: il Comune completa le parti tra [parentesi] prima di pubblicare.",
        "Draft: the municipality completes what stands in [brackets] before it publishes.",
    ),
    "accessibility.title": ("Dichiarazione di accessibilità – {town}", "Accessibility statement – {town}"),
    "accessibility.h1": ("Questo sito è per tutti?", "Is this site for everyone?"),
    "accessibility.lead": (
        "Il Comune di {town} vuole che chiunque possa usare queste pagine, come chiedono la legge 4/2004 e la direttiva (UE) 2016/2102.",
        "The municipality of {town} wants everyone to be able to use these pages, as Italian law 4/2004 and Directive (EU) 2016/2102 ask.",
    ),
    "accessibility.1": ("Stato di conformità", "State of conformity"),
    "accessibility.1.text": (
        "Parzialmente conforme alle WCAG 2.1, livello AA (norma UNI CEI EN 301549), per le parti elencate sotto. [Il Comune conferma dopo la propria verifica.]",
        "Partly conformant with WCAG 2.1, level AA (EN 301 549), because of the parts listed below. [The municipality confirms after its own check.]",
    ),
    "accessibility.2": ("Che cosa funziona", "What works"),
    "accessibility.2.text": (
        "Tutto si usa da tastiera e con un lettore di schermo; ogni cifra della mappa sta anche in una tabella che si ordina e si filtra; i colori sono distinguibili anche da chi non vede tutti i colori, "
        "e accanto a ogni colore c’è il numero; le pagine reggono l’ingrandimento al 400 % e funzionano senza rete.",
        "Everything can be used with a keyboard and a screen reader; each figure of the map also stands in a table that sorts and filters; the colours can be told apart by people who do not see all colours, "
        "and the number stands beside each colour; pages bear 400% zoom and work without a network.",
    ),
    "accessibility.3": ("Che cosa non è accessibile", "What is not accessible"),
    "accessibility.3.text": (
        "Il disegno della mappa in sé non si legge con un lettore di schermo: la tabella sotto la mappa ne porta tutti i dati. Alcune note della pagina dei dati sono solo in inglese. [Altro che il Comune trova.]",
        "The drawing of the map itself cannot be read by a screen reader: the table below the map holds all its data. Some notes on the data page are in English only. [Anything else the municipality finds.]",
    ),
    "accessibility.4": ("Come è stato verificato", "How it was checked"),
    "accessibility.4.text": (
        "Con prove automatiche a ogni versione (axe, in italiano e in inglese, schermo grande e telefono: nessuna violazione trovata) e prove da tastiera. [Data e modo della verifica del Comune.]",
        "By automatic tests of each version (axe, in Italian and English, large screen and phone: no violation found) and by keyboard tests. [Date and manner of the municipality’s own check.]",
    ),
    "accessibility.5": ("Segnalare un problema", "Report a problem"),
    "accessibility.5.text": (
        "Scrivere a [indirizzo del Comune]. Il Comune risponde entro 30 giorni. Chi non riceve risposta può rivolgersi al Difensore civico per il digitale presso AgID.",
        "Write to [address of the municipality]. The municipality answers within 30 days. Who gets no answer may turn to the ombudsman for digital matters at AgID.",
    ),
    "privacy.title": ("Riservatezza – {town}", "Privacy – {town}"),
    "privacy.h1": ("Che cosa sa di voi questo sito?", "What does this site know about you?"),
    "privacy.lead": ("Niente. E ciò che mostra non riguarda le persone.", "Nothing. And what it shows is not about people."),
    "privacy.1": ("Chi guarda", "Who looks"),
    "privacy.1.text": (
        "Il sito non usa cookie, non memorizza nulla nel dispositivo, non misura le visite e non chiede nulla a terzi: né mappe, né caratteri, né programmi. "
        "La posizione, il filtro e la lingua scelti stanno nell’indirizzo della pagina e restano a chi la usa. [Il Comune aggiunge che cosa registra il server che ospita le pagine, per quanto tempo e su quale base giuridica.]",
        "The site uses no cookies, stores nothing on the device, does not measure visits and asks no third party for anything: no maps, no fonts, no programs. "
        "The chosen place, filter and language stand in the page’s address and stay with who uses it. [The municipality adds what the server that holds the pages records, for how long and on what legal basis.]",
    ),
    "privacy.2": ("Che cosa è pubblicato", "What is published"),
    "privacy.2.text": (
        "Edifici, particelle e sezioni di censimento con cifre calcolate da dati aperti. Mancano di proposito: proprietari, indirizzi di persone, consumi di famiglie, residenti per edificio, impianti privati esistenti. "
        "L’energia di un tetto è una stima arrotondata a tre cifre e non dice nulla di chi ci abita.",
        "Buildings, parcels and census sections with figures computed from open data. Left out on purpose: owners, addresses of persons, consumption of households, residents by building, existing private plants. "
        "The energy of a roof is an estimate rounded to three digits and says nothing of who lives there.",
    ),
    "privacy.3": ("Chi scrive", "Who writes"),
    "privacy.3.text": (
        "Chi segnala un errore scrive dalla propria posta: il messaggio contiene il codice dell’edificio o della particella. Titolare del trattamento: [Comune, indirizzo, PEC]. Responsabile della protezione dei dati: [nome, contatto].",
        "Who reports an error writes from their own mail: the message holds the code of the building or parcel. Controller: [municipality, address, certified mail]. Data protection officer: [name, contact].",
    ),
    "privacy.4": ("I vostri diritti", "Your rights"),
    "privacy.4.text": (
        "Accesso, rettifica, cancellazione e opposizione secondo gli articoli 15–22 del regolamento (UE) 2016/679; reclamo al Garante per la protezione dei dati personali.",
        "Access, rectification, erasure and objection under articles 15–22 of Regulation (EU) 2016/679; complaint to the Italian data protection authority.",
    ),
}
SECTIONS = {"accessibility": 5, "privacy": 4}
