/* The sheet of one feature: value with band, months or composition, facts, what limits it, what next. */
"use strict";
(function () {
  var h = SS.h;

  function place(theme, row) {
    var c = theme.columns, number = c.number && c.number[row], sheet = c.sheet && c.sheet[row];
    if (sheet && number) return SS.t("sheet.sheet_parcel", { sheet: sheet, number: number });
    return sheet ? SS.t("sheet.sheet", { sheet: sheet }) : "";
  }
  SS.title = function (theme, row) {
    var o = theme.options, id = theme.ids[row];
    if (o.layer === "buildings") return SS.t("sheet.building", { id: id });
    if (o.layer === "parcels") return SS.t("sheet.parcel", { number: theme.columns.number[row] || id });
    if (o.layer === "sections") return SS.t("sheet.section", { id: id });
    if (o.layer === "estate") return theme.columns.estate_name[row] || id;
    if (o.layer === "large") return theme.columns.kind[row] === "yard" ? SS.t("sheet.parcel", { number: theme.columns.number && theme.columns.number[row] || id }) : SS.t("sheet.building", { id: id });
    return id || SS.t("sheet.town");
  };
  function first(text) { return text ? text[0].toUpperCase() + text.slice(1) : ""; }
  /* What people call it, and below it what registers call it. */
  SS.heading = function (theme, row) {
    var o = theme.options, street = theme.columns.street && theme.columns.street[row], near = street ? SS.t("sheet.near", { street: street }) : "", names = [SS.title(theme, row)];
    if (o.layer === "buildings") names = [near, place(theme, row), SS.title(theme, row)].filter(Boolean);
    if (o.layer === "large") names = [near, place(theme, row), SS.title(theme, row)].filter(Boolean).slice(0, theme.columns.kind[row] === "yard" && place(theme, row) ? 2 : 3);
    if (o.layer === "estate") names = [SS.title(theme, row), near].filter(Boolean);
    if (o.layer === "sections") names = [SS.title(theme, row), near].filter(Boolean);
    if (o.layer === "parcels") names = [place(theme, row) || SS.title(theme, row), near].filter(Boolean);
    return [first(names[0]), names.slice(1).map(function (n, k) { return k || (o.layer !== "buildings" && o.layer !== "large") ? n[0].toLowerCase() + n.slice(1) : n; }).join(" · ")];
  };
  function head(theme, row) {
    var names = SS.heading(theme, row);
    return h("h2", {}, names[0], names[1] ? h("span", { className: "tag" }, " " + names[1]) : "");
  }
  function facts(pairs) {
    var list = h("dl", {});
    pairs.forEach(function (pair) { if (pair) list.append(h("dt", {}, SS.t(pair[0])), h("dd", { className: "num" }, pair[1], pair[2] ? h("small", {}, pair[2]) : "")); });
    return list;
  }
  function has(theme, name, row) { return theme.columns[name] && isFinite(theme.columns[name][row]); }
  function fact(theme, row, label, name, kind) { return has(theme, name, row) ? [label, SS.number(theme.columns[name][row], kind || theme.options.kinds[name])] : null; }

  function monthly(c, row) {
    var values = [];
    for (var m = 1; m <= 12; m++) values.push(c["m" + (m < 10 ? "0" : "") + m][row] * c.kwh_year[row]);
    return values.every(isFinite) ? values : null;
  }
  function months(theme, row) {
    var values = monthly(theme.columns, row), names = SS.t("months").split(" "), colour = theme.colour(row);
    if (!values) return null;
    var top = Math.max.apply(null, values), bars = h("div", { className: "bars", "aria-hidden": "true" });
    values.forEach(function (value, m) {
      var bar = h("i", { title: names[m] + ": " + SS.number(value, "kwh") });
      bar.style.height = Math.max(1, 72 * value / top).toFixed(1) + "px";
      bar.style.background = colour;
      bars.append(h("span", { className: "month" }, bar, h("small", {}, names[m][0].toUpperCase())));
    });
    var spoken = names.map(function (name, m) { return name + " " + SS.number(values[m], "kwh"); }).join(", ");
    return h("div", {}, bars, h("p", { className: "sr" }, SS.t("sheet.months", { text: spoken })));
  }

  function limits(theme, row) {
    var c = theme.columns, out = [], shade = c.shading_loss[row];
    if (shade >= 0.05) out.push(SS.t("sheet.why.shade", { share: SS.number(shade, "share") }));
    [1, 2].forEach(function (n) {
      var reason = c["reason" + n][row], area = c["reason" + n + "_m2"][row];
      if (reason && area >= 1 && SS.has("reason." + reason)) out.push(SS.t("sheet.why.area", { area: SS.number(area, "m2"), reason: SS.t("reason." + reason) }));
    });
    var free = c.roof_m2[row] - c.module_area_m2[row] - (c.reason1_m2[row] || 0) - (c.reason2_m2[row] || 0);
    if (free > 5 && free > 0.2 * c.roof_m2[row]) out.push(SS.t("sheet.why.edges", { area: SS.number(free, "m2") }));
    return out.length ? out : [SS.t("sheet.why.free")];
  }
  function why(label, sentences) { return h("p", { className: "why" }, h("b", {}, SS.t(label)), " " + sentences.join("; ") + "."); }

  /* Indicative, as ranges: the size with the highest value for the building's own use. */
  function worth(theme, row) {
    var c = theme.columns;
    if (!has(theme, "best_kwp", row)) return null;
    var range = SS.t("sheet.range", { low: SS.number(c.npv_eur_low[row], "eur"), high: SS.number(c.npv_eur_high[row], "eur") });
    return h("div", {}, h("h3", {}, SS.t("sheet.worth")), facts([
      ["sheet.best", SS.t("sheet.best.value", { kwp: SS.number(c.best_kwp[row], "kwp"), cost: SS.number(c.cost_eur[row], "eur") })],
      ["sheet.npv", range],
      has(theme, "payback_years", row) ? ["sheet.payback", SS.t("sheet.years", { years: SS.number(c.payback_years[row], "years") })] : ["sheet.payback", SS.t("sheet.never")],
      fact(theme, row, "sheet.self", "self_consumed_share"),
      fact(theme, row, "sheet.co2", "co2_kg_year")
    ]), h("p", { className: "band" }, SS.t("sheet.indicative")));
  }

  function roofFacts(theme, row, known) {
    var c = theme.columns;
    return facts([
      has(theme, "modules", row) && c.modules[row] > 0 ? ["sheet.modules", SS.t("sheet.modules.value", { modules: SS.plain(c.modules[row], 0), kwp: SS.number(c.kwp[row], "kwp") })] : null,
      has(theme, "module_area_m2", row) && has(theme, "roof_m2", row) && known ? ["sheet.roof", SS.t("sheet.roof.value", { used: SS.number(c.module_area_m2[row], "m2"), roof: SS.number(c.roof_m2[row], "m2") })] : null,
      known && has(theme, "shading_loss", row) ? ["sheet.shading", SS.number(c.shading_loss[row], "share")] : null,
      known ? fact(theme, row, "sheet.yield", "specific_yield_kwh_kwp") : null,
      fact(theme, row, "sheet.poa", "poa_kwh_m2"),
      fact(theme, row, "sheet.footprint", "area_m2"),
      fact(theme, row, "sheet.height", "height_m")
    ]);
  }

  function solar(theme, row) {
    var c = theme.columns, known = isFinite(theme.value[row]), out = [];
    if (known) {
      var p90 = has(theme, "kwh_year_p90", row) ? SS.t("sheet.peryear") + " · " + SS.t("sheet.p90", { p90: SS.number(c.kwh_year_p90[row], "kwh") }) : SS.t("sheet.peryear");
      out.push(h("p", { className: "figure" }, h("span", { className: "big num" }, SS.number(c.kwh_year[row], "kwh")), " ", h("span", { className: "band" }, p90)), months(theme, row));
    } else out.push(h("p", { className: "figure" }, h("span", { className: "big" }, SS.t("na"))));
    out.push(roofFacts(theme, row, known));
    var reason = c.reason && c.reason[row];
    out.push(known ? why("sheet.why", limits(theme, row)) : why("sheet.why.none", [SS.t(reason && SS.has("why." + reason) ? "why." + reason : "why.unknown")]));
    if (known) out.push(worth(theme, row));
    return out;
  }

  function composition(theme, row) {
    var c = theme.columns, whole = c.covered_m2[row], tree = c.tree_m2 ? c.tree_m2[row] : NaN, building = c.building_m2 && isFinite(c.building_m2[row]) ? c.building_m2[row] : 0;
    if (!(whole > 0)) return null;
    var split = { sealed: building ? "sealed" : "all", low: isFinite(tree) ? "low" : "green" };
    tree = isFinite(tree) ? tree : 0;
    var parts = [["building", building], ["sealed", c.sealed_m2[row] - building], ["low", c.green_m2[row] - tree], ["tree", tree], ["rest", whole - c.sealed_m2[row] - c.green_m2[row]]];
    var bar = h("div", { className: "stack", "aria-hidden": "true" }), list = h("ul", { className: "parts" });
    parts.forEach(function (part) {
      var share = Math.max(0, part[1]) / whole;
      if (share < 0.002) return;
      var piece = h("i", { className: "cover-" + part[0] });
      piece.style.width = 100 * share + "%";
      bar.append(piece);
      list.append(h("li", {}, h("i", { className: "cover-" + part[0] }), SS.t("cover." + (split[part[0]] || part[0])), h("b", { className: "num" }, SS.number(share, "share"))));
    });
    return h("div", {}, bar, list);
  }
  function covered(theme, row) {
    var c = theme.columns, share = c.covered_m2[row] / c.area_m2[row];
    if (!(c.covered_m2[row] > 0)) return why("sheet.why.none", [SS.t("sheet.unknown.none")]);
    return share < 0.995 ? h("p", { className: "band" }, SS.t("sheet.unknown", { share: SS.number(share, "share") })) : null;
  }

  function link(page, id, key, plain) {
    return h("a", { className: plain ? "btn plain" : "btn", href: page + ".html" + SS.write({ l: SS.language, s: id }) }, SS.t(key));
  }
  /* Where to go on from here: the printable sheet, the same ground under the other subject. */
  function onward(theme, row) {
    var o = theme.options, c = theme.columns, parcel = c.parcel_id && c.parcel_id[row];
    if (o.layer === "buildings") return [o.links.roof ? link("roof", theme.ids[row], "sheet.roofsheet") : "", parcel && o.links.sealing ? link("sealing", parcel, "sheet.sealing", true) : ""];
    if (o.layer === "estate" || o.layer === "large") {
      var yard = o.layer === "large" && c.kind[row] === "yard", house = o.layer === "large" ? theme.ids[row] : c.building_id[row];
      return [yard ? (o.links.parcel ? link("parcel", theme.ids[row], "sheet.parcelsheet") : "") : o.links.roof && house ? link("roof", house, "sheet.roofsheet") : "", !yard && o.links.roof && house ? link("solar", house, "sheet.solar", true) : ""];
    }
    return o.layer === "parcels" && o.links.parcel ? [link("parcel", theme.ids[row], "sheet.parcelsheet")] : [];
  }
  function copy() {
    var button = h("button", { type: "button", className: "plain" }, SS.t("sheet.link"));
    button.addEventListener("click", function () {
      var done = function () { button.textContent = SS.t("sheet.link.done"); };
      if (navigator.clipboard) navigator.clipboard.writeText(location.href).then(done, function () { window.prompt(SS.t("sheet.link"), location.href); });
      else window.prompt(SS.t("sheet.link"), location.href);
    });
    return button;
  }
  function tell(email, title) {
    return h("a", { className: "btn plain", href: "mailto:" + encodeURIComponent(email) + "?subject=" + encodeURIComponent(title) + "&body=" + encodeURIComponent(location.href) }, SS.t("sheet.tell"));
  }
  function foot(theme, row) {
    var out = h("p", { className: "acts" });
    out.append.apply(out, onward(theme, row).concat([copy(), theme.options.email ? tell(theme.options.email, SS.title(theme, row)) : ""]));
    return out;
  }
  SS.parts = { head: head, facts: facts, has: has, fact: fact, why: why, covered: covered, monthly: monthly, limits: limits, roofFacts: roofFacts, composition: composition, copy: copy, tell: tell };

  SS.landSheets = {};
  SS.sheet = function (theme, row, close) {
    var box = document.getElementById("sheet"), hint = document.getElementById("hint");
    box.hidden = row < 0;
    hint.hidden = row >= 0;
    if (row < 0) { box.replaceChildren(); return; }
    var shut = h("button", { type: "button", className: "close", title: SS.t("sheet.close"), "aria-label": SS.t("sheet.close") }, "×");
    shut.addEventListener("click", close);
    box.replaceChildren.apply(box, [h("div", { className: "sheet-head" }, head(theme, row), shut)].concat((SS.landSheets[theme.options.theme] || solar)(theme, row), [foot(theme, row)]).filter(Boolean));
  };
})();
