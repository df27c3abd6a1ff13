(function () {
  "use strict";
  var keys = Array.prototype.slice.call(document.querySelectorAll(".key"));
  var tools = document.querySelector(".tools");
  if (!tools || keys.length === 0) { return; }
  tools.hidden = false;
  var filter = tools.querySelector("input");
  var none = document.querySelector(".empty");
  filter.addEventListener("input", function () {
    var words = filter.value.toLowerCase().split(/\s+/);
    var left = 0;
    keys.forEach(function (key) {
      var text = key.textContent.toLowerCase();
      key.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
      left += key.hidden ? 0 : 1;
    });
    none.className = left === 0 ? "" : "empty";
  });
  tools.querySelectorAll("button").forEach(function (button) {
    button.addEventListener("click", function () {
      keys.forEach(function (key) { key.open = button.value === "open"; });
    });
  });
  window.addEventListener("beforeprint", function () {
    keys.forEach(function (key) { key.open = true; });
  });
})();
