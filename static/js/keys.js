/* Single keys: `?`, `/`, and on lists j k x Enter e; `g` and a letter goes somewhere (the navigation says where: data-hotkey).
   The list of them is admin_views/shortcuts.py. They do nothing in fields, in dialogs, with a modifier, or where a person
   turned them off (WCAG 2.1.4). A list is rows with data-row-link, or any table whose body says data-rows. */
"use strict";

(() => {
  const root = document.documentElement;
  const ROWS = "main tr[data-row-link], main [data-rows] > tr, main [data-rows] > li";
  let currentKey = "";

  const isOff = () => root.dataset.keys === "off";
  const isBusy = () => document.querySelector("dialog[open]") !== null;
  const isField = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]:not([contenteditable=false]), [role=combobox], [role=textbox]") != null;
  const isControl = (target) => target.closest?.("a, button, summary, input, label, [role=button], [role=option], [role=menuitem]") != null;
  const rows = () => [...document.querySelectorAll(ROWS)].filter((row) => row.offsetParent !== null);
  const current = () => document.querySelector("main [data-current-row]");

  function leave(row) {
    row.removeAttribute("data-current-row");
    row.removeAttribute("aria-current");
    row.removeAttribute("tabindex");
  }

  /** Make a row the one that keys act on: it has the focus, and the list one stop for Tab. */
  function stand(row) {
    const before = current();
    if (before && before !== row) leave(before);
    row.dataset.currentRow = "";
    row.setAttribute("aria-current", "true");
    row.tabIndex = 0;
    currentKey = row.dataset.row ?? "";
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = rows();
    if (!all.length) return false;
    const here = all.indexOf(current());
    const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
    stand(all[next]);
    return true;
  }

  function open(row, address) {
    const to = address ?? row.querySelector("a[href]:not([role=button])")?.href;
    if (to) location.href = to;
    return Boolean(to);
  }

  function select(row) {
    const box = row.querySelector("input[type=checkbox][name=rowid]");
    box?.click();
    if (box) window.ops.announce(box.checked ? "Selected." : "Not selected.");
    return Boolean(box);
  }

  function edit(row) {
    if (!row.dataset.editLink) return false;
    return open(row, row.dataset.editLink);
  }

  /** To the field that searches this page, or else to the palette. */
  function search() {
    const field = document.querySelector("main input[type=search]:not([disabled])");
    if (field && field.offsetParent !== null) {
      field.focus();
      field.select();
    } else {
      window.ops.openPalette?.();
    }
    return true;
  }

  function help() {
    const dialog = document.getElementById("keys-dialog");
    if (!dialog) return false;
    dialog.showModal();
    document.getElementById("keys-list").dispatchEvent(new Event("keys:open"));
    return true;
  }

  const onRow = (act) => () => (current() ? act(current()) : false);
  const ACTS = {
    "?": help,
    "/": search,
    j: () => step(1),
    k: () => step(-1),
    x: onRow(select),
    e: onRow(edit),
    Enter: onRow((row) => open(row, row.dataset.rowLink)),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isOff() || isBusy() || isField(event.target) || !Object.hasOwn(ACTS, event.key)) return;
    if (event.key === "Enter" && isControl(event.target)) return;
    if (goes) return; // the letter after g
    if (ACTS[event.key]()) event.preventDefault();
  });

  // `g` and a letter, by @github/hotkey. While it waits for the letter, j and the others mean that letter.
  let goes = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    clearTimeout(goes);
    goes = event.key === "g" ? setTimeout(() => { goes = 0; }, 1500) : 0;
  });

  function install(part) {
    for (const link of part.querySelectorAll("[data-hotkey]")) {
      if (isOff()) window.hotkey.uninstall(link);
      else window.hotkey.install(link);
    }
  }

  document.addEventListener("hotkey-fire", (event) => {
    if (isOff() || isBusy()) event.preventDefault();
  }, true); // it does not bubble
  document.addEventListener("ops:preference", (event) => {
    if (event.detail.name === "keys") install(document);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-keys-open]") || !document.getElementById("keys-dialog")) return;
    event.preventDefault();
    event.target.closest("[popover]")?.hidePopover();
    help();
  });

  // What renews itself loses what only the browser knew.
  window.ops.ready((part) => {
    install(part.querySelectorAll ? part : document);
    if (part === document || !currentKey || current()) return;
    const row = rows().find((one) => one.dataset.row === currentKey);
    if (!row) return;
    row.dataset.currentRow = "";
    row.setAttribute("aria-current", "true");
    row.tabIndex = 0;
  });
})();
