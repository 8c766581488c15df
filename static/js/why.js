/* Controls that can't act (`disabled_button`) say why when they are pointed at, reached or pressed: above all else on the
   page, so that no scrolling box cuts it off. */
"use strict";

(() => {
  const GAP = 6;
  const EDGE = 8;
  let shown = null;
  let control = null;

  document.documentElement.dataset.scripted = "";

  function show(asked) {
    if (asked === control) return;
    hide();
    control = asked;
    shown ??= make();
    shown.textContent = asked.dataset.why;
    shown.showPopover();
    place(asked.getBoundingClientRect(), shown.getBoundingClientRect());
  }

  function hide() {
    control = null;
    if (shown?.matches(":popover-open")) shown.hidePopover();
  }

  /** The words are in the control's own name already: this is for the eye alone. */
  function make() {
    const element = document.createElement("div");
    element.className = "why-shown";
    element.popover = "manual";
    element.setAttribute("aria-hidden", "true");
    document.body.append(element);
    return element;
  }

  /** Below the control where there is room, else above it; never beyond an edge. */
  function place(at, own) {
    const below = at.bottom + GAP + own.height <= window.innerHeight - EDGE;
    const left = Math.min(at.left, window.innerWidth - own.width - EDGE);
    shown.style.top = `${below ? at.bottom + GAP : at.top - GAP - own.height}px`;
    shown.style.left = `${Math.max(left, EDGE)}px`;
  }

  const controlOf = (event) => event.target.closest?.("[data-why]");

  for (const kind of ["pointerover", "focusin", "click"]) {
    document.addEventListener(kind, (event) => {
      const asked = controlOf(event);
      if (asked) show(asked);
      else if (kind !== "focusin" && !event.target.closest?.(".why-shown")) hide();
    });
  }
  document.addEventListener("focusout", hide);
  document.addEventListener("scroll", hide, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
