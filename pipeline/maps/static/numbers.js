/* Numbers per language; the same rules as pipeline/maps/quantities.py (a test compares them). */
"use strict";
(function () {
  var GAP = "\u00a0", makers = {};

  function plain(value, decimals) {
    var key = SS.language + decimals;
    makers[key] = makers[key] || new Intl.NumberFormat(SS.language === "it" ? "it-IT" : "en-GB", { useGrouping: "always", minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return makers[key].format(value).replace("-", "−");
  }
  function significant(value, digits) { return value === 0 ? 0 : Number(value.toPrecision(digits || 3)); }
  function decimals(value) { return value ? Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))) : 0; }

  function few(value) { return Math.abs(value) >= 0.05 && Math.abs(value) < 10 ? 1 : 0; }

  function scaled(value, kind) {
    if (kind === "kwh" || kind === "kwp") {
      value = significant(value);
      var energy = kind === "kwh", steps = [[1e6, energy ? "GWh" : "GWp", 1e6], [energy ? 1e5 : 1e3, energy ? "MWh" : "MWp", 1e3], [0, energy ? "kWh" : "kWp", 1]];
      var step = steps.find(function (s) { return Math.abs(value) >= s[0]; });
      return [value / step[2], step[1], decimals(value / step[2])];
    }
    if (kind === "m2") return Math.abs(value) >= 1e5 ? [significant(value) / 1e4, "ha", decimals(value / 1e4)] : [value, "m²", few(value)];
    if (kind === "kg") { value = significant(value); return Math.abs(value) >= 1e3 ? [value / 1e3, "t", decimals(value / 1e3)] : [value, "kg", 0]; }
    if (kind === "eur") { value = significant(value, 2); return Math.abs(value) >= 1e6 ? [value / 1e6, "M€", Math.max(0, decimals(value / 1e6) - 1)] : [value, "€", 0]; }
    if (kind === "head") return [significant(value), "m²", few(value)];
    return { share: [value * 100, "%", 1], part: [value * 100, "%", 0], "yield": [significant(value), "kWh/kWp", 0], poa: [significant(value), "kWh/m²", 0], m: [value, "m", 1], int: [value, "", 0], m3: [significant(value), "m³", few(value)], mm: [value, "mm", 0], index: [value, "", 2], walk: [significant(value, 2), "m", 0], years: [value, "", 0] }[kind];
  }
  SS.number = function (value, kind) {
    if (value === null || value === undefined) return SS.t("na");
    if (kind === "text") return String(value);
    if (kind.indexOf("word.") === 0) return SS.has(kind.slice(5) + "." + value) ? SS.t(kind.slice(5) + "." + value) : String(value);
    if (!isFinite(value)) return SS.t("na");
    if (kind === "yr") return String(Math.round(value));
    var s = scaled(value, kind), text = plain(s[0], s[2]);
    return s[1] ? text + (s[1] === "%" && SS.language === "en" ? "" : GAP) + s[1] : text;
  };
  SS.wordy = function (kind) { return kind === "text" || kind.indexOf("word.") === 0; };
  /* One unit for all limits of a legend, and limits without it. */
  SS.axis = function (limits, kind) {
    var top = limits.length ? limits[limits.length - 1] : 0;
    var unit = kind === "kwh" ? (top >= 1e3 ? ["MWh", 1e-3] : ["kWh", 1]) : kind === "share" ? ["%", 100] : kind === "head" || kind === "m2" ? ["m²", 1] : kind === "m3" || kind === "mm" ? [kind === "mm" ? "mm" : "m³", 1] : kind === "kg" ? (top >= 1e3 ? ["t", 1e-3] : ["kg", 1]) : kind === "poa" ? ["kWh/m²", 1] : ["", 1];
    return { unit: unit[0], text: function (value) { var v = Number((value * unit[1]).toPrecision(4)); return plain(v, v % 1 ? Math.min(2, (String(v).split(".")[1] || "").length) : 0); } };
  };
  /* What nine years of ten reach for a sum of roofs: what is common to all adds up, what is each one's own adds up as squares (pipeline/joins/solar.py). */
  SS.together = function (theme, rows) {
    var c = theme.columns, sum = 0, common = 0, own = 0;
    rows.forEach(function (row) {
      var v = c[theme.options.sum][row];
      if (!(v > 0)) return;
      sum += v; common += v * c.sigma_common[row]; own += Math.pow(v * c.sigma_own[row], 2);
    });
    return [sum, common, own];
  };
  SS.p90 = function (parts, sigmas) { return Math.max(0, parts[0] - sigmas * Math.sqrt(parts[1] * parts[1] + parts[2])); };
  SS.plain = plain;
})();
