/* The sheet of a parcel: plan, what covers it, its figures, its roofs. */
"use strict";
(function () {
  var STYLE = {
    near: { fill: "#f3eee4", stroke: "#d3c9b6", "stroke-width": 1 },
    own: { fill: "#fff3d6", stroke: "#1d2a31", "stroke-width": 2 },
    building: { fill: "#5c3226", stroke: "#fff", "stroke-width": 0.8 }
  };
  var YARD_M2 = 50;
  var h = SS.h;

  function plan(tables, row, houses) {
    var p = tables.parcels, d = new SS.Drawing(SS.box(p.shapes, row), 8, 20, SS.t("parcel.plan.spoken", { buildings: houses.length }));
    d.outlines(tables.near.shapes, SS.all(tables.near), STYLE.near);
    d.outlines(p.shapes, SS.all(p).filter(function (i) { return i !== row; }), STYLE.near);
    d.outlines(p.shapes, [row], STYLE.own);
    if (tables.buildings.shapes) d.outlines(tables.buildings.shapes, houses, STYLE.building);
    return h("figure", {}, d.scale(), SS.key([["parcel", "parcel.key.parcel"], ["near", "parcel.key.near"], houses.length ? ["building", "parcel.key.building"] : null]));
  }
  /* One line for each fact the town knows: pipeline/maps/sheets.py, PARCEL_FACTS. */
  function facts(c, row) {
    var list = h("dl", {});
    SS.facts.forEach(function (fact) {
      var value = c[fact.name] && c[fact.name][row];
      if (value === undefined || value === null || value !== value || (fact.kind === "kwh" && value < 50)) return;
      list.append(h("dt", {}, fact[SS.language]), h("dd", { className: "num" }, SS.number(value, fact.kind)));
    });
    return h("section", { className: "figures" }, h("h3", {}, SS.t("parcel.facts")), list);
  }
  function roofs(tables, houses) {
    var c = tables.buildings.columns;
    if (!houses.length) return null;
    var rows = houses.map(function (i) {
      var link = h("a", { href: "roof.html" + SS.write({ l: SS.language, s: c.building_id[i] }) }, SS.t("sheet.building", { id: c.building_id[i] }));
      return [SS.options.roofs ? link : link.textContent, c.kwh_year && isFinite(c.kwh_year[i]) ? SS.number(c.kwh_year[i], "kwh") : SS.t("na")];
    });
    return h("section", {}, h("h3", {}, SS.t("parcel.buildings")), SS.grid([[SS.t("col.building_id")], [SS.t("col.kwh_year"), "n num"]], rows, SS.t("parcel.buildings")));
  }

  SS.sheetPage("parcel", "parcel_id", function (tables, row) {
    var c = tables.parcels.columns, theme = { columns: c, ids: c.parcel_id, value: c.sealed_share || new Float64Array(0), options: Object.assign({}, SS.options, { layer: "parcels" }) };
    var houses = SS.rowsOf(tables.buildings, row), title = SS.title(theme, row), opening = SS.land.opening(theme, row);
    var yard = c.sealed_m2 && c.building_m2 ? c.sealed_m2[row] - c.building_m2[row] : NaN;
    return [
      h("header", { className: "sheet-head" }, SS.parts.head(theme, row), SS.acts("parcel", "sealing", c.parcel_id[row], title)),
      h("div", { className: "halves" },
        h("div", { className: "stackup" }, h("section", {}, h("h3", {}, SS.t("parcel.plan")), plan(tables, row, houses)), facts(c, row)),
        h("div", { className: "stackup" }, c.sealed_share ? SS.land.share(theme, row) : null,
          c.covered_m2 && c.sealed_m2 ? h("section", {}, h("h3", {}, SS.t("parcel.cover")), SS.parts.composition(theme, row)) : null,
          opening, SS.land.rain(theme, row),
          isFinite(yard) && !opening ? h("p", { className: "why" }, yard > YARD_M2 ? SS.t("parcel.yard", { area: SS.number(yard, "m2") }) : SS.t("parcel.yard.none")) : null)),
      roofs(tables, houses)
    ];
  });
})();
