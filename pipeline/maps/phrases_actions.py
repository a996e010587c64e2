"""Words of the roadmap: reasons, kinds, states, and the Italian of the notes of its stage."""

from __future__ import annotations

ACTIONS: dict[str, tuple[str, str]] = {
    # What speaks for it
    "action.earns": ("rende più di quanto costa, con le ipotesi medie", "earns more than it costs, at the middle assumptions"),
    "action.duty": ("una direttiva lo chiede entro la data indicata", "a directive asks for it by the date given"),
    "action.whole_grant": ("il contributo in vigore può coprire tutte le spese ammesse", "the grant in force may pay all eligible costs"),
    "action.part_grant": ("il contributo in vigore copre una parte delle spese ammesse", "the grant in force pays part of the eligible costs"),
    "action.energy_community": ("l’energia che avanza può andare a una comunità energetica", "its surplus can go to an energy community"),
    "action.tax_deduction": ("chi paga può detrarre una parte della spesa", "who pays may deduct part of the expense from taxes"),
    "action.public_place": ("è in uno spazio pubblico", "lies in a public place"),
    "action.pareto": ("nessun’altra candidata del suo gruppo è migliore in tutto", "no other candidate of its group is better in everything"),
    "action.little_canopy": ("lungo la via ci sono pochi alberi", "there are few trees along the street"),
    "action.far_from_point": ("qui molti residenti sono lontani da un punto di raccolta", "many residents here are far from a collection point"),
    # What is to be known
    "action.heat_pump_needed": ("il Conto termico paga il fotovoltaico solo insieme a una pompa di calore", "the Conto termico pays photovoltaics only together with a heat pump"),
    "action.co2_not_counted": ("le emissioni evitate non sono contate, o solo in parte", "emissions avoided are not counted, or only in part"),
    "action.sum_of_many": ("somma di molti edifici", "a sum of many buildings"),
    "action.heritage": ("è vincolato: chiedere all’ufficio", "is protected: ask the office"),
    "action.in_register": ("è nel registro delle iniziative", "is in the register of initiatives"),
    "action.only_in_register": ("è nel registro, senza un potenziale calcolato", "is in the register, without a potential worked out here"),
    "action.partly_done": ("fatta in parte: è stata raggiunta solo una parte dell’energia possibile", "done in part: only a part of the energy that is possible was reached"),
    "action.not_found": ("non è stato trovato sulla mappa", "was not found on the map"),
    "action.grant_expired": ("altri contributi sono scaduti", "other grants have expired"),
    "action.no_electricity_bills": ("mancano le bollette elettriche: consumo ipotizzato", "bills of electricity are missing: the load is assumed"),
    # Kinds
    "action.kind.pv": ("fotovoltaico", "photovoltaics"),
    "action.kind.retrofit": ("riqualificazione energetica", "energy retrofit"),
    "action.kind.desealing": ("togliere asfalto", "opening paving"),
    "action.kind.trees": ("alberi", "trees"),
    "action.kind.collection_point": ("punto di raccolta", "collection point"),
    "action.kind.waste": ("rifiuti", "waste"),
    "action.kind.rule": ("regola", "rule"),
    "action.kind.mobility": ("mobilità", "mobility"),
    "action.kind.school": ("progetto scolastico", "school project"),
    "action.kind.other": ("altro", "other"),
    # States
    "action.status.potential": ("possibile", "possible"),
    "action.status.proposed": ("proposta", "proposed"),
    "action.status.planned": ("prevista", "planned"),
    "action.status.under_way": ("in corso", "under way"),
    "action.status.done": ("conclusa", "done"),
}

ACTION_SENTENCES: dict[str, str] = {
    "The budget is an example: {} EUR over {} years from {}; the set of most {} is chosen, no other set is more than {} better{}": "Il bilancio è un esempio: {0} € in {1} anni dal {2}; si sceglie l’insieme con più tonnellate evitate o valore attuale, secondo la configurazione, e nessun altro è migliore di oltre il {4}. Ciò che per quell’obiettivo non conta, come togliere asfalto, non è scelto.",
    "Costs of trees, retrofits and collection points and the price of heat are partly judgements or recalled ({}){}": "I costi di alberi, riqualificazioni e punti di raccolta e il prezzo del calore sono in parte valutazioni nostre o a memoria ({0}); prima dei contributi, i cui massimali qui non si guardano.",
    "A retrofit saves {} of what a public building consumes above the typical{}": "Una riqualificazione risparmia il {0} di quanto un edificio pubblico consuma oltre il tipico. Fotovoltaico e riqualificazione dello stesso edificio sono valutati ciascuno per sé: insieme risparmiano un po’ meno.",
    "Plants of homes are told as a sum only{}": "Gli impianti delle case sono detti solo come somma; un impianto conviene se il suo valore attuale medio supera 0. Per il suolo riaperto non si contano emissioni.",
    "Ranked by place in four criteria (emissions, present value, cost, deadline); the range is the best and worst place over the corners of the allowed weights and {} random ones, so the true range may be a little wider.": "In graduatoria per posto in quattro criteri (emissioni, valore attuale, costo, scadenza); l’intervallo è il posto migliore e peggiore agli estremi dei pesi ammessi e con {0} pesi casuali: quello vero può essere un po’ più largo.",
}
ACTION_NAMES: dict[str, str] = {
    "actions of the municipality to choose from": "azioni del comune fra cui scegliere",
    "actions in the budget": "azioni nel bilancio",
    "actions already done": "azioni già concluse",
    "actions: {}": "azioni: {0}",
    "plan_value": "valore del piano",
    "plan_bound": "limite superiore del valore del piano",
    "plan_gap_share": "distanza massima dal piano migliore (quota)",
    "plan_eur": "spesa del piano (€)",
    "plan_co2_kg": "emissioni annue evitate dal piano (kg)",
    "roadmap_{}": "tabella di marcia: {0}",
}
