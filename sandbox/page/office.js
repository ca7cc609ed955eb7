/** The one-stop software's panel: demo dossiers, and what a clerk can do to them. */

import { button, byId, icon, make } from "/page/dom.js";
import { TEXT } from "/page/texts.js";
import { attempt } from "/page/toast.js";
import { dayMonthYear, isoDay } from "/page/when.js";

const T = TEXT.office;
const ENDED = new Set([3, 7, 9, 10]);
const TAKEN = new Set(["new", "changed", "repeat"]);
const FLASH_MS = 1600;
const HEAD_PX = 30;

/** "late" by calendar dates; a dossier that ended is judged by its end, when that is told. */
function punctuality(dossier, now) {
  const end = dossier.finished_at;
  if (ENDED.has(dossier.status) && !end) return { text: T.ended, look: "plain" };
  const late = dossier.due_at && isoDay(end ?? now) > isoDay(dossier.due_at);
  return late ? { text: T.overdue, look: "bad" } : { text: T.onTime, look: "good" };
}

function outcome(answer) {
  if (!answer) return "";
  const [word, ...why] = answer.split(": ");
  const told = T.outcomes[word] ?? T.otherOutcome(word);
  return why.length ? `${told} (${why.join(": ")})` : told;
}

/** One dossier: a row of facts and a row of buttons, kept in place so that focus survives a change. */
function createRow(dossier, actions) {
  const { code } = dossier;
  let now = dossier;
  let acted = false;
  const labelled = (label) => ({ "aria-label": T.forCode(label, code) });
  const cells = {
    procedure: make("span", { class: "procedure" }), step: make("span", { class: "step" }),
    next: make("span", { class: "next-step" }), due: make("span", { class: "due" }),
    badge: make("span", { class: "badge" }), answer: make("span", { class: "answer", role: "status" }),
  };
  const next = button({ class: "solid next", ...labelled(T.next) }, T.next);
  const late = button({ ...labelled(T.late) }, T.late);
  const give = button({ class: "give" }, icon("send"), T.sendCode);
  const node = make("tbody", { class: "dossier", "data-code": code },
    make("tr", {},
      make("th", { scope: "row" }, make("span", { class: "code" }, code), cells.procedure),
      make("td", {}, cells.step, cells.next),
      make("td", { class: "when" }, cells.due, cells.badge)),
    make("tr", { class: "acts" }, make("td", { colspan: 3 }, make("div", { class: "keys" }, next, late, give), cells.answer)));

  async function act(press, action) {
    if (press.getAttribute("aria-disabled") === "true") return;
    acted = true;
    press.setAttribute("aria-disabled", "true");
    await attempt("dossier", { action, code });
    update(now);
  }

  next.addEventListener("click", () => act(next, "next"));
  late.addEventListener("click", () => act(late, "late"));
  give.addEventListener("click", () => actions.give(code));

  function update(latest) {
    const moved = latest.step !== now.step;
    now = latest;
    cells.procedure.textContent = latest.procedure;
    cells.procedure.title = latest.agency_name ?? latest.agency;
    cells.step.textContent = latest.step;
    cells.next.textContent = latest.next ? T.nextHint(latest.next) : T.finished;
    cells.due.textContent = latest.due_at ? dayMonthYear(latest.due_at) : T.noDue;
    cells.answer.textContent = acted || !TAKEN.has(latest.last_answer) ? outcome(latest.last_answer) : "";
    next.setAttribute("aria-disabled", String(!latest.next));
    late.setAttribute("aria-disabled", "false");
    if (moved) flash();
  }

  function flash() {
    node.classList.add("moved");
    window.setTimeout(() => node.classList.remove("moved"), FLASH_MS);
  }

  function judge(moment) {
    const { text, look } = punctuality(now, moment);
    cells.badge.textContent = text;
    cells.badge.dataset.look = look;
  }

  function aim(name) {
    give.setAttribute("aria-label", T.sendCodeTo(code, name));
    give.title = T.sendCodeTo(code, name);
  }

  update(dossier);
  return { node, update, judge, aim };
}

/** Build the panel; `actions.give(code)` puts a code into the chosen phone. */
export function createOffice(world, actions) {
  const table = document.querySelector(".dossiers");
  const rows = new Map();
  let aimed = "";

  function show(dossier) {
    if (!rows.has(dossier.code)) {
      const row = createRow(dossier, actions);
      rows.set(dossier.code, row);
      table.append(row.node);
      row.aim(aimed);
    }
    rows.get(dossier.code).update(dossier);
    rows.get(dossier.code).judge(world.present());
    explain();
  }

  function explain() {
    byId("dossier-empty").hidden = rows.size > 0;
    table.hidden = rows.size === 0;
    byId("feed-note").hidden = world.feed?.configured !== false;
    byId("feed-note").textContent = T.feedMissing;
  }

  function reset() {
    for (const row of rows.values()) row.node.remove();
    rows.clear();
    world.dossiers.forEach(show);
    explain();
  }

  function aim(name) {
    aimed = name;
    for (const row of rows.values()) row.aim(name);
  }

  /** Mark the dossier that a citizen has just asked about. */
  function mark(code) {
    if (!rows.has(code)) return;
    for (const [key, row] of rows) row.node.classList.toggle("is-asked", key === code);
    const box = table.parentElement;
    const from = rows.get(code).node.offsetTop - box.offsetTop;
    const seen = from >= box.scrollTop + HEAD_PX && from + rows.get(code).node.offsetHeight <= box.scrollTop + box.clientHeight;
    if (!seen) box.scrollTop = from - HEAD_PX;
  }

  byId("dossier-new").addEventListener("click", () => attempt("dossier", { action: "new" }));
  byId("dossier-seed").addEventListener("click", () => attempt("dossier", { action: "seed" }));
  return { show, reset, aim, mark, judge: () => rows.forEach((row) => row.judge(world.present())) };
}
