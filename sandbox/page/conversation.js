/** The scrolling conversation of one phone: bubbles in order, days between, what is on its way. */

import { bubbleOf, pendingBubble, waitingDots } from "/page/bubble.js";
import { button, icon, make } from "/page/dom.js";
import { TEXT } from "/page/texts.js";
import { dayMonthYear, hourMinute } from "/page/when.js";

const NEAR_END_PX = 90;
const PATIENCE_MS = 8000;
const LOOKS_LIKE_ID = /^[\w-]{10,}$/;

/** A strip that keeps to its end unless the reader has scrolled up. */
function createScroller(label) {
  const log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": label, tabindex: 0 });
  const jump = button({ class: "jump-down", hidden: true, onclick: () => toEnd() }, icon("down"), TEXT.phone.newMessages);
  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;

  function toEnd() {
    log.scrollTop = log.scrollHeight;
    jump.hidden = true;
  }

  function keep(add, force) {
    const stick = force || atEnd();
    add();
    if (stick) toEnd();
    else jump.hidden = false;
  }

  log.addEventListener("scroll", () => { if (atEnd()) jump.hidden = true; }, { passive: true });
  log.addEventListener("load", () => { if (jump.hidden) toEnd(); }, true);
  return { node: make("div", { class: "chat" }, log, jump), log, keep, toEnd };
}

/**
 * One conversation of a phone; `actions` are passed on to the bubbles.
 * `words` names it: its label, what stands in it while empty, and who answers.
 */
export function createConversation(words, world, actions) {
  const scroller = createScroller(words.label);
  const { log } = scroller;
  const shown = new Map();
  let pending = [];
  let lastDay = "";
  let waiting = null;
  let timer = 0;

  const bubbleActions = { ...actions, quoteText };

  function quoteText(quote) {
    if (typeof quote === "object") return quote.text ?? "";
    const source = world.messages.find((message) => message.msg_id === quote);
    if (source) return source.text || (TEXT.bubble.kinds[source.kind] ?? TEXT.bubble.photo);
    return LOOKS_LIKE_ID.test(quote) ? "" : quote;
  }

  function dayLine(at) {
    const day = dayMonthYear(at);
    if (!day || day === lastDay) return;
    lastDay = day;
    log.append(make("p", { class: "day" }, `${hourMinute(at)} ${day}`));
  }

  function settle(message) {
    const index = pending.findIndex((entry) => entry.kind === message.kind && !entry.failed);
    if (index < 0) return;
    pending.splice(index, 1)[0].bubble.node.remove();
  }

  function show(message) {
    const node = bubbleOf(message, words.speaker(), bubbleActions);
    const known = shown.get(message.id);
    shown.set(message.id, node);
    if (known) {
      known.replaceWith(node);
      return;
    }
    const mine = message.from === "citizen";
    log.querySelector(".hello")?.remove();
    if (!mine) stopWaiting();
    scroller.keep(() => {
      if (mine) settle(message);
      dayLine(message.at);
      log.append(node);
      if (waiting) log.append(waiting);
    }, mine);
  }

  /** Draw everything anew, as after a reconnect; what failed to leave stays at the end. */
  function reset(messages) {
    const failed = pending.filter((entry) => entry.failed);
    pending = failed;
    shown.clear();
    lastDay = "";
    stopWaiting();
    log.replaceChildren();
    log.setAttribute("aria-busy", "true");
    for (const message of messages) show(message);
    log.append(...failed.map((entry) => entry.bubble.node));
    if (!log.childElementCount) log.append(make("p", { class: "hello" }, words.empty));
    scroller.toEnd();
    log.removeAttribute("aria-busy");
  }

  /** Show a message before it has left; `send()` resolves to whether it was taken. */
  async function dispatch(kind, text, picture, send) {
    const entry = { kind, failed: false, bubble: pendingBubble(text, picture) };
    log.querySelector(".hello")?.remove();
    pending.push(entry);
    scroller.keep(() => log.append(entry.bubble.node), true);
    const taken = await send();
    if (taken) {
      entry.bubble.sent();
      return true;
    }
    entry.failed = true;
    stopWaiting();
    entry.bubble.failed(() => {
      pending = pending.filter((other) => other !== entry);
      entry.bubble.node.remove();
      dispatch(kind, text, picture, send);
    });
    return false;
  }

  function startWaiting() {
    stopWaiting();
    waiting = waitingDots();
    scroller.keep(() => log.append(waiting), true);
    timer = window.setTimeout(() => {
      waiting?.replaceChildren(make("p", { class: "unanswered" }, TEXT.phone.unanswered));
    }, PATIENCE_MS);
  }

  function stopWaiting() {
    window.clearTimeout(timer);
    waiting?.remove();
    waiting = null;
  }

  return { node: scroller.node, show, reset, dispatch, startWaiting, stopWaiting };
}
