/* Choosing all that match: offered once all rows of the page are ticked. The choice is a field of the form of the acts, so that
   without this script the bar shows it as well; acts then lead to a preview, which asks instead of the dialog. */
"use strict";

(() => {
  const box = () => document.querySelector("[data-bulk-all] input");
  const ticks = () => [...document.querySelectorAll(".action-checkbox")];
  const isWhole = () => ticks().length > 0 && ticks().every((tick) => tick.checked);

  /** A question becomes the preview's, and comes back. */
  function ask(button, isOn) {
    const [from, to] = isOn ? ["confirm", "asksOtherwise"] : ["asksOtherwise", "confirm"];
    if (!(from in button.dataset)) return;
    button.dataset[to] = button.dataset[from];
    delete button.dataset[from];
  }

  /** What works on ticked rows only says so. */
  function close(button, isOn) {
    const why = button.dataset.onlyTicked;
    if (!why || isOn === button.hasAttribute("aria-disabled")) return;
    button.toggleAttribute("aria-disabled", isOn);
    if (!isOn) {
      delete button.dataset.why;
      button.querySelector(".visually-hidden")?.remove();
      return;
    }
    button.setAttribute("aria-disabled", "true");
    button.dataset.why = why;
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = ` – ${why}`;
    button.append(words);
  }

  function apply() {
    const all = box();
    if (!all) return;
    const label = all.closest("[data-bulk-all]");
    label.hidden = !all.checked && !isWhole();
    for (const button of document.querySelectorAll("[data-bulk] button[name='action']")) {
      ask(button, all.checked);
      close(button, all.checked);
    }
    if (!all.checked) return;
    for (const shown of document.querySelectorAll("[data-bulk-count]")) shown.textContent = "All selected";
  }

  function release() {
    const all = box();
    if (all) all.checked = false;
  }

  document.addEventListener("change", (event) => {
    if (event.target === box()) {
      const whole = document.querySelector("[data-select-all]");
      if (whole && event.target.checked && !isWhole()) whole.click();
      else if (!event.target.checked) ticks()[0]?.dispatchEvent(new Event("change", { bubbles: true })); // lists.js counts anew
      window.ops.announce(event.target.checked ? "All rows that match are selected, on all pages." : "The rows of this page are selected.");
    } else if (event.target.matches(".action-checkbox, [data-select-all]")) {
      if (!isWhole()) release();
    } else {
      return;
    }
    apply();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-only-ticked][aria-disabled]")) event.preventDefault();
    if (!event.target.closest?.("[data-bulk-clear]")) return;
    release();
    apply();
  });

  window.ops.ready((root) => {
    if (root.querySelector("[data-bulk-all]")) apply();
  });
})();
