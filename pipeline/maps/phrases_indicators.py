"""The words of the yearly indicators: where they stand and why; notes of the stages `indicators` and `neighbours`. See phrases.py."""

from __future__ import annotations

INDICATOR_WORDS: dict[str, tuple[str, str]] = {
    "standing.on_track": ("in linea", "on track"),
    "standing.off_track": ("non in linea", "off track"),
    "standing.unknown": ("non si sa", "not known"),
    "standing.reason.ahead": ("almeno pari alla retta fra valore di partenza e obiettivo", "at least as good as the line from baseline to target"),
    "standing.reason.behind": ("peggiore della retta fra valore di partenza e obiettivo", "worse than the line from baseline to target"),
    "standing.reason.reached": ("l’obiettivo è raggiunto", "the target is reached"),
    "standing.reason.missed": ("l’anno dell’obiettivo è passato senza raggiungerlo", "the target’s year has passed and it is not reached"),
    "standing.reason.no_value": ("mancano i dati", "there are no data"),
    "standing.reason.no_target": ("nessun obiettivo è stato fissato", "no target was set"),
    "standing.reason.no_baseline": ("manca il valore di partenza", "there is no baseline"),
    "standing.reason.not_later": ("c’è solo l’anno di partenza: servono i prossimi", "there is only the baseline’s year: the next ones are needed"),
    "standing.reason.other_method": ("il valore di partenza è calcolato con un altro metodo", "the baseline was calculated by another method"),
    "spark.broken": ("cambio di metodo", "change of method"),
    "spark.aim": ("obiettivo", "target"),
}
# Notes of the stages, as `SENTENCES` in phrases_notes.py.
INDICATOR_SENTENCES: dict[str, str] = {
    "Not what was frozen for the year: {}{}": "Diversi da quanto congelato per l’anno: {0}. I valori congelati restano; `make indicators YEAR=` dice che cosa è cambiato.",
    "No inventory of emissions is known{}": "Non è noto un inventario delle emissioni: uno citato (anno, settore, tco2, fonte, pagina) va nella cartella del comune, kind emissions di sources.indicators. Qui non si inventa nulla.",
    "No indicator with a value has a target{}": "Nessun indicatore con un valore ha un obiettivo: quelli del comune vanno nella sua cartella, kind targets di sources.indicators.",
    "A target is held against the straight line{}": "Un obiettivo si confronta con la retta che parte dal valore iniziale; questo è quello indicato nel registro degli obiettivi, altrimenti il primo anno della serie.",
    "Emissions of {} are of other sectors than those of {}: the year is left out.": "Le emissioni del {0} riguardano altri settori rispetto al {1}: l’anno è tralasciato.",
    "Emissions are those of {}, as cited there; nothing is calculated here.": "Le emissioni sono quelle di {0}, come citate; qui non si calcola nulla.",
    "The tables of neighbours have no row of the town itself ({}): it is not ranked.": "Le tabelle dei vicini non hanno una riga del comune stesso ({0}): non ha un posto in graduatoria.",
    "Neighbours are those the tables name{}": "I vicini sono quelli nominati nelle tabelle; un posto fra loro non dice nulla di altri comuni. Valori uguali condividono il posto.",
}
INDICATOR_COUNTS: dict[str, str] = {
    "indicators: {}": "indicatori: {0}",
    "indicators without a value": "indicatori senza valore",
    "municipalities beside each other": "comuni a confronto",
}
