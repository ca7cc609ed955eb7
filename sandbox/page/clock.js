/** The clock panel and the clock in the page's head; both run on the sandbox's time. */

import { byId } from "/page/dom.js";
import { TEXT } from "/page/texts.js";
import { attempt } from "/page/toast.js";
import { dayMonthYear, hourMinute, hourMinuteSecond, nextEvening, span, weekday } from "/page/when.js";

function shiftText(seconds) {
  if (Math.abs(seconds) < 1) return TEXT.clock.real;
  return (seconds > 0 ? TEXT.clock.ahead : TEXT.clock.behind)(span(seconds));
}

/** Wire the clock's buttons; `tick` is to be called every second. */
export function createClock(world) {
  for (const press of document.querySelectorAll("[data-advance]")) {
    press.addEventListener("click", () => attempt("clock", { advance_seconds: Number(press.dataset.advance) }));
  }
  byId("clock-evening").addEventListener("click", () => attempt("clock", { now: nextEvening(world.present()) }));
  byId("clock-real").addEventListener("click", () => attempt("clock", { offset_seconds: 0 }));

  function tick() {
    const now = world.present();
    const day = `${weekday(now)}, ${dayMonthYear(now)}`;
    byId("clock-time").textContent = hourMinuteSecond(now);
    byId("clock-date").textContent = day;
    byId("top-time").textContent = hourMinute(now);
    byId("top-date").textContent = day;
    byId("clock-evening-at").textContent = nextEvening(now);
    byId("clock-shift").textContent = shiftText(world.offset_seconds);
    byId("clock-shift").dataset.look = Math.abs(world.offset_seconds) < 1 ? "plain" : "warn";
  }

  return { tick };
}
