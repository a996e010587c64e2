/* Plans in metres as SVG: outlines of packed tables, a scale, north. */
"use strict";
(function () {
  var NS = "http://www.w3.org/2000/svg";

  function node(name, values, text) {
    var out = document.createElementNS(NS, name);
    Object.keys(values || {}).forEach(function (key) { out.setAttribute(key, values[key]); });
    if (text !== undefined) out.textContent = text;
    return out;
  }

  /* box: west, south, east, north of what matters [m]; around: how much is shown beside it. */
  SS.Drawing = function (box, around, least, words) {
    var w = Math.max(box[2] - box[0], least) + 2 * around, hgt = Math.max(box[3] - box[1], least * 0.6) + 2 * around;
    this.left = (box[0] + box[2] - w) / 2;
    this.top = (box[1] + box[3] + hgt) / 2;
    this.wide = w;
    this.high = hgt;
    /* A hundredth of the longer side: the measure of letters and arrows. */
    this.unit = Math.max(w, hgt) / 100;
    this.svg = node("svg", { viewBox: "0 0 " + w.toFixed(2) + " " + hgt.toFixed(2), role: "img", "aria-label": words, "class": "plan" });
  };
  SS.Drawing.prototype = {
    at: function (e, n) { return [e - this.left, this.top - n]; },
    add: function (name, values, text) { var made = node(name, values, text); this.svg.append(made); return made; },
    /* Rows of a table of outlines as one path each. */
    outlines: function (shapes, rows, style) {
      var self = this;
      rows.forEach(function (row) {
        var d = "";
        for (var r = shapes.first[row]; r < shapes.first[row + 1]; r++) {
          for (var p = shapes.start[r]; p < shapes.start[r + 1]; p++) {
            var xy = self.at(shapes.x[p], shapes.y[p]);
            d += (p === shapes.start[r] ? "M" : "L") + xy[0].toFixed(2) + " " + xy[1].toFixed(2);
          }
          d += "Z";
        }
        if (d) self.add("path", Object.assign({ d: d, "vector-effect": "non-scaling-stroke", "stroke-linejoin": "round" }, style));
      });
    },
    letter: function (e, n, text) {
      var xy = this.at(e, n), r = 2.3 * this.unit;
      this.add("circle", { cx: xy[0], cy: xy[1], r: r, fill: "#fff", stroke: "#1d2a31", "stroke-width": 1, "vector-effect": "non-scaling-stroke" });
      this.add("text", { x: xy[0], y: xy[1] + 0.38 * r * 2 * 0.47, "text-anchor": "middle", "font-size": 1.35 * r, "font-weight": 700, fill: "#1d2a31" }, text);
    },
    /* From beside the letter down the slope. */
    arrow: function (e, n, azimuth) {
      var turn = azimuth * Math.PI / 180, u = this.unit, a = this.at(e + 2.7 * u * Math.sin(turn), n + 2.7 * u * Math.cos(turn)), b = this.at(e + 7 * u * Math.sin(turn), n + 7 * u * Math.cos(turn));
      var dx = Math.sin(turn), dy = -Math.cos(turn), head = 1.7 * u;
      var tip = [b[0] + dx * head, b[1] + dy * head], left = [b[0] - dy * head * 0.7, b[1] + dx * head * 0.7], right = [b[0] + dy * head * 0.7, b[1] - dx * head * 0.7];
      var self = this;
      [["#fff", 4.5], ["#1d2a31", 1.8]].forEach(function (s) {
        self.add("path", { d: "M" + a.join(" ") + "L" + b.join(" ") + "M" + tip.join(" ") + "L" + left.join(" ") + "L" + right.join(" ") + "Z", stroke: s[0], "stroke-width": s[1], fill: "#1d2a31", "vector-effect": "non-scaling-stroke", "stroke-linejoin": "round" });
      });
    },
    scale: function () {
      var length = [2, 5, 10, 20, 50, 100, 200, 500].filter(function (l) { return l <= this.wide / 3; }, this).pop() || 1, u = this.unit, x = 2.5 * u, y = this.high - 2.5 * u;
      this.add("rect", { x: x - u, y: y - 4.6 * u, width: length + 2 * u, height: 6 * u, fill: "#fffdf8", "fill-opacity": 0.85, rx: u * 0.6 });
      this.add("path", { d: "M" + x + " " + (y - u) + "V" + y + "H" + (x + length) + "V" + (y - u), fill: "none", stroke: "#1d2a31", "stroke-width": 1.6, "vector-effect": "non-scaling-stroke" });
      this.add("text", { x: x + length / 2, y: y - 1.3 * u, "text-anchor": "middle", "font-size": 2.8 * u, fill: "#1d2a31" }, SS.t("sheetpage.metres", { length: length }));
      var cx = this.wide - 4 * u, cy = 7 * u;
      this.add("circle", { cx: cx, cy: cy - 1.3 * u, r: 4.4 * u, fill: "#fffdf8", "fill-opacity": 0.85 });
      this.add("path", { d: "M" + cx + " " + (cy - 4.4 * u) + "l" + 1.5 * u + " " + 3.6 * u + "h" + -3 * u + "Z", fill: "#1d2a31" });
      this.add("text", { x: cx, y: cy + 2 * u, "text-anchor": "middle", "font-size": 2.8 * u, "font-weight": 700, fill: "#1d2a31" }, SS.t("sheetpage.north"));
      return this.svg;
    }
  };
  SS.box = function (shapes, row) { return Array.from(shapes.box.subarray(4 * row, 4 * row + 4)); };
  SS.rowsOf = function (table, row) {
    var out = [];
    for (var i = 0; table && i < table.rows; i++) if (table.columns.of[i] === row) out.push(i);
    return out;
  };
  SS.all = function (table) { return Array.from({ length: table ? table.rows : 0 }, function (none, i) { return i; }); };
  SS.key = function (entries) {
    var list = SS.h("ul", { className: "key" });
    entries.forEach(function (entry) {
      if (entry) list.append(SS.h("li", {}, SS.h("i", { className: "key-" + entry[0] }), SS.t(entry[1])));
    });
    return list;
  };
})();
