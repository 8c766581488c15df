/* Selects that can be searched, by the roles that Flask-Admin's widgets have: Tom Select, which only pages with forms load.
   Without it a select is the browser's own, and tags and look-ups are lines of text. */
"use strict";

(() => {
  const PAGE = 20;
  const MANY = 300;
  const BLANK = "__None";

  /** Lines in a list of options must be options themselves, for those who hear them. */
  const line = (text, name) => {
    const shown = document.createElement("div");
    shown.className = name;
    shown.setAttribute("role", "option");
    shown.setAttribute("aria-disabled", "true");
    shown.textContent = text;
    return shown;
  };

  const RENDER = {
    no_results: (data) => line(data.input ? `Nothing matches “${data.input}”.` : "Nothing to choose from.", "no-results"),
    loading: () => line("Looking …", "loading"),
    not_loading: () => null,
    no_more_results: () => null,
    loading_more: () => line("Looking for more …", "loading"),
    option_create: (data) => {
      const shown = line(`Add “${data.input}”`, "create");
      shown.removeAttribute("aria-disabled");
      return shown;
    },
  };

  /** A chosen value, with a button that says what it removes. */
  const chip = (data) => {
    const item = document.createElement("div");
    const remove = document.createElement("span");
    remove.className = "remove";
    remove.setAttribute("role", "button");
    remove.setAttribute("aria-label", `Remove ${data.text}`);
    remove.textContent = "×";
    item.append(data.text, remove);
    return item;
  };

  const chips = (multiple) => (multiple ? { item: chip } : {});

  const SETTINGS = {
    select2(select) {
      const blank = [...select.options].find((option) => option.value === BLANK || option.value === "");
      if (blank && !blank.textContent.trim()) blank.textContent = "None";
      return { render: chips(select.multiple), maxOptions: MANY, allowEmptyOption: true, onDelete: () => select.multiple };
    },

    "select2-tags"(input) {
      const tags = JSON.parse(input.dataset.tags ?? "[]");
      const separators = input.dataset.tokenSeparators ? JSON.parse(input.dataset.tokenSeparators) : [","];
      return {
        delimiter: ",",
        create: true,
        createOnBlur: true,
        persist: false,
        duplicates: input.dataset.allowDuplicateTags === "true",
        splitOn: new RegExp(separators.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")),
        options: [...tags, ...input.value.split(",")].map((tag) => ({ value: tag, text: tag })),
        render: { ...chips(true), no_results: () => null },
      };
    },

    "select2-ajax"(input) {
      const multiple = input.dataset.multiple === "1";
      const least = Number(input.dataset.minimumInputLength ?? 1);
      const chosen = JSON.parse(input.dataset.json ?? "null") ?? [];
      const options = (multiple ? chosen : [chosen].filter((one) => one.length)).map(toOption);
      return {
        plugins: ["virtual_scroll"],
        delimiter: multiple ? input.dataset.separator || "," : "\u0000",
        maxItems: multiple ? null : 1,
        maxOptions: null,
        options,
        items: options.map((option) => option.value),
        placeholder: input.dataset.placeholder,
        preload: least === 0 ? "focus" : false,
        shouldLoad: (query) => query.length >= least,
        score: () => () => 1,
        firstUrl: (query) => lookUp(input, query, 0),
        load(query, done) {
          load(this, input, query).then(done, () => {
            window.ops.announce("The look-up failed.");
            done();
          });
        },
        onDelete: () => multiple || input.dataset.allowBlank === "1",
        render: {
          ...chips(multiple),
          no_results: (data) => (data.input.length < least ? line(`Type ${least} or more letters.`, "no-results") : RENDER.no_results(data)),
        },
      };
    },
  };

  const toOption = ([id, text]) => ({ value: String(id), text });

  function lookUp(input, query, offset) {
    const address = new URL(input.dataset.url, document.baseURI);
    for (const [name, value] of Object.entries({ query, offset, limit: PAGE })) address.searchParams.set(name, value);
    return address.href;
  }

  async function load(select, input, query) {
    const address = new URL(select.getUrl(query));
    const answer = await window.ops.read(address, "application/json");
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    const offset = Number(address.searchParams.get("offset"));
    if (found.length === PAGE) select.setNextUrl(query, lookUp(input, query, offset + PAGE));
    return found.map(toOption);
  }

  /** What the control says of itself is what the field said. */
  function carryOver(from, select) {
    const control = select.focus_node;
    for (const element of [select.wrapper, select.dropdown]) element.classList.remove("form-select", "form-control");
    for (const name of ["aria-describedby", "aria-invalid", "aria-label"]) {
      if (from.hasAttribute(name)) control.setAttribute(name, from.getAttribute(name));
    }
    from.setAttribute("aria-hidden", "true");
    if (from.required) control.setAttribute("aria-required", "true");
    if (from.hasAttribute("autofocus")) select.focus();
  }

  /** The buttons of chips act on a click alone, so that the list does not open under them. */
  function listenToChips(select) {
    const chosen = (event) => event.target.closest(".remove")?.closest(".item");
    select.control.addEventListener("mousedown", (event) => {
      if (!chosen(event)) return;
      event.preventDefault();
      event.stopPropagation();
    }, true);
    select.control.addEventListener("click", (event) => {
      const item = chosen(event);
      if (!item) return;
      event.preventDefault();
      event.stopPropagation();
      if (select.isLocked) return;
      const text = item.firstChild.textContent;
      select.removeItem(item);
      select.refreshOptions(false);
      select.inputState();
      window.ops.announce(`${text} removed.`);
    }, true);
  }

  /**
   * Make the selects of a part of the page searchable.
   * @param {Document | Element} root
   */
  function upgrade(root) {
    if (!window.TomSelect) return;
    for (const [role, settingsOf] of Object.entries(SETTINGS)) {
      for (const field of root.querySelectorAll(`:is(input, select)[data-role="${role}"]:not(.tomselected)`)) {
        const settings = settingsOf(field);
        settings.render = { ...RENDER, ...settings.render };
        const select = new window.TomSelect(field, settings);
        carryOver(field, select);
        listenToChips(select);
      }
    }
  }

  window.ops.ready(upgrade);
  // A page that was not written for this theme loads Tom Select after these scripts.
  if (!window.TomSelect) document.addEventListener("DOMContentLoaded", () => upgrade(document));
})();
