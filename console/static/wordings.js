// A text while it is written: its preview, length and difference, all reckoned by the server.
"use strict";

(() => {
  const QUIET_MS = 250;
  const form = document.getElementById("wording");
  if (!form) return;
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const count = document.getElementById("count");
  const looked = document.getElementById("looked");
  const confirm = document.getElementById("confirm");
  let timer = 0;
  let asked = 0;

  async function look() {
    const mine = ++asked;
    const answer = await fetch(form.dataset.look, {
      method: "POST",
      headers: { "X-CSRFToken": token, Accept: "text/html" },
      body: new URLSearchParams({ words: form.elements.words.value }),
    }).catch(() => null);
    if (mine !== asked) return; // typed further meanwhile
    if (!answer || !answer.ok) {
      count.textContent = "Chưa xem trước được. Bấm “Xem trước” để thử lại.";
      return;
    }
    looked.innerHTML = await answer.text();
    const facts = looked.firstElementChild.dataset;
    const faulty = facts.faults !== "0";
    if (count.textContent !== facts.count) count.textContent = facts.count;
    count.classList.toggle("over", faulty);
    form.elements.seen.value = faulty ? "" : facts.mark;
    confirm.hidden = facts.warnings === "0";
  }

  form.elements.words.addEventListener("input", () => {
    form.elements.seen.value = "";
    clearTimeout(timer);
    timer = setTimeout(look, QUIET_MS);
  });
})();
