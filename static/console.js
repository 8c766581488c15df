/* What the pages do beyond HTML; nothing here is needed to read or to act. */
"use strict";

(() => {
  const live = document.getElementById("live");

  /** Say whether the page renews itself. */
  function tell(state, words) {
    if (!live || live.dataset.state === state) return;
    live.hidden = false;
    live.dataset.state = state;
    live.textContent = words;
  }

  const isPoll = (event) => event.detail.ctx.sourceEvent?.type === "every";

  // A tab that nobody looks at asks for nothing.
  document.addEventListener("htmx:before:request", (event) => {
    if (isPoll(event) && document.hidden) event.preventDefault();
  });

  // Whoever was signed out meanwhile is sent to sign in: the whole page, never a form inside a widget.
  document.addEventListener("htmx:before:response", (event) => {
    const response = event.detail.ctx.response;
    if (!response.raw.redirected && response.status !== 401) return;
    event.preventDefault();
    window.location.reload();
  });

  document.addEventListener("htmx:after:request", (event) => {
    if (event.detail.ctx.response.status < 400) tell("live", "Live");
    else tell("away", "Reconnecting");
  });

  // What has ended renews itself no more.
  document.addEventListener("htmx:after:swap", () => {
    if (live && !document.querySelector("[hx-trigger^='every']")) live.hidden = true;
  });

  document.addEventListener("htmx:error", () => tell("away", "Reconnecting"));

  if (live && window.htmx) tell("live", "Live");
})();
