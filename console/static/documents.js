// The form of a digitised paper or result: what its metadata lack, while it is typed.
"use strict";

(() => {
  const form = document.querySelector("[data-document]");
  const box = form?.querySelector("[data-lacks]");
  if (!box) return;

  const filled = (name) => {
    const field = form.elements[name];
    return field?.type === "checkbox" ? field.checked : Boolean(field?.value.trim());
  };
  const isThere = (needs) => needs.split("|").some((part) => part.split("+").every(filled));

  function look() {
    let lacking = 0;
    for (const line of box.querySelectorAll("[data-needs]")) {
      line.hidden = isThere(line.dataset.needs);
      lacking += line.hidden ? 0 : 1;
    }
    box.querySelector("[data-all-there]").hidden = lacking > 0;
  }

  form.addEventListener("input", look);
  form.addEventListener("change", look);
  look();
})();
