"""The words of the climate plan: what the codes of its tables say; key -> (Italian, English), see phrases.py."""

from __future__ import annotations

PLAN: dict[str, tuple[str, str]] = {
    # What speaks for acting on a public building
    "estate.heat_above": ("consuma per il riscaldamento più del tipico del suo uso", "uses more for heat than is typical of its use"),
    "estate.electricity_above": ("consuma più elettricità del tipico del suo uso", "uses more electricity than is typical of its use"),
    "estate.solar_duty": ("la direttiva chiede un impianto solare entro la data indicata", "the directive asks for solar by the date given"),
    "estate.renovation_duty": ("conta per il 3 % annuo di superficie pubblica da ristrutturare", "counts for the 3 % a year of public floor area to be renovated"),
    "estate.pv_pays": ("un impianto sul tetto si ripaga con le ipotesi medie", "a plant on its roof pays at the middle assumptions"),
    "estate.whole_grant": ("il contributo in vigore può coprire tutte le spese ammesse", "the grant in force may pay all eligible costs"),
    "estate.part_grant": ("il contributo in vigore copre una parte delle spese ammesse", "the grant in force pays part of the eligible costs"),
    "estate.energy_community": ("l’energia che avanza può andare a una comunità energetica", "its surplus can go to an energy community"),
    # What is missing, or to be looked at
    "estate.not_found": ("non è stato trovato sulla mappa", "was not found on the map"),
    "estate.incomplete_year": ("nessun anno di bollette è completo", "no year of bills is whole"),
    "estate.no_electricity": ("mancano le bollette elettriche", "bills of electricity are missing"),
    "estate.no_heat": ("mancano le bollette del riscaldamento", "bills of heat are missing"),
    "estate.not_normalised": ("mancano i gradi giorno dell’anno: il calore non è riportato a un anno tipico", "the year’s degree days are missing: heat is not brought to a typical year"),
    "estate.no_benchmark": ("per il suo uso non c’è un consumo tipico", "there is no typical consumption of its use"),
    "estate.no_factor": ("per il suo vettore non c’è un fattore di emissione", "there is no emission factor of what heats it"),
    "estate.shared_roof": ("il tetto è contato con un altro edificio nello stesso contorno", "its roof is counted with another building in the same outline"),
    "estate.no_roof": ("sul tetto non entrano moduli, o non è noto", "its roof holds no modules, or is not known"),
    "estate.electricity_assumed": ("autoconsumo calcolato con un consumo ipotizzato", "self-consumption worked out with an assumed load"),
    "estate.pv_in_service": ("ha già un impianto fotovoltaico", "has photovoltaics already"),
    "estate.heritage": ("è vincolato: chiedere all’ufficio", "is protected: ask the office"),
    # Why it was not found
    "place.no_reference": ("il registro non dice dove sta", "the register does not say where it is"),
    "place.unknown_building": ("l’edificio indicato non esiste", "the building named does not exist"),
    "place.unknown_parcel": ("la particella indicata non esiste", "the parcel named does not exist"),
    "place.parcel_without_building": ("sulla particella non c’è un edificio", "there is no building on the parcel"),
    "place.point_without_building": ("vicino al punto non c’è un edificio", "there is no building near the point"),
    "place.no_address_list": ("manca l’elenco dei numeri civici", "there is no list of house numbers"),
    "place.unknown_address": ("l’indirizzo non è nell’elenco", "the address is not in the list"),
    "place.ambiguous_address": ("l’indirizzo sta su più edifici", "the address lies on several buildings"),
    # Beside the typical consumption
    "estate.class.well_below": ("fino a metà del tipico", "up to half of the typical"),
    "estate.class.below": ("fino al tipico", "up to the typical"),
    "estate.class.above": ("oltre il tipico", "above the typical"),
    "estate.class.far_above": ("oltre una volta e mezza il tipico", "more than one and a half times the typical"),
}

# Notes of the stages of the plan, as `SENTENCES` in phrases_notes.py.
PLAN_SENTENCES: dict[str, str] = {
    "Nothing is known of the roofs: no photovoltaics of public buildings.": "Dei tetti non si sa nulla: nessun fotovoltaico per gli edifici pubblici.",
    "A typical year has {} degree days (town.yaml).": "Un anno tipico ha {0} gradi giorno (town.yaml).",
    "No weather: heat is not brought to a typical year.": "Manca il meteo: il calore non è riportato a un anno tipico.",
    "Degree days of the typical year are those of the weather file by the method {}; those of the bills' years must be of the same method.": "I gradi giorno dell’anno tipico sono quelli del file meteo con il metodo {0}; quelli degli anni delle bollette devono seguire lo stesso metodo.",
    "The town's residents are not known: the grant for buildings of small towns is not counted.": "I residenti del comune non sono noti: il contributo per gli edifici dei piccoli comuni non è contato.",
    "Expired on {}, not counted: {}.": "Scaduti al {0}, non contati: {1}.",
    "Duties are those of the directives as published{}": "Gli obblighi sono quelli delle direttive pubblicate; la legge italiana può fissare altre date. Il contributo paga il fotovoltaico solo insieme a una pompa di calore, entro massimali che qui non si guardano.",
    "Not found on the ground: {} ({}): {}.": "Non trovato sul terreno: {0} ({1}): {2}.",
    "{} more buildings of the register were not found on the ground; see estate.parquet.": "Altri {0} edifici del registro non sono stati trovati sul terreno; si veda estate.parquet.",
    "Heat follows degree days, hot water in it too{}": "Il calore segue i gradi giorno, acqua calda compresa; l’elettricità no. I consumi tipici di altri paesi sono portati qui solo con i gradi giorno. La classe non è un APE.",
    "Ranked by the emissions that the typical consumption of its use and the best plant on its own roof would avoid, at the factors and prices of {}; costs of renovation are not known here.": "In ordine di emissioni evitabili scendendo al consumo tipico dell’uso e con l’impianto migliore sul proprio tetto, ai fattori e prezzi di {0}; i costi di ristrutturazione qui non sono noti.",
    "A standard cubic metre of gas holds {} kWh{}": "Uno standard metro cubo di gas contiene {0} kWh (potere calorifico inferiore, media nazionale; la bolletta ha il suo).",
    "{}: uses {} are not in the legend of public buildings: taken as other, without a benchmark.": "{0}: gli usi {1} non sono nella legenda degli edifici pubblici: presi come altro, senza consumo tipico.",
    "No layer says which primary substation each building is below{}": "Nessun layer dice sotto quale cabina primaria sta ogni edificio: il comune è preso come una sola area, da controllare sulla mappa del GSE.",
    "The tariff of energy communities takes in no plant on {}{}": "Al {0} la tariffa delle comunità energetiche non ammette impianti: l’energia si condivide, non si paga nulla.",
    "One price of the zone, {} EUR/MWh, in every hour; below 140 EUR/MWh the premium stands at its cap. Premium before any capital grant, which lessens it.": "Un solo prezzo zonale, {0} €/MWh, in ogni ora; sotto 140 €/MWh la tariffa premio è al suo massimo. Tariffa prima di eventuali contributi in conto capitale, che la riducono.",
    "Members are households with the mean consumption and profile of homes{}": "I soci sono famiglie con consumo e profilo medi; imprese ed edifici pubblici senza impianto non sono contati. Gli impianti sono i migliori per il proprio edificio, non per la comunità.",
}
