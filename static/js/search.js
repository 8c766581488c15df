/* A list's search offers qualifiers and their values while somebody types: a combobox with a list box, as the ARIA
   practices have it. Focus stays in the field, the arrows choose, and Enter searches unless something is chosen. */
"use strict";

(() => {
  const MOST = 12; // options that are shown at once
  const ID = "search-options";

  const fieldOf = (form) => form.elements.search;
  const formOf = (element) => element?.closest?.("form[data-search-suggestions]");
  const listOf = (form) => form.querySelector(`#${ID}`);
  const optionsOf = (form) => [...listOf(form).children];
  const chosen = (form) => listOf(form).querySelector("[aria-selected='true']");

  /** Where the word at the caret begins, and as much of it as stands before the caret; null within quotation marks. */
  function word(field) {
    const before = field.value.slice(0, field.selectionStart ?? field.value.length);
    if ((before.match(/"/g) ?? []).length % 2) return null;
    const start = before.search(/\S*$/);
    return { start, text: before.slice(start) };
  }

  /** What suits the word: `{text, label, keep}`; after one that is kept, its values are offered at once. */
  function suiting(form, text) {
    const known = JSON.parse(form.dataset.searchSuggestions);
    const minus = text.startsWith("-") ? "-" : "";
    const asked = text.slice(minus.length);
    const colon = asked.indexOf(":");
    if (colon < 0) {
      const wanted = asked.toLowerCase();
      const suits = (one) => one.name.startsWith(wanted) || one.label.toLowerCase().split(/\W+/).some((part) => part.startsWith(wanted));
      return known.filter(suits).map((one) => ({ text: `${minus}${one.name}:`, label: one.label, keep: true }));
    }
    const column = known.find((one) => one.name === asked.slice(0, colon).toLowerCase());
    const comma = Math.max(asked.lastIndexOf(","), colon);
    const begun = asked.slice(comma + 1).toLowerCase();
    const [head, used] = [`${minus}${asked.slice(0, comma + 1)}`, asked.slice(colon + 1, comma).split(",")];
    return (column?.values ?? [])
      .filter(([value, label]) => !used.includes(value) && (value.startsWith(begun) || label.toLowerCase().startsWith(begun)))
      .map(([value, label]) => ({ text: head + value, shown: value, label, keep: false }));
  }

  function option({ text, shown, label, keep }, place) {
    const made = Object.assign(document.createElement("div"), { id: `${ID}-${place}`, className: "search-option" });
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    Object.assign(made.dataset, { text, keep: keep ? "1" : "" });
    const [code, words] = [document.createElement("code"), document.createElement("span")];
    code.textContent = shown ?? text;
    words.textContent = label;
    made.append(code, words);
    return made;
  }

  function open(form, { always = false } = {}) {
    const at = word(fieldOf(form));
    const found = at && (at.text || always) ? suiting(form, at.text).slice(0, MOST) : [];
    const isSaid = found.length === 1 && found[0].text === at.text;
    listOf(form).replaceChildren(...(isSaid ? [] : found.map(option)));
    const isOpen = listOf(form).childElementCount > 0;
    listOf(form).hidden = !isOpen;
    fieldOf(form).setAttribute("aria-expanded", String(isOpen));
    choose(form, null);
    return isOpen;
  }

  function close(form) {
    listOf(form).hidden = true;
    fieldOf(form).setAttribute("aria-expanded", "false");
    choose(form, null);
  }

  function choose(form, option) {
    chosen(form)?.setAttribute("aria-selected", "false");
    if (!option) {
      fieldOf(form).removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    fieldOf(form).setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function step(form, by) {
    if (listOf(form).hidden && !open(form, { always: true })) return;
    const all = optionsOf(form);
    const here = all.indexOf(chosen(form));
    choose(form, here < 0 ? all.at(by > 0 ? 0 : -1) : all[(here + by + all.length) % all.length]);
  }

  /** Put what was chosen in the place of the word at the caret. */
  function take(form, option) {
    const field = fieldOf(form);
    const at = word(field);
    const text = option.dataset.keep ? option.dataset.text : `${option.dataset.text} `;
    field.setRangeText(text, at.start, field.selectionStart, "end");
    if (option.dataset.keep) open(form, { always: true });
    else close(form);
  }

  document.addEventListener("keydown", (event) => {
    const form = formOf(event.target);
    if (!form || event.target !== fieldOf(form) || event.isComposing) return;
    const isOpen = !listOf(form).hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(form, event.key === "ArrowDown" ? 1 : -1);
    else if (isOpen && event.key === "Escape") close(form);
    else if (isOpen && (event.key === "Enter" || event.key === "Tab") && chosen(form)) take(form, chosen(form));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (form && event.target === fieldOf(form)) open(form);
  });

  document.addEventListener("focusout", (event) => {
    const form = formOf(event.target);
    if (form && event.target === fieldOf(form)) close(form);
  });

  // A press on an option would take the focus away from the field.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.(`#${ID}`)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const option = event.target.closest?.(".search-option");
    if (option) take(formOf(option), option);
  });

  function upgrade(form) {
    if (listOf(form)) return;
    const list = Object.assign(document.createElement("div"), { id: ID, className: "search-options", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Qualifiers");
    form.append(list);
    const states = { role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": ID };
    for (const [name, value] of Object.entries(states)) fieldOf(form).setAttribute(name, value);
  }

  window.ops.ready((root) => {
    for (const form of root.querySelectorAll("form[data-search-suggestions]")) upgrade(form);
  });
})();
