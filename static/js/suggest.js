/* Suggestions as buttons that fill in a field: `<div data-suggest="<id of the field>" hidden>`. Without a script the field has
   the same ones in its list. */
"use strict";

(() => {
  window.ops.ready((root) => {
    for (const group of root.querySelectorAll("[data-suggest][hidden]")) group.hidden = false;
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-suggest] button");
    if (!button) return;
    const field = document.getElementById(button.parentElement.dataset.suggest);
    field.value = button.textContent;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
})();
