/* Windows: a link with `data-modal="<id of a dialog>"` opens there what it leads to, as Flask-Admin's modal templates render it.
   A form in it is sent from there: what is wrong stands by its field; what is saved renews the page. Without a script they are pages. */
"use strict";

(() => {
  const asModal = (address) => {
    const url = new URL(address, window.location.href);
    url.searchParams.set("modal", "True");
    return url.href;
  };

  function fill(dialog, html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const isWhole = parsed.querySelector("main");
    if (isWhole) return false;
    dialog.replaceChildren(...[...parsed.body.childNodes].map((node) => document.importNode(node, true)));
    window.ops.begin(dialog);
    return true;
  }

  async function open(link, dialog) {
    const answer = await window.ops.read(asModal(link.href), "text/html").catch(() => null);
    if (!answer?.ok || answer.redirected || !fill(dialog, await answer.text())) {
      window.location.assign(link.href);
      return;
    }
    dialog.showModal();
    const first = ["[autofocus]", "form :is(input:not([type=hidden]), select, textarea)", "button"].map((one) => dialog.querySelector(one));
    first.find(Boolean)?.focus();
  }

  async function send(form, dialog, submitter) {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      body: new FormData(form, submitter),
      headers: { Accept: "text/html", "X-CSRFToken": window.ops.csrfToken },
      redirect: "manual",
    }).catch(() => null);
    if (window.ops.isOutOfDate(answer)) return;
    if (answer?.type === "opaqueredirect") {
      delete dialog.dataset.changed;
      window.location.reload();
      return;
    }
    if (!answer || !fill(dialog, await answer.text())) {
      window.ops.toast?.({ text: "It could not be saved. Try again, or reload the page.", tone: "danger" });
      window.ops.announce("It could not be saved.");
      return;
    }
    const wrong = dialog.querySelector("[aria-invalid='true'], .is-invalid, [role=alert]");
    wrong?.focus();
    window.ops.announce("It was not saved. See what is wrong in the form.");
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-modal]");
    const dialog = link && document.getElementById(link.dataset.modal);
    if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link, dialog);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-close]")) event.target.closest("dialog")?.close();
  });

  document.addEventListener("submit", (event) => {
    const dialog = event.target.closest("dialog.window");
    if (!dialog || event.target.getAttribute("method")?.toLowerCase() !== "post" || event.defaultPrevented) return;
    event.preventDefault();
    const submitter = event.submitter;
    if (submitter) submitter.disabled = true;
    send(event.target, dialog, submitter?.name ? submitter : undefined).finally(() => {
      if (submitter) submitter.disabled = false;
    });
  });
})();
