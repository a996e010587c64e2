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

  /* One state, three doors: the two buttons, the list of layers, the address. */
  SS.sunSwitch = function (theme) {
    var map = theme.map, layer = SS.layers.sun, roofs = document.getElementById("by-roof"), cells = document.getElementById("by-cell");
    function show() {
      var on = map.hasLayer(layer);
      roofs.setAttribute("aria-pressed", on ? "false" : "true");
      cells.setAttribute("aria-pressed", on ? "true" : "false");
      document.getElementById("legend").hidden = on;
      document.getElementById("sun-legend").hidden = !on;
      theme.layer.options.outline = on;
      if (on) strip(); else theme.strip();
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
    legend();
    if (SS.state.m === "sun") set(true, true);
  };
})();
