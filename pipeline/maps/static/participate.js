/* "My roof": what is written leads to the map of roofs, which looks for it. */
"use strict";
(function () {
  var form = document.getElementById("mine");
  form.hidden = false;
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var text = document.getElementById("query").value.trim();
    location.href = "solar.html" + SS.write({ l: SS.language, q: text });
  });
})();
