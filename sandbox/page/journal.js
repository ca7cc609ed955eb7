/** The log of calls in both directions, newest first. */

import { byId, make } from "/page/dom.js";
import { TEXT } from "/page/texts.js";
import { hourMinuteSecond } from "/page/when.js";

const T = TEXT.journal;
const SHOWN = 150;

function titleOf(path) {
  return T.paths.find(([pattern]) => pattern.test(path))?.[1] ?? T.otherPath;
}

function directionOf(request) {
  if (/\/feeds\//.test(request.path)) return T.feed;
  if (/\/webhooks\/sms\/.+\/receipt/.test(request.path)) return T.report;
  if (/\/webhooks\/sms\//.test(request.path)) return T.sms;
  if (/^\/sms\//.test(request.path)) return T.gateway;
  if (/^\/post\//.test(request.path)) return T.post;
  return request.direction === "out" ? T.out : T.in;
}

/** Carriers answer errors with HTTP 200 and a code, so both say whether a call went wrong. */
function failed({ status, error }) {
  return !status || status >= 400 || Boolean(error && String(error) !== "0");
}

function troubleOf({ status, error }) {
  if (!status) return T.away;
  const code = Number(error);
  return code ? T.code(code) : String(error || "");
}

/** The path alone: which host a call goes to is told by its direction. */
function pathOf(request) {
  return request.path.replace(/^https?:\/\/[^/]+/, "");
}

function entryOf(request) {
  const bad = failed(request);
  const wrong = bad ? troubleOf(request) : "";
  const status = request.status ? String(request.status) : T.noAnswer;
  return make("li", { class: bad ? "bad" : "good", "data-direction": request.direction },
    make("time", {}, hourMinuteSecond(request.at)),
    make("span", { class: "way" }, directionOf(request)),
    make("span", { class: "status" }, status),
    make("span", { class: "ms" }, Number.isFinite(request.ms) ? T.ms(Math.round(request.ms)) : ""),
    make("span", { class: "title" }, titleOf(request.path), wrong ? make("em", {}, ` · ${wrong}`) : null),
    make("code", { title: request.summary }, `${request.method} ${pathOf(request)}`));
}

/** Build the log; entries are drawn once a frame, so that a flood of calls stays cheap. */
export function createJournal(world) {
  const list = byId("journal-list");
  let fresh = [];

  function draw() {
    list.prepend(...fresh.reverse().map(entryOf));
    fresh = [];
    while (list.childElementCount > SHOWN) list.lastElementChild.remove();
    byId("journal-empty").hidden = list.childElementCount > 0;
  }

  function show(request) {
    if (!fresh.length) window.requestAnimationFrame(draw);
    fresh.push(request);
    if (fresh.length > SHOWN) fresh.shift();
  }

  function reset() {
    list.replaceChildren();
    fresh = world.requests.slice(-SHOWN);
    draw();
  }

  byId("journal-errors").addEventListener("change", (event) => {
    list.classList.toggle("errors-only", event.target.checked);
  });
  return { show, reset };
}
