/* A sheet page: which feature the address names, the piece of data it lies in, and the parts all sheets share. */
"use strict";
(function () {
  var LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  /* All tables of a piece by their last name. */
  function piece(name, number) {
    var prefix = name + "_" + number + "_";
    return SS.load("data/" + name + "/" + number + ".js").then(function () {
      var names = SS.names().filter(function (n) { return n.indexOf(prefix) === 0; });
      return Promise.all(names.map(SS.open)).then(function (tables) {
        var out = {};
        names.forEach(function (n, k) { out[n.slice(prefix.length)] = tables[k]; });
        return out;
      });
    });
  }

  SS.sheetPage = function (name, key, paint) {
    var paper = document.getElementById("paper"), found = document.getElementById("found"), shown = null;
    function clean(text) { return String(text === null || text === undefined ? "" : text).trim().toLowerCase(); }
    function find(index, text) {
      var pair = text.split(/\s*[\/,]\s*/), c = index.columns;
      for (var i = 0; i < index.rows; i++) {
        if (clean(c[key][i]) === text) return i;
        if (c.sheet && pair.length === 2 && clean(c.sheet[i]) === pair[0].replace(/^0+(?=.)/, "") && clean(c.number[i]) === pair[1]) return i;
      }
      return -1;
    }
    function draw() {
      paper.replaceChildren.apply(paper, paint(shown.tables, shown.row).filter(Boolean));
      document.title = paper.querySelector("h2").firstChild.textContent + " – " + document.querySelector("title").getAttribute("data-" + SS.language);
    }
    function empty(text) {
      shown = null;
      paper.replaceChildren(SS.h("p", { className: "hint" }, text, " ", SS.h("a", { href: (name === "roof" ? "solar" : "sealing") + ".html" + SS.write({ l: SS.language }) }, SS.t(name + ".map"))));
      document.documentElement.setAttribute("data-ready", "0");
    }
    function show(query) {
      SS.open(name + "_index").then(function (index) {
        if (!query) return empty(SS.t(name + ".which"));
        var at = find(index, clean(query));
        if (at < 0) return empty(SS.t(name + ".none", { query: query }));
        found.textContent = SS.t("sheetpage.loading");
        var id = index.columns[key][at];
        return piece(name, index.columns.piece[at]).then(function (tables) {
          shown = { tables: tables, row: tables[name + "s" === "roofs" ? "buildings" : "parcels"].columns[key].indexOf(id) };
          found.textContent = "";
          SS.save({ s: id });
          draw();
          document.documentElement.setAttribute("data-ready", Math.round(performance.now()));
        });
      }).catch(function (error) { found.textContent = SS.t("map.old"); throw error; });
    }
    document.getElementById("search").addEventListener("submit", function (event) { event.preventDefault(); show(document.getElementById("query").value); });
    document.addEventListener("ss:language", function () { if (shown) draw(); else show(SS.state.s); });
    document.addEventListener("ss:address", function () { show(SS.state.s); });
    show(SS.state.s);
  };

  SS.letter = function (k) { return k < 26 ? LETTERS[k] : LETTERS[Math.floor(k / 26) - 1] + LETTERS[k % 26]; };
  SS.acts = function (name, page, id, title) {
    var print = SS.h("button", { type: "button" }, SS.t("sheetpage.print")), out = SS.h("p", { className: "acts" });
    print.addEventListener("click", function () { window.print(); });
    out.append(SS.h("a", { className: "btn", href: page + ".html" + SS.write({ l: SS.language, s: id }) }, SS.t(name + ".map")), print, SS.parts.copy(), SS.options.email ? SS.parts.tell(SS.options.email, title) : "");
    return out;
  };
  SS.grid = function (heads, rows, label) {
    var line = SS.h("tr", {}), body = SS.h("tbody", {});
    heads.forEach(function (head) { line.append(SS.h("th", { scope: "col", className: head[1] || "" }, head[0])); });
    rows.forEach(function (cells) {
      var tr = SS.h("tr", cells.mark ? { className: "mark-row" } : {});
      cells.forEach(function (cell, k) { tr.append(k ? SS.h("td", { className: heads[k][1] || "" }, cell) : SS.h("th", { scope: "row" }, cell)); });
      body.append(tr);
    });
    return SS.h("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": label }, SS.h("table", {}, SS.h("thead", {}, line), body));
  };
})();
