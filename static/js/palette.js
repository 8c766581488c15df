/* The palette: Ctrl-K (Cmd-K) finds pages, actions and records. A combobox with a list box, as the ARIA practices have it:
   focus stays in the field, the arrows choose. The server sends the options: see templates/console/_palette_results.html. */
"use strict";

(() => {
  const RECENT = "console-recent";
  const RECENT_LENGTH = 5;
  const RECORDS = /^\/console\/(sessions|projects|deploys|rooms|failures|recoveries)\/[0-9a-f-]{36}$/;

  const dialog = () => document.getElementById("palette-dialog");
  const input = () => document.getElementById("palette-input");
  const list = () => document.getElementById("palette-list");
  const options = () => [...list().querySelectorAll(".palette-option")];
  const active = () => list().querySelector("[aria-selected='true']");
  const isUpToDate = () => list().querySelector("[data-asked]")?.dataset.asked === input().value.trim();
  let takes = false;

  function open() {
    if (!dialog() || dialog().open) return;
    dialog().showModal();
    takes = false;
    input().value = "";
    list().replaceChildren();
    input().focus();
    input().dispatchEvent(new Event("palette:open"));
  }

  function choose(option) {
    active()?.setAttribute("aria-selected", "false");
    if (!option) {
      input().removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    input().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = options();
    if (!all.length) return;
    const here = all.indexOf(active());
    choose(all[(here + by + all.length) % all.length] ?? all[0]);
  }

  /** Do what was chosen, once what suits the words is there; without anything to choose, ask the palette's page. */
  function take(event) {
    takes = !isUpToDate() && !list().querySelector("[data-failed]");
    if (takes) return;
    const option = active();
    if (!option) location.href = `${input().getAttribute("hx-get")}?q=${encodeURIComponent(input().value)}`;
    else if (option.href && (event.ctrlKey || event.metaKey)) window.open(option.href, "_blank", "noopener");
    else option.click();
  }

  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Home: () => choose(options()[0]),
    End: () => choose(options().at(-1)),
    Enter: take,
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      if (!dialog()) return;
      event.preventDefault();
      if (dialog().open) dialog().close();
      else open();
    } else if (event.target === input() && Object.hasOwn(KEYS, event.key)) {
      event.preventDefault();
      KEYS[event.key](event);
    }
  });

  document.addEventListener("input", (event) => {
    if (event.target === input()) takes = false;
  });

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest?.("[data-palette-open]") && dialog() && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open();
    } else if (target.closest?.("dialog [data-close]") || (target.matches?.("dialog.palette, dialog.sheet") && outside(event))) {
      target.closest("dialog").close();
    }
    const option = target.closest?.("#palette-dialog .palette-option[name]");
    if (option && ["theme", "density", "keys"].includes(option.name)) {
      event.preventDefault();
      window.ops.prefer(option.name, option.value);
      dialog().close();
      window.ops.toast({ text: `${option.querySelector(".palette-title").textContent}: done.`, tone: "success" });
    }
  });

  /** Whether a click on a dialog was beside it, on its backdrop. */
  function outside(event) {
    const box = event.target.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  }

  document.addEventListener("mousemove", (event) => {
    const option = event.target.closest?.("#palette-list .palette-option");
    if (option && option !== active()) choose(option);
  });

  // What came, and that nothing could come.
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.sourceElement !== input()) return;
    if (!input().value.trim()) list().prepend(...recents());
    choose(options()[0]);
    if (takes && isUpToDate()) take(event);
    else if (input().value.trim()) window.ops.announce(counted(options().length));
  });

  function counted(number) {
    return number === 1 ? "1 suits." : `${number || "None"} suit.`;
  }

  for (const name of ["htmx:error", "htmx:after:request"]) {
    document.addEventListener(name, (event) => {
      const status = event.detail.ctx?.response?.status ?? 0;
      if (event.detail.ctx?.sourceElement !== input() || (status >= 200 && status < 400)) return;
      if (event.detail.error?.name === "AbortError") return;
      list().replaceChildren(nothing("That could not be looked for. Press Enter to try on a page of its own."));
      choose(null);
    });
  }

  function nothing(words) {
    const line = document.createElement("div");
    line.className = "palette-nothing";
    line.dataset.failed = "";
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    line.textContent = words;
    return line;
  }

  // Records that were looked at in this tab: they are nobody's who signs in here later, so that only the tab keeps them.

  function remembered() {
    try {
      return JSON.parse(sessionStorage.getItem(RECENT) ?? "[]");
    } catch {
      return [];
    }
  }

  function remember() {
    if (!RECORDS.test(location.pathname)) return;
    const here = { path: location.pathname, title: document.title.split(" · ")[0] };
    const others = remembered().filter((one) => one.path !== here.path);
    try {
      sessionStorage.setItem(RECENT, JSON.stringify([here, ...others].slice(0, RECENT_LENGTH)));
    } catch {
      // a browser that keeps nothing has no recent pages
    }
  }

  function recents() {
    const pages = remembered().filter((one) => one.path !== location.pathname && RECORDS.test(one.path));
    if (!pages.length) return [];
    const section = document.getElementById("palette-recent").content.cloneNode(true);
    const holder = section.querySelector(".palette-section");
    const sample = holder.querySelector(".palette-option");
    pages.forEach((page, place) => {
      const option = sample.cloneNode(true);
      option.id = `palette-recent-${place}`;
      option.href = page.path;
      option.querySelector(".palette-title").textContent = page.title;
      holder.append(option);
    });
    sample.remove();
    return [section];
  }

  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action")?.endsWith("/logout")) sessionStorage.removeItem(RECENT);
  });

  window.ops.ready((root) => {
    if (root === document) remember();
  });
  window.ops.openPalette = open;
})();
