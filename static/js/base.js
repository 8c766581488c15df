/* What the other scripts share, as `window.ops`. Nothing here is needed to read or to act. */
"use strict";

(() => {
  const starters = [];

  const ops = {
    /**
     * Call `start(root)` for the document once it is there, and for every part that is swapped in later.
     * @param {(root: Document | Element) => void} start
     */
    ready(start) {
      starters.push(start);
      if (document.readyState !== "loading") start(document);
    },

    /** Begin with a part that came later. */
    begin(root) {
      for (const start of starters) start(root);
    },

    /** Say something to those who listen rather than look. */
    announce(text) {
      const announcer = document.getElementById("announcer");
      if (!announcer) return;
      announcer.textContent = "";
      setTimeout(() => { announcer.textContent = text; }, 50);
    },

    /** The token that each POST of a script carries. */
    get csrfToken() {
      return document.querySelector("meta[name='csrf-token']")?.content ?? "";
    },
    /** For whom the page was made, as scripts say it that only read: the server answers them as nobody else. */
    get madeFor() {
      return document.querySelector("meta[name='made-for']")?.content ?? "";
    },

    /** Whether an answer says that the browser has begun, or stopped, acting as somebody since the page was made. */
    isOutOfDate(answer) {
      const yes = answer?.headers.has("X-Made-For") === true;
      if (yes) document.dispatchEvent(new CustomEvent("ops:out-of-date"));
      return yes;
    },

    /** Read something for this page. */
    async read(address, type) {
      const answer = await fetch(address, { headers: { Accept: type, "X-Made-For": ops.madeFor } });
      ops.isOutOfDate(answer);
      return answer;
    },
  };

  window.ops = ops;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => ops.begin(document));
})();
