/* Streets of the base map: lines under the houses, and names over them, each along its street and none over another. */
"use strict";
(function () {
  var NAMES_FROM = 16, APART = 340, FONT = 12;

  SS.Streets = SS.Polygons.extend({
    _draw: function () {
      this.drawn = 0;
      if (!this.shapes || !this.text) return;
      var zoom = this._zoom, scale = Math.pow(2, zoom), origin = this._map.getPixelOrigin().add(this._bounds.min), size = this._bounds.getSize();
      var rows = this._visible([origin.x / scale, origin.y / scale, (origin.x + size.x) / scale, (origin.y + size.y) / scale])[0];
      if (this.options.names) { if (zoom >= NAMES_FROM) this._names(rows, scale, origin); } else this._lines(rows, scale, origin, zoom);
    },
    /* Where a street of this name lies: all its parts; null where there is none. */
    find: function (name) {
      var text = this.text || [], wanted = null, box = null;
      for (var i = 0; i < text.length; i++) {
        var here = (text[i] || "").toLowerCase();
        if (here === name || (!wanted && name.length > 2 && here.indexOf(name) >= 0)) wanted = text[i];
        if (here === name) break;
      }
      for (i = 0; wanted && i < text.length; i++) if (text[i] === wanted) box = box ? box.extend(this.bounds(i)) : this.bounds(i);
      return box ? { name: wanted, bounds: box } : null;
    },
    _path: function (row, scale, origin) {
      var s = this.shapes, r = s.first[row], out = [];
      for (var p = s.start[r]; p < s.start[r + 1]; p++) out.push([s.x[p] * scale - origin.x, s.y[p] * scale - origin.y]);
      return out;
    },
    /* Edge and body in two passes, so that crossings are open. */
    _lines: function (rows, scale, origin, zoom) {
      var ctx = this._ctx, rank = this.rank, self = this, wide = Math.max(1, Math.pow(2, zoom - 16));
      ctx.lineJoin = ctx.lineCap = "round";
      [["#c9bfae", 2], ["#fdfbf6", 0]].forEach(function (pass) {
        [0, 1, 2].forEach(function (k) {
          if (zoom < 15 - k) return;
          ctx.strokeStyle = pass[0];
          ctx.lineWidth = Math.min(16, (1.2 + 1.3 * k) * wide) + pass[1];
          ctx.beginPath();
          rows.forEach(function (row) {
            if (rank[row] !== k) return;
            self._path(row, scale, origin).forEach(function (p, i) { ctx[i ? "lineTo" : "moveTo"](p[0], p[1]); });
          });
          ctx.stroke();
        });
      });
      this.drawn = rows.length;
    },
    _names: function (rows, scale, origin) {
      var ctx = this._ctx, self = this, placed = [], text = this.text;
      ctx.font = "500 " + FONT + "px " + getComputedStyle(document.body).fontFamily;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.lineJoin = "round";
      rows.filter(function (row) { return text[row]; }).map(function (row) {
        var path = self._path(row, scale, origin), along = [0];
        for (var i = 1; i < path.length; i++) along.push(along[i - 1] + Math.hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]));
        return { name: text[row], path: path, along: along, length: along[along.length - 1] };
      }).sort(function (a, b) { return b.length - a.length; }).forEach(function (one) {
        var wide = ctx.measureText(one.name).width;
        for (var middle = one.length / 2, k = 0; k < 3; k++, middle = one.length * (k === 1 ? 0.25 : 0.75)) {
          if (middle < wide / 2 + 4 || middle > one.length - wide / 2 - 4) continue;
          var a = at(one, middle - wide / 2), b = at(one, middle + wide / 2), m = at(one, middle);
          /* Where the street bends the name would leave it. */
          if (Math.hypot(b[0] - a[0], b[1] - a[1]) < 0.94 * wide || !free(placed, m, wide, one.name)) continue;
          var turn = Math.atan2(b[1] - a[1], b[0] - a[0]);
          if (Math.abs(turn) > Math.PI / 2) turn += Math.PI;
          placed.push({ x: m[0], y: m[1], turn: turn, wide: wide, name: one.name });
        }
      });
      placed.forEach(function (p) {
        ctx.save();
        ctx.translate(p.x, p.y);
        ctx.rotate(p.turn);
        ctx.lineWidth = 3.2;
        ctx.strokeStyle = "#fffdf8e6";
        ctx.strokeText(p.name, 0, 0);
        ctx.fillStyle = "#4a4236";
        ctx.fillText(p.name, 0, 0);
        ctx.restore();
      });
      this.drawn = placed.length;
      this.placed = placed;
    }
  });
  function at(one, length) {
    var i = 1;
    while (i < one.along.length - 1 && one.along[i] < length) i += 1;
    var part = (length - one.along[i - 1]) / (one.along[i] - one.along[i - 1] || 1), a = one.path[i - 1], b = one.path[i];
    return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
  }
  function free(placed, m, wide, name) {
    return placed.every(function (p) {
      var far = Math.hypot(p.x - m[0], p.y - m[1]);
      if (far < (wide + p.wide) / 2 * 0.75 + FONT) return false;
      return p.name !== name || far > APART;
    });
  }

  SS.streets = function (data, options) {
    var layer = SS.layers[options.names ? "names" : data] = new SS.Streets(data, options);
    SS.open(data).then(function (table) { layer.text = table.columns.name; layer.rank = table.columns.rank; layer.redraw(); });
    return layer;
  };
})();
