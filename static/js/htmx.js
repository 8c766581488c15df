/* How htmx and the rest of the page go together. */
"use strict";

(() => {
  // By itself htmx begins a moment after the page is there, and would not hear whoever is quicker than that.
  window.htmx.process(document.body);

  // Whoever was signed out meanwhile is sent to sign in: the whole page, never a form inside a part of it.
  document.addEventListener("htmx:before:response", (event) => {
    const response = event.detail.ctx.response;
    if (window.ops.isOutOfDate(response.raw)) event.preventDefault();
    if (!response.raw.redirected && response.status !== 401) return;
    event.preventDefault();
    window.location.reload();
  });

  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx.request;
    request.headers["X-Made-For"] = window.ops.madeFor;
    if (request.method !== "GET") request.headers["X-CSRFToken"] = window.ops.csrfToken;
  });

  document.addEventListener("htmx:after:swap", (event) => window.ops.begin(event.detail.ctx.target ?? document));
})();
