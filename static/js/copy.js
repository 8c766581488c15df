/* Buttons that copy: `<button data-copy="text">`, hidden where nothing can be copied. */
"use strict";

(() => {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      window.ops.announce("The browser does not permit copying.");
      return;
    }
    button.dataset.copied = "";
    setTimeout(() => delete button.dataset.copied, 1500);
    window.ops.announce("Copied.");
  });

  // A control that can't act says why (aria-disabled), can be reached by keyboard, and does nothing.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[aria-disabled='true']")) event.preventDefault();
  }, true);

  window.ops.ready((root) => {
    if (!navigator.clipboard) return;
    for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
  });
})();
