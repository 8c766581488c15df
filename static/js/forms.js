/* Forms say what is wrong by each field, as the server does, and lead there. Without this the browser's own bubbles do.
   guard.js leads to what the server refused. */
"use strict";

(() => {
  const FORM = "form.admin-form";
  let first = null;

  /**
   * Focus a form's control, whatever stands in its place: a select of our own, or the first control of a group.
   * @param {Element} element
   */
  function focusControl(element) {
    if (element.tomselect) return element.tomselect.focus();
    const inner = element.matches("input, select, textarea, button") ? element : element.querySelector("input:not([type='hidden']), select, textarea, button");
    (inner ?? element).focus();
  }

  function describe(control, id, isSo) {
    const target = control.tomselect?.focus_node ?? control;
    const others = new Set((target.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    others.delete(id);
    const ids = isSo ? [id, ...others] : [...others];
    if (ids.length) target.setAttribute("aria-describedby", ids.join(" "));
    else target.removeAttribute("aria-describedby");
    if (isSo) target.setAttribute("aria-invalid", "true");
    else target.removeAttribute("aria-invalid");
  }

  function complaintOf(control) {
    const id = `${control.id}-error`;
    const there = document.getElementById(id);
    if (there) return there;
    const complaint = document.createElement("div");
    complaint.id = id;
    complaint.className = "invalid-feedback";
    complaint.append(document.createElement("ul"));
    control.closest(".field")?.append(complaint);
    return complaint;
  }

  function complain(control, text) {
    const item = document.createElement("li");
    item.textContent = text;
    complaintOf(control).querySelector("ul").replaceChildren(item);
    control.classList.add("is-invalid");
    describe(control, `${control.id}-error`, true);
  }

  function forgive(control) {
    if (!control.classList?.contains("is-invalid") || !control.validity?.valid) return;
    control.classList.remove("is-invalid");
    describe(control, `${control.id}-error`, false);
    document.getElementById(`${control.id}-error`)?.remove();
  }

  document.addEventListener("invalid", (event) => {
    const control = event.target;
    if (!control.closest?.(FORM) || !control.id || !control.closest(".field")) return;
    event.preventDefault();
    complain(control, control.validationMessage);
    if (first) return;
    first = control;
    setTimeout(() => {
      focusControl(first);
      first = null;
    });
  }, true);

  document.addEventListener("change", (event) => {
    if (event.target.closest?.(FORM)) forgive(event.target);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".error-summary a[href^='#']");
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    focusControl(control);
    control.closest(".field")?.scrollIntoView({ block: "center" });
  });

  window.ops.focusControl = focusControl;
})();
