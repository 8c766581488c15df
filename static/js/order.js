/* Lists: with Shift, the head of a column adds it to those by which the list is ordered already. */
"use strict";

(() => {
  document.addEventListener("click", (event) => {
    const link = event.shiftKey ? event.target.closest?.("a[data-also]") : null;
    if (!link) return;
    event.preventDefault();
    window.location.assign(link.dataset.also);
  });
})();
