/* Theme, density and keys change at once; the form behind each button does the same where no script runs. */
"use strict";

(() => {
  const ATTRIBUTES = { theme: "bsTheme", density: "density", keys: "keys" };
  const DEFAULTS = { theme: "system", density: "comfortable", keys: "on" };
  const root = document.documentElement;

  function apply(name, value) {
    if (value === DEFAULTS[name]) delete root.dataset[ATTRIBUTES[name]];
    else root.dataset[ATTRIBUTES[name]] = value;
    document.cookie = `console_${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
    for (const button of document.querySelectorAll(`[data-preference="${name}"] button`)) {
      button.setAttribute("aria-pressed", String(button.value === value));
    }
    document.dispatchEvent(new CustomEvent("ops:preference", { detail: { name, value } }));
  }

  document.addEventListener("submit", (event) => {
    const name = event.target.dataset?.preference;
    if (!name || !event.submitter) return;
    event.preventDefault();
    apply(name, event.submitter.value);
    window.ops.announce(`${event.submitter.textContent.trim()} is chosen.`);
  });

  window.ops.prefer = apply;
})();
