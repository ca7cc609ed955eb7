/** The three steps at the top that let a newcomer see the whole product in a minute. */

import { byId, icon } from "/page/dom.js";

const CLOSED = "coach-closed";
const DONE = 4;

/** Follows what happens and marks the step that is next; never in the way once closed or done. */
export function createCoach(world) {
  const strip = byId("coach");
  const asking = new Set();
  let step = 0;

  function go(next) {
    step = next;
    strip.hidden = sessionStorage.getItem(CLOSED) === "yes";
    document.body.dataset.coach = strip.hidden ? "" : String(step);
    for (const entry of strip.querySelectorAll("li")) {
      const own = Number(entry.dataset.step);
      entry.classList.toggle("done", own < step);
      if (own === step) entry.setAttribute("aria-current", "step");
      else entry.removeAttribute("aria-current");
      const mark = entry.querySelector(".num");
      mark.replaceChildren(own < step ? icon("check") : String(own));
    }
  }

  function start() {
    if (step) return;
    go(1);
    for (const known of world.messages) if (step < 2) message(known);
  }

  /** A notice comes without anyone asking: only phones that asked count. */
  function message({ from, user }) {
    if (from === "citizen") asking.add(user);
    if (from !== "oa" || !asking.has(user)) return;
    if (step === 1) go(2);
    else if (step === 3) go(DONE);
  }

  function dossier(entry, before) {
    if (step === 2 && before && before.step !== entry.step) go(3);
  }

  byId("coach-close").append(icon("close"));
  byId("coach-close").addEventListener("click", () => {
    sessionStorage.setItem(CLOSED, "yes");
    go(step);
  });
  return { start, message, dossier };
}
