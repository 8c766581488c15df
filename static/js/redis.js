/* Redis by command: answers stay on the page, the newest last; arrows bring back earlier commands. */
"use strict";

(() => {
  const MOST = 128;
  const earlier = [];
  let place = 0;

  function say(log, kind, ...content) {
    const entry = document.createElement("div");
    entry.className = `console-${kind}`;
    entry.append(...content);
    log.append(entry);
    while (log.children.length > MOST) log.firstElementChild.remove();
    log.scrollTop = log.scrollHeight;
  }

  async function run(form, log) {
    const field = form.elements.cmd;
    const command = field.value.trim();
    if (!command) return;
    earlier.push(command);
    place = earlier.length;
    field.value = "";
    say(log, "command", `> ${command}`);
    const body = new URLSearchParams({ cmd: command });
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": window.ops.csrfToken } }).catch(() => null);
    if (!answer?.ok) {
      say(log, "error", "There was no answer.");
      return;
    }
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    say(log, "answer", ...parsed.body.childNodes);
  }

  document.addEventListener("submit", (event) => {
    const log = document.querySelector("[data-redis-log]");
    if (!event.target.matches("[data-redis]") || !log) return;
    event.preventDefault();
    run(event.target, log);
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.closest?.("[data-redis]") || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    place = Math.min(Math.max(place + (event.key === "ArrowUp" ? -1 : 1), 0), earlier.length);
    event.target.value = earlier[place] ?? "";
  });
})();
