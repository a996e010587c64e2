/* The legend is the histogram is the filter: colours, distribution, threshold and running sum in one place. */
"use strict";
(function () {
  var BINS = 6, SVG = "http://www.w3.org/2000/svg";

  function node(name, values) {
    var out = document.createElementNS(SVG, name);
    Object.keys(values).forEach(function (key) { out.setAttribute(key, values[key]); });
    return out;
  }
  /* Two digits, three where the steps are so fine that two would put two limits on one number. */
  function nice(value, step) { return value === 0 ? 0 : Number(value.toPrecision(step < 0.08 * Math.abs(value) ? 3 : 2)); }

  /* Limits of the bars: each class is equally wide and cut into BINS equal steps of its values. */
  function edges(values, breaks, kind) {
    var known = Array.from(values).filter(isFinite).sort(function (a, b) { return a - b; });
    if (!known.length) return [];
    var whole = kind === "share" || kind === "mm", top = kind === "share" ? 1 : known[Math.floor((whole ? 1 : 0.99) * (known.length - 1))];
    if (!whole) top = Math.max(top, (breaks[breaks.length - 1] || 0) * 1.5, 1e-9);
    var limits = [0].concat(breaks, [top]), out = [];
    for (var k = 0; k < limits.length - 1; k++) {
      for (var b = 0; b < BINS; b++) {
        var step = (limits[k + 1] - limits[k]) / BINS, edge = limits[k] + step * b;
        out.push(b ? Math.min(Math.max(nice(edge, step), limits[k]), limits[k + 1]) : edge);
      }
    }
    return out;
  }
  function binOf(value, at) {
    var lo = 0, hi = at.length;
    while (hi - lo > 1) { var mid = (lo + hi) >> 1; if (at[mid] <= value) lo = mid; else hi = mid; }
    return lo;
  }

  /* The key on the map itself, where the panel lies below the screen: on a phone. */
  SS.strip = function (title, colours, texts) {
    var box = document.getElementById("strip");
    if (!box) return;
    box.replaceChildren.apply(box, [SS.h("b", {}, title)].concat(texts.map(function (text, k) {
      var swatch = SS.h("i", {});
      swatch.style.background = colours[k];
      return SS.h("span", {}, swatch, text);
    })));
  };

  SS.legend = function (theme, changed) {
    var o = theme.options, input = document.getElementById("from"), at, counts, sums, bands, everything;
    var chart = document.getElementById("chart"), list = document.getElementById("classes"), sum = document.getElementById("sum");
    /* The values of the measure that colours the map, put into bars. */
    function read() {
      at = edges(theme.value, o.breaks, o.kind);
      counts = new Float64Array(at.length);
      sums = new Float64Array(at.length);
      bands = Array.from(at, function () { return []; });
      for (var i = 0; i < theme.rows; i++) {
        if (!isFinite(theme.value[i])) continue;
        var bin = binOf(theme.value[i], at), part = theme.columns[o.sum][i];
        counts[bin] += 1;
        if (isFinite(part)) sums[bin] += part;
        if (o.p90) bands[bin].push(i);
      }
      /* Where little is the problem the filter keeps what lies below, and begins at the right end. */
      everything = o.below ? at.length : 0;
      input.max = o.below ? at.length : Math.max(at.length - 1, 0);
      theme.counts = counts;
      bands = bands.map(function (rows) { return o.p90 ? SS.together(theme, rows) : [0, 0, 0]; });
    }
    read();
    chart.parentNode.hidden = theme.rows < 2;
    function kept(bin, step) { return o.below ? bin < step : bin >= step; }

    function from(step) { return function (total, value, bin) { return kept(bin, step) ? total + value : total; }; }
    function bars(step) {
      var svg = node("svg", { viewBox: "0 0 " + at.length * 10 + " 84", preserveAspectRatio: "none", role: "img", "aria-label": spoken() }), high = Math.max.apply(null, counts) || 1;
      counts.forEach(function (count, bin) {
        var h = count ? Math.max(1.5, 74 * Math.sqrt(count / high)) : 0, colour = o.colours[Math.floor(bin / BINS)];
        svg.append(node("rect", { x: bin * 10 + 0.6, y: 84 - h, width: 8.8, height: h, fill: kept(bin, step) ? colour : o.muted, "class": "bar" }));
      });
      if (step !== everything) svg.append(node("rect", { x: step * 10 - 0.6, y: 0, width: 1.4, height: 84, fill: "#b4532a" }));
      chart.replaceChildren(svg);
    }
    function spoken() {
      var axis = SS.axis(o.breaks, o.kind), text = labels(axis).map(function (label, k) {
        var n = 0;
        for (var b = k * BINS; b < (k + 1) * BINS; b++) n += counts[b] || 0;
        return label + " " + axis.unit + ": " + SS.plain(n, 0);
      });
      return SS.t("legend.chart", { text: text.join("; ") });
    }
    function labels(axis) {
      var b = o.breaks;
      if (!b.length) return [SS.t("legend.all")];
      return ["< " + axis.text(b[0])].concat(b.slice(1).map(function (value, k) { return axis.text(b[k]) + "–" + axis.text(value); }), ["≥ " + axis.text(b[b.length - 1])]);
    }
    function names() {
      var axis = SS.axis(o.breaks, o.kind), texts = labels(axis);
      list.replaceChildren.apply(list, texts.map(function (text, k) {
        var swatch = SS.h("i", {});
        swatch.style.background = o.colours[k];
        return SS.h("li", {}, swatch, text);
      }));
      list.style.gridTemplateColumns = "repeat(" + texts.length + ",1fr)";
      theme.strip = function () { SS.strip(SS.t(o.legend || document.getElementById("legend").getAttribute("data-legend")) + (axis.unit ? " [" + axis.unit + "]" : ""), o.colours, texts); };
      theme.strip();
      var title = document.getElementById("legend-title"), unit = title.querySelector(".unit") || title.appendChild(SS.h("span", { className: "unit" }));
      if (o.legend) title.replaceChildren(SS.t(o.legend), unit);
      unit.textContent = axis.unit ? " [" + axis.unit + "]" : "";
      var grey = document.getElementById("nodata");
      if (!theme.unknown) { if (grey) grey.remove(); return; }
      if (!grey) { grey = SS.h("p", { id: "nodata", className: "band" }); list.after(grey); }
      var chip = SS.h("i", {});
      chip.style.background = o.noData;
      grey.replaceChildren(chip, SS.plain(theme.unknown, 0) + " " + SS.t(o.nodata || o.theme + ".nodata"));
    }
    function running(step) {
      var all = step === everything, value = o.below && all ? SS.t("legend.all") : SS.number(at[step] || 0, o.kind), count = counts.reduce(from(step), 0);
      sum.replaceChildren();
      var text = SS.t(o.words + (all ? ".all" : ".sum"), { from: "\u0001" + value + "\u0002", count: "\u0001" + SS.plain(count, 0) + "\u0002", zones: SS.t("zones." + o.layer), sum: "\u0001" + SS.number(sums.reduce(from(step), 0), o.sumKind) + "\u0002" });
      text.split(/[\u0001\u0002]/).forEach(function (piece, k) { sum.append(k % 2 ? SS.h("b", { className: "num" }, piece) : piece); });
      if (!o.p90) { input.setAttribute("aria-valuetext", value); return; }
      var parts = [0, 1, 2].map(function (k) { return bands.map(function (b) { return b[k]; }).reduce(from(step), 0); });
      sum.append(" ", SS.h("span", { className: "band" }, SS.t(o.theme + ".sum.band", { p90: SS.number(SS.p90(parts, o.p90), o.sumKind) })));
      input.setAttribute("aria-valuetext", value);
    }
    function apply(step, quiet) {
      theme.threshold = step === everything ? null : at[step];
      input.value = step;
      bars(step);
      running(step);
      if (!quiet) changed();
    }
    input.addEventListener("input", function () { apply(Number(input.value)); });
    document.addEventListener("ss:language", function () { names(); apply(Number(input.value), true); });
    names();
    var wanted = Number(SS.state.t);
    function stepOf(value) { return value > 0 && at.length ? binOf(value, at) : everything; }
    apply(stepOf(wanted));
    return { read: function () { read(); names(); }, set: function (value) { apply(stepOf(value)); } };
  };
})();
