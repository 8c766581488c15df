/* Forms keep what somebody typed: leaving a changed one is asked about, and says so beside its buttons. After a refusal the
   focus is in the first field that was refused, and how many there are is said. */
"use strict";

(() => {
  const FORMS = "form[data-guard], form.admin-form";
  const INVALID = "[aria-invalid='true'], .is-invalid";
  const clean = new WeakMap();
  let leaving = false;

  /** What would be sent, as one text; tokens and files aside. */
  function content(form) {
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrf_token");
    return JSON.stringify(fields.map(([name, value]) => [name, value instanceof File ? value.name : value]));
  }

  const isChanged = (form) => clean.has(form) && clean.get(form) !== content(form);
  const changed = () => [...document.querySelectorAll(FORMS)].filter(isChanged);

  function tell(form) {
    let note = form.querySelector(":scope .unsaved");
    if (!note) {
      note = document.createElement("p");
      note.className = "unsaved";
      note.setAttribute("role", "status");
      (form.querySelector("[type=submit]")?.closest(".form-buttons, .form-actions, .submit-row, div") ?? form).append(note);
    }
    const words = isChanged(form) ? "Not saved yet." : "";
    if (note.textContent !== words) note.textContent = words;
  }

  let pending = 0;
  for (const name of ["input", "change"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.form;
      if (!form?.matches(FORMS)) return;
      clearTimeout(pending);
      pending = setTimeout(() => tell(form), 200);
    });
  }

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = event.target.matches(FORMS);
  });

  window.addEventListener("beforeunload", (event) => {
    if (!leaving && changed().length) event.preventDefault();
    leaving = false;
  });

  /** Into the first refused field, or what a select was replaced by; said together with how many there are. */
  function complain(root) {
    const refused = [...root.querySelectorAll(INVALID)].filter((field) => field.matches("input, select, textarea") || field.tabIndex >= 0);
    const first = refused.find((field) => field.offsetParent !== null) ?? refused[0];
    if (!first) return;
    const into = first.tomselect?.control_input ?? first;
    into.focus({ preventScroll: true });
    into.scrollIntoView({ block: "center" });
    const label = nameOf(first);
    const count = refused.length === 1 ? "One field was refused" : `${refused.length} fields were refused`;
    window.ops.announce(`${count}${label ? `; the first is ${label}` : ""}.`);
  }

  /** What a field is called, without what its label says besides. */
  function nameOf(field) {
    const label = field.labels?.[0]?.cloneNode(true);
    for (const more of label?.querySelectorAll("small, .field-note, .visually-hidden") ?? []) more.remove();
    return label?.textContent.trim().replace(/\s+/g, " ");
  }

  window.ops.ready((root) => {
    // after other scripts have put their own controls in the place of selects
    setTimeout(() => {
      for (const form of document.querySelectorAll(FORMS)) {
        // what was refused was never saved, so that it still is a change
        if (!clean.has(form)) clean.set(form, form.querySelector(INVALID) ? "" : content(form));
      }
      complain(root.nodeType === Node.DOCUMENT_NODE ? document.getElementById("main-content") ?? document : root);
    }, 0);
  });
})();
