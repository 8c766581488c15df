/* Tabs share one sign-in. Once another tab has begun, or stopped, acting as somebody, this one says that its page is out of date;
   until then the server alone would, at the next press. */
"use strict";

(() => {
  const channel = new BroadcastChannel("made-for");

  document.addEventListener("ops:out-of-date", () => {
    const banner = document.getElementById("out-of-date");
    if (!banner) return;
    for (const other of document.querySelectorAll(".acting")) other.hidden = true; // it names whom one no longer acts as
    banner.hidden = false;
  });

  channel.addEventListener("message", (event) => {
    if (event.data === "nobody") window.location.reload(); // and so to the sign-in; a form with changes asks before
    else if (event.data !== window.ops.madeFor) document.dispatchEvent(new CustomEvent("ops:out-of-date"));
  });

  window.ops.ready((root) => {
    if (root === document && window.ops.madeFor) channel.postMessage(window.ops.madeFor);
  });
})();
