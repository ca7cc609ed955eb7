// Working by keyboard: single letters open places and press buttons, arrows walk through results.
"use strict";

(() => {
  const OFF = "console-keys-off";

  function store(value) {
    try {
      if (value === undefined) return localStorage.getItem(OFF) === "1";
      if (value) localStorage.setItem(OFF, "1");
      else localStorage.removeItem(OFF);
    } catch { /* a browser that keeps nothing: keys stay on */ }
    return Boolean(value);
  }

  let off = store();

  function typing(target) {
    return target.closest("textarea, select, [contenteditable]")
      || (target.closest("input") && !["checkbox", "radio", "button", "submit"].includes(target.type));
  }

  function press(element) {
    if (element.matches("input, select, textarea")) {
      element.focus();
      if (element.select) element.select();
    } else element.click();
  }

  function walk(rows, step) {
    const links = [...rows.querySelectorAll("[data-row]")];
    const place = links.indexOf(document.activeElement);
    const next = links[Math.max(0, place + step)];
    if (place + step < 0) document.querySelector("[data-rows-from]")?.focus();
    else next?.focus();
  }

  function arrows(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const from = event.target.closest("[data-rows-from], [data-row]");
    const rows = document.querySelector("[data-rows]");
    if (!step || !from || !rows) return false;
    walk(rows, step);
    return true;
  }

  function submits(event) {
    const form = event.target.closest("form");
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !form) return false;
    form.requestSubmit(form.querySelector("[data-main]"));
    return true;
  }

  function letters(event) {
    if (off || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return false;
    if (event.key === "Escape" && typing(event.target)) {
      event.target.blur();
      return true;
    }
    if (typing(event.target) || event.key.length !== 1) return false;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (found) press(found);
    return Boolean(found);
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || !(event.target instanceof Element)) return;
    if (submits(event) || arrows(event) || letters(event)) event.preventDefault();
  });

  document.querySelector("[data-focus]")?.focus();

  const place = document.querySelector("[data-keys-switch]");
  if (place) {
    const box = place.querySelector("input");
    place.hidden = false;
    box.checked = !off;
    box.addEventListener("change", () => { off = store(!box.checked); });
  }
})();
