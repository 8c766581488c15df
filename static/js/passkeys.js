/* Passkeys: `<form data-passkey="get|create" data-options="/where/to/ask" action="/where/to/answer">`. The browser asks the
   person, the server checks what comes of it; without a script, or on an address that takes none, the form stays hidden. */
"use strict";

(() => {
  const WORDS = {
    NotAllowedError: "No passkey was used: it was cancelled, or it took too long.",
    InvalidStateError: "This device has a passkey for this account already.",
    SecurityError: "Browsers take no passkeys at this address.",
  };
  const isAble = typeof window.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";

  class Refusal extends Error {}

  window.ops.ready((root) => {
    for (const part of root.querySelectorAll(isAble ? "[data-passkey]" : "[data-no-passkeys]")) part.hidden = false;
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.passkey) return;
    event.preventDefault();
    carryOut(form);
  });

  async function carryOut(form) {
    const button = form.querySelector("[type='submit']");
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    say(form, "");
    try {
      const asked = await send(form.dataset.options, new FormData(form));
      const sent = new FormData(form);
      sent.set("state", asked.state);
      sent.set("credential", JSON.stringify((await ask(form.dataset.passkey, asked.options)).toJSON()));
      window.location.assign((await send(form.action, sent)).location);
    } catch (error) {
      say(form, error instanceof Refusal ? error.message : WORDS[error.name] ?? "That did not work. Try again.");
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  function ask(kind, options) {
    if (kind === "create") {
      return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    }
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  }

  // A page that asks for a fresh sign-in leads elsewhere: opened anew, this one is led there and back.
  async function send(address, fields) {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      window.location.reload();
      return new Promise(() => {});
    }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    if (said.location) window.location.assign(said.location);
    throw new Refusal(said.message ?? (answer.status === 429 ? "Too many tries. Wait a little." : "That did not work. Try again."));
  }

  function say(form, text) {
    const place = form.querySelector("[data-refusal]");
    const words = place.querySelector("span") ?? place.appendChild(document.createElement("span"));
    words.textContent = text;
    place.hidden = !text;
    if (text) window.ops.announce(text);
  }
})();
