/* Times: a card with the whole time, here, in UTC and as ISO, each to be copied. It comes on hover of any `.time`, and on focus
   or click of a `.time-button`. Escape closes it; the pointer may go over it; Tab leads into it and out again. */
"use strict";

(() => {
  const WAIT_MS = 250; // a pointer that only passes by asks for nothing
  const GRACE_MS = 250; // on its way to the card
  const HERE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });

  let card = null;
  let shown = null; // the <time> that it tells of
  let timer = 0;

  function make() {
    card = document.createElement("div");
    card.id = "time-card";
    card.className = "time-card";
    card.popover = "manual";
    card.append(document.getElementById("time-card-model").content.cloneNode(true));
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", (event) => { if (!holds(event.relatedTarget)) hideLater(); });
    card.addEventListener("focusout", (event) => { if (!holds(event.relatedTarget)) hide(); });
  }

  const buttonOf = (time) => time?.closest(".time-button");
  const holds = (node) => Boolean(node) && (card?.contains(node) || node === buttonOf(shown) || Boolean(shown?.contains(node)));

  function say(name, text) {
    const place = card.querySelector(`[data-time="${name}"]`);
    const copy = place.nextElementSibling;
    place.textContent = text;
    copy.dataset.copy = text;
    copy.hidden = !navigator.clipboard;
    copy.setAttribute("aria-label", `Copy ${text}`);
  }

  function fill(time) {
    const at = new Date(time.dateTime);
    const zone = HERE.resolvedOptions().timeZone;
    card.querySelector("[data-label=here]").textContent = zone === "UTC" ? "Here" : zone.replaceAll("_", " ");
    say("here", HERE.format(at));
    say("utc", time.dataset.absolute);
    say("iso", at.toISOString());
  }

  /** Below the time, or above it where there is no room; always whole on the screen. */
  function place(time) {
    const from = time.getBoundingClientRect();
    const size = card.getBoundingClientRect();
    const below = from.bottom + 6 + size.height <= window.innerHeight;
    card.style.top = `${below ? from.bottom + 6 : Math.max(8, from.top - size.height - 6)}px`;
    card.style.left = `${Math.max(8, Math.min(from.left, window.innerWidth - size.width - 8))}px`;
  }

  function show(time) {
    clearTimeout(timer);
    if (shown === time) return;
    hide();
    if (!card) make();
    shown = time;
    fill(time);
    const button = buttonOf(time);
    const home = time.closest("dialog[open]") ?? document.body; // a modal dialog keeps all else from being used
    if (card.parentElement !== home) home.append(card);
    card.showPopover(button ? { source: button } : {});
    button?.setAttribute("aria-describedby", card.id);
    place(time);
  }

  function hide() {
    clearTimeout(timer);
    if (!shown) return;
    buttonOf(shown)?.removeAttribute("aria-describedby");
    shown = null;
    if (card.matches(":popover-open")) card.hidePopover();
  }

  function later(act, wait) {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  }

  const hideLater = () => later(hide, GRACE_MS);

  document.addEventListener("pointerover", (event) => {
    const time = event.target.closest?.(".time") ?? event.target.closest?.(".time-button")?.querySelector(".time");
    if (!time || event.pointerType === "touch") return;
    time.removeAttribute("title"); // the card says more
    if (time !== shown) later(() => show(time), WAIT_MS);
    else clearTimeout(timer);
  });

  document.addEventListener("pointerout", (event) => {
    if (!event.target.closest?.(".time, .time-button") || holds(event.relatedTarget)) return;
    if (shown && shown.closest(".time-button") === document.activeElement) clearTimeout(timer);
    else hideLater();
  });

  document.addEventListener("focusin", (event) => {
    const button = event.target.closest?.(".time-button");
    if (button?.matches(":focus-visible")) show(button.querySelector(".time"));
  });

  document.addEventListener("focusout", (event) => {
    if (event.target.closest?.(".time-button") && !holds(event.relatedTarget)) hide();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".time-button");
    if (button) show(button.querySelector(".time"));
    else if (shown && !holds(event.target)) hide();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    event.stopPropagation();
    event.preventDefault(); // the dialog around it stays open: one Escape closes one thing
    const button = card.contains(document.activeElement) ? buttonOf(shown) : null;
    hide();
    button?.focus();
    hide();
  }, true);

  document.addEventListener("scroll", (event) => { if (shown && !card.contains(event.target)) hide(); }, { capture: true, passive: true });
  document.addEventListener("htmx:after:swap", () => { if (shown && !shown.isConnected) hide(); });
})();
