/* Theme, density and keys change at once; the form behind each button does the same where no script runs. Density is kept
   with the person besides, so it is sent, too. */
"use strict";

(() => {
  const ATTRIBUTES = { theme: "bsTheme", density: "density", keys: "keys" };
  const DEFAULTS = { theme: "system", density: "comfortable", keys: "on" };
  const root = document.documentElement;

  function apply(name, value) {
    if (value === DEFAULTS[name]) delete root.dataset[ATTRIBUTES[name]];
    else root.dataset[ATTRIBUTES[name]] = value;
    const prefix = root.dataset.cookies ?? ""; // over TLS the server says so
    document.cookie = `${prefix}console_${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${prefix ? "; Secure" : ""}`;
    for (const button of document.querySelectorAll(`[data-preference="${name}"] button`)) {
      button.setAttribute("aria-pressed", String(button.value === value));
    }
    if (name === "density") keep(name, value);
    document.dispatchEvent(new CustomEvent("ops:preference", { detail: { name, value } }));
  }

  function keep(name, value) {
    const form = document.querySelector(`[data-preference="${name}"]`);
    if (!form) return;
    const body = new URLSearchParams({ csrf_token: window.ops.csrfToken, [name]: value });
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {
      window.ops.announce("It holds in this browser, but could not be kept for others.");
    });
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
