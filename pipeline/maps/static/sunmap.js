/* The year's sun cell by cell: one picture of the town from afar, squares from near, and its legend in the place of the histogram. */
"use strict";
(function () {
  var Squares = L.GridLayer.extend({
    createTile: function (at, done) {
      var name = at.x + "_" + at.y;
      if (SS.sun.squares.indexOf(name) < 0) { setTimeout(done, 0); return document.createElement("div"); }
      var image = SS.h("img", { alt: "", className: "cells" });
      image.onload = function () { done(null, image); };
      image.onerror = function (error) { done(error, image); };
      image.src = "img/sun/" + name + ".png";
      return image;
    }
  });

  var Sun = L.Layer.extend({
    onAdd: function (map) {
      var s = SS.sun;
      if (!map.getPane("sun")) map.createPane("sun").style.zIndex = 390;
      map.getPane("sun").style.pointerEvents = "none";
      this._far = L.imageOverlay("img/sun/town.png", s.bounds, { pane: "sun", interactive: false, alt: "" });
      this._near = new Squares({ pane: "sun", tileSize: s.side, minNativeZoom: s.zoom, maxNativeZoom: s.zoom, minZoom: s.from, maxZoom: 20, noWrap: true, bounds: s.bounds, updateWhenZooming: false });
      map.on("zoomend", this._choose, this);
      this._choose();
    },
    onRemove: function (map) {
      map.off("zoomend", this._choose, this);
      this._far.remove();
      this._near.remove();
    },
    fade: function (share) { if (this._map) this._map.getPane("sun").style.opacity = share; },
    _choose: function () {
      var near = this._map.getZoom() >= SS.sun.from;
      this[near ? "_near" : "_far"].addTo(this._map);
      this[near ? "_far" : "_near"].remove();
      this._map.getPane("sun").classList.toggle("whole", this._map.getZoom() >= SS.sun.zoom);
    }
  });
  SS.sunmap = function () { return (SS.layers.sun = new Sun()); };

  function legend() {
    var s = SS.sun, list = document.getElementById("sun-classes");
    list.replaceChildren.apply(list, s.colours.map(function (colour, k) {
      var swatch = SS.h("i", {}), low = k ? SS.plain(s.breaks[k - 1], 0) : "", high = k < s.breaks.length ? SS.plain(s.breaks[k], 0) : "";
      swatch.style.background = colour;
      var words = !low ? "< " + high : !high ? "≥ " + low : low + "–" + high;
      return SS.h("li", {}, swatch, SS.h("span", { className: "sr" }, words), SS.h("span", { className: "edge", "aria-hidden": "true" }, high));
    }));
    list.style.gridTemplateColumns = "repeat(" + s.colours.length + ",1fr)";
  }

  function strip() {
    var s = SS.sun, last = s.breaks.length - 1;
    SS.strip(SS.t("sun.legend") + " [kWh/m²]", s.colours, s.colours.map(function (colour, k) { return k <= last ? "< " + SS.plain(s.breaks[k], 0) : "≥ " + SS.plain(s.breaks[last], 0); }));
  }

  /* The figure of one point: the square it lies in is loaded, and its pixel read. */
  function pointer(theme, shown) {
    var s = SS.sun, said = document.getElementById("sun-here"), mark = null, last = null;
    function clear() { if (mark) mark.remove(); mark = last = null; said.textContent = SS.t("sun.ask"); mark_class(-1); }
    function mark_class(value) {
      var k = s.breaks.filter(function (limit) { return value >= limit; }).length;
      Array.from(document.getElementById("sun-classes").children).forEach(function (li, i) { li.classList.toggle("here", value >= 0 && i === k); });
    }
    function tell(latlng, value) {
      var known = isFinite(value), text = known ? SS.t("sun.here", { sun: SS.number(value, "poa") }) : SS.t("sun.here.none");
      if (mark) mark.remove();
      mark = L.circleMarker(latlng, { radius: 6, color: "#1d2a31", weight: 2, fillColor: "#fff", fillOpacity: 1, renderer: theme.painter, interactive: false }).addTo(theme.map);
      mark.bindTooltip(SS.h("span", {}, known ? SS.number(value, "poa") : SS.t("na")), { permanent: true, direction: "top", offset: [0, -6], className: "sun-tip" });
      said.textContent = text;
      mark_class(known ? value : -1);
      last = [latlng, value];
    }
    theme.point = function (latlng) {
      if (!shown()) return;
      var at = theme.map.project(latlng, s.zoom).floor(), square = at.divideBy(s.side).floor(), name = square.x + "_" + square.y;
      if (s.squares.indexOf(name) < 0) { tell(latlng, NaN); return; }
      SS.load("data/sun/" + name + ".js").then(function () { return SS.open("sun_" + name); }).then(function (table) {
        var in_square = at.subtract(square.multiplyBy(s.side));
        tell(latlng, table.bytes[in_square.y * s.side + in_square.x] * s.step || NaN);
      });
    };
    document.addEventListener("ss:language", function () { if (last) tell(last[0], last[1]); else clear(); });
    clear();
    return clear;
  }

  /* One state, three doors: the two buttons, the list of layers, the address. */
  SS.sunSwitch = function (theme) {
    var map = theme.map, layer = SS.layers.sun, roofs = document.getElementById("by-roof"), cells = document.getElementById("by-cell");
    legend();
    var clear = pointer(theme, function () { return map.hasLayer(layer); });
    function show() {
      var on = map.hasLayer(layer);
      roofs.setAttribute("aria-pressed", on ? "false" : "true");
      cells.setAttribute("aria-pressed", on ? "true" : "false");
      document.getElementById("legend").hidden = on;
      document.getElementById("sun-legend").hidden = !on;
      theme.layer.options.outline = on;
      if (on) strip(); else { theme.strip(); clear(); }
      theme.layer.redraw();
    }
    function set(on, quiet) {
      if (on !== map.hasLayer(layer)) map[on ? "addLayer" : "removeLayer"](layer);
      if (!quiet) SS.save({ m: on ? "sun" : "" });
    }
    map.on("layeradd layerremove", function (event) { if (event.layer === layer) { show(); SS.save({ m: map.hasLayer(layer) ? "sun" : "" }); } });
    roofs.addEventListener("click", function () { set(false); });
    cells.addEventListener("click", function () { set(true); });
    document.addEventListener("ss:language", function () { legend(); if (map.hasLayer(layer)) strip(); });
    document.addEventListener("ss:address", function () { set(SS.state.m === "sun", true); });
    if (SS.state.m === "sun") set(true, true);
  };
})();
