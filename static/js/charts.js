/* Charts of the console page, drawn by uPlot from the tables behind them: the tables are the one source of the numbers, and what
   those read who don't see the charts. */
"use strict";

(() => {
  const drawn = new Map(); // by plot element: the chart and what watches its size

  let colours = null;

  /** The colours as they are now, read once for each theme, since reading one has the browser work out the whole page. Custom
      properties alone would say `light-dark(…)`. */
  function readColours(figure) {
    const of = (selector, property) => getComputedStyle(figure.querySelector(selector))[property];
    const keys = [...document.querySelectorAll(".chart-legend [data-key]")];
    return {
      ink: of(".chart-words", "color"),
      line: getComputedStyle(figure.closest(".card")).borderTopColor,
      font: `11px ${getComputedStyle(document.body).fontFamily}`,
      ...Object.fromEntries(keys.map((swatch) => [swatch.dataset.key, getComputedStyle(swatch).backgroundColor])),
    };
  }

  const numbersOf = (figure) => {
    const rows = [...figure.querySelectorAll("tbody tr")];
    return {
      labels: rows.map((row) => row.querySelector("th").textContent),
      starts: rows.map((row) => Number(row.dataset.at)),
      columns: [...figure.querySelectorAll("thead [data-series]")].map((head, place) => ({
        key: head.dataset.series,
        label: head.textContent,
        counts: rows.map((row) => Number(row.querySelectorAll("data")[place].value)),
      })),
    };
  };

  const faint = (colour) => colour.replace(/^rgb\((.+)\)$/, "rgba($1, 0.12)");

  /** Bars that stand on one another: each is as high as itself and those after it. */
  const asBars = (columns) => {
    const heights = columns.map((column, place) =>
      column.counts.map((_, at) => columns.slice(place).reduce((sum, other) => sum + other.counts[at], 0)));
    const order = columns.map((_, place) => place);
    const paths = window.uPlot.paths.bars({ size: [0.72, 28], radius: 0.12 });
    return {
      data: order.map((place) => heights[place]),
      series: order.map((place) => ({
        label: columns[place].label,
        fill: colours[columns[place].key],
        width: 0,
        paths,
        points: { show: false },
      })),
    };
  };

  const asLines = (columns) => ({
    data: columns.map((column) => column.counts),
    series: columns.map((column, place) => {
      const colour = colours[column.key];
      return {
        label: column.label,
        stroke: colour,
        fill: place === 0 ? faint(colour) : undefined,
        width: 1.5,
        dash: column.key === "given_up" ? [4, 3] : undefined,
        points: { show: false },
      };
    }),
  });

  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (number) => String(number).padStart(2, "0");

  const tick = (span) => (seconds) => {
    const at = new Date(seconds * 1000);
    const isDay = span >= 86400 || (at.getUTCHours() === 0 && span > 3600);
    return isDay ? `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}` : `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  };

  const axes = (span) => {
    const shared = { stroke: colours.ink, font: colours.font, ticks: { show: false } };
    const label = tick(span);
    return [
      {
        ...shared,
        grid: { show: false },
        size: 24,
        gap: 6,
        space: 56,
        incrs: span === 3600 ? [10800, 21600] : [86400, 172800, 345600, 604800],
        values: (_, splits) => splits.map(label),
      },
      {
        ...shared,
        grid: { stroke: colours.line, width: 1 },
        size: 40,
        gap: 6,
        space: 36,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6],
        values: (_, splits) => splits.map((split) => (split >= 10000 ? `${split / 1000}k` : split.toLocaleString("en"))),
      },
    ];
  };

  /** What stands below the chart: all in words, or what the pointer is at. */
  const readOut = (figure, numbers) => (chart) => {
    const words = figure.querySelector(".chart-words");
    const at = chart.cursor.idx;
    words.textContent = at === null || at === undefined || chart.cursor.left < 0
      ? words.dataset.words
      : `${numbers.labels[at]}: ${numbers.columns.map((column) => `${column.counts[at].toLocaleString("en")} ${column.label.toLowerCase()}`).join(", ")}.`;
  };

  function draw(figure, { width, height }) {
    const plot = figure.querySelector(".chart-plot");
    const span = Number(figure.closest("[data-span]").dataset.span);
    const numbers = numbersOf(figure);
    const { data, series } = (figure.dataset.chart === "attempts" ? asBars : asLines)(numbers.columns);
    const half = figure.dataset.chart === "attempts" ? span / 2 : 0;
    const most = Math.max(1, ...data.flat());
    const chart = new window.uPlot({
      width: Math.max(width, 120),
      height,
      tzDate: (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: figure.dataset.chart !== "attempts" } },
      scales: {
        x: { range: (_, least, last) => [least - half, last + half] },
        y: { range: () => [0, most * 1.08] },
      },
      axes: axes(span),
      series: [{}, ...series],
      hooks: { setCursor: [readOut(figure, numbers)] },
    }, [numbers.starts, ...data], plot);
    const watch = new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width && contentRect.width !== chart.width) chart.setSize(contentRect);
    });
    watch.observe(plot);
    drawn.set(plot, { chart, watch });
  }

  function forget(plot) {
    const known = drawn.get(plot);
    if (!known) return;
    known.watch.disconnect();
    known.chart.destroy();
    drawn.delete(plot);
  }

  /** Asked for how large something is, the browser would lay out the whole page: a chart that is drawn anew keeps its size. */
  const sizeOf = (plot) => drawn.get(plot)?.chart ?? plot.getBoundingClientRect();

  function redraw(figures) {
    if (!figures.length) return;
    colours ??= readColours(figures[0]);
    for (const figure of figures) {
      const plot = figure.querySelector(".chart-plot");
      const { width, height } = sizeOf(plot);
      forget(plot);
      draw(figure, { width, height });
    }
  }

  let library = null;

  /** uPlot, fetched when the first chart comes into sight: most who open the page never need it. */
  function fetched(figure) {
    library ??= new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = figure.dataset.library;
      script.addEventListener("load", resolve);
      document.head.append(script);
    });
    return library;
  }

  /** Charts are drawn as they come into sight, each in a task of its own, so that none keeps the page from answering. */
  const sight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      sight.unobserve(target);
      fetched(target).then(() => setTimeout(() => target.isConnected && redraw([target]), 0));
    }
  });

  /** A swap takes away what was drawn: it is drawn anew before anybody sees that. */
  function begin(root) {
    for (const plot of [...drawn.keys()]) {
      if (!plot.isConnected) forget(plot);
    }
    const figures = [...root.querySelectorAll("[data-chart]")];
    const isDrawn = (figure) => drawn.has(figure.querySelector(".chart-plot"));
    figures.filter((figure) => !isDrawn(figure)).forEach((figure) => sight.observe(figure));
    redraw(figures.filter(isDrawn));
  }

  function redrawAll() {
    colours = null;
    redraw([...drawn.keys()].map((plot) => plot.closest("[data-chart]")));
  }

  window.ops.ready((root) => {
    begin(root);
  });
  new MutationObserver(redrawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
})();
