/* The choice of a list's columns: its arrows move the lines at once, and one column always stays. Without scripts each arrow
   is answered with the list. */
"use strict";

(() => {
  function move(button) {
    const line = button.closest("li");
    const isUp = button.name === "up";
    const other = isUp ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (isUp) other.before(line);
    else other.after(line);
    const isLast = isUp ? !line.previousElementSibling : !line.nextElementSibling;
    const next = isLast ? line.querySelector(`[name="${isUp ? "down" : "up"}"]`) : button; // an arrow at the end is hidden
    next.focus();
    line.scrollIntoView({ block: "nearest" });
    const place = [...line.parentElement.children].indexOf(line) + 1;
    window.ops.announce(`${line.querySelector("label").textContent.trim()} is column ${place}.`);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-columns] .columns-move");
    if (!button) return;
    event.preventDefault();
    move(button);
  });

  // The last column that is ticked stays so: a list without columns shows nothing.
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-columns] [name='column']") || box.form.querySelector("[name='column']:checked")) return;
    event.preventDefault();
    window.ops.announce("A list shows at least one column.");
  });
})();
