/* The sheets of the climate plan: a public building with what it consumes and why to act, a large roof or yard. All of it indicative. */
"use strict";
(function () {
  var h = SS.h, parts = SS.parts, facts = parts.facts, fact = parts.fact, has = parts.has;

  function number(theme, name, row) { return SS.number(theme.columns[name][row], theme.options.kinds[name]); }
  function figure(value, words) { return h("p", { className: "figure" }, h("span", { className: "big num" }, value), " ", h("span", { className: "band" }, words)); }
  function word(theme, name, row) { var v = theme.columns[name] && theme.columns[name][row]; return v ? SS.number(v, theme.options.kinds[name]) : ""; }
  function range(theme, low, high, row) { return SS.t("sheet.range", { low: number(theme, low, row), high: number(theme, high, row) }); }
  function money(theme, row, low, high, label) { return has(theme, low, row) && has(theme, high, row) ? [label, range(theme, low, high, row)] : null; }
  function payback(theme, row, name) { return ["sheet.payback", has(theme, name, row) ? SS.t("sheet.years", { years: number(theme, name, row) }) : SS.t("sheet.never")]; }

  /* Codes parted by blanks, each in its sentence. */
  function reasons(theme, row) {
    var codes = (theme.columns.reasons[row] || "").split(" ").filter(function (code) { return SS.has("estate." + code); }), list = h("ul", { className: "plainlist" });
    codes.forEach(function (code) { list.append(h("li", {}, SS.t("estate." + code))); });
    return codes.length ? h("div", { className: "why" }, h("b", {}, SS.t("estate.reasons")), list) : null;
  }
  function energy(theme, row) {
    var beside = has(theme, "benchmark_share", row) ? [word(theme, "benchmark_class", row), SS.t("estate.times", { share: number(theme, "benchmark_share", row) })].filter(Boolean).join("; ") : SS.t("estate.no_benchmark");
    var year = has(theme, "bill_year", row) ? SS.t("estate.year", { year: number(theme, "bill_year", row) }) : "";
    return [figure(has(theme, "kwh_m2", row) ? number(theme, "kwh_m2", row) : SS.t("na"), beside), facts([
      ["sheet.use", word(theme, "use", row)], fact(theme, row, "col.floor_m2", "floor_m2"), has(theme, "heat_normal_kwh_m2", row) ? ["estate.heat", number(theme, "heat_normal_kwh_m2", row), year] : null,
      has(theme, "electricity_kwh_m2", row) ? ["estate.electricity", number(theme, "electricity_kwh_m2", row), year] : null, fact(theme, row, "col.co2_kg_year", "co2_kg_year"), fact(theme, row, "col.co2_kg_avoidable", "co2_kg_avoidable"),
      fact(theme, row, "estate.duty", "solar_duty_year"), fact(theme, row, "estate.in_service", "pv_in_service_kwp")
    ])];
  }
  function own(theme, row) {
    if (!has(theme, "pv_kwp", row)) return null;
    return h("section", {}, h("h3", {}, SS.t("estate.roof")), facts([
      fact(theme, row, "sheet.best", "pv_kwp"), fact(theme, row, "estate.gives", "pv_kwh_year"), fact(theme, row, "sheet.self", "pv_self_consumed_share"), fact(theme, row, "estate.covers", "pv_self_sufficiency"),
      money(theme, row, "pv_cost_eur_low", "pv_cost_eur_high", "estate.cost"), money(theme, row, "pv_npv_eur_low", "pv_npv_eur_high", "sheet.npv"), payback(theme, row, "pv_payback_years"),
      has(theme, "grant_share", row) && theme.columns.grant_share[row] > 0 ? ["estate.grant", SS.t("estate.grant.upto", { share: number(theme, "grant_share", row) })] : null
    ]));
  }
  function anchor(theme, row) {
    if (!has(theme, "anchor_shared_kwh", row)) return null;
    return h("section", {}, h("h3", {}, SS.t("estate.anchor")), facts([
      ["estate.anchor.shared", number(theme, "anchor_shared_kwh", row), SS.t("estate.anchor.with", { count: SS.plain(theme.options.households, 0) })], fact(theme, row, "estate.anchor.premium", "anchor_premium_eur"), fact(theme, row, "estate.anchor.rank", "anchor_rank")
    ]));
  }
  function indicative(key) { return h("p", { className: "band" }, SS.t(key)); }

  SS.landSheets.climate = function (theme, row) { return energy(theme, row).concat([reasons(theme, row), own(theme, row), anchor(theme, row), indicative("estate.indicative")]); };
  SS.landSheets.enterprises = function (theme, row) {
    var c = theme.columns;
    if (c.kind[row] === "yard") return [figure(number(theme, "yard_m2", row), SS.t("large.yard.band")), h("p", { className: "why" }, SS.t("large.yard.why"))];
    var p90 = has(theme, "kwh_year_p90", row) ? SS.t("sheet.peryear") + " · " + SS.t("sheet.p90", { p90: number(theme, "kwh_year_p90", row) }) : SS.t("sheet.peryear");
    return [has(theme, "kwh_year", row) ? figure(number(theme, "kwh_year", row), p90) : figure(SS.t("na"), SS.t("why.unknown")), facts([
      ["sheet.use", word(theme, "use", row)], fact(theme, row, "col.roof_m2", "roof_m2"), fact(theme, row, "col.kwp", "kwp"), has(theme, "yard_m2", row) ? ["large.around", number(theme, "yard_m2", row), SS.t("large.yard.only")] : null
    ]), has(theme, "best_kwp", row) ? h("section", {}, h("h3", {}, SS.t("large.worth")), facts([
      ["sheet.best", SS.t("sheet.best.value", { kwp: number(theme, "best_kwp", row), cost: number(theme, "cost_eur", row) })], money(theme, row, "npv_eur_low", "npv_eur_high", "sheet.npv"), payback(theme, row, "payback_years"),
      fact(theme, row, "sheet.self", "self_consumed_share"), fact(theme, row, "sheet.co2", "co2_kg_year")
    ])) : null, indicative("sheet.indicative")];
  };
})();
