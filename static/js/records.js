/* Buttons that copy what an address answers: `<button data-copy-from="/api/…">`, asked for only then, so that it is as it is now. */
"use strict";

(() => {
  async function json(address) {
    const answer = await window.ops.read(address, "application/json");
    if (!answer.ok) throw new Error(`It answered ${answer.status}.`);
    return new Blob([JSON.stringify(await answer.json(), null, 2)], { type: "text/plain" });
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy-from]");
    if (!button) return;
    try {
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": json(button.dataset.copyFrom) })]);
    } catch {
      window.ops.announce("It could not be copied.");
      return;
    }
    button.dataset.copied = "";
    setTimeout(() => delete button.dataset.copied, 1500);
    window.ops.announce("Copied.");
  });
})();
