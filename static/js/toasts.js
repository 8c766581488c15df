/* Toasts: what came of the last act, where it does not move the page. The server's flashes become toasts (without a script they
   are alerts above the page), and an answer to htmx brings one in its header:
     HX-Trigger: {"toast": {"text": "The group is resolved.", "tone": "success", "undo": "<ids of the acts' audit events>"}}
   What can be undone stays for 12 s, other good news for 8, and whatever went wrong until it is dismissed. The clock stands
   still while a toast is pointed at or holds the focus, and while nobody looks at the tab. */
"use strict";

(() => {
  const STAY_MS = { plain: 8000, undo: 12000 };
  const MOST = 5;
  const shown = [];

  const stack = () => document.getElementById("toast-stack");

  class Toast {
    constructor(element, stayMs) {
      this.element = element;
      this.left = stayMs;
      this.holds = new Set(document.hidden ? ["hidden"] : []);
      this.timer = 0;
      this.run();
    }

    run() {
      if (!Number.isFinite(this.left) || this.holds.size || this.timer) return;
      this.since = performance.now();
      this.timer = setTimeout(() => this.close(), this.left);
    }

    hold(why) {
      this.holds.add(why);
      if (!this.timer) return;
      clearTimeout(this.timer);
      this.timer = 0;
      this.left = Math.max(this.left - (performance.now() - this.since), 1000);
    }

    release(why) {
      this.holds.delete(why);
      this.run();
    }

    close() {
      clearTimeout(this.timer);
      const held = this.element.contains(document.activeElement);
      shown.splice(shown.indexOf(this), 1);
      this.element.remove();
      if (held) (shown.at(-1)?.element.querySelector("button") ?? document.getElementById("main-content"))?.focus();
    }
  }

  function urgent(tone) {
    return tone === "danger" || tone === "warning";
  }

  function speak(text, tone) {
    if (!urgent(tone)) {
      window.ops.announce(text);
      return;
    }
    const alert = document.getElementById("toast-alert");
    alert.textContent = "";
    setTimeout(() => { alert.textContent = text; }, 50);
  }

  /**
   * Show a message.
   * @param {{text: string, tone?: "success" | "info" | "warning" | "danger", undo?: string}} what
   *   undo: the ids of the audit events of the acts that it tells of, parted by commas, where they can be undone.
   */
  function toast({ text, tone = "success", undo = "" }) {
    const template = document.getElementById(`toast-${tone}`) ?? document.getElementById("toast-info");
    if (!stack() || !template) return;
    const element = template.content.firstElementChild.cloneNode(true);
    element.querySelector(".toasted-text").textContent = text;
    const form = element.querySelector("form");
    if (undo) {
      form.elements.events.value = undo;
      form.elements.back.value = location.pathname + location.search;
    } else {
      form.remove();
    }
    const own = new Toast(element, urgent(tone) ? Infinity : undo ? STAY_MS.undo : STAY_MS.plain);
    element.addEventListener("mouseenter", () => own.hold("pointer"));
    element.addEventListener("mouseleave", () => own.release("pointer"));
    element.addEventListener("focusin", () => own.hold("focus"));
    element.addEventListener("focusout", (event) => {
      if (!element.contains(event.relatedTarget)) own.release("focus");
    });
    element.querySelector("[data-dismiss]").addEventListener("click", () => own.close());
    stack().append(element);
    shown.push(own);
    while (shown.length > MOST) shown[0].close();
    speak(undo ? `${text} It can be undone.` : text, tone);
  }

  document.addEventListener("visibilitychange", () => {
    for (const one of [...shown]) {
      if (document.hidden) one.hold("hidden");
      else one.release("hidden");
    }
  });

  // Esc dismisses the newest, unless it closes something else first.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !shown.length) return;
    if (document.querySelector("dialog[open], [popover]:popover-open")) return;
    shown.at(-1).close();
  });

  document.addEventListener("toast", (event) => toast(event.detail ?? {}));

  window.ops.toast = toast;
  window.ops.ready((root) => {
    for (const alert of root.querySelectorAll(".messages > [data-flash]")) {
      const undo = alert.querySelector("input[name=events]")?.value;
      toast({ text: alert.querySelector(".alert-text").textContent.trim(), tone: alert.dataset.flash, undo });
      alert.remove();
    }
  });
})();
