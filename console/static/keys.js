// Working by keyboard: single letters open places and press buttons, arrows walk through results,
// and a scanner finds a dossier wherever one is.
"use strict";

(() => {
  const OFF = "console-keys-off";
  const TOGETHER = 50; // milliseconds between two keys: a scanner is faster, a hand is slower
  const SCANNED = 6; // letters that a code has at least

  function store(value) {
    try {
      if (value === undefined) return localStorage.getItem(OFF) === "1";
      if (value) localStorage.setItem(OFF, "1");
      else localStorage.removeItem(OFF);
    } catch { /* a browser that keeps nothing: keys stay on */ }
    return Boolean(value);
  }

  let off = store();
  let burst = "";
  let pause = 0;

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
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return false;
    if (event.key === "Escape" && !off && typing(event.target)) {
      event.target.blur();
      return true;
    }
    if (typing(event.target) || event.key.length !== 1) return false;
    const place = `[data-key="${CSS.escape(event.key.toLowerCase())}"]`;
    const found = off ? null : document.querySelector(place);
    burst += event.key;
    clearTimeout(pause);
    pause = setTimeout(() => {
      if (burst.length === 1 && found) press(found);
      burst = "";
    }, TOGETHER);
    return Boolean(found) || burst.length > 1;
  }

  // A scanner types a code and Enter wherever one is: that means to find it, not our shortcuts.
  function scans(event) {
    if (event.key !== "Enter" || burst.length < SCANNED || typing(event.target)) return false;
    if (!document.querySelector('a[href="/console/tim"]')) return false;
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: "/console/tim", hidden: true });
    const token = document.querySelector('meta[name="csrf-token"]').content;
    for (const [name, value] of [["q", burst], ["csrf_token", token]]) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    clearTimeout(pause);
    burst = "";
    document.body.append(form);
    form.submit();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || !(event.target instanceof Element)) return;
    if (submits(event) || scans(event) || arrows(event) || letters(event)) event.preventDefault();
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
