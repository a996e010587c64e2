/* Texts, the unpacking of data files (see pipeline/maps/encode.py) and the map itself. */
"use strict";
(function () {
  SS.t = function (key, values) {
    var text = SS.text[key] ? SS.text[key][SS.language === "it" ? 0 : 1] : key;
    return values ? text.replace(/\{(\w+)\}/g, function (all, name) { return name in values ? values[name] : all; }) : text;
  };
  SS.has = function (key) { return key in SS.text; };

  /* Element with properties and children; strings become text nodes, so nothing from the data is read as markup. */
  SS.h = function (tag, properties) {
    var node = document.createElement(tag);
    Object.keys(properties || {}).forEach(function (key) {
      if (key in node && key !== "list") node[key] = properties[key];
      else node.setAttribute(key, properties[key]);
    });
    for (var i = 2; i < arguments.length; i++) {
      var child = arguments[i];
      if (child !== null && child !== undefined) node.append(child);
    }
    return node;
  };

  function bytesOf(text) {
    var raw = atob(text), out = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
    return out;
  }
  function varints(bytes) {
    var out = new Float64Array(bytes.length), n = 0, i = 0;
    while (i < bytes.length) {
      var value = 0, factor = 1, byte;
      do { byte = bytes[i++]; value += (byte & 127) * factor; factor *= 128; } while (byte > 127);
      out[n++] = value;
    }
    return out.subarray(0, n);
  }
  function signed(value) { return value % 2 ? -(value + 1) / 2 : value / 2; }

  function shapes(streams, head) {
    var rings = varints(streams["geo.rings"]), sizes = varints(streams["geo.sizes"]);
    var dx = varints(streams["geo.dx"]), dy = varints(streams["geo.dy"]);
    var first = new Int32Array(rings.length + 1), start = new Int32Array(sizes.length + 1);
    var x = new Float64Array(dx.length), y = new Float64Array(dx.length), box = new Float64Array(4 * rings.length);
    var i, r, p, lon = 0, lat = 0, step = head.step, turn = Math.PI / 180;
    for (i = 0; i < rings.length; i++) first[i + 1] = first[i] + rings[i];
    for (i = 0; i < sizes.length; i++) start[i + 1] = start[i] + sizes[i];
    for (i = 0; i < dx.length; i++) {
      lon += signed(dx[i]); lat += signed(dy[i]);
      if (head.metres) { x[i] = lon * step; y[i] = lat * step; continue; }
      /* Web Mercator of zoom 0: the world is 256 pixels wide. */
      x[i] = (lon * step + 180) / 360 * 256;
      y[i] = (0.5 - Math.log(Math.tan(Math.PI / 4 + lat * step * turn / 2)) / (2 * Math.PI)) * 256;
    }
    for (i = 0; i < rings.length; i++) {
      var b = [Infinity, Infinity, -Infinity, -Infinity];
      for (p = start[first[i]]; p < start[first[i + 1]]; p++) {
        if (x[p] < b[0]) b[0] = x[p];
        if (y[p] < b[1]) b[1] = y[p];
        if (x[p] > b[2]) b[2] = x[p];
        if (y[p] > b[3]) b[3] = y[p];
      }
      box.set(b, 4 * i);
    }
    return { first: first, start: start, x: x, y: y, box: box };
  }

  function parse(buffer) {
    var all = new Uint8Array(buffer), at = all.indexOf(10);
    var head = JSON.parse(new TextDecoder().decode(all.subarray(0, at))), streams = {};
    at += 1;
    Object.keys(head.streams).forEach(function (name) { streams[name] = all.subarray(at, at += head.streams[name]); });
    var table = { rows: head.rows, columns: head.text, shapes: null, bytes: streams.bytes || null };
    Object.keys(head.scales).forEach(function (name) {
      var coded = varints(streams["col." + name]), out = new Float64Array(coded.length), scale = head.scales[name];
      for (var i = 0; i < coded.length; i++) out[i] = coded[i] === 0 ? NaN : Math.round(signed(coded[i] - 1) * scale * 1e6) / 1e6;
      table.columns[name] = out;
    });
    if (streams["geo.rings"]) table.shapes = shapes(streams, head);
    return table;
  }

  var opened = {};
  SS.names = function () { return Object.keys(SS.packed).concat(Object.keys(opened)); };
  SS.open = function (name) {
    if (!opened[name]) {
      var stream = new Blob([bytesOf(SS.packed[name])]).stream().pipeThrough(new DecompressionStream("gzip"));
      opened[name] = new Response(stream).arrayBuffer().then(parse);
      delete SS.packed[name];
    }
    return opened[name];
  };

  /* A further data file, once; file:// knows no other way. */
  var loaded = {};
  SS.load = function (url) {
    if (!loaded[url]) {
      loaded[url] = new Promise(function (done, failed) {
        var script = SS.h("script", { src: url });
        script.onload = done;
        script.onerror = failed;
        document.head.append(script);
      });
    }
    return loaded[url];
  };

  function measure() { document.documentElement.style.setProperty("--head", document.querySelector("header").offsetHeight + "px"); }

  SS.map = function (id, start) {
    measure();
    window.addEventListener("resize", measure);
    document.addEventListener("ss:language", measure);
    var map = L.map(id, {
      center: start.centre, zoom: 14, zoomSnap: 0.25, zoomDelta: 1, wheelPxPerZoomLevel: 90, minZoom: 10, maxZoom: 20, zoomControl: false, attributionControl: false,
      fadeAnimation: !SS.still, zoomAnimation: !SS.still, markerZoomAnimation: !SS.still, inertia: !SS.still, keyboardPanDelta: 60
    });
    map.getContainer().setAttribute("aria-describedby", "keys");
    map.createPane("ground").style.zIndex = 200;
    var view = (SS.state.v || "").split(",").map(Number);
    map.fitBounds(start.bounds, { animate: false });
    if (view.length === 3 && view.every(isFinite)) map.setView([view[0], view[1]], view[2], { animate: false });
    map.setMaxBounds(L.latLngBounds(start.whole).pad(0.5));
    SS.start = start;
    SS.view = map;
    return map;
  };
  SS.still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  SS.picture = function (url, bounds, pane) { return L.imageOverlay(url, bounds, { pane: pane, interactive: false, alt: "" }); };

  SS.controls = function (map) {
    var zoom = L.control.zoom({ position: "topleft", zoomInText: "+", zoomOutText: "–" }).addTo(map);
    var Home = L.Control.extend({
      onAdd: function () {
        var box = L.DomUtil.create("div", "leaflet-bar home");
        var link = L.DomUtil.create("a", "", box);
        link.href = "#"; link.setAttribute("role", "button"); link.textContent = "⌂";
        L.DomEvent.disableClickPropagation(box).on(link, "click", function (event) { L.DomEvent.stop(event); map.fitBounds(SS.start.whole); });
        this._link = link;
        return box;
      }
    });
    var home = new Home({ position: "topleft" }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 130 }).addTo(map);
    function name() {
      [[zoom._zoomInButton, "map.zoom_in"], [zoom._zoomOutButton, "map.zoom_out"], [home._link, "map.home"], [document.querySelector(".leaflet-control-layers-toggle"), "map.layers"]].forEach(function (pair) {
        if (!pair[0]) return;
        pair[0].title = SS.t(pair[1]);
        pair[0].setAttribute("aria-label", SS.t(pair[1]));
      });
    }
    name();
    document.addEventListener("ss:language", name);
  };
})();
