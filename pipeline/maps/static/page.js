/* Language, permalink and the data door. Works on every page; loaded first. No cookie, no storage: the state is the address. */
"use strict";
var SS = { packed: {} };
(function () {
  var root = document.documentElement;
  var codes = ["it", "en"];

  SS.put = function (name, text) { SS.packed[name] = text; };

  /* "#anchor&l=en&v=40.3,18.0,15&s=A1&t=12" -> { anchor, l, v, s, t } */
  SS.parse = function (hash) {
    var out = {};
    hash.replace(/^#/, "").split("&").forEach(function (part) {
      var at = part.indexOf("=");
      try {
        if (at > 0) out[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1));
        else if (part) out.anchor = decodeURIComponent(part);
      } catch (error) { /* a broken address is an address without that part */ }
    });
    return out;
  };
  SS.write = function (state) {
    var parts = state.anchor ? [encodeURIComponent(state.anchor)] : [];
    ["l", "v", "s", "t", "a", "m", "q"].forEach(function (key) { if (state[key]) parts.push(key + "=" + encodeURIComponent(state[key]).replace(/%2C/g, ",")); });
    return parts.length ? "#" + parts.join("&") : "";
  };

  SS.state = SS.parse(location.hash);
  if (codes.indexOf(SS.state.anchor) >= 0) { SS.state.l = SS.state.anchor; delete SS.state.anchor; }

  SS.save = function (change) {
    Object.keys(change).forEach(function (key) { SS.state[key] = change[key]; });
    try { history.replaceState(null, "", SS.write(SS.state) || location.pathname.replace(/^.*\//, "") || "#"); } catch (error) { location.hash = SS.write(SS.state); }
  };

  function attributes(code) {
    ["aria-label", "placeholder", "title"].forEach(function (name) {
      document.querySelectorAll("[data-" + code + "-" + name + "]").forEach(function (node) { node.setAttribute(name, node.getAttribute("data-" + code + "-" + name)); });
    });
  }
  function links(code) {
    document.querySelectorAll('a[href*=".html"]').forEach(function (node) {
      var parts = node.getAttribute("href").split("#");
      if (/^[a-z]+\.html$/.test(parts[0])) {
        var state = SS.parse(parts[1] || "");
        state.l = code;
        node.setAttribute("href", parts[0] + SS.write(state));
      }
    });
  }

  SS.first = root.lang;
  SS.setLanguage = function (code) {
    if (codes.indexOf(code) < 0) return;
    SS.language = root.lang = code;
    var title = document.querySelector("title");
    document.title = title.getAttribute("data-" + code);
    attributes(code);
    links(code);
    document.dispatchEvent(new CustomEvent("ss:language"));
  };

  root.classList.add("js");
  SS.setLanguage(codes.indexOf(SS.state.l) >= 0 ? SS.state.l : SS.first);

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a");
    if (!link) return;
    var href = link.getAttribute("href") || "";
    if (link.classList.contains("o")) {
      event.preventDefault();
      SS.setLanguage(link.lang);
      SS.save({ l: link.lang });
      var other = document.querySelector('a.o:not([lang="' + link.lang + '"])');
      if (other) other.focus();
    } else if (href.length > 1 && href[0] === "#" && document.getElementById(href.slice(1))) {
      /* Jumps inside the page must not wipe the permalink. */
      event.preventDefault();
      SS.jump(href.slice(1));
    }
  });
  SS.jump = function (id) {
    var node = document.getElementById(id);
    if (!node) return;
    if (!node.hasAttribute("tabindex")) node.setAttribute("tabindex", "-1");
    node.focus({ preventScroll: true });
    node.scrollIntoView();
  };
  if (SS.state.anchor) SS.jump(SS.state.anchor);
  window.addEventListener("hashchange", function () {
    SS.state = SS.parse(location.hash);
    if (codes.indexOf(SS.state.anchor) >= 0) { SS.state.l = SS.state.anchor; delete SS.state.anchor; }
    if (SS.state.l && SS.state.l !== SS.language) SS.setLanguage(SS.state.l);
    document.dispatchEvent(new CustomEvent("ss:address"));
  });
})();
