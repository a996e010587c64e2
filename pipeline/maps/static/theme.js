/* Connects map, legend, search, sheet, table and address of a theme page. */
"use strict";
(function () {
  function ready() {
    document.getElementById("loading").hidden = true;
    document.documentElement.setAttribute("data-ready", Math.round(performance.now()));
  }
  function failed() { document.getElementById("loading").textContent = SS.t("map.old"); }

  function classes(theme) {
    var o = theme.options, out = new Int8Array(theme.rows), unknown = 0;
    for (var i = 0; i < theme.rows; i++) {
      var value = theme.value[i], k = 0;
      if (!isFinite(value)) { out[i] = 1; unknown += 1; continue; }
      while (k < o.breaks.length && value >= o.breaks[k]) k += 1;
      out[i] = 2 + k;
    }
    theme.unknown = unknown;
    theme.layer.classes = out;
    theme.colour = function (row) { return theme.layer.options.fills[out[row]]; };
  }
  function hidden(theme) {
    if (theme.threshold === null && !theme.area) { theme.layer.hidden = null; return; }
    theme.layer.hidden = theme.layer.hidden || new Uint8Array(theme.rows);
    for (var i = 0; i < theme.rows; i++) theme.layer.hidden[i] = (theme.threshold === null || (theme.options.below ? theme.value[i] < theme.threshold : theme.value[i] >= theme.threshold)) && (!theme.area || theme.area[i]) ? 0 : 1;
  }

  function selection(theme) {
    var map = theme.map, lines = null, callout = document.getElementById("callout");
    map.createPane("selection").style.zIndex = 450;
    var painter = theme.painter = L.svg({ pane: "selection", padding: 0.5 });
    theme.selected = -1;
    theme.select = function (row, how) {
      how = how || {};
      theme.selected = row;
      if (lines) { lines.remove(); lines = null; }
      callout.hidden = row < 0;
      SS.sheet(theme, row, function () { theme.select(-1); map.getContainer().focus({ preventScroll: true }); });
      if (!how.quiet) SS.save({ s: row < 0 ? "" : theme.ids[row], q: "" });
      if (row < 0) return;
      var rings = theme.layer.rings(row).map(function (ring) { return ring.concat([ring[0]]); });
      /* Outside the outline, white under colour: a small roof stays visible. */
      lines = L.layerGroup([["#ffffff", 7], ["#b4532a", 3]].map(function (line) { return L.polyline(rings, { color: line[0], weight: line[1], renderer: painter, interactive: false, smoothFactor: 0 }); })).addTo(map);
      callout.replaceChildren(SS.h("b", {}, SS.number(theme.value[row], theme.options.kind)), " ↓ " + SS.heading(theme, row)[0]);
      if (how.move) map.fitBounds(theme.layer.bounds(row).pad({ town: 0.05, sections: 0.4 }[theme.options.layer] || 1.2), { maxZoom: Math.max(map.getZoom(), 18), animate: !SS.still });
      if (how.focus) document.getElementById("sheet").focus({ preventScroll: how.scroll === false });
    };
    callout.addEventListener("click", function () { var box = document.getElementById("sheet"); box.focus({ preventScroll: true }); box.scrollIntoView(); });
    document.addEventListener("ss:language", function () { if (theme.selected >= 0) theme.select(theme.selected, { quiet: true }); });
  }

  function pointer(theme) {
    var map = theme.map, box = map.getContainer();
    map.on("click", function (event) {
      if (theme.drawing) return;
      var touch = event.originalEvent && event.originalEvent.pointerType === "touch";
      if (theme.point) theme.point(event.latlng);
      theme.select(theme.layer.hit(event.latlng, touch ? 14 : 4));
    });
    box.addEventListener("keydown", function (event) {
      if (event.target !== box || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      if (theme.point) theme.point(map.getCenter());
      var row = theme.layer.hit(map.getCenter(), 24);
      if (row >= 0) theme.select(row, { focus: true });
    });
    if (window.matchMedia("(hover: hover)").matches) {
      map.on("mousemove", function (event) { box.classList.toggle("over", theme.layer.hit(event.latlng, 2) >= 0); });
    }
  }

  function search(theme) {
    var form = document.getElementById("search"), query = document.getElementById("query"), found = document.getElementById("found"), c = theme.columns;
    function clean(text) { return String(text === null || text === undefined ? "" : text).trim().toLowerCase(); }
    function find(text) {
      var exact = [], part = [], pair = text.split(/\s*[\/,]\s*/);
      for (var i = 0; i < theme.rows; i++) {
        var id = clean(theme.ids[i]);
        if (id === text) exact.push(i);
        else if (c.sheet && pair.length === 2 && clean(c.sheet[i]) === pair[0].replace(/^0+(?=.)/, "") && clean(c.number[i]) === pair[1]) exact.push(i);
        else if (text.length > 1 && (id.indexOf(text) >= 0 || (c.estate_name && clean(c.estate_name[i]).indexOf(text) >= 0))) part.push(i);
      }
      return exact.length ? exact : part;
    }
    form.addEventListener("submit", function (event) { event.preventDefault(); go(); });
    /* A link may name what to look for: q=Via Roma. A view that is named too has been moved since. */
    function named() {
      if (!SS.state.q || SS.state.v) return;
      query.value = SS.state.q;
      (SS.layers.names ? SS.open("streets") : Promise.resolve()).then(go);
    }
    document.addEventListener("ss:address", named);
    named();
    function go() {
      var text = clean(query.value);
      if (!text) return;
      var rows = find(text);
      var street = !rows.length && SS.layers.names ? SS.layers.names.find(text) : null;
      if (street) {
        theme.map.fitBounds(street.bounds.pad(0.2), { maxZoom: 18, animate: !SS.still });
        found.textContent = SS.t("search.street", { name: street.name });
        SS.save({ q: street.name, v: "" });
        return;
      }
      if (!rows.length) {
        var example = c.sheet && c.sheet[0] && c.number[0] ? c.sheet[0] + "/" + c.number[0] : theme.ids[0];
        found.textContent = SS.t("search.none", { query: query.value, example: example });
        return;
      }
      found.textContent = rows.length > 1 ? SS.t("search.many", { count: SS.plain(rows.length, 0) }) : "";
      theme.select(rows[0], { move: true, focus: true });
    }
  }

  function address(theme, legend) {
    function go() {
      var row = SS.state.s ? theme.ids.indexOf(SS.state.s) : -1;
      if (row < 0 && theme.rows === 1) row = 0;
      if (row !== theme.selected) theme.select(row, { quiet: true, move: row >= 0 && !SS.state.v });
    }
    go();
    theme.map.on("moveend", function () {
      var at = theme.map.getCenter();
      SS.save({ v: [at.lat.toFixed(5), at.lng.toFixed(5), +theme.map.getZoom().toFixed(2)].join(",") });
    });
    document.addEventListener("ss:address", function () {
      var view = (SS.state.v || "").split(",").map(Number);
      if (view.length === 3 && view.every(isFinite)) theme.map.setView([view[0], view[1]], view[2], { animate: false });
      legend.set(Number(SS.state.t));
      go();
      document.getElementById("map-region").scrollIntoView({ block: "nearest" });
    });
  }

  SS.theme = function (map, o) {
    SS.controls(map);
    if (!o.layer) { Promise.all(SS.names().map(SS.open)).then(ready, failed); return; }
    Promise.all([SS.open(o.data), SS.open(o.columns || o.data)]).then(function (tables) {
      var theme = SS.current = { options: o, map: map, layer: SS.layers.theme, rows: tables[0].rows, columns: Object.assign({}, tables[0].columns, tables[1].columns), threshold: null, area: null, drawing: false, selected: -1 };
      theme.ids = theme.columns[o.id];
      theme.value = theme.columns[o.value];
      theme.shown = function () {
        var out = [];
        for (var i = 0; i < theme.rows; i++) if (!theme.layer.hidden || !theme.layer.hidden[i]) out.push(i);
        return out;
      };
      var legend = null, table = null, area = null;
      SS.measures(theme, function () {
        classes(theme);
        legend.read();
        legend.set(Number(SS.state.t));
        table.order();
        if (theme.selected >= 0) theme.select(theme.selected, { quiet: true });
      });
      classes(theme);
      selection(theme);
      table = SS.table(theme, function (row) {
        theme.select(row, { move: true, focus: true });
        document.getElementById("map-region").scrollIntoView({ block: "nearest" });
      });
      legend = SS.legend(theme, function () {
        hidden(theme);
        theme.layer.redraw();
        table.refresh();
        if (area) area.refresh();
        if (theme.threshold !== null || SS.state.t) SS.save({ t: theme.threshold === null ? "" : String(theme.threshold) });
      });
      area = SS.area(theme, function () { hidden(theme); theme.layer.redraw(); table.refresh(); });
      pointer(theme);
      search(theme);
      if (o.sun) SS.sunSwitch(theme);
      if (o.dates) SS.dates(theme);
      SS.definitions();
      address(theme, legend);
      if (SS.pointsReady) SS.pointsReady();
      ready();
    }).catch(function (error) { failed(); throw error; });
  };
})();
