/* Questions before an act: `data-confirm="Delete these?"` on a form, or on one of its buttons. Without a script the form goes to
   a page that asks (`?ask=1`, admin_views/list_questions.py); here a dialog does, and the form goes where it acts at once. */
"use strict";

(() => {
  const agreed = new WeakSet();
  const TURNS = /[\u202a-\u202e\u2066-\u2069]/g; // a name that turns the direction of text would turn the question's rest

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  /**
   * Ask; resolves to whether the person agreed. The focus goes to “Cancel”, and back to where it was.
   * @param {string} question
   * @param {{label?: string, title?: string, isDanger?: boolean}} words
   * @returns {Promise<boolean>}
   */
  function confirm(question, { label = "OK", title = "Are you sure?", isDanger = true } = {}) {
    const cancel = element("button", { type: "submit", value: "", className: "btn btn-outline-secondary", textContent: "Cancel", autofocus: true });
    const agree = element("button", { type: "submit", value: "yes", className: isDanger ? "btn btn-danger" : "btn btn-primary", textContent: label });
    const heading = element("h2", { id: "question-title", textContent: title });
    const words = element("p", { id: "question-words", textContent: question.replace(TURNS, "") });
    const form = element("form", { method: "dialog" }, heading, words, element("div", { className: "question-acts" }, cancel, agree));
    const dialog = element("dialog", { className: "question" }, form);
    dialog.setAttribute("aria-labelledby", heading.id);
    dialog.setAttribute("aria-describedby", words.id);
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
      });
    });
  }

  const withoutAsking = (address) => {
    const url = new URL(address, window.location.href);
    url.searchParams.delete("ask");
    return url.href;
  };

  async function ask(form, button, asking) {
    const count = [...form.elements].filter((field) => field.name === "rowid" && field.type === "checkbox" && field.checked).length;
    const label = asking.dataset.confirmLabel || button?.textContent.trim() || "OK";
    const title = count > 1 ? `${label}: ${count.toLocaleString("en")} selected` : label;
    if (!(await confirm(asking.dataset.confirm, { label, title, isDanger: "confirmDanger" in asking.dataset }))) return;
    form.setAttribute("action", withoutAsking(form.getAttribute("action"))); // form.action may be a field of that name
    if (button?.hasAttribute("formaction")) button.formAction = withoutAsking(button.formAction);
    agreed.add(form);
    form.requestSubmit(button);
    agreed.delete(form);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const asking = [event.submitter, form].find((one) => one?.dataset.confirm);
    if (!asking || agreed.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, event.submitter, asking);
  }, true);

  window.ops.confirm = confirm;
})();
