/* What colours the map: one choice under the search; legend, filter, table, sheet and address follow it. */
"use strict";
(function () {
  SS.measures = function (theme, changed) {
    var o = theme.options, box = document.getElementById("measure"), list = (o.measures || []).slice();
    if (o.dates && !list.length) list.push({ key: "", legend: o.theme + ".legend" });
    if (o.dates) list.push({ key: "dates", legend: "dates.choice", dates: true });
    if (!box || !list.length) return;
    var label = SS.h("label", { "for": "by" }), select = SS.h("select", { id: "by" }), means = SS.h("p", { className: "band" });
    function named(key) { return list.find(function (m) { return m.key === (key || ""); }) || list[0]; }
    function words() {
      label.textContent = SS.t("measure");
      select.replaceChildren.apply(select, list.map(function (m) { return SS.h("option", { value: m.key }, SS.t(m.legend, o.dates)); }));
      select.value = SS.state.m === "dates" && o.dates ? "dates" : o.key || "";
      means.textContent = select.value !== "dates" && SS.has(o.words + ".means") ? SS.t(o.words + ".means", { storm: SS.plain(o.storm, 0) }) : "";
    }
    function take(key) {
      if (!named(key).dates) Object.assign(o, named(key));
      theme.value = theme.columns[o.value];
      theme.layer.options.fills = [o.muted, o.noData].concat(o.colours);
      words();
    }
    function choose(key) {
      if (named(key).dates || (o.key || "") === named(key).key) { words(); return; }
      take(key);
      changed();
    }
    take(SS.state.m);
    box.replaceChildren(label, select, means);
    box.hidden = false;
    select.addEventListener("change", function () { SS.save({ m: select.value, t: "" }); choose(select.value); if (theme.dates) theme.dates(select.value === "dates"); });
    document.addEventListener("ss:language", words);
    /* Before the legend hears of a new address, so that its threshold is read on the right values. */
    document.addEventListener("ss:address", function () { choose(SS.state.m); });
  };
})();
