/* The sheets of the ground: a parcel with its rain and what can be opened, a section with who has green near. */
"use strict";
(function () {
  var h = SS.h, parts = SS.parts, facts = parts.facts, fact = parts.fact, has = parts.has;

  function number(theme, name, row, kind) { return SS.number(theme.columns[name][row], kind || theme.options.kinds[name]); }
  function figure(value, words) { return h("p", { className: "figure" }, h("span", { className: "big num" }, value), " ", h("span", { className: "band" }, words)); }
  function storm(theme) { return SS.plain(theme.options.storm || 0, 0); }
  function between(theme, low, high, row, kind) {
    return has(theme, low, row) && has(theme, high, row) ? SS.t("sheet.between", { low: number(theme, low, row, kind), high: number(theme, high, row, kind) }) : "";
  }
  function joined(list) { return list.filter(Boolean).join(", "); }

  /* Sealed share with the interval that holds the truth with 95 %. */
  function share(theme, row) {
    var c = theme.columns;
    if (!isFinite(c.sealed_share[row])) return figure(SS.t("na"), SS.t("sheet.unknown.none"));
    return figure(SS.number(c.sealed_share[row], "share"), joined([(SS.t("sheet.sealed").toLowerCase() + " " + between(theme, "sealed_share_low", "sealed_share_high", row)).trim(), SS.t("sheet.of", { part: SS.number(c.sealed_m2[row], "m2"), whole: SS.number(c.covered_m2[row], "m2") })]));
  }
  function rain(theme, row) {
    if (!has(theme, "runoff_m3", row)) return null;
    var values = [
      ["sheet.runoff", number(theme, "runoff_m3", row)], fact(theme, row, "sheet.runoff_coefficient", "runoff_coefficient"),
      has(theme, "sealed_share", row) ? ["sheet.permeability", SS.number(1 - theme.columns.sealed_share[row], "share")] : null,
      has(theme, "baf_old", row) && has(theme, "baf_new", row) ? ["sheet.baf", number(theme, "baf_old", row) + " · " + number(theme, "baf_new", row)] : null
    ];
    return h("section", {}, h("h3", {}, SS.t("sheet.rain", { storm: storm(theme) })), facts(values));
  }
  /* What opening the paving gives, each thing by itself: no score. */
  function opening(theme, row) {
    var c = theme.columns;
    if (!c.open_m2) return null;
    if (!has(theme, "open_m2", row)) return h("p", { className: "band" }, SS.t("sheet.open.none"));
    var place = c.place && c.place[row], owner = place ? SS.t("sheet.open.public", { place: SS.has("place." + place) ? SS.t("place." + place) : place }) : SS.t("sheet.open.private");
    return h("section", { className: "opening" }, h("h3", {}, SS.t("sheet.open")), h("p", {}, SS.t("sheet.open.text", { area: number(theme, "open_m2", row), rain: number(theme, "runoff_saved_m3", row), storm: storm(theme) }) + " " + owner),
      facts([
        has(theme, "permeability_gain", row) ? ["sheet.open.permeability", "+" + number(theme, "permeability_gain", row)] : null, has(theme, "baf_gain", row) ? ["sheet.open.baf", "+" + number(theme, "baf_gain", row)] : null,
        has(theme, "opening_eur_low", row) ? ["sheet.open.cost", SS.t("sheet.range", { low: number(theme, "opening_eur_low", row, "eur"), high: number(theme, "opening_eur_high", row, "eur") })] : null
      ]), h("p", { className: "band" }, SS.t("sheet.open.not")));
  }
  function sealing(theme, row) {
    var c = theme.columns;
    return [
      share(theme, row), parts.composition(theme, row),
      opening(theme, row), rain(theme, row),
      facts([fact(theme, row, "sheet.area", "area_m2"), fact(theme, row, "sheet.green", "green_m2"), fact(theme, row, "sheet.canopy", "canopy_m2"), c.kwh_year && c.kwh_year[row] > 50 ? fact(theme, row, "sheet.kwh", "kwh_year") : null]),
      parts.covered(theme, row)
    ];
  }

  /* Few people or homes: the figure would tell of someone. */
  function gone(theme, row) { return SS.t(theme.columns.residents && theme.columns.residents[row] > 0 ? "sheet.withheld" : "sheet.nohead"); }
  function lead(theme, row) {
    var o = theme.options, c = theme.columns, known = isFinite(theme.value[row]);
    if (c.near_green) return has(theme, "near_green", row) ? figure(number(theme, "near_green", row, "part"), SS.t("sheet.near_green")) : figure(SS.t("na"), gone(theme, row));
    var head = o.value === "green_m2_per_resident";
    return figure(SS.number(theme.value[row], o.kind), known ? SS.t(head ? "sheet.perhead" : "sheet.undercanopy") : head ? SS.t("sheet.nohead") : "");
  }
  function people(theme, row) {
    if (!theme.columns.near_green) return null;
    var c = theme.columns, withheld = c.residents[row] > 0 ? SS.t("na") : null;
    function line(label, name, kind, more) { return has(theme, name, row) ? [label, number(theme, name, row, kind), more] : withheld && c[name] ? [label, withheld] : null; }
    return h("section", {}, h("h3", {}, SS.t("sheet.people")), facts([
      line("sheet.way", "green_way_m"), line("sheet.supply", "green_supply_m2", null, between(theme, "green_supply_m2_low", "green_supply_m2_high", row)), line("sheet.open400", "near_open"),
      line("sheet.trees", "three_trees"), line("sheet.thirty", "thirty_canopy"), fact(theme, row, "sheet.residents", "residents"), fact(theme, row, "sheet.far", "residents_far")
    ]));
  }
  function planting(theme, row) {
    if (!has(theme, "rank", row)) return null;
    var c = theme.columns;
    return h("section", {}, h("h3", {}, SS.t("sheet.planting")), facts([
      ["sheet.rank", SS.t("sheet.rank.value", { rank: number(theme, "rank", row), count: SS.plain(theme.options.zones, 0) }), between(theme, "rank_low", "rank_high", row)],
      fact(theme, row, "sheet.plantable", "plantable_m2"), fact(theme, row, "sheet.canopy_share", "canopy_share"), fact(theme, row, "sheet.sealed_share", "sealed_share")
    ]), h("p", { className: "why" }, h("b", {}, SS.t("sheet.todo")), " ", todo(theme, row, c)));
  }
  /* Which of the three needs weighs most here, in words. */
  function todo(theme, row, c) {
    var out = [];
    if (c.rank[row] <= Math.ceil(theme.options.zones / 4)) out.push(SS.t("sheet.todo.trees", { area: number(theme, "plantable_m2", row) }));
    if (has(theme, "near_green", row) && c.near_green[row] < 0.5) out.push(SS.t("sheet.todo.near", { people: number(theme, "residents_far", row, "int") }));
    if (!out.length) out.push(SS.t("sheet.todo.keep"));
    return out.join(" ");
  }
  function green(theme, row) {
    var c = theme.columns, bare = !c.near_green;
    return [
      lead(theme, row), people(theme, row), planting(theme, row),
      c.covered_m2 && c.sealed_m2 ? parts.composition(theme, row) : null,
      facts([bare ? fact(theme, row, "sheet.residents", "residents") : null, theme.options.value === "green_m2_per_resident" && bare ? null : fact(theme, row, "sheet.head", "green_m2_per_resident"), fact(theme, row, "sheet.green", "green_m2"), fact(theme, row, "sheet.canopy", "canopy_m2"),
        has(theme, "rank", row) ? null : fact(theme, row, "sheet.canopy_share", "canopy_share"), has(theme, "rank", row) ? null : fact(theme, row, "sheet.sealed_share", "sealed_share"), fact(theme, row, "sheet.area", "area_m2")]),
      c.covered_m2 ? parts.covered(theme, row) : null
    ];
  }
  /* Tables below the map that come with the data, each at its place; the cell that is told above is bold. */
  SS.definitions = function () {
    var at = function (pair) { return pair[SS.language === "it" ? 0 : 1]; };
    document.querySelectorAll("[data-tables]").forEach(function (box) {
      box.replaceChildren.apply(box, ((SS.tables || {})[box.getAttribute("data-tables")] || []).map(function (table) {
        var head = h("tr", {}, h("td", {})), body = h("tbody", {});
        table.heads.forEach(function (pair) { head.append(h("th", { scope: "col", className: "n" }, at(pair))); });
        table.rows.forEach(function (row, i) {
          var state = table.links[i], label = at(row[0]);
          var line = h("tr", {}, h("th", { scope: "row" }, state ? h("a", { href: SS.write(Object.assign(SS.parse(state), { l: SS.language })) }, label) : label));
          row[1].forEach(function (pair, j) {
            var first = table.headline && table.headline[0] === i && table.headline[1] === j;
            line.append(h("td", { className: "n num" }, first ? h("b", {}, at(pair)) : at(pair)));
          });
          body.append(line);
        });
        return h("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": at(table.caption) }, h("table", {}, h("caption", {}, h("span", {}, at(table.caption))), h("thead", {}, head), body));
      }));
    });
  };
  document.addEventListener("ss:language", SS.definitions);

  SS.landSheets.sealing = sealing;
  SS.landSheets.green = green;
  SS.land = { share: share, opening: opening, rain: rain };
})();
