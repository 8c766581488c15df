/* Lists: ticks and how many there are, rows that open on a click, and a box that says where it can be scrolled to. */
"use strict";

(() => {
  const ticks = () => [...document.querySelectorAll(".action-checkbox")];
  const ticked = () => ticks().filter((tick) => tick.checked);
  let anchor = null;

  function tell() {
    const all = ticks();
    const count = ticked().length;
    for (const shown of document.querySelectorAll("[data-bulk-count]")) shown.textContent = `${count.toLocaleString("en")} selected`;
    for (const whole of document.querySelectorAll("[data-select-all]")) {
      whole.checked = count > 0 && count === all.length;
      whole.indeterminate = count > 0 && count < all.length;
    }
  }

  function tick(boxes, checked) {
    for (const box of boxes) box.checked = checked;
    tell();
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches(".action-checkbox")) tell();
    if (event.target.matches("[data-select-all]")) {
      tick(ticks(), event.target.checked);
      window.ops.announce(event.target.checked ? `All ${ticks().length} rows of this page are selected.` : "Nothing is selected.");
    }
  });

  // From one tick to another with Shift: all between them.
  document.addEventListener("click", (event) => {
    if (!event.target.matches?.(".action-checkbox")) return;
    const all = ticks();
    const [from, to] = [all.indexOf(anchor), all.indexOf(event.target)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) tick(all.slice(from, to + 1), event.target.checked);
    anchor = event.target;
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-bulk-clear]")) return;
    const [first] = ticked();
    tick(ticks(), false);
    first?.focus();
    window.ops.announce("Nothing is selected.");
  });

  // What an entry of a menu downloads leaves the page as it is, and the menu has done its work.
  document.addEventListener("click", (event) => {
    event.target.closest?.(".flyout-menu a.menu-entry")?.closest("[popover]").hidePopover();
  });

  // A click beside all that acts opens the row's record, as the link at its end does.
  const ACTS = "a, button, input, select, textarea, label, summary, form, time, code, [popover], dialog";

  function opens(event) {
    const row = event.target.closest?.("tr[data-row-link]");
    if (!row || event.target.closest(ACTS) || String(window.getSelection())) return null;
    return row;
  }

  document.addEventListener("click", (event) => {
    const row = opens(event);
    if (!row || event.defaultPrevented || event.button) return;
    const opener = row.querySelector(`a[data-modal][href="${CSS.escape(row.dataset.rowLink)}"]`);
    if (opener) opener.click();
    else if (event.ctrlKey || event.metaKey) window.open(row.dataset.rowLink, "_blank", "noopener");
    else window.location.assign(row.dataset.rowLink);
  });

  document.addEventListener("auxclick", (event) => {
    const row = event.button === 1 ? opens(event) : null;
    if (row) window.open(row.dataset.rowLink, "_blank", "noopener");
  });

  // A box that scrolls can be reached by keyboard, and shows that there is more beside what is seen.
  function look(box) {
    const wide = box.scrollWidth - box.clientWidth;
    box.tabIndex = wide > 1 || box.scrollHeight - box.clientHeight > 1 ? 0 : -1;
    box.toggleAttribute("data-scrolled", box.scrollLeft > 1);
    box.toggleAttribute("data-more", box.scrollLeft < wide - 1);
  }

  const sizes = new ResizeObserver((entries) => {
    for (const entry of entries) look(entry.target.closest("[data-list-scroll]") ?? entry.target);
  });

  window.ops.ready((root) => {
    for (const box of root.querySelectorAll("[data-list-scroll]")) {
      sizes.observe(box);
      sizes.observe(box.firstElementChild);
      box.addEventListener("scroll", () => look(box), { passive: true });
    }
    for (const clear of root.querySelectorAll("[data-bulk-clear]")) clear.hidden = false;
    if (root.querySelector(".action-checkbox")) tell();
  });
})();
