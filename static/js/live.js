/* The live connection: what changed in the database, told to the page as `ops:change` and `ops:resync`, and how the
   connection stands. A hidden tab closes it, so that it asks for nothing; what it missed is sent, or asked for, once it is seen. */
"use strict";

(() => {
  const WORDS = {
    live: ["Live", "Live: this page renews itself. Press to pause."],
    reconnecting: ["Reconnecting", "The connection is lost and being tried again. Press to pause."],
    paused: ["Paused", "Paused: this page stays as it is. Press to go on."],
  };
  const FIRST_WAIT_MS = 1000;
  const LONGEST_WAIT_MS = 30000;
  const GRACE_MS = 4000; // a page that is just being loaded, or a server that restarts, is no news

  let address = "";
  let source = null;
  let lastId = "";
  let wait = FIRST_WAIT_MS;
  let retry = 0;
  let doubt = 0;
  let isPaused = false;
  let state = "";

  function show(next) {
    clearTimeout(doubt);
    doubt = 0;
    if (next === state) return;
    const before = state;
    state = next;
    const button = document.getElementById("live");
    if (!button) return;
    const [words, help] = WORDS[next];
    button.hidden = false;
    button.dataset.state = next;
    button.title = help;
    button.setAttribute("aria-pressed", String(next === "paused"));
    button.querySelector(".live-words").textContent = words;
    if (before && next === "reconnecting") window.ops.announce("The live connection is lost. Reconnecting.");
    if (before && before !== "live" && next === "live") window.ops.announce("This page is live again.");
  }

  function doubtful() {
    if (state === "reconnecting" || doubt) return;
    doubt = setTimeout(() => show("reconnecting"), GRACE_MS);
  }

  function tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  function hear(event, name) {
    if (event.lastEventId) lastId = event.lastEventId;
    tell(name, name === "ops:change" ? JSON.parse(event.data) : {});
  }

  function open() {
    clearTimeout(retry);
    if (source || isPaused || document.hidden) return;
    const from = new URL(address, location.href);
    if (lastId) from.searchParams.set("last_event_id", lastId);
    source = new EventSource(from);
    source.addEventListener("ready", (event) => {
      if (event.lastEventId) lastId = event.lastEventId;
      wait = FIRST_WAIT_MS;
      show("live");
    });
    source.addEventListener("change", (event) => hear(event, "ops:change"));
    source.addEventListener("resync", (event) => hear(event, "ops:resync"));
    source.onerror = () => {
      doubtful();
      if (source?.readyState === EventSource.CLOSED) reopenLater();
    };
  }

  function close() {
    clearTimeout(retry);
    source?.close();
    source = null;
  }

  /** The server refused, so that the browser gives up: try again, and look at the page, which may be signed out. */
  function reopenLater() {
    close();
    retry = setTimeout(() => {
      tell("ops:resync", {});
      open();
    }, wait * (0.75 + Math.random() / 2)); // not all pages at once
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  function pause(yes) {
    isPaused = yes;
    if (yes) {
      close();
      show("paused");
      window.ops.announce("Paused. This page stays as it is.");
    } else {
      tell("ops:resync", {});
      open();
      doubtful();
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else open();
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    tell("ops:resync", {});
    open();
  });
  window.addEventListener("offline", () => show("reconnecting"));
  window.addEventListener("online", () => {
    close();
    open();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#live")) pause(!isPaused);
  });

  document.addEventListener("ops:out-of-date", () => {
    isPaused = true;
    close();
    show("paused");
  });

  window.ops.ready((root) => {
    if (root !== document || !document.querySelector("[data-live]")) return;
    address = document.body.dataset.events ?? "";
    lastId = document.body.dataset.seen ?? ""; // what happened since the page was made is sent first
    if (address) open();
  });
})();
