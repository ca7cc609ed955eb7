// A button that copies what stands elsewhere on the page, and says that it did.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const from = document.querySelector(button.dataset.copy);
  const told = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(from.textContent);
    told.textContent = button.dataset.copied;
  } catch { // without https browsers give no clipboard: mark the text, so that Ctrl+C takes it
    const range = document.createRange();
    range.selectNodeContents(from);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    told.textContent = "Mời bấm Ctrl+C để chép phần đã bôi đen";
  }
});
