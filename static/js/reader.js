/* The reader: a link with `data-reader="<address of a part>"` opens the whole attempt beside the page, in a dialog from which Escape
   leads back to the link. Without a script, or where the part can't be had, the link leads to the attempt's own page. */
"use strict";

(() => {
  let dialog = null;
  let opener = ""; // the address of the link that opened it, since the link itself may be renewed meanwhile

  function make() {
    dialog = document.createElement("dialog");
    dialog.className = "reader";
    dialog.setAttribute("aria-labelledby", "reader-title");
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-reader-close]")) dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.replaceChildren();
      if (document.activeElement && document.activeElement !== document.body) return;
      document.querySelector(`a[data-reader][href="${CSS.escape(opener)}"]`)?.focus();
    });
    document.body.append(dialog);
  }

  async function fetched(address) {
    const answer = await window.ops.read(address, "text/html").catch(() => null);
    if (!answer?.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("reader-content");
  }

  /** Show a part in the dialog; what was reached by keyboard stays reached: the step, or else the heading. */
  async function show(link, address) {
    const content = await fetched(address);
    if (!content) {
      window.location.assign(link.href);
      return;
    }
    if (!dialog) make();
    dialog.replaceChildren(document.importNode(content, true));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    window.htmx.process(dialog);
    window.ops.begin(dialog);
    document.getElementById("reader-title").focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-reader], a[data-reader-step]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.dataset.reader === undefined && !dialog?.contains(link)) return; // on the attempt's own page it is a link
    event.preventDefault();
    if (link.dataset.reader !== undefined) opener = link.getAttribute("href");
    show(link, link.dataset.reader ?? link.dataset.readerStep);
  });
})();
