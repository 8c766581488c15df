/* Cells that are edited where they are: Flask-Admin's column_editable_list. Its links for x-editable, which say what they edit and
   how (`data-pk`, `data-type`, `data-source`, …), become buttons that open a small form. Without a script they are plain text. */
"use strict";

(() => {
  let serial = 0;

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  const TIMES = { "YYYY-MM-DD": "date", "YYYY-MM-DD HH:mm:ss": "datetime-local", "HH:mm:ss": "time" };

  /** A look-up, as in forms; without its script, a line for the id. */
  function picker(data) {
    const made = element("input", { type: "text", className: "form-control", value: data.value, autocomplete: "off" });
    const lookUp = new URL("./ajax/lookup/", window.location.href);
    lookUp.searchParams.set("name", data.pickFrom);
    Object.assign(made.dataset, { role: "select2-ajax", url: lookUp.href, json: data.pick, allowBlank: data.allowBlank, minimumInputLength: "0" });
    return made;
  }

  function chooser(data, isMultiple) {
    const made = element("select", { className: "form-select", multiple: isMultiple });
    const chosen = isMultiple ? data.value.split(data.separator ?? ",") : [data.value];
    for (const { value, text } of JSON.parse(data.source)) {
      made.append(new Option(text || "—", value, false, chosen.includes(String(value)) || (!isMultiple && text === data.value)));
    }
    return made;
  }

  /** The control for what a cell holds. */
  function control(data) {
    if (data.pickFrom) return picker(data);
    if (data.source) return chooser(data, data.role === "x-editable-select2-multiple");
    if (data.type === "textarea") return element("textarea", { className: "form-control", rows: Number(data.rows ?? 5), value: data.value });
    const type = TIMES[data.format] ?? (data.type === "number" ? "number" : "text");
    const made = element("input", { type, className: "form-control", autocomplete: "off" });
    if (type === "number") made.step = data.step ?? "1";
    if (type === "time" || type === "datetime-local") made.step = "1";
    made.value = type === "datetime-local" ? data.value.replace(" ", "T") : data.value;
    if (data.value && !made.value) Object.assign(made, { type: "text", value: data.value });
    return made;
  }

  /** What the control has, as Flask-Admin's form takes it. */
  function values(field) {
    if (field.multiple) return [...field.selectedOptions].map((option) => option.value);
    if (field.type === "datetime-local") return [field.value.replace("T", " ").replace(/ (\d\d:\d\d)$/, " $1:00")];
    if (field.type === "time") return [field.value.replace(/^(\d\d:\d\d)$/, "$1:00")];
    return [field.value];
  }

  /** What the cell says of it from now on. */
  function shown(field) {
    if (field.tomselect) return field.tomselect.getItem(field.value)?.textContent ?? field.value;
    if (field.selectedOptions) return [...field.selectedOptions].map((option) => option.text).join(", ");
    return values(field)[0];
  }

  async function save(data, name, field) {
    const body = new URLSearchParams({ list_form_pk: data.pk, csrf_token: data.csrf || window.ops.csrfToken });
    for (const value of values(field)) body.append(name, value);
    if (data.was !== undefined) body.append("list_form_was", data.was);
    const answer = await fetch(new URL(data.url, window.location.href), {
      method: "POST",
      body,
      headers: { "X-CSRFToken": window.ops.csrfToken, Accept: "text/plain" },
    }).catch(() => null);
    if (!answer) return "The server could not be reached; nothing was saved.";
    if (window.ops.isOutOfDate(answer)) return "Nothing was saved: this page was made for somebody else. Reload it.";
    if (answer.ok && !answer.redirected) {
      if (answer.headers.has("X-Written")) data.was = decodeURIComponent(answer.headers.get("X-Written"));
      return "";
    }
    const isPage = answer.headers.get("Content-Type")?.includes("text/html") && (await answer.clone().text()).trimStart().startsWith("<");
    if (answer.redirected || isPage) return "It could not be saved. Reload the page and try again.";
    return (await answer.text()) || "It could not be saved.";
  }

  function open(button, name) {
    const data = button.dataset;
    const field = control(data);
    field.id = `edit-here-${(serial += 1)}`;
    field.autofocus = true;
    const wrong = element("div", { className: "invalid-feedback", id: `${field.id}-error`, hidden: true });
    wrong.setAttribute("role", "alert");
    const saveIt = element("button", { type: "submit", className: "btn btn-primary btn-sm", textContent: "Save" });
    const cancel = element("button", { type: "button", className: "btn btn-outline-secondary btn-sm", textContent: "Cancel" });
    const label = element("label", { htmlFor: field.id, textContent: data.label || name });
    const form = element("form", { className: "edit-here", noValidate: true }, element("div", {}, label, field, wrong), element("div", { className: "filter-acts" }, cancel, saveIt));
    const flyout = element("div", { className: "flyout", popover: "auto" }, form);
    button.after(flyout);
    cancel.addEventListener("click", () => flyout.hidePopover());
    flyout.addEventListener("toggle", (event) => {
      if (event.newState !== "closed") return;
      const within = flyout.contains(document.activeElement) || document.activeElement === document.body;
      flyout.remove();
      button.setAttribute("aria-expanded", "false");
      if (within) button.focus();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      saveIt.disabled = true;
      const error = await save(data, name, field);
      saveIt.disabled = false;
      wrong.hidden = !error;
      wrong.textContent = error;
      field.classList.toggle("is-invalid", Boolean(error));
      field.toggleAttribute("aria-invalid", Boolean(error));
      if (error) {
        field.setAttribute("aria-describedby", wrong.id);
        field.focus();
        return;
      }
      if (data.pickFrom) data.pick = JSON.stringify(field.value ? [field.value, shown(field)] : null);
      data.value = data.source ? values(field).join(data.separator ?? ",") : values(field)[0];
      button.textContent = shown(field);
      flyout.hidePopover();
      button.focus();
      window.ops.announce(`${data.label || name} is saved.`);
    });
    button.setAttribute("aria-expanded", "true");
    flyout.showPopover({ source: button });
    if (data.pickFrom) {
      window.ops.begin(flyout);
      field.tomselect?.focus();
    }
  }

  function upgrade(link) {
    const button = element("button", { type: "button", className: "editable", textContent: link.textContent });
    Object.assign(button.dataset, link.dataset);
    delete button.dataset.role;
    button.dataset.role = link.dataset.role;
    button.dataset.editable = link.getAttribute("name");
    button.setAttribute("aria-expanded", "false");
    button.title = `Edit ${link.dataset.label ?? ""}`.trim();
    link.replaceWith(button);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-editable]");
    if (button && button.getAttribute("aria-expanded") === "false") open(button, button.dataset.editable);
  });

  window.ops.ready((root) => {
    for (const link of root.querySelectorAll("a[data-role^='x-editable']")) upgrade(link);
  });
})();
