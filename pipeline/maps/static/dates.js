/* Two dates of the official map, side by side: consumed ground then on the left of a line that the reader moves, now on its right. */
"use strict";
(function () {
  var h = SS.h, GROUND = "#bd7450", CHANGES = ["#7a0c3c", "#1f7a3a"];

  SS.dates = function (theme) {
    var d = theme.options.dates, map = theme.map, box = document.getElementById("dates"), legend = document.getElementById("legend"), layers = null, on = false, share = 0.5;
    var slide = h("input", { type: "range", id: "swipe", min: 2, max: 98, value: 50, step: 1 });
    var line = h("div", { className: "swipe" }, h("i", {}), h("b", { className: "then" }, String(d.since)), h("b", { className: "now" }, String(d.year)), slide);
    line.hidden = true;
    document.getElementById("map-region").append(line);

    function cut() {
      if (!on) return;
      var x = map.containerPointToLayerPoint([map.getSize().x * share, 0]).x;
      layers.forEach(function (layer, k) {
        var canvas = layer._container;
        if (!canvas) return;
        var at = x - L.DomUtil.getPosition(canvas).x;
        canvas.style.clipPath = k ? "inset(0 0 0 " + at + "px)" : "inset(0 calc(100% - " + at + "px) 0 0)";
      });
      line.style.setProperty("--at", 100 * share + "%");
    }
    slide.addEventListener("input", function () { share = slide.value / 100; cut(); });

    function fact(className, label, area) { return h("li", {}, h("i", { className: className }), SS.t(label), area === null ? "" : h("b", { className: "num" }, area[SS.language === "it" ? 0 : 1])); }
    function words() {
      var list = h("ol", { className: "changes" });
      slide.setAttribute("aria-label", SS.t("dates.slide", d));
      d.top.forEach(function (one) {
        var go = h("button", { type: "button", className: "link" }, (one.kind === "taken" ? "+" : "−") + SS.number(one.area, "m2") + (one.street ? ", " + one.street : ""));
        go.addEventListener("click", function () { open().then(function () { map.fitBounds(layers[2].bounds(one.row).pad(2), { maxZoom: 18, animate: !SS.still }); }); });
        list.append(h("li", {}, go));
      });
      box.replaceChildren(
        h("h2", {}, SS.t("dates.title", d)),
        h("ul", { className: "parts" }, fact("key-consumed", "dates.consumed", null), fact("key-taken", "dates.taken", d.taken), fact("key-restored", "dates.restored", d.restored)),
        h("p", { className: "means" }, SS.t("dates.means", d)), d.top.length ? h("h3", {}, SS.t("dates.largest")) : "", list);
    }
    function open() {
      if (layers) return Promise.resolve();
      return SS.load("data/dates.js").then(function () {
        layers = [["then", { fill: GROUND }], ["now", { fill: GROUND }], ["patches", { by: "kind", fills: CHANGES, stroke: "#fff", width: 1.2 }]].map(function (one) {
          return SS.polygons("dates_" + one[0], Object.assign({ role: "base", alpha: 0.75 }, one[1]));
        });
        return Promise.all(["then", "now", "patches"].map(function (name) { return SS.open("dates_" + name); }));
      });
    }
    function show(want) {
      if (want === on) return;
      on = want;
      line.hidden = box.hidden = !on;
      legend.hidden = on;
      theme.layer.options.outline = on;
      theme.layer.redraw();
      if (on) SS.strip(SS.t("dates.title", d), [GROUND].concat(CHANGES), [SS.t("dates.consumed"), SS.t("dates.taken"), SS.t("dates.restored")]); else theme.strip();
      open().then(function () {
        layers.forEach(function (layer) { if (on) map.addLayer(layer); else map.removeLayer(layer); });
        /* The names of streets stay on top. */
        var names = SS.layers.names && SS.layers.names._container;
        if (names) names.parentNode.append(names);
        map[on ? "on" : "off"]("move zoomend moveend resize", cut);
        cut();
      });
    }
    theme.dates = show;
    words();
    document.addEventListener("ss:language", words);
    document.addEventListener("ss:address", function () { show(SS.state.m === "dates"); });
    show(SS.state.m === "dates");
  };
})();
