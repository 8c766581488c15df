/* Dates and times are the browser's own inputs; what is sent is the text that the field's server side reads. Without this they are
   lines of text with an example beside them. A time that nobody touches is sent as it came, to the microsecond. */
"use strict";

(() => {
  const ROLES = {
    datepicker: ["date", "%Y-%m-%d"],
    datetimepicker: ["datetime-local", "%Y-%m-%d %H:%M:%S"],
    timepicker: ["time", "%H:%M:%S"],
  };
  const DIGITS = { "%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2 };
  const MOMENT = { YYYY: "%Y", MM: "%m", DD: "%d", HH: "%H", mm: "%M", ss: "%S" };
  const known = new WeakMap();

  const fromMoment = (format) => format.replace(/YYYY|MM|DD|HH|mm|ss/g, (token) => MOMENT[token]);

  /** The parts of a text by their tokens; null where it is not of this form, or the form is one that no native input has. */
  function parse(text, format) {
    const tokens = [];
    const pattern = format.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/%(.)/g, (token) => {
      tokens.push(token);
      if (token === "%f") return "(\\d{1,6})";
      return DIGITS[token] ? `(\\d{${DIGITS[token]}})` : "(?!)";
    });
    const match = new RegExp(`^${pattern}$`).exec(text.trim());
    return match && Object.fromEntries(tokens.map((token, index) => [token, match[index + 1]]));
  }

  const write = (parts, format) => format.replace(/%(.)/g, (token) => parts[token] ?? (token === "%f" ? "000000" : "00"));

  function kindOf(format) {
    const hasDate = ["%Y", "%m", "%d"].every((token) => format.includes(token));
    const hasTime = format.includes("%H") && format.includes("%M");
    if (/%(?![YmdHMSf])/.test(format)) return null;
    if (hasDate) return hasTime ? "datetime-local" : "date";
    return hasTime ? "time" : null;
  }

  const NATIVE = { date: "%Y-%m-%d", time: "%H:%M:%S", "datetime-local": "%Y-%m-%dT%H:%M:%S" };

  /** What is in a native input, with its seconds, which browsers leave out where they are zero. */
  function nativeParts(value, kind) {
    return parse(/^(.*T)?\d\d:\d\d$/.test(value) ? `${value}:00` : value.replace(/\.\d+$/, ""), NATIVE[kind]);
  }

  function formatsOf(input) {
    if (input.dataset.format) return input.dataset.format.split("|");
    if (input.dataset.dateFormat) return [fromMoment(input.dataset.dateFormat)];
    const role = ROLES[input.dataset.role];
    return role ? [role[1]] : [];
  }

  /** What the field is to send. */
  function textOf(input) {
    const was = known.get(input);
    if (input.value === was.value) return was.text;
    const parts = input.value && nativeParts(input.value, was.kind);
    return parts ? write(parts, was.formats[0]) : input.value;
  }

  function upgrade(input) {
    const formats = formatsOf(input);
    const kind = formats.length ? kindOf(formats[0]) : null;
    if (!kind || known.has(input)) return;
    const text = input.value;
    const parts = text && formats.map((format) => parse(text, format)).find(Boolean);
    if (text && !parts) return; // what cannot be read stays as it was typed
    input.type = kind;
    if (kind !== "date") input.step = "1";
    const value = parts ? write(parts, NATIVE[kind]) : "";
    input.setAttribute("value", value);
    input.value = value;
    known.set(input, { text, value: input.value, kind, formats });
    forgetExample(input);
  }

  function forgetExample(input) {
    const id = `${input.id}-example`;
    document.getElementById(id)?.remove();
    const rest = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
    if (rest.length) input.setAttribute("aria-describedby", rest.join(" "));
    else input.removeAttribute("aria-describedby");
  }

  document.addEventListener("formdata", (event) => {
    const fields = [...event.target.elements].filter((field) => field.name && !field.disabled);
    for (const name of new Set(fields.filter((field) => known.has(field)).map((field) => field.name))) {
      const same = fields.filter((field) => field.name === name);
      const values = event.formData.getAll(name);
      if (values.length !== same.length) continue;
      event.formData.delete(name);
      same.forEach((field, index) => event.formData.append(name, known.has(field) ? textOf(field) : values[index]));
    }
  });

  window.ops.ready((root) => {
    const singles = Object.keys(ROLES).map((role) => `input[data-role="${role}"]`);
    for (const input of root.querySelectorAll(["input[data-format]", ...singles].join())) upgrade(input);
  });
})();
