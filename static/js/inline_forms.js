/* Rows of forms within a form: added from a template, removed with a way back. Numbers may have gaps; the server counts what comes. */
"use strict";

(() => {
  const IDS = ["for", "aria-describedby", "aria-labelledby", "aria-controls"];

  const listOf = (inline) => inline.querySelector(":scope > .inline-field-list");

  /** The number of the next row; numbers of rows that were removed are not given again. */
  function nextNumber(inline) {
    const names = [...listOf(inline).children].map((row) => row.dataset.inlineRow ?? "");
    const taken = names.map((name) => Number.parseInt(name.slice(name.lastIndexOf("-") + 1), 10)).filter(Number.isFinite);
    const next = Math.max(Number(inline.dataset.next ?? 0), ...taken.map((number) => number + 1));
    inline.dataset.next = next + 1;
    return next;
  }

  const prefixed = (prefix, name) => (name ? `${prefix}-${name}` : prefix);

  /** Ids and names in a template are those within one row; here they become those within the form. */
  function rename(row, prefix) {
    for (const element of row.querySelectorAll("*")) {
      if (element.id || element.hasAttribute("name")) element.id = prefixed(prefix, element.id);
      if (element.hasAttribute("name")) element.setAttribute("name", prefixed(prefix, element.getAttribute("name")));
      for (const attribute of IDS) {
        if (!element.hasAttribute(attribute)) continue;
        const ids = element.getAttribute(attribute).split(" ").filter(Boolean);
        element.setAttribute(attribute, (ids.length ? ids : [""]).map((id) => prefixed(prefix, id)).join(" "));
      }
    }
    row.dataset.inlineRow = prefix;
  }

  function add(inline) {
    const template = inline.querySelector(":scope > template[data-inline-template]");
    const row = template.content.firstElementChild.cloneNode(true);
    rename(row, `${inline.id}-${nextNumber(inline)}`);
    listOf(inline).append(row);
    window.ops.begin(row);
    const control = row.querySelector("input:not([type='hidden']), select, textarea");
    if (control) window.ops.focusControl(control);
    window.ops.announce(`${inline.dataset.inlineLabel} added.`);
    tellForm(inline);
  }

  /** Those who watch a form for changes hear of a row, too. */
  const tellForm = (inline) => inline.dispatchEvent(new Event("change", { bubbles: true }));

  function remove(row) {
    const inline = row.closest("[data-inline]");
    const label = inline.dataset.inlineLabel;
    const note = document.createElement("div");
    note.className = "inline-removed";
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "btn btn-outline-secondary btn-sm";
    undo.textContent = "Undo";
    undo.addEventListener("click", () => {
      note.replaceWith(row);
      row.querySelector("[data-inline-remove]")?.focus();
      window.ops.announce(`${label} is back.`);
      tellForm(inline);
    });
    note.append(`${label} removed. `, undo);
    row.replaceWith(note);
    undo.focus();
    window.ops.announce(`${label} removed.`);
    tellForm(inline);
  }

  document.addEventListener("click", (event) => {
    const adding = event.target.closest?.("[data-inline-add]");
    if (adding) add(adding.closest("[data-inline]"));
    const removing = event.target.closest?.("[data-inline-remove]");
    if (removing) remove(removing.closest(".inline-row"));
  });

  window.ops.ready((root) => {
    for (const button of root.querySelectorAll("[data-inline-add][hidden], [data-inline-remove][hidden]")) button.hidden = false;
  });
})();
