/* Pages outside the frame: a password can be looked at while it is typed, and an error leads back to where one was. */
"use strict";

(() => {
  function show(button, yes) {
    document.getElementById(button.dataset.reveal).type = yes ? "text" : "password";
    button.setAttribute("aria-pressed", String(yes));
  }

  window.ops.ready((root) => {
    for (const button of root.querySelectorAll("[data-reveal]")) button.hidden = false;
    if (history.length > 1) for (const button of root.querySelectorAll("[data-back]")) button.hidden = false;
  });

  document.addEventListener("click", (event) => {
    const reveal = event.target.closest?.("[data-reveal]");
    if (reveal) show(reveal, reveal.getAttribute("aria-pressed") !== "true");
    if (event.target.closest?.("[data-back]")) history.back();
  });

  // What is sent, and kept by the browser, is a password again.
  document.addEventListener("submit", (event) => {
    for (const button of event.target.querySelectorAll("[data-reveal]")) show(button, false);
  });
})();
