/** Joins the parts of the page to the sandbox's stream. */

import { createClock } from "/page/clock.js";
import { createCoach } from "/page/coach.js";
import { button, byId, icon } from "/page/dom.js";
import { createFaults } from "/page/faults.js";
import { createJournal } from "/page/journal.js";
import { createOffice } from "/page/office.js";
import { createPhone } from "/page/phone.js";
import { createPostOffice } from "/page/post_office.js";
import { createStory } from "/page/story.js";
import { TEXT } from "/page/texts.js";
import { hourMinute } from "/page/when.js";
import { createWebhook } from "/page/webhook.js";
import { follow } from "/page/wire.js";
import { createWorld } from "/page/world.js";

const TICK_MS = 1000;
const narrow = window.matchMedia("(max-width: 760px)");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

const world = createWorld();
const phones = new Map();
let chosen = null;

const office = createOffice(world, { give });
const postOffice = createPostOffice(world);
const clock = createClock(world);
const faults = createFaults(world);
const webhook = createWebhook(world);
const journal = createJournal(world);
const coach = createCoach(world);
const story = createStory(world, { stage, show: turnTo });

function bringIntoView(phone) {
  phone.node.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block: "nearest", inline: "center" });
}

function choose(id) {
  chosen = id;
  for (const [key, phone] of phones) phone.node.classList.toggle("is-chosen", key === id);
  for (const tab of byId("people").children) tab.setAttribute("aria-pressed", String(tab.dataset.user === id));
  office.aim(phones.get(id)?.person().name ?? "");
}

/** Put a code into the phone used last, ready to be sent. */
function give(code) {
  const phone = phones.get(chosen);
  if (!phone) return;
  phone.fill(code);
  bringIntoView(phone);
  phone.focus();
}

/** While the story plays, only its people are on the page. */
function stage(cast) {
  byId("row").classList.toggle("on-stage", cast.length > 0);
  byId("people").classList.toggle("on-stage", cast.length > 0);
  for (const [id, phone] of phones) phone.node.classList.toggle("in-story", cast.includes(id));
  for (const tab of byId("people").children) tab.classList.toggle("in-story", cast.includes(tab.dataset.user));
}

function turnTo(id, app) {
  if (!phones.has(id)) return;
  choose(id);
  phones.get(id).open(app);
  bringIntoView(phones.get(id));
}

function tabFor(person) {
  const tab = button({ "data-user": person.id, "aria-pressed": "false" }, person.name);
  tab.addEventListener("click", () => {
    choose(person.id);
    bringIntoView(phones.get(person.id));
  });
  return tab;
}

/** On a small screen the phone that was swiped into view is the one in use. */
const swiped = new IntersectionObserver((entries) => {
  const shown = entries.find((entry) => entry.isIntersecting);
  if (shown && narrow.matches) choose(shown.target.dataset.user);
}, { root: byId("row"), threshold: 0.6 });

function addPhone(person) {
  const phone = createPhone(person, phones.size, world);
  phone.node.addEventListener("focusin", () => choose(person.id));
  phones.set(person.id, phone);
  byId("row").append(phone.node);
  swiped.observe(phone.node);
  byId("people").append(tabFor(person));
}

function showPerson(person) {
  const latest = world.people.find((known) => known.id === person.id);
  if (phones.has(person.id)) phones.get(person.id).update(latest);
  else addPhone(latest);
}

/** Draw all phones from a fresh state; the ones that stay keep what is being typed on them. */
function resetPhones() {
  const known = new Set(world.people.map((person) => person.id));
  byId("row").querySelector(".loading")?.remove();
  for (const [id, phone] of phones) {
    if (known.has(id)) phone.reset();
    else {
      phone.node.remove();
      byId("people").querySelector(`[data-user="${CSS.escape(id)}"]`)?.remove();
      phones.delete(id);
    }
  }
  world.people.forEach(showPerson);
  if (!phones.has(chosen)) choose(phones.keys().next().value ?? null);
}

function tick() {
  clock.tick();
  office.judge();
  const text = hourMinute(world.present());
  for (const phone of phones.values()) phone.tick(text);
}

function showMessage(message, before) {
  phones.get(message.user)?.show(message, before);
  if (before) return;
  if (message.from === "citizen") office.mark(world.dossierIn(message.text)?.code);
  coach.message(message);
}

function showDossier(dossier, before) {
  const latest = world.dossiers.find((known) => known.code === dossier.code);
  office.show(latest);
  const moved = before && before.step !== latest.step;
  for (const phone of phones.values()) {
    if (moved) phone.dossierMoved(latest);
    else phone.suggest();
  }
  coach.dossier(latest, before);
}

world.on("state", () => {
  resetPhones();
  office.reset();
  postOffice.reset();
  faults.reset();
  webhook.update();
  journal.reset();
  choose(chosen);
  coach.start();
  story.update();
  tick();
});
world.on("message", showMessage);
world.on("person", showPerson);
world.on("dossier", showDossier);
world.on("parcel", postOffice.show);
world.on("fault", faults.show);
world.on("request", journal.show);
world.on("clock", tick);
world.on("story", story.update);
world.on("webhook", () => {
  webhook.update();
  for (const phone of phones.values()) phone.explain();
});

function report(state) {
  byId("link-state").dataset.state = state;
  byId("link-text").textContent = TEXT.link[state];
}

for (const link of document.querySelectorAll(".jump a")) link.prepend(icon(link.dataset.icon));
follow(world.apply, report);
window.setInterval(tick, TICK_MS);
