"""Words of the page that says how a run went: Italian, English."""

from __future__ import annotations

RUN: dict[str, tuple[str, str]] = {
    "run.title": ("{town}: rapporto dell’elaborazione", "{town}: report of the run"),
    "run.intro": (
        "Che cosa hanno fatto le fasi l’ultima volta che sono servite, quanto è costato, che cosa hanno segnalato e che cosa è stato assunto dove i dati tacciono.",
        "What the stages did the last time they were needed, what it cost, what they warned of, and what was assumed where the data are silent.",
    ),
    "run.sum": ("{seconds} s di lavoro in {stages} fasi; memoria massima {peak} MB; avvisi: {warnings}; assunzioni: {assumptions}.", "{seconds} s of work in {stages} stages; highest memory {peak} MB; warnings: {warnings}; assumptions: {assumptions}."),
    "run.stage": ("Fase", "Stage"),
    "run.seconds": ("Secondi", "Seconds"),
    "run.peak": ("Memoria massima, MB", "Highest memory, MB"),
    "run.size": ("Risultato", "Result"),
    "run.ended": ("Finita (UTC)", "Ended (UTC)"),
    "run.warnings": ("Avvisi", "Warnings"),
    "run.assumptions": ("Assunzioni", "Assumptions"),
    "run.missing": ("Che cosa manca", "What is missing"),
    "run.generated": ("Dati dimostrativi, non rilevati", "Demonstration data, not surveyed"),
    "run.none": ("Nulla.", "Nothing."),
    "run.stale": ("non aggiornata: uno dei suoi dati di partenza è stato rifatto", "not up to date: one of its inputs was made anew"),
}
