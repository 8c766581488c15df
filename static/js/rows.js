/* Rows that changed are marked. In a list (`data-live-rows`) they change where they stand, and new ones wait behind a pill. */
"use strict";

(() => {
  const EVERY_MS = 1000;
  const MARK_MS = 4000;
  let timer = 0;
  let last = 0;
  let before = new Map();

  /** What a row says, but for its times, which pass by themselves. */
  function saying(row) {
    const copy = row.cloneNode(true);
    for (const time of copy.querySelectorAll("relative-time, time, input")) time.remove();
    return copy.textContent.replace(/\s+/g, " ");
  }

  function mark(row) {
    row.dataset.changed = "";
    setTimeout(() => { delete row.dataset.changed; }, MARK_MS);
  }

  const rowsIn = (part) => [...part.querySelectorAll("[data-row]")];

  // Parts that htmx swaps: what differs afterwards is marked.
  document.addEventListener("htmx:before:swap", (event) => {
    const part = event.detail.ctx.sourceElement;
    if (part.dataset?.live !== undefined) before = new Map(rowsIn(part).map((row) => [row.dataset.row, saying(row)]));
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const part = document.getElementById(event.detail.ctx.sourceElement.id);
    if (part?.dataset.live === undefined || !before.size) return;
    for (const row of rowsIn(part)) if (before.get(row.dataset.row) !== saying(row)) mark(row);
    before = new Map();
  });

  // Lists: the same page is read again, and each row that is on the screen is renewed in its place.
  const list = () => document.querySelector("[data-live-rows]");

  async function renew() {
    timer = 0;
    last = performance.now();
    const answer = await window.ops.read(location.href, "text/html").catch(() => null);
    if (!answer?.ok) return;
    if (answer.redirected) {
      location.reload();
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = list();
    const fresh = page.querySelector("[data-live-rows]");
    if (shown && fresh) compare(shown, new Map(rowsIn(fresh).map((row) => [row.dataset.row, row])));
  }

  function compare(shown, fresh) {
    for (const row of rowsIn(shown)) {
      const other = fresh.get(row.dataset.row);
      fresh.delete(row.dataset.row);
      row.toggleAttribute("data-left", other === undefined);
      if (other && saying(other) !== saying(row)) replace(row, other);
    }
    pill(shown, fresh.size);
  }

  /** Put the new cells, or what a row of no table is made of, in the place of the old ones, but for those that hold what the person does: a tick, a focus. */
  function replace(row, other) {
    [...(row.cells ?? row.children)].forEach((cell, place) => {
      const next = (other.cells ?? other.children)[place];
      if (!next || cell.isEqualNode(next) || cell.querySelector("input[type=checkbox][name=rowid]") || cell.contains(document.activeElement)) return;
      cell.replaceWith(document.importNode(next, true));
    });
    window.htmx.process(row);
    window.ops.begin(row);
    mark(row);
  }

  function pill(shown, count) {
    const box = shown.closest("[data-live-box]") ?? shown.parentElement;
    let link = document.getElementById("new-rows");
    if (!count) {
      link?.remove();
      return;
    }
    if (!link) {
      link = document.createElement("a");
      link.id = "new-rows";
      link.className = "live-pill";
      link.href = location.href;
      box.before(link);
    }
    const words = `${count} new`;
    if (link.textContent === words) return;
    link.textContent = words;
    window.ops.announce(`${words}. Reload the list to see.`);
  }

  function plan() {
    if (timer || !list()) return;
    timer = setTimeout(renew, Math.max(0, last + EVERY_MS - performance.now()));
  }

  document.addEventListener("ops:change", (event) => {
    const kinds = list()?.dataset.live?.split(" ") ?? [];
    if (kinds.includes(event.detail.kind)) plan();
  });
  document.addEventListener("ops:resync", plan);
})();
