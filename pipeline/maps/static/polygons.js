/* Many polygons on one canvas. Leaflet's renderer places the canvas and moves it while the map moves; this draws it. */
"use strict";
(function () {
  var OUTLINE = "#7d7360";
  var FLUSH = 8; /* polygons per path: one path per colour is many times slower in software (measured). */

  SS.Polygons = L.Renderer.extend({
    options: { padding: 0.15, fill: null, stroke: null, width: 1, alpha: 1, fromZoom: 0, strokeFrom: 0, dash: null, role: "base" },

    initialize: function (data, options) {
      L.setOptions(this, options);
      L.Util.stamp(this);
      this._layers = {};
      this.shapes = null;
      this.classes = null;
      this.hidden = null;
      this.drawn = 0;
      var self = this;
      SS.open(data).then(function (table) {
        self.shapes = table.shapes;
        if (self.options.by) self.classes = Int8Array.from(table.columns[self.options.by]);
        self.redraw();
      });
    },
    _initContainer: function () {
      var canvas = this._container = document.createElement("canvas");
      canvas.setAttribute("aria-hidden", "true");
      canvas.className = "ss-" + this.options.role;
      this._ctx = canvas.getContext("2d");
    },
    _destroyContainer: function () { L.DomUtil.remove(this._container); this._container = this._ctx = null; this._key = ""; },
    _updatePaths: function () {},
    _update: function () {
      if (!this._map || (this._map._animatingZoom && this._bounds)) return;
      L.Renderer.prototype._update.call(this);
      var b = this._bounds, size = b.getSize(), ratio = Math.min(window.devicePixelRatio || 1, 2), origin = this._map.getPixelOrigin();
      var key = [this._zoom, b.min.x, b.min.y, size.x, size.y, origin.x, origin.y].join();
      if (key === this._key) return;
      this._key = key;
      L.DomUtil.setPosition(this._container, b.min);
      this._container.width = size.x * ratio;
      this._container.height = size.y * ratio;
      this._container.style.width = size.x + "px";
      this._container.style.height = size.y + "px";
      this._ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      this._draw();
    },
    redraw: function () { if (this._map && this._ctx) { this._key = ""; this._update(); } },

    _draw: function () {
      var o = this.options, shapes = this.shapes, zoom = this._zoom;
      this.drawn = 0;
      if (!shapes || zoom < o.fromZoom) return;
      var scale = Math.pow(2, zoom), origin = this._map.getPixelOrigin().add(this._bounds.min), size = this._bounds.getSize();
      var view = [origin.x / scale, origin.y / scale, (origin.x + size.x) / scale, (origin.y + size.y) / scale];
      var lists = this._visible(view), ctx = this._ctx, self = this;
      if (o.veil) this._veil(ctx, scale, origin, size);
      /* Outlines alone let what lies below show: the sun cell by cell. */
      var stroke = o.stroke && (o.outline || zoom >= o.strokeFrom);
      ctx.globalAlpha = o.alpha;
      ctx.lineJoin = "round";
      ctx.lineWidth = o.width;
      ctx.setLineDash(o.dash || []);
      lists.forEach(function (rows, k) {
        var fill = o.outline ? null : o.fills ? o.fills[k] : o.fill;
        if (fill) ctx.fillStyle = fill;
        if (stroke) ctx.strokeStyle = o.outline ? OUTLINE : o.stroke;
        for (var i = 0; i < rows.length; i += FLUSH) {
          ctx.beginPath();
          for (var j = i; j < Math.min(i + FLUSH, rows.length); j++) self._trace(ctx, rows[j], scale, origin);
          if (fill) ctx.fill();
          if (stroke) ctx.stroke();
        }
        self.drawn += rows.length;
      });
      ctx.globalAlpha = 1;
    },
    /* All that lies outside the shapes, paled. */
    _veil: function (ctx, scale, origin, size) {
      ctx.globalAlpha = 1;
      ctx.fillStyle = this.options.veil;
      ctx.beginPath();
      ctx.rect(0, 0, size.x, size.y);
      for (var row = 0; row < this.shapes.first.length - 1; row++) this._trace(ctx, row, scale, origin);
      ctx.fill("evenodd");
    },
    /* Rows in view, by class; the hidden ones (below the threshold) come first, under all others. */
    _visible: function (view) {
      var n = this.options.fills ? this.options.fills.length : 1, lists = [], box = this.shapes.box, first = this.shapes.first;
      for (var k = 0; k < n; k++) lists.push([]);
      for (var i = 0; i < first.length - 1; i++) {
        var b = 4 * i;
        if (first[i] === first[i + 1] || box[b] > view[2] || box[b + 2] < view[0] || box[b + 1] > view[3] || box[b + 3] < view[1]) continue;
        lists[this.hidden && this.hidden[i] ? 0 : this.classes ? this.classes[i] : 0].push(i);
      }
      return lists;
    },
    _trace: function (ctx, row, scale, origin) {
      var s = this.shapes, b = 4 * row, ox = origin.x, oy = origin.y;
      var w = (s.box[b + 2] - s.box[b]) * scale, h = (s.box[b + 3] - s.box[b + 1]) * scale;
      if (w < 1.5 && h < 1.5) { ctx.rect(s.box[b] * scale - ox, s.box[b + 1] * scale - oy, Math.max(w, 1.2), Math.max(h, 1.2)); return; }
      for (var r = s.first[row]; r < s.first[row + 1]; r++) {
        var p = s.start[r], end = s.start[r + 1], lx = s.x[p] * scale - ox, ly = s.y[p] * scale - oy;
        ctx.moveTo(lx, ly);
        for (p += 1; p < end; p++) {
          var x = s.x[p] * scale - ox, y = s.y[p] * scale - oy;
          /* Points closer than 0.4 px to the last one change no pixel. */
          if (p < end - 1 && Math.abs(x - lx) < 0.4 && Math.abs(y - ly) < 0.4) continue;
          ctx.lineTo(x, y);
          lx = x; ly = y;
        }
        ctx.closePath();
      }
    },

    /* The row under a place, or the nearest within `slack` pixels; -1 where there is none. */
    hit: function (latlng, slack) {
      var s = this.shapes;
      if (!s) return -1;
      var at = this._map.project(latlng, 0), reach = (slack || 0) / Math.pow(2, this._map.getZoom()), best = -1, near = Infinity, size = Infinity;
      for (var i = 0; i < s.first.length - 1; i++) {
        var b = 4 * i, dx = Math.max(s.box[b] - at.x, at.x - s.box[b + 2], 0), dy = Math.max(s.box[b + 1] - at.y, at.y - s.box[b + 3], 0);
        if (dx > reach || dy > reach || s.first[i] === s.first[i + 1]) continue;
        var inside = dx === 0 && dy === 0 && this._holds(i, at.x, at.y), area = (s.box[b + 2] - s.box[b]) * (s.box[b + 3] - s.box[b + 1]);
        var far = inside ? 0 : this._far(i, at.x, at.y);
        if (far <= reach && (far < near || (far === near && area < size))) { best = i; near = far; size = area; }
      }
      return best;
    },
    _holds: function (row, px, py) {
      var s = this.shapes, odd = false;
      for (var r = s.first[row]; r < s.first[row + 1]; r++) {
        for (var i = s.start[r], j = s.start[r + 1] - 1; i < s.start[r + 1]; j = i++) {
          if ((s.y[i] > py) !== (s.y[j] > py) && px < (s.x[j] - s.x[i]) * (py - s.y[i]) / (s.y[j] - s.y[i]) + s.x[i]) odd = !odd;
        }
      }
      return odd;
    },
    _far: function (row, px, py) {
      var s = this.shapes, best = Infinity;
      for (var r = s.first[row]; r < s.first[row + 1]; r++) {
        for (var i = s.start[r], j = s.start[r + 1] - 1; i < s.start[r + 1]; j = i++) {
          var ex = s.x[i] - s.x[j], ey = s.y[i] - s.y[j], t = ((px - s.x[j]) * ex + (py - s.y[j]) * ey) / (ex * ex + ey * ey || 1);
          t = Math.max(0, Math.min(1, t));
          best = Math.min(best, Math.hypot(px - s.x[j] - t * ex, py - s.y[j] - t * ey));
        }
      }
      return best;
    },
    /* Rings of a row as [lat, lng] lists, for the outline of the selection. */
    rings: function (row) {
      var s = this.shapes, out = [];
      for (var r = s.first[row]; r < s.first[row + 1]; r++) {
        var ring = [];
        for (var p = s.start[r]; p < s.start[r + 1]; p++) ring.push(this._map.unproject([s.x[p], s.y[p]], 0));
        out.push(ring);
      }
      return out;
    },
    /* Polygons of a row as [lng, lat] with closed rings: a ring that runs the shell's way (anticlockwise seen from above) begins a polygon. */
    parts: function (row) {
      var out = [];
      this.rings(row).forEach(function (ring) {
        var turn = 0, coords = ring.map(function (p, k) { var q = ring[(k + 1) % ring.length]; turn += p.lng * q.lat - q.lng * p.lat; return [+p.lng.toFixed(6), +p.lat.toFixed(6)]; });
        coords.push(coords[0]);
        if (turn > 0 || !out.length) out.push([coords]); else out[out.length - 1].push(coords);
      });
      return out;
    },
    bounds: function (row) {
      var b = this.shapes.box.subarray(4 * row, 4 * row + 4);
      return L.latLngBounds(this._map.unproject([b[0], b[3]], 0), this._map.unproject([b[2], b[1]], 0));
    }
  });

  SS.layers = {};
  SS.polygons = function (data, options) { return (SS.layers[options.role === "theme" ? "theme" : data] = new SS.Polygons(data, options)); };
})();
