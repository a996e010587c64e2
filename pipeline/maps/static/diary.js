/* What happened to the data, stage by stage: one closed box each, in the page's language; a note without Italian is marked as English. */
"use strict";
(function () {
  var h = SS.h, list = document.getElementById("diary-list");

  function said(pair) { return pair.length > 1 && SS.language === "it" ? pair[0] : pair[pair.length - 1]; }
  function put(node, pair) {
    node.append(said(pair));
    if (pair.length < 2 && SS.language === "it") node.lang = "en";
    return node;
  }
  function box(step) {
    var out = h("details", {}, h("summary", {}, said(step.stage), step.warnings.length ? h("span", { className: "mark" }, SS.t("method.warnings") + ": " + step.warnings.length) : ""));
    if (step.numbers.length) {
      var dl = h("dl", {});
      step.numbers.forEach(function (n) { dl.append(put(h("dt", {}), n[0]), h("dd", { className: "num" }, n[1])); });
      out.append(dl);
    }
    if (step.months.length) {
      var head = h("tr", {}, h("th", { scope: "col" }, h("span", { className: "sr" }, SS.t("method.months")))), body = h("tbody", {});
      for (var m = 1; m <= 12; m++) head.append(h("th", { scope: "col" }, String(m)));
      step.months.forEach(function (row) {
        var line = h("tr", {}, h("th", { scope: "row" }, said(row[0])));
        row[1].forEach(function (v) { line.append(h("td", {}, v)); });
        body.append(line);
      });
      out.append(h("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": SS.t("table.scroll") }, h("table", {}, h("caption", {}, SS.t("method.months")), h("thead", {}, head), body)));
    }
    ["warnings", "assumptions"].forEach(function (kind) {
      if (!step[kind].length) return;
      var items = h("ul", {});
      step[kind].forEach(function (pair) { items.append(put(h("li", {}), pair)); });
      out.append(h("h3", {}, SS.t("method." + kind)), items);
    });
    if (step.more) out.append(h("p", { className: "soft" }, SS.t("method.more", { count: SS.plain(step.more, 0) })));
    return out;
  }
  function draw() { list.replaceChildren.apply(list, SS.diary.map(box)); }
  document.addEventListener("ss:language", draw);
  draw();
})();
