/* The same data as a table: sorted, paged, each row can be shown on the map; and as CSV. */
"use strict";
(function () {
  var PAGE = 20;

  SS.table = function (theme, show) {
    var o = theme.options, table = document.getElementById("table"), order = { column: o.value, down: !o.below }, page = 0, rows = [];
    var prev = document.getElementById("prev"), next = document.getElementById("next"), count = document.getElementById("rows");

    function compare(a, b) {
      var values = theme.columns[order.column], x = values[a], y = values[b], sign = order.down ? -1 : 1;
      var gone = function (v) { return v === null || v === undefined || v !== v; };
      if (gone(x) || gone(y)) return (gone(x) ? 1 : 0) - (gone(y) ? 1 : 0) || a - b;
      if (typeof x === "number") return sign * (x - y) || a - b;
      return sign * String(x).localeCompare(String(y), SS.language, { numeric: true }) || a - b;
    }
    function sorted() { rows = theme.shown().sort(compare); }
    function header() {
      var line = SS.h("tr", {});
      o.table.forEach(function (name) {
        var active = order.column === name, cell = SS.h("th", { scope: "col" }), button = SS.h("button", { type: "button" }, SS.t("col." + name), SS.h("span", { "aria-hidden": "true" }, active ? (order.down ? " ↓" : " ↑") : ""));
        if (active) cell.setAttribute("aria-sort", order.down ? "descending" : "ascending");
        if (!SS.wordy(o.kinds[name])) cell.className = "n";
        button.addEventListener("click", function () {
          order = { column: name, down: active ? !order.down : !SS.wordy(o.kinds[name]) };
          page = 0;
          sorted();
          draw();
          table.querySelectorAll("th button")[o.table.indexOf(name)].focus();
        });
        cell.append(button);
        line.append(cell);
      });
      line.append(SS.h("th", { scope: "col" }, SS.h("span", {}, SS.t("table.action"))));
      return SS.h("thead", {}, line);
    }
    function body() {
      var out = SS.h("tbody", {});
      rows.slice(page * PAGE, (page + 1) * PAGE).forEach(function (row) {
        var line = SS.h("tr", {});
        o.table.forEach(function (name, at) {
          var value = theme.columns[name][row], kind = o.kinds[name], cell = SS.h(at ? "td" : "th", {}, value === null || value === undefined || value !== value ? "–" : SS.number(value, kind));
          if (!at) cell.scope = "row";
          if (!at && String(value).length > 8) cell.className = "id";
          if (!SS.wordy(kind)) cell.className += " n num";
          else if (at && kind !== "text") cell.className = "w";
          line.append(cell);
        });
        var button = SS.h("button", { type: "button", "aria-label": SS.t("table.show.item", { id: SS.title(theme, row) }) }, SS.t("table.show"));
        button.addEventListener("click", function () { show(row); });
        line.append(SS.h("td", {}, button));
        out.append(line);
      });
      return out;
    }
    function draw() {
      table.replaceChildren(header(), body());
      count.textContent = rows.length ? SS.t("table.rows", { from: SS.plain(page * PAGE + 1, 0), to: SS.plain(Math.min(rows.length, (page + 1) * PAGE), 0), count: SS.plain(rows.length, 0) }) : SS.t("table.norows");
      prev.disabled = page === 0;
      next.disabled = (page + 1) * PAGE >= rows.length;
      theme.tableCount = rows.length;
    }
    function csv() {
      var names = o.csv, text = [names.join(",")];
      rows.forEach(function (row) {
        text.push(names.map(function (name) {
          var value = theme.columns[name][row];
          if (value === null || value === undefined || value !== value) return "";
          if (typeof value === "number") return String(value);
          /* A leading = + - @ would be run as a formula by a spreadsheet. */
          return '"' + (/^[=+\-@\t\r]/.test(value) ? "'" : "") + String(value).replace(/"/g, '""') + '"';
        }).join(","));
      });
      save("\ufeff" + text.join("\r\n") + "\r\n", "text/csv", ".csv");
    }
    function save(text, type, ending) {
      var link = SS.h("a", { href: URL.createObjectURL(new Blob([text], { type: type })), download: o.theme + ending });
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
    }
    /* The rows of the table with their outlines, longitude before latitude (RFC 7946). */
    function geojson() {
      var features = rows.map(function (row) {
        var properties = {};
        o.csv.forEach(function (name) {
          var value = theme.columns[name][row];
          properties[name] = value === undefined || value !== value ? null : value;
        });
        return { type: "Feature", id: theme.ids[row], properties: properties, geometry: { type: "MultiPolygon", coordinates: theme.layer.parts(row) } };
      });
      save(JSON.stringify({ type: "FeatureCollection", attribution: o.credit, features: features }), "application/geo+json", ".geojson");
    }
    prev.addEventListener("click", function () { page -= 1; draw(); });
    next.addEventListener("click", function () { page += 1; draw(); });
    document.getElementById("csv").addEventListener("click", csv);
    document.getElementById("geojson").addEventListener("click", geojson);
    document.getElementById("print").addEventListener("click", function () { window.print(); });
    document.addEventListener("ss:language", draw);
    function refresh() { page = 0; sorted(); draw(); }
    return { refresh: refresh, order: function () { order = { column: o.value, down: !o.below }; refresh(); } };
  };
})();
