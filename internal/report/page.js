(function () {
  "use strict";
  var section = document.querySelector(".keys");
  if (!section) { return; }
  var all = function (selector) { return Array.prototype.slice.call(section.querySelectorAll(selector)); };
  var keys = all(".key");
  var tools = section.querySelector(".tools");
  var none = section.querySelector(".empty");
  tools.hidden = false;
  var filter = tools.querySelector("input");
  var texts = null;
  filter.addEventListener("input", function () {
    texts = texts || keys.map(function (key) { return key.textContent.toLowerCase(); });
    var words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    var left = 0;
    keys.forEach(function (key, i) {
      key.hidden = !words.every(function (word) { return texts[i].indexOf(word) >= 0; });
      left += key.hidden ? 0 : 1;
    });
    if (words.length > 0) { all(".more").forEach(function (more) { more.open = true; }); }
    none.className = left === 0 ? "" : "empty";
  });
  tools.querySelectorAll("button").forEach(function (button) {
    button.addEventListener("click", function () {
      var open = button.value === "open";
      all(".more").forEach(function (more) { more.open = open; });
      keys.forEach(function (key) { key.open = open; });
    });
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (part) { part.open = true; });
  });
})();
