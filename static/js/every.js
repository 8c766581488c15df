/* What the database tells nobody of, such as a host that is paused, is asked for from time to time:
   `data-live-every="10"` beside data-live="host …" renews the part every 10 seconds, while somebody looks and nothing is paused. */
"use strict";

(() => {
  const KIND = "host";

  function look() {
    if (document.hidden || document.getElementById("live")?.dataset.state === "paused") return;
    document.dispatchEvent(new CustomEvent("ops:change", { detail: { kind: KIND, ids: [], count: 0 } }));
  }

  window.ops.ready((root) => {
    const part = root === document && document.querySelector("[data-live-every]");
    if (part) setInterval(look, Number(part.dataset.liveEvery) * 1000);
  });
})();
