/* Points over the map of the plan: measures of the register, accepted reports, collection points. Each opens in the sheet and has its address. */
"use strict";
(function () {
  var LOOK = { initiative: ["#0b4f6c", 8], report: ["#7a0c3c", 7], collection: ["#56652a", 6] }, groups = {}, rows = null, open = -1;

  function word(family, code) { return SS.has(family + "." + code) ? SS.t(family + "." + code) : code; }
  function title(row) { return rows.columns.name[row] || word(rows.columns.layer[row], rows.columns.kind[row]); }

  function sheet(row) {
    var c = rows.columns, layer = c.layer[row], box = document.getElementById("sheet"), head = SS.h("h2", {}, title(row), SS.h("span", { className: "tag" }, SS.t("points." + layer)));
    var shut = SS.h("button", { type: "button", className: "close", title: SS.t("sheet.close"), "aria-label": SS.t("sheet.close") }, "×");
    shut.addEventListener("click", function () { open = -1; SS.current.select(-1); });
    box.replaceChildren.apply(box, [SS.h("div", { className: "sheet-head" }, head, shut), SS.parts.facts([
      ["points.kind", word(layer, c.kind[row])], layer === "initiative" && c.status[row] ? ["points.status", word("status", c.status[row])] : null, c.when[row] ? [layer === "report" ? "points.date" : "points.year", c.when[row]] : null
    ]), layer === "collection" ? null : SS.h("p", { className: "band" }, SS.t(layer === "report" ? "points.accepted" : "points.register")), SS.h("p", { className: "acts" }, SS.parts.copy())].filter(Boolean));
    box.hidden = false;
    document.getElementById("hint").hidden = true;
  }
  function show(row, how) {
    if (SS.current.selected >= 0) SS.current.select(-1, { quiet: true });
    open = row;
    sheet(row);
    SS.save({ s: rows.columns.id[row] });
    if (how && how.move) SS.current.map.setView([rows.columns.lat[row], rows.columns.lon[row]], Math.max(SS.current.map.getZoom(), 17), { animate: false });
    if (how && how.focus) document.getElementById("sheet").focus({ preventScroll: true });
  }
  function fill() {
    rows.columns.id.forEach(function (id, row) {
      var layer = rows.columns.layer[row], look = LOOK[layer];
      var mark = L.circleMarker([rows.columns.lat[row], rows.columns.lon[row]], { radius: look[1], color: "#fff", weight: 2, fillColor: look[0], fillOpacity: 1, renderer: groups[layer].painter, bubblingMouseEvents: false });
      mark.bindTooltip(function () { return SS.h("span", {}, title(row)); });
      mark.on("click", function () { if (!SS.current.drawing) show(row); });
      groups[layer].addLayer(mark);
    });
  }
  SS.points = function (layer) {
    var group = groups[layer] = L.layerGroup();
    if (!SS.view.getPane("points")) SS.view.createPane("points").style.zIndex = 445;
    group.painter = groups.initiative && groups.initiative.painter || L.svg({ pane: "points" });
    return group;
  };
  /* After the theme, so that a link to a point finds its map. */
  SS.pointsReady = function () {
    SS.open("points").then(function (table) {
      rows = table;
      Object.keys(groups).forEach(function (layer) { groups[layer].painter = groups[Object.keys(groups)[0]].painter; });
      fill();
      function go() { var row = SS.state.s ? rows.columns.id.indexOf(SS.state.s) : -1; if (row >= 0) show(row, { move: !SS.state.v, focus: false }); }
      go();
      document.addEventListener("ss:address", go);
      document.addEventListener("ss:language", function () { if (open >= 0 && SS.current.selected < 0) sheet(open); });
      document.documentElement.setAttribute("data-points", String(rows.rows));
    });
  };
})();
