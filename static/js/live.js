/* Parts of the page that renew themselves: see the macro `live` in templates/console/_widget.html. */
"use strict";

(() => {
  const live = () => document.getElementById("live");

  function tell(state, words) {
    const shown = live();
    if (!shown || shown.dataset.state === state) return;
    shown.hidden = false;
    shown.dataset.state = state;
    shown.textContent = words;
  }

  document.addEventListener("htmx:after:request", (event) => {
    if (event.detail.ctx.response.status < 400) tell("live", "Live");
    else tell("reconnecting", "Reconnecting");
  });

  document.addEventListener("htmx:error", () => tell("reconnecting", "Reconnecting"));
})();
