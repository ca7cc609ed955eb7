// The counter's pages: numbers checked while typing, Enter that moves on, papers that print.
"use strict";

(() => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const WAIT = 350;

  // Enter goes on to the next field; Ctrl+Enter sends. Without this script Enter only checks.
  for (const form of document.querySelectorAll("[data-enter-moves]")) {
    form.addEventListener("keydown", (event) => {
      const field = event.target;
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
      if (!field.matches("input, select, textarea") || (field.matches("textarea") && event.shiftKey)) return;
      event.preventDefault();
      const stops = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button:not([tabindex='-1'])")]
        .filter((one) => !one.closest("[hidden]"));
      stops[stops.indexOf(field) + 1]?.focus();
    });
  }

  // What belongs to a tick is asked for only once it is ticked. Without this script it stands there.
  for (const tick of document.querySelectorAll("[data-opens]")) {
    const part = document.getElementById(tick.dataset.opens);
    const turn = () => { part.hidden = !tick.checked; };
    tick.addEventListener("change", turn);
    turn();
  }

  for (const field of document.querySelectorAll("[data-select]")) {
    // What was typed, or scanned, before this script came must not be typed over.
    const untouched = field.value === field.defaultValue;
    if (document.activeElement === field && untouched) field.select();
  }
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("[data-select-all]")) event.target.select();
  });

  function say(field, advice) {
    const note = field.parentElement.querySelector(".note");
    if (!note) return;
    note.dataset.level = advice.level;
    note.textContent = advice.words || (advice.normalised ? `Đọc là ${advice.normalised}` : "");
  }

  async function check(field) {
    const typed = field.value;
    const answer = await fetch(field.dataset.phone, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      body: new URLSearchParams({ phone: typed }),
    });
    if (answer.ok && field.value === typed) say(field, await answer.json());
  }

  for (const field of document.querySelectorAll("[data-phone]")) {
    let waiting = 0;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      if (!field.value.trim()) say(field, { level: "", words: "", normalised: "" });
      else waiting = setTimeout(() => check(field).catch(() => {}), WAIT);
    });
  }

  // A browser that shows no PDF inside a page keeps the plain link to the file.
  const paper = document.querySelector("[data-paper]");
  const print = document.querySelector("[data-print]");
  if (print && (!paper || navigator.pdfViewerEnabled !== false)) {
    print.hidden = false;
    print.addEventListener("click", () => {
      if (!paper) window.print();
      else {
        paper.focus();
        paper.contentWindow.print();
      }
    });
    print.focus();
  } else if (print) {
    const link = document.querySelector("[data-open]");
    link.dataset.key = "p";
    link.focus();
    if (paper) paper.hidden = true;
  }

  const bar = document.querySelector("[data-progress]");
  async function follow() {
    const answer = await fetch(bar.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const batch = await answer.json();
    bar.querySelector("progress").value = batch.percent;
    bar.querySelector("[data-count]").textContent = batch.done;
    if (!batch.open) location.reload();
  }
  if (bar) setInterval(() => follow().catch(() => {}), 1000);
})();
