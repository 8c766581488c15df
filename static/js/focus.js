/* Focus survives what htmx swaps: a morph keeps the element, and where the element is gone, the focus goes to what took its
   place, to its neighbour, or to the heading of the part, never back to the top of the page. */
"use strict";

(() => {
  const FOCUSABLE = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex]:not([tabindex='-1'])";
  const held = new Map();

  /** By what an element is found again: its id, or its place among the same in its row or part. */
  function trace(element, part) {
    const row = element.closest("[data-row]");
    const home = row && part.contains(row) ? row : part;
    return {
      id: element.id,
      row: home === row ? row.dataset.row : "",
      place: [...home.querySelectorAll(FOCUSABLE)].indexOf(element),
      words: element.textContent.trim(),
    };
  }

  function successor(part, was) {
    if (was.id && document.getElementById(was.id)) return document.getElementById(was.id);
    const home = (was.row && part.querySelector(`[data-row="${CSS.escape(was.row)}"]`)) || part;
    const there = [...home.querySelectorAll(FOCUSABLE)];
    const same = there.find((one) => was.words && one.textContent.trim() === was.words);
    return same ?? there[Math.min(was.place, there.length - 1)] ?? heading(part);
  }

  function heading(part) {
    const found = part.querySelector("h1, h2, h3") ?? part.closest("section, main")?.querySelector("h1, h2, h3");
    if (found) found.tabIndex = -1;
    return found ?? document.getElementById("main-content");
  }

  document.addEventListener("htmx:before:swap", (event) => {
    const part = event.detail.ctx.target;
    const focused = document.activeElement;
    if (part?.contains?.(focused) && focused !== document.body) held.set(part.id, { was: trace(focused, part), focused });
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const id = event.detail.ctx.target?.id ?? "";
    const before = held.get(id);
    held.delete(id);
    if (!before || (before.focused.isConnected && document.activeElement === before.focused)) return;
    if (document.activeElement && document.activeElement !== document.body) return;
    const part = (id && document.getElementById(id)) || document.getElementById("main-content");
    (before.focused.isConnected ? before.focused : successor(part, before.was))?.focus({ preventScroll: true });
  });
})();
