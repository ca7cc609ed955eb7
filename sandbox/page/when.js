/** Times as people in Vietnam read them; every time shown is in Asia/Ho_Chi_Minh. */

import { TEXT } from "/page/texts.js";

const ZONE = "Asia/Ho_Chi_Minh";
const OFFSET = "+07:00";

const formats = {
  time: new Intl.DateTimeFormat("vi-VN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  full: new Intl.DateTimeFormat("vi-VN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
  date: new Intl.DateTimeFormat("vi-VN", { timeZone: ZONE, day: "2-digit", month: "2-digit", year: "numeric" }),
  weekday: new Intl.DateTimeFormat("vi-VN", { timeZone: ZONE, weekday: "long" }),
  iso: new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" }),
};

/** A moment from RFC 3339 text or epoch milliseconds; null when it is neither. */
export function moment(value) {
  if (value === null || value === undefined || value === "") return null;
  const number = Number(value);
  const date = new Date(Number.isNaN(number) ? value : number);
  return Number.isNaN(date.getTime()) ? null : date;
}

function shown(format, value) {
  const date = moment(value);
  return date ? format.format(date) : "";
}

export const hourMinute = (value) => shown(formats.time, value);
export const hourMinuteSecond = (value) => shown(formats.full, value);
export const dayMonthYear = (value) => shown(formats.date, value);
export const isoDay = (value) => shown(formats.iso, value);

export function weekday(value) {
  const name = shown(formats.weekday, value);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The coming 17:30, as RFC 3339: today's, or tomorrow's when today's has passed. */
export function nextEvening(now) {
  const today = new Date(`${isoDay(now)}T17:30:00${OFFSET}`);
  const evening = today > now ? today : new Date(today.getTime() + 86_400_000);
  return `${isoDay(evening)}T17:30:00${OFFSET}`;
}

/** A length of time in its two largest units. */
export function span(seconds) {
  const whole = Math.abs(Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86_400), TEXT.clock.days],
    [Math.floor((whole % 86_400) / 3600), TEXT.clock.hours],
    [Math.floor((whole % 3600) / 60), TEXT.clock.minutes],
    [whole % 60, TEXT.clock.seconds],
  ];
  return parts.filter(([count]) => count).slice(0, 2).map(([count, word]) => word(count)).join(" ");
}
