/* A password can be looked at while it is typed. */
"use strict";

(() => {
  function show(button, yes) {
    document.getElementById(button.dataset.reveal).type = yes ? "text" : "password";
    button.setAttribute("aria-pressed", String(yes));
  }

  window.ops.ready((root) => {
    for (const button of root.querySelectorAll("[data-reveal]")) button.hidden = false;
  });

  document.addEventListener("click", (event) => {
    const reveal = event.target.closest?.("[data-reveal]");
    if (reveal) show(reveal, reveal.getAttribute("aria-pressed") !== "true");
  });

  // What is sent, and kept by the browser, is a password again.
  document.addEventListener("submit", (event) => {
    for (const button of event.target.querySelectorAll("[data-reveal]")) show(button, false);
  });
})();
