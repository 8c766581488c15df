// What the tests ask of axe-core, which stands in each page already. Nothing here is served by the console.
(() => {
  "use strict";
  const COLOURS = ["color-contrast", "link-in-text-block"];
  const SIZES = ["target-size", "scrollable-region-focusable"];
  const judged = new WeakSet();
  let looks = new Map();

  /** What is painted behind an element: its own background, and those below it that shine through. */
  function backdrop(element, known) {
    if (!element) return "";
    if (!known.has(element)) {
      const { backgroundColor: colour, backgroundImage: image, opacity } = getComputedStyle(element);
      const own = [colour, image, opacity === "1" ? "" : opacity].join(" ");
      const shinesThrough = !/^(rgb\(|#)/.test(colour) || opacity !== "1";
      known.set(element, shinesThrough ? `${own} on ${backdrop(element.parentElement, known)}` : own);
    }
    return known.get(element);
  }

  function hasText(element) {
    if (element.matches("input, select, textarea")) return true;
    return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  }

  function look(element, known) {
    const style = getComputedStyle(element);
    const around = element.matches("a") ? `${getComputedStyle(element.parentElement).color} ${style.textDecorationLine}` : "";
    return [style.color, style.fontSize, style.fontWeight, style.textShadow, around, backdrop(element, known)].join("; ");
  }

  async function run(context, options) {
    const results = await axe.run(context, { resultTypes: ["violations"], preload: false, ...options });
    return results.violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => {
        const why = [...node.any, ...node.all, ...node.none].map((check) => check.message)[0] || "";
        return `${id}: ${node.target.join(" ")} (${why})`;
      }),
    );
  }

  /** The looks of the visible text: text of one colour and size on one colour is right or wrong wherever it stands. */
  window.listLooks = () => {
    const known = new Map();
    looks = new Map();
    for (const element of document.body.querySelectorAll("*")) {
      if (!hasText(element) || !element.checkVisibility({ visibilityProperty: true })) continue;
      const its = look(element, known);
      if (!looks.has(its)) looks.set(its, element);
    }
    return [...looks.keys()];
  };

  /** What the rules on colours say of the first text with each of these looks. */
  window.judgeLooks = (chosen) =>
    run({ include: chosen.map((its) => looks.get(its)) }, { runOnly: { type: "rule", values: COLOURS } });

  /** What is seen here for the first time at this width, each as its markup, the outermost alone. */
  window.listNew = () => {
    const fresh = [...document.body.querySelectorAll("*")].filter((element) => element.checkVisibility() && !judged.has(element));
    fresh.forEach((element) => judged.add(element));
    return fresh.filter((element) => !fresh.includes(element.parentElement)).map((element) => element.outerHTML);
  };

  /** What all rules but those on colours say of the whole page, those of best practice too. */
  window.judgePage = () => run(document, { rules: Object.fromEntries(COLOURS.map((rule) => [rule, { enabled: false }])) });

  /** What those rules say that measure. */
  window.judgeSizes = () => run(document, { runOnly: { type: "rule", values: SIZES } });
})();
