/* What changes by itself, at a time that is known before: a host whose circuit is to be tried again, a deploy that is due.
   `data-live-in="27"` beside data-live="host …" renews the part once, 27 seconds after it was made; it then says when next. */
"use strict";

(() => {
  const KIND = "host";
  const LONGEST_MS = 2 ** 31 - 1; // what is further off than browsers can wait for is not waited for
  let timer = 0;
  let isDue = false;

  const isPaused = () => document.getElementById("live")?.dataset.state === "paused";

  function look() {
    isDue = document.hidden || isPaused();
    if (!isDue) document.dispatchEvent(new CustomEvent("ops:change", { detail: { kind: KIND, ids: [], count: 0 } }));
  }

  window.ops.ready((root) => {
    const part = root === document ? document.querySelector("[data-live-in]") : root.closest("[data-live-in]");
    if (!part) return;
    clearTimeout(timer);
    const wait = Number(part.dataset.liveIn) * 1000;
    if (wait < LONGEST_MS) timer = setTimeout(look, wait);
  });

  // A page that is seen again, or that goes on, makes good what was due meanwhile.
  document.addEventListener("visibilitychange", () => isDue && look());
  document.addEventListener("click", (event) => isDue && event.target.closest?.("#live") && setTimeout(look));
})();
