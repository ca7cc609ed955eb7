/** One citizen's phone: its frame, and in it the chat (head, conversation, composer) and the SMS. */

import { createComposer } from "/page/composer.js";
import { createConversation } from "/page/conversation.js";
import { button, icon, make, verifiedTick } from "/page/dom.js";
import { createSms } from "/page/sms.js";
import { TEXT } from "/page/texts.js";
import { attempt } from "/page/toast.js";

const T = TEXT.phone;
const isSms = (message) => message.channel === "sms";

/** The two messaging apps of a phone, one in view at a time; SMS counts what came unseen. */
function createApps(zalo, sms) {
  let unseen = 0;
  const zaloTab = button({ class: "app", onclick: () => open("zalo") }, TEXT.sms.zalo);
  const smsTab = button({ class: "app", onclick: () => open("sms") });
  const node = make("div", { class: "apps", role: "group", "aria-label": TEXT.sms.apps }, zaloTab, smsTab);

  function open(name) {
    zalo.hidden = name !== "zalo";
    sms.hidden = name !== "sms";
    zaloTab.setAttribute("aria-pressed", String(!zalo.hidden));
    smsTab.setAttribute("aria-pressed", String(!sms.hidden));
    if (!sms.hidden) unseen = 0;
    tell();
  }

  function tell() {
    smsTab.replaceChildren(TEXT.sms.sms, unseen ? make("span", { class: "unread", "aria-hidden": "true" }, String(unseen)) : "");
    smsTab.setAttribute("aria-label", unseen ? TEXT.sms.fresh(unseen) : TEXT.sms.sms);
  }

  function arrived() {
    if (!sms.hidden) return;
    unseen += 1;
    tell();
  }

  open("zalo");
  return { node, open, arrived, showsSms: () => !sms.hidden };
}

/** What kind of citizen holds this phone; a change is told to the sandbox. */
function createKind(person) {
  const choice = make("select", { class: "kind", "aria-label": T.kindOf(person.name) });
  choice.addEventListener("change", () => attempt("person", { user: person.id, kind: choice.value }));

  function update(now) {
    const kind = now.kind ?? (now.has_zalo === false ? "no_zalo" : "zalo");
    const known = Object.entries(T.kinds).filter(([name]) => name !== "other" || kind === "other");
    choice.replaceChildren(...known.map(([name, words]) => make("option", { value: name, selected: name === kind }, words)));
  }

  return { node: choice, update };
}

function createHead(person, oa, onFollow) {
  const follow = button({ class: "follow", onclick: onFollow });
  const node = make("header", { class: "head" },
    make("span", { class: "head-back" }, icon("back")),
    make("div", { class: "head-name" },
      make("p", { class: "oa-name" }, make("span", {}, oa.name), oa.verified ? verifiedTick(T.verified) : null),
      make("p", { class: "oa-kind" }, T.kind)), follow);

  function update(now) {
    follow.textContent = now.following ? T.unfollow : T.follow;
    follow.setAttribute("aria-label", `${follow.textContent}: ${person.name}`);
    follow.classList.toggle("is-following", now.following);
  }

  return { node, update };
}

/** Build the phone of one person at its place in the row. */
export function createPhone(person, place, world) {
  let now = person;
  let asked = null;
  let moved = null;
  const actions = { say, photo, send, press, sharePhone, sampleDossier };
  const words = { label: T.log(person.name), empty: T.empty, speaker: () => world.oa.name };
  const chat = createConversation(words, world, actions);
  const composer = createComposer(person.name, actions);
  const head = createHead(person, world.oa, () =>
    attempt("follow", { user: person.id, following: !now.following }));
  const sms = createSms(person, world, sampleDossier);
  const clock = make("span", { class: "bar-time" });
  const hint = make("p", { class: "hint" });
  const zalo = make("div", { class: "view zalo" }, head.node, hint, chat.node, composer.node);
  const apps = createApps(zalo, sms.node);
  const caption = make("p", { class: "window" });
  const kind = createKind(person);
  const title = make("h2", { id: `phone-${place}` }, person.name);
  const node = make("article", { class: "phone", "aria-labelledby": `phone-${place}`, "data-user": person.id },
    make("div", { class: "who" }, title, kind.node, caption),
    make("div", { class: "case" },
      make("div", { class: "bar-top", "aria-hidden": "true" }, clock, make("span", { class: "notch" }), make("span", { class: "battery" })),
      apps.node, zalo, sms.node));

  async function say(text) {
    const taking = chat.dispatch("text", text, null, () => attempt("say", { user: person.id, text }));
    chat.startWaiting();
    await taking;
  }

  async function photo(picture, text) {
    const body = { user: person.id, image_base64: picture.base64, caption: text };
    const taking = chat.dispatch("image", text, picture.preview, () => attempt("photo", body));
    chat.startWaiting();
    await taking;
  }

  function send(kind) {
    return chat.dispatch(kind, TEXT.bubble.kinds[kind], null, () => attempt("send", { user: person.id, kind }));
  }

  async function press(message, index) {
    chat.startWaiting();
    const body = { user: person.id, msg_id: message.msg_id, button: index };
    if (!(await attempt("press", body))) chat.stopWaiting();
  }

  function sharePhone() {
    return attempt("share-phone", { user: person.id, phone: now.phone });
  }

  /** The dossier this citizen would ask about first; every third one has only a short local code at hand. */
  function sampleDossier() {
    const { dossiers } = world;
    const local = place % 3 === 2 ? dossiers.find((dossier) => dossier.local_code) : undefined;
    return local ?? dossiers[place % dossiers.length] ?? { code: "" };
  }

  const mine = () => world.messages.filter((message) => message.user === person.id && !isSms(message));

  /** Offer a first question to who has asked none, and the same one again once its dossier has moved. */
  function suggest() {
    const fresh = world.dossiers.length > 0 && !mine().some((message) => message.from === "citizen");
    if (moved) {
      composer.suggest([{ text: moved, label: TEXT.composer.askAgain(moved), bright: true }]);
    } else if (fresh) {
      const text = TEXT.composer.tries[place % TEXT.composer.tries.length](sampleDossier());
      composer.suggest([{ text, label: TEXT.composer.tryIt(text), bright: place === 0 }]);
    } else {
      composer.suggest([]);
    }
    sms.suggest();
  }

  /** A dossier has moved: worth asking again where this citizen asked about it. */
  function dossierMoved(dossier) {
    if (asked !== dossier.code) return;
    moved = asked;
    suggest();
  }

  function heard(message) {
    if (message.from !== "citizen") return;
    asked = world.dossierIn(message.text)?.code ?? asked;
    moved = null;
  }

  function showSms(message, before) {
    sms.show(message);
    if (before || message.from === "citizen") return;
    apps.arrived();
    arrive();
  }

  function show(message, before) {
    if (isSms(message)) {
      showSms(message, before);
      return;
    }
    chat.show(message);
    if (before) return;
    heard(message);
    if (message.from === "citizen") suggest();
    else arrive();
  }

  function arrive() {
    node.classList.remove("arrived");
    void node.offsetWidth;
    node.classList.add("arrived");
  }

  function update(next) {
    if (next.has_zalo === false && now.has_zalo !== false) apps.open("sms");
    now = next;
    head.update(next);
    kind.update(next);
    title.textContent = next.name;
    caption.textContent = T.told[next.kind] ?? (next.has_zalo === false ? T.noZalo : T.windows[next.window] ?? "");
    caption.dataset.window = next.window ?? "";
    node.classList.toggle("no-zalo", next.has_zalo === false);
    composer.node.inert = next.has_zalo === false;
    explain();
  }

  /** Tell under the head what keeps messages from this phone, or why to follow. */
  function explain() {
    const { enabled, waiting_retries: retries } = world.webhook;
    const trouble = enabled === false ? T.webhookOff : retries ? T.retrying(retries) : "";
    hint.textContent = trouble || (now.following ? "" : T.followHint);
    hint.classList.toggle("trouble", trouble !== "");
    hint.hidden = hint.textContent === "";
  }

  function reset() {
    const messages = mine();
    messages.forEach(heard);
    chat.reset(messages);
    sms.reset();
    suggest();
  }

  /** Put a code where the phone's owner would type it now. */
  function fill(code) {
    if (apps.showsSms()) sms.fill(TEXT.sms.question(code));
    else composer.fill(code);
  }

  function focus() {
    if (apps.showsSms()) sms.focus();
    else composer.focus();
  }

  update(person);
  reset();
  if (person.has_zalo === false) apps.open("sms");
  return { node, update, reset, show, suggest, dossierMoved, explain, fill, focus, open: apps.open,
    tick: (text) => { clock.textContent = text; }, person: () => now };
}
