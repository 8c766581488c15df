/* The page of an export: the browser's own time zone, all columns at once. And telling when a file is made. */
"use strict";

(() => {
  const known = new Map();

  function tell(part) {
    for (const row of part.querySelectorAll("[data-export-status]")) {
      const { exportStatus, exportName } = row.dataset;
      const before = known.get(row.id);
      known.set(row.id, exportStatus);
      if (before === undefined || before === exportStatus) continue;
      if (exportStatus === "ready") window.ops.toast({ text: `${exportName} is made.`, tone: "success" });
      if (exportStatus === "failed") window.ops.toast({ text: `${exportName} could not be made.`, tone: "danger" });
    }
  }

  function offer(form) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const mine = form.querySelector("[data-my-zone]");
    mine.hidden = !zone || zone === form.querySelector("[data-zone]").value;
    mine.textContent = `Use ${zone}`;
    form.querySelector("[data-export-all]").hidden = false;
    mine.addEventListener("click", () => { form.querySelector("[data-zone]").value = zone; });
    for (const button of form.querySelectorAll("[data-all]")) {
      button.addEventListener("click", () => {
        for (const box of form.querySelectorAll("[name=fields]")) box.checked = Boolean(button.dataset.all);
      });
    }
  }

  window.ops.ready((root) => {
    const scope = root.querySelector ? root : document;
    const form = scope.querySelector("[data-export]");
    if (form && !form.dataset.offered) {
      form.dataset.offered = "1";
      offer(form);
    }
    const part = root.matches?.("[data-exports]") ? root : scope.querySelector("[data-exports]");
    if (part) tell(part);
  });
})();
