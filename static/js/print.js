/* Buttons that print the page: `<button data-print hidden>`. */
"use strict";

(() => {
  window.ops.ready((root) => {
    for (const button of root.querySelectorAll("[data-print]")) button.hidden = false;
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-print]")) window.print();
  });
})();
