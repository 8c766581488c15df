/* Finding a field on a details page. */
"use strict";

(() => {
  document.addEventListener("input", (event) => {
    const search = event.target.closest?.("[data-details-search]");
    if (!search) return;
    const words = event.target.value.trim().toLowerCase();
    const details = search.parentElement.querySelector(".details");
    let found = 0;
    for (const section of details.querySelectorAll("[data-details-section]")) {
      let shown = 0;
      for (const fact of section.querySelectorAll("[data-fact]")) {
        fact.hidden = !fact.textContent.toLowerCase().includes(words);
        if (!fact.hidden) shown += 1;
      }
      section.hidden = shown === 0;
      found += shown;
    }
    window.ops.announce(`${found} ${found === 1 ? "field" : "fields"}.`);
  });

  window.ops.ready((root) => {
    for (const search of root.querySelectorAll("[data-details-search][hidden]")) search.hidden = false;
  });
})();
