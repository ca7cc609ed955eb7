// Shows the copy buttons and lets them copy; without this file the text is copied by hand.
"use strict";

const news = document.querySelector("[role=status]");

function select(element) {
  const chosen = window.getSelection();
  chosen.removeAllRanges();
  chosen.selectAllChildren(element);
}

// The clipboard exists only on safe addresses; the older way works everywhere else.
async function copy(element) {
  select(element);
  if (!navigator.clipboard) return document.execCommand("copy");
  await navigator.clipboard.writeText(element.textContent);
  return true;
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(document.getElementById(button.dataset.copy)).catch(() => false);
    news.textContent = "";
    // An empty line first, so that a screen reader also says it the second time.
    window.setTimeout(() => {
      news.textContent = done ? news.dataset.copied : news.dataset.notCopied;
    }, 50);
  });
}
