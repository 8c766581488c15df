/* Parts of the page that renew themselves: `data-live="deploy attempt"` beside hx-get and hx-trigger="refresh" (the macro
   `live`). Each at most once a second; never while somebody types in it or points at its rows. */
"use strict";

(() => {
  const EVERY_MS = 1000;
  const parts = new Map(); // by id, which outlives a swap: { last, timer, isBusy, isStale }

  function stateOf(part) {
    const key = part.id || part.getAttribute("hx-get");
    if (!parts.has(key)) parts.set(key, { last: 0, timer: 0, isBusy: false, isStale: false });
    return parts.get(key);
  }

  const isTyping = (part) => {
    const field = document.activeElement;
    return part.contains(field) && field.matches("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select");
  };

  /** Rows must not move under the cursor: of a part with rows, what is new waits until the pointer has left it. */
  const isPointedAt = (part) => part.matches(":hover") && part.querySelector("[data-row]") !== null;

  function pill(part, yes) {
    let button = part.querySelector(":scope > .live-pill");
    if (!yes) {
      button?.remove();
      return;
    }
    if (button) return;
    button = document.createElement("button");
    button.type = "button";
    button.className = "live-pill";
    button.textContent = "Show what changed";
    button.addEventListener("click", () => refresh(part, true));
    part.prepend(button);
  }

  function refresh(part, isAsked = false) {
    const state = stateOf(part);
    if (!part.isConnected) return;
    if (state.isBusy || (!isAsked && (isTyping(part) || isPointedAt(part)))) {
      state.isStale = true;
      if (!state.isBusy && isPointedAt(part)) pill(part, true);
      return;
    }
    state.isStale = false;
    state.last = performance.now();
    pill(part, false);
    window.htmx.trigger(part, "refresh");
  }

  function plan(part) {
    const state = stateOf(part);
    if (state.timer) return;
    const wait = Math.max(0, state.last + EVERY_MS - performance.now());
    state.timer = setTimeout(() => {
      state.timer = 0;
      const now = part.isConnected ? part : document.getElementById(part.id);
      if (now) refresh(now);
    }, wait);
  }

  function partsOf(kind) {
    const all = document.querySelectorAll("[data-live][hx-get]");
    return [...all].filter((part) => kind === "*" || part.dataset.live === "*" || part.dataset.live.split(" ").includes(kind));
  }

  document.addEventListener("ops:change", (event) => partsOf(event.detail.kind).forEach(plan));
  document.addEventListener("ops:resync", () => partsOf("*").forEach(plan));

  document.addEventListener("htmx:before:request", (event) => {
    const part = event.detail.ctx.sourceElement;
    if (part.dataset?.live !== undefined) stateOf(part).isBusy = true;
  });

  document.addEventListener("htmx:finally:request", (event) => {
    const part = event.detail.ctx.sourceElement;
    if (part.dataset?.live === undefined) return;
    const state = stateOf(part);
    state.isBusy = false;
    if (state.isStale) plan(part);
  });

  // What was held back comes once the pointer, or the focus of a field, has left.
  for (const name of ["pointerout", "focusout"]) {
    document.addEventListener(name, (event) => {
      const part = event.target.closest?.("[data-live][hx-get]");
      if (part && !part.contains(event.relatedTarget) && stateOf(part).isStale) plan(part);
    });
  }
})();
