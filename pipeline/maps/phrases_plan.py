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
