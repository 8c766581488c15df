/* Filters: the plain form of a filter (a column's comparison and a text) becomes one that asks for what the comparison takes:
   a number, a time, two ends of a range, one of a few, several, how long ago, or a place in JSON. What it sends stays the same. */
"use strict";

(() => {
  const INPUTS = { number: ["number", "1"], decimal: ["number", "any"], date: ["date", ""], time: ["time", "1"], datetime: ["datetime-local", "1"] };
  const ENDS = ["From", "To"];
  const FEW = 30; // choices that stand below each other; more are searched
  const UNITS = [["m", "minutes"], ["h", "hours"], ["d", "days"], ["w", "weeks"], ["s", "seconds"]];

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  /** A time as an input of the browser takes it. */
  const inward = (kind, value) => (kind === "datetime" ? value.trim().replace(" ", "T") : value.trim());

  /** A time as Flask-Admin's filters take it: with seconds, and a space where ISO has a T. */
  function outward(kind, value) {
    const whole = kind === "time" || kind === "datetime" ? value.replace(/(^|T)(\d\d:\d\d)$/, "$1$2:00") : value;
    return kind === "datetime" ? whole.replace("T", " ").replace(/\.\d+$/, "") : whole;
  }

  /** One control of a kind; a text where the value that stands is none of that kind. */
  function input(kind, value) {
    const [type, step] = INPUTS[kind] ?? ["text", ""];
    const made = element("input", { type, className: "form-control", required: true, autocomplete: "off" });
    if (step) made.step = step;
    made.value = inward(kind, value);
    if (value && !made.value) Object.assign(made, { type: "text", value });
    return made;
  }

  function choice(options, value) {
    const made = element("select", { className: "form-select" });
    const known = options.some(([key]) => key === value);
    if (value && !known) made.append(new Option(`${value} (unknown)`, value));
    for (const [key, label] of options) made.append(new Option(label, key, false, key === value));
    if (!value && !known) made.selectedIndex = 0;
    return made;
  }

  /** All values that can be chosen, those that stand among them though they are unknown, and whether each is chosen. */
  function entries(options, value) {
    const chosen = value.split(",").map((part) => part.trim()).filter(Boolean);
    const known = new Map(options);
    for (const part of chosen) if (!known.has(part)) known.set(part, part);
    return [...known].map(([key, label]) => ({ key, label, isChosen: chosen.includes(key) }));
  }

  function boxes(options, value, id) {
    const list = element("fieldset", { className: "filter-boxes", id }, element("legend", { textContent: "Values" }));
    for (const { key, label, isChosen } of entries(options, value)) {
      const box = element("input", { type: "checkbox", className: "form-check-input", value: key, checked: isChosen });
      list.append(element("label", {}, box, label));
    }
    return { box: list, read: () => [...list.querySelectorAll(":checked")].map((box) => box.value).join(",") };
  }

  function tags(options, value, id) {
    const made = element("select", { className: "form-select", multiple: true, id });
    for (const { key, label, isChosen } of entries(options, value)) made.append(new Option(label, key, false, isChosen));
    return {
      box: named("Values", made),
      read: () => [...made.selectedOptions].map((option) => option.value).join(","),
      begin: () => searchable(made, options),
    };
  }

  function searchable(select, options) {
    if (!window.TomSelect) return;
    const box = new window.TomSelect(select, {
      create: options.length === 0,
      createOnBlur: true,
      delimiter: ",",
      persist: false,
      plugins: ["remove_button"],
      wrapperClass: options.length ? "ts-wrapper" : "ts-wrapper filter-tags",
      placeholder: options.length ? "Choose some" : "Type, then Enter",
    });
    select.setAttribute("aria-label", "Values");
    box.control_input.setAttribute("aria-label", "Values");
  }

  /** A control below its name. */
  function named(name, control) {
    return element("div", {}, element("label", { htmlFor: control.id, textContent: name }), control);
  }

  /** How long: a number and its unit; null where the value that stands is something else. */
  function span(value, id) {
    const [, amount, unit] = /^\s*(\d*)\s*([smhdw]?)\s*$/.exec(value) ?? [];
    if (amount === undefined) return null;
    const number = element("input", { type: "number", className: "form-control", min: "1", required: true, value: amount, id });
    const units = element("select", { className: "form-select", id: `${id}-unit` });
    for (const [key, label] of UNITS) units.append(new Option(label, key, false, key === (unit || "h")));
    const box = element("div", { className: "filter-parts" }, named("How many", number), named("Of what", units));
    return { box, read: () => number.value && number.value + units.value };
  }

  /** A place in JSON, and what is looked for there. */
  function json(value, id) {
    const [, path, sought] = /^((?:"[^"]*"|[^="])*)=(.*)$/s.exec(value) ?? [null, value, ""];
    const fields = [path, sought].map((text, place) =>
      element("input", { type: "text", className: "form-control", required: place === 0, value: text.trim(), autocomplete: "off", id: place ? `${id}-sought` : id }));
    fields[0].placeholder = "goal.kind";
    const box = element("div", { className: "filter-parts" }, named("Path", fields[0]), named("Value", fields[1]));
    return { box, read: () => fields[0].value.trim() && `${fields[0].value.trim()}=${fields[1].value.trim()}` };
  }

  /** The controls for a comparison, and how to read from them what the form sends. */
  function controls(kind, options, value, id) {
    if (kind.endsWith("range")) {
      const one = kind.replace("range", "");
      const ends = value.split(" to ");
      const made = ENDS.map((_, place) => input(one, ends[place] ?? ""));
      const box = element("div", { className: "filter-range" });
      made.forEach((field, place) => {
        field.id = `${id}-${place}`;
        box.append(element("label", { htmlFor: field.id, textContent: ENDS[place] }), field);
      });
      return { box, read: () => made.map((field) => outward(one, field.value)).join(" to ") };
    }
    const parts = { span, json }[kind]?.(value, id);
    if (parts) return parts;
    if (kind === "tags") return options.length && options.length <= FEW ? boxes(options, value, id) : tags(options, value, id);
    const made = kind === "choice" ? choice(options, value) : input(kind, value);
    made.id = id;
    const box = named(kind === "jsonpath" ? "Path" : "Value", made);
    return { box, read: () => outward(made.type === "text" ? "text" : kind, made.value) };
  }

  /** Two selects in the place of one with groups: the column, then how to compare. */
  function split(operators) {
    const groups = [...operators.querySelectorAll("optgroup")];
    if (!groups.length) return;
    const own = new Map(groups.map((group) => [group.label, [...group.children]]));
    const column = element("select", { className: "form-select", id: `${operators.id}-column`, autofocus: true });
    for (const name of own.keys()) column.append(new Option(name, name));
    const show = () => operators.replaceChildren(...own.get(column.value));
    const label = operators.labels[0];
    label.htmlFor = column.id;
    operators.autofocus = false;
    operators.setAttribute("aria-label", "Comparison");
    operators.before(element("div", { className: "filter-two" }));
    operators.previousElementSibling.append(column, operators);
    column.addEventListener("change", () => {
      show();
      operators.selectedIndex = 0;
      operators.dispatchEvent(new Event("change"));
    });
    show();
    operators.selectedIndex = 0;
  }

  function upgrade(form) {
    const operators = form.elements.add_filter;
    const field = form.querySelector("[data-filter-value]");
    const plain = form.elements.filter_value;
    if (!operators || !plain || plain.type === "hidden") return;
    const id = plain.id;
    const sent = element("input", { type: "hidden", name: "filter_value", value: plain.value });
    const problem = plain.getAttribute("aria-describedby");
    let current = null;
    split(operators);

    function show(value) {
      const chosen = operators.selectedOptions[0];
      current = controls(chosen.dataset.kind, JSON.parse(chosen.dataset.options ?? "[]"), value, id);
      field.replaceChildren(current.box, sent);
      current.begin?.();
      const first = problem && field.querySelector("input:not([type=hidden]), select");
      if (first) first.setAttribute("aria-describedby", problem);
    }

    operators.addEventListener("change", () => show(""));
    form.addEventListener("submit", (event) => {
      sent.value = current.read();
      if (sent.value) return;
      event.preventDefault();
      window.ops.announce("Give a value.");
    });
    show(plain.value);
  }

  // “or …” opens the form for one more filter with what it is an alternative to already chosen.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[popovertarget=add-filter]");
    const alternative = document.querySelector("[data-filter-or]");
    if (opener && alternative) alternative.value = opener.dataset.alternativeTo ?? "";
  });

  window.ops.ready((root) => {
    for (const form of root.querySelectorAll("form[data-filter-editor]")) upgrade(form);
  });
})();
