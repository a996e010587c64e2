/* An area that the reader draws, or what is in view, summed; the table then lists only what lies in it. Also how strong the colour is. */
"use strict";
(function () {
  var MOST = 60;

  SS.area = function (theme, changed) {
    var o = theme.options, map = theme.map, shapes = null, corners = [], line = null, text = document.getElementById("area-sum");
    var draw = document.getElementById("area-draw"), view = document.getElementById("area-view"), clear = document.getElementById("area-clear"), how = document.getElementById("area-how");

    /* A feature counts where the middle of its box lies inside: each in one area only. */
    function inside(ring) {
      var mask = new Uint8Array(theme.rows), b = shapes.box;
      for (var i = 0; i < theme.rows; i++) {
        var x = (b[4 * i] + b[4 * i + 2]) / 2, y = (b[4 * i + 1] + b[4 * i + 3]) / 2, odd = false;
        for (var k = 0, j = ring.length - 1; k < ring.length; j = k++) {
          if ((ring[k].y > y) !== (ring[j].y > y) && x < (ring[j].x - ring[k].x) * (y - ring[k].y) / (ring[j].y - ring[k].y) + ring[k].x) odd = !odd;
        }
        mask[i] = odd ? 1 : 0;
      }
      return mask;
    }
    function total(name) {
      return theme.shown().reduce(function (sum, row) { var v = theme.columns[name][row]; return isFinite(v) ? sum + v : sum; }, 0);
    }
    function say() {
      text.replaceChildren();
      if (!theme.area) return;
      text.append(SS.t(o.sumKind === "int" ? "area.residents" : "area.sum", { count: SS.plain(theme.shown().length, 0), zones: SS.t("zones." + o.layer), sum: SS.number(total(o.sum), o.sumKind) }));
      if (o.p90) text.append(" ", SS.h("span", { className: "band" }, SS.t(o.theme + ".sum.band", { p90: SS.number(SS.p90(SS.together(theme, theme.shown()), o.p90), o.sumKind) })));
    }
    function outline() {
      if (line) line.remove();
      line = null;
      if (corners.length) line = L.polygon(corners, { pane: "selection", renderer: theme.painter, color: "#1d2a31", weight: 2.5, dashArray: "6 5", fill: false, interactive: false }).addTo(map);
    }
    function set(points, quiet) {
      corners = points;
      shapes = theme.layer.shapes;
      theme.area = points.length > 2 && shapes ? inside(points.map(function (p) { return map.project(p, 0); })) : null;
      theme.drawing = false;
      outline();
      words();
      changed();
      say();
      if (!quiet) SS.save({ a: theme.area ? points.map(function (p) { return L.latLng(p).lat.toFixed(5) + "," + L.latLng(p).lng.toFixed(5); }).join(",") : "" });
    }
    function words() {
      draw.textContent = SS.t(theme.drawing ? "area.close" : "area.draw");
      draw.setAttribute("aria-pressed", theme.drawing ? "true" : "false");
      how.textContent = theme.drawing ? SS.t("area.how") : "";
      clear.hidden = !theme.area && !theme.drawing;
      map.getContainer().classList.toggle("drawing", Boolean(theme.drawing));
      map.doubleClickZoom[theme.drawing ? "disable" : "enable"]();
    }
    function start() {
      corners = [];
      theme.area = null;
      theme.drawing = true;
      outline();
      words();
      changed();
      say();
    }
    draw.addEventListener("click", function () { if (theme.drawing) set(corners); else start(); });
    clear.addEventListener("click", function () { set([]); });
    view.addEventListener("click", function () {
      var b = map.getBounds();
      set([b.getNorthWest(), b.getNorthEast(), b.getSouthEast(), b.getSouthWest()]);
    });
    map.on("click", function (event) {
      if (!theme.drawing || corners.length >= MOST) return;
      corners.push(event.latlng);
      outline();
    });
    map.on("dblclick", function () { if (theme.drawing) set(corners.slice(0, -1)); });
    map.getContainer().addEventListener("keydown", function (event) {
      if (!theme.drawing) return;
      if (event.key === "Escape") set([]);
      if (event.key === "Enter" || event.key === " ") { event.stopImmediatePropagation(); event.preventDefault(); corners.push(map.getCenter()); outline(); }
    }, true);

    function kept() {
      var n = (SS.state.a || "").split(",").map(Number), points = [];
      if (n.length < 6 || n.length % 2 || n.length > 2 * MOST || !n.every(isFinite)) return [];
      for (var i = 0; i < n.length; i += 2) points.push([n[i], n[i + 1]]);
      return points;
    }
    document.addEventListener("ss:language", function () { words(); say(); });
    document.addEventListener("ss:address", function () { set(kept(), true); });

    var strength = document.getElementById("strength");
    strength.value = Math.round(100 * theme.layer.options.alpha);
    strength.addEventListener("input", function () { theme.layer.options.alpha = strength.value / 100; theme.layer.redraw(); if (SS.layers.sun) SS.layers.sun.fade(strength.value / 100); });

    words();
    if (kept().length) SS.open(o.data).then(function () { set(kept(), true); });
    return { refresh: say };
  };
})();
