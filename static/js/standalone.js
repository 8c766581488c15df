/* Pages outside the frame: an error leads back to where one was. */
"use strict";

(() => {
  window.ops.ready((root) => {
    // Whoever is asked to sign in sees nothing in other tabs either.
    if (root.querySelector("[data-signed-out]")) new BroadcastChannel("made-for").postMessage("nobody");
    if (history.length > 1) for (const button of root.querySelectorAll("[data-back]")) button.hidden = false;
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-back]")) history.back();
  });
})();
