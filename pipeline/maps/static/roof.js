/* The sheet of a roof: plan with planes, obstacles and modules; value with band; months; sizes of plant; what limits it; what next. */
"use strict";
(function () {
  var MOST_PLANES = 10;
  var STYLE = {
    near: { fill: "#e6dfd1", stroke: "#d3c9b6", "stroke-width": 1 },
    own: { fill: "#efe7d3", stroke: "#1d2a31", "stroke-width": 1.6 },
    used: { fill: "#f6e7b4", stroke: "#5a5247", "stroke-width": 0.9 },
    unused: { fill: "#dcd7cc", stroke: "#5a5247", "stroke-width": 0.9 },
    object: { fill: "#b4532a", stroke: "#fff", "stroke-width": 0.8 },
    rim: { fill: "#b4532a", "fill-opacity": 0.22, stroke: "#b4532a", "stroke-width": 0.6 },
    pit: { fill: "#1d2a31", stroke: "#fff", "stroke-width": 0.8 }
  };
  var h = SS.h;

  function seen(tables, row) {
    var c = tables.planes.columns;
    return SS.rowsOf(tables.planes, row).filter(function (p) { return c.kind[p] !== "none"; }).sort(function (a, b) { return c.area_m2[b] - c.area_m2[a] || a - b; });
  }
  function carries(tables, plane) { return tables.planes.columns.modules && tables.planes.columns.modules[plane] > 0; }

  function plan(tables, row) {
    var planes = seen(tables, row), obstacles = SS.rowsOf(tables.obstacles, row), b = tables.buildings, c = tables.planes.columns, kinds = tables.obstacles.columns.kind, u;
    var words = SS.t("roof.plan.spoken", { planes: planes.length, modules: SS.plain(b.columns.modules[row] || 0, 0), obstacles: obstacles.length });
    var d = new SS.Drawing(SS.box(b.shapes, row), 5, 12, words);
    d.outlines(tables.near.shapes, SS.all(tables.near), STYLE.near);
    d.outlines(b.shapes, SS.all(b).filter(function (i) { return i !== row; }), STYLE.near);
    d.outlines(b.shapes, [row], STYLE.own);
    d.outlines(tables.planes.shapes, planes.filter(function (p) { return !carries(tables, p); }), STYLE.unused);
    d.outlines(tables.planes.shapes, planes.filter(function (p) { return carries(tables, p); }), STYLE.used);
    ["rim", "pit", "object"].forEach(function (kind) { d.outlines(tables.obstacles.shapes, obstacles.filter(function (o) { return kinds[o] === kind; }), STYLE[kind]); });
    panels(tables, row, d);
    planes.slice(0, MOST_PLANES).forEach(function (p, k) {
      u = d.unit;
      /* A plane smaller than its letter stays without one. */
      if (c.area_m2[p] < 30 * u * u) return;
      if (c.kind[p] === "pitched" && c.area_m2[p] > 110 * u * u) d.arrow(c.middle_e[p], c.middle_n[p], c.surface_azimuth[p]);
      d.letter(c.middle_e[p], c.middle_n[p], SS.letter(k));
    });
    function there(kind) { return obstacles.some(function (o) { return kinds[o] === kind; }) ? [kind, "roof.key." + kind] : null; }
    var used = planes.some(function (p) { return carries(tables, p); }), unused = planes.some(function (p) { return !carries(tables, p); });
    return h("figure", {}, d.scale(), SS.key([
      used ? ["modules", "roof.key.modules"] : null, used ? ["used", "roof.key.used"] : null, unused ? ["unused", "roof.key.unused"] : null, there("object"), there("rim"), there("pit"),
      planes.some(function (p) { return c.kind[p] === "pitched"; }) ? ["down", "roof.key.down"] : null
    ]));
  }
  /* Modules: each array has the two sides of its module, each module the place of its first corner. */
  function panels(tables, row, d) {
    var a = tables.arrays.columns, m = tables.modules.columns, mine = {}, e = 0, n = 0, paths = "";
    SS.rowsOf(tables.arrays, row).forEach(function (i) { mine[i] = true; });
    for (var k = 0; k < tables.modules.rows; k++) {
      e += m.de[k] / 100; n += m.dn[k] / 100;
      var i = m.array[k];
      if (!mine[i]) continue;
      var corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(function (s) { return d.at(e + s[0] * a.along_e[i] + s[1] * a.across_e[i], n + s[0] * a.along_n[i] + s[1] * a.across_n[i]); });
      paths += "M" + corners.map(function (p) { return p[0].toFixed(2) + " " + p[1].toFixed(2); }).join("L") + "Z";
    }
    if (paths) d.add("path", { d: paths, fill: "#2c3e6b", stroke: "#dfe6f2", "stroke-width": 0.7, "vector-effect": "non-scaling-stroke", "class": "panels" });
  }

  function side(azimuth) { return SS.t("roof.sides").split(",")[Math.round(azimuth / 45) % 8]; }
  function lies(c, p) {
    if (c.kind[p] === "vault" || c.kind[p] === "dome") return SS.t("roof.vault");
    if (c.kind[p] === "flat") return SS.t("roof.flat");
    var tilt = c.surface_tilt[p];
    return SS.t(tilt < 15 ? "roof.gentle" : tilt < 35 ? "roof.pitched" : "roof.steep", { tilt: SS.plain(tilt, 0), side: side(c.surface_azimuth[p]) });
  }
  function planeTable(tables, row) {
    var planes = seen(tables, row), c = tables.planes.columns, more = planes.slice(MOST_PLANES);
    if (!planes.length) return null;
    var rows = planes.slice(0, MOST_PLANES).map(function (p, k) {
      var what = carries(tables, p) ? SS.t("sheet.modules.value", { modules: SS.plain(c.modules[p], 0), kwp: SS.number(c.kwp[p], "kwp") }) : SS.has("reason." + c.reason[p]) ? SS.t("reason." + c.reason[p]) : "–";
      return [SS.letter(k), lies(c, p), SS.number(c.area_m2[p], "m2"), c.poa_kwh_m2 && isFinite(c.poa_kwh_m2[p]) ? SS.number(c.poa_kwh_m2[p], "poa") : "–", what];
    });
    var area = more.reduce(function (sum, p) { return sum + c.area_m2[p]; }, 0);
    return h("section", { className: "planes" }, h("h3", {}, SS.t("roof.planes")),
      SS.grid([[SS.t("roof.plane")], [SS.t("roof.lies")], [SS.t("sheet.area"), "n num"], [SS.t("roof.sun"), "n num"], [SS.t("roof.carries")]], rows, SS.t("roof.planes")),
      more.length ? h("p", { className: "band" }, SS.t("roof.small", { count: SS.plain(more.length, 0), area: SS.number(area, "m2") })) : null);
  }

  function months(c, row) {
    var values = SS.parts.monthly(c, row), names = SS.t("months").split(" ");
    if (!values) return null;
    var top = Math.max.apply(null, values), large = top >= 1e3, bars = h("div", { className: "bars tall", "aria-hidden": "true" });
    values.forEach(function (value, m) {
      var bar = h("i", {}), scaled = Number((large ? value / 1e3 : value).toPrecision(3));
      bar.style.height = Math.max(0.5, 68 * value / top).toFixed(1) + "%";
      bars.append(h("span", { className: "month" }, h("b", { className: "num" }, SS.plain(scaled, !large || top >= 1e5 ? 0 : top >= 1e4 ? 1 : 2)), bar, h("small", {}, names[m].slice(0, 3))));
    });
    var spoken = names.map(function (name, m) { return name + " " + SS.number(values[m], "kwh"); }).join(", ");
    return h("section", {}, h("h3", {}, SS.t("roof.months", { unit: large ? "MWh" : "kWh" })), bars, h("p", { className: "sr" }, SS.t("sheet.months", { text: spoken })));
  }

  /* The unit stands once where both ends have the same. */
  function range(low, high) {
    if (!isFinite(low) || !isFinite(high)) return "–";
    var from = SS.number(low, "eur").split("\u00a0"), to = SS.number(high, "eur").split("\u00a0");
    return SS.t("roof.size.range", { low: from[1] === to[1] ? from[0] : from.join("\u00a0"), high: to.join("\u00a0") });
  }
  function best(tables, row) { return SS.rowsOf(tables.steps, row).filter(function (s) { return tables.steps.columns.best && tables.steps.columns.best[s] > 0; })[0]; }
  function sizes(tables, row) {
    var steps = SS.rowsOf(tables.steps, row), c = tables.steps.columns, money = Boolean(c.cost_eur_low), top = best(tables, row);
    if (!steps.length) return null;
    var heads = [[SS.t("roof.size")], [SS.t("sheet.modules"), "n num"], [SS.t("roof.size.energy"), "n num"], [SS.t("roof.size.sure"), "n num"]];
    if (money) heads = heads.concat([[SS.t("roof.size.cost"), "n num"], [SS.t("roof.size.value"), "n num"], [SS.t("roof.size.back"), "n num"], [SS.t("roof.size.self"), "n num"]]);
    var rows = steps.map(function (s) {
      var size = h("span", {}, SS.number(c.kwp[s], "kwp"), s === top ? h("span", { className: "mark" }, SS.t("roof.size.best")) : null);
      var cells = [size, SS.plain(c.modules[s], 0), SS.number(c.kwh_year[s], "kwh"), SS.number(c.kwh_year_p90[s], "kwh")];
      if (money) {
        cells = cells.concat([range(c.cost_eur_low[s], c.cost_eur_high[s]), range(c.npv_eur_low[s], c.npv_eur_high[s]),
          isFinite(c.payback_years[s]) ? SS.t("sheet.years", { years: SS.number(c.payback_years[s], "years") }) : SS.t("sheet.never"), SS.number(c.self_consumed_share[s], "part")]);
      }
      cells.mark = s === top;
      return cells;
    });
    return h("section", { className: "wide" }, h("h3", {}, SS.t("roof.sizes")), h("p", { className: "soft" }, SS.t("roof.sizes.lead")), SS.grid(heads, rows, SS.t("roof.sizes")), money ? h("p", { className: "band" }, SS.t("sheet.indicative")) : null);
  }

  function next(tables, row) {
    var c = tables.buildings.columns, list = h("ol", { className: "todo" }), s = best(tables, row), k = tables.steps.columns, reason = c.reason && c.reason[row], out = [];
    if (s !== undefined && k.npv_eur_high[s] > 0) out.push(SS.t("roof.next.size", { kwp: SS.number(k.kwp[s], "kwp"), modules: SS.plain(k.modules[s], 0) }));
    if (isFinite(c.kwh_year[row])) out.push(SS.t("roof.next.bill"), SS.t("roof.next.look"), SS.t("roof.next.rules"));
    else out.push(SS.t(["no_surface", "surface_older", "implausible", "rough"].indexOf(reason) >= 0 ? "roof.next.unseen" : "roof.next.share"));
    out.forEach(function (text) { list.append(h("li", {}, text)); });
    return h("section", { className: "next" }, h("h3", {}, SS.t("roof.next")), list);
  }

  function limits(theme, row, known) {
    var reason = theme.columns.reason && theme.columns.reason[row];
    var texts = known ? SS.parts.limits(theme, row) : [SS.t(reason && SS.has("why." + reason) ? "why." + reason : "why.unknown")], list = h("ul", { className: "plainlist" });
    texts.forEach(function (text) { list.append(h("li", {}, text[0].toUpperCase() + text.slice(1) + ".")); });
    return h("section", { className: "why" }, h("h3", {}, SS.t("roof.limits")), list);
  }

  SS.sheetPage("roof", "building_id", function (tables, row) {
    var c = tables.buildings.columns, theme = { columns: c, ids: c.building_id, value: c.kwh_year, options: SS.options };
    var known = isFinite(c.kwh_year[row]), title = SS.title(theme, row);
    /* Many planes and sizes are set smaller on paper, so that one page holds them (static/print.css). */
    document.getElementById("paper").classList.toggle("dense", Math.min(MOST_PLANES, seen(tables, row).length) + SS.rowsOf(tables.steps, row).length > 14);
    var figure = known
      ? h("p", { className: "figure" }, h("span", { className: "big num" }, SS.number(c.kwh_year[row], "kwh")), " ", h("span", { className: "band" }, SS.t("sheet.peryear") + " · " + SS.t("sheet.p90", { p90: SS.number(c.kwh_year_p90[row], "kwh") })))
      : h("p", { className: "figure" }, h("span", { className: "big" }, SS.t("na")));
    return [
      h("header", { className: "sheet-head" }, SS.parts.head(theme, row), SS.acts("roof", "solar", c.building_id[row], title)),
      h("div", { className: "halves" },
        h("section", {}, h("h3", {}, SS.t("roof.plan")), plan(tables, row)),
        h("div", { className: "stackup" }, figure, months(c, row), SS.parts.roofFacts(theme, row, known), limits(theme, row, known))),
      planeTable(tables, row),
      sizes(tables, row),
      next(tables, row)
    ];
  });
})();
