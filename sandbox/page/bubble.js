/** Draws one message of a conversation as the chat app shows it. */

import { button, icon, make, webAddress } from "/page/dom.js";
import { TEXT } from "/page/texts.js";
import { hourMinute } from "/page/when.js";

const LINK = /https?:\/\/[^\s<>"']+/g;
const KIND_ICONS = { sticker: "sticker", audio: "play", location: "pin", file: "doc", link: "link" };
const REACTIONS = { "/-heart": "♥", "/-strong": "👍", ":>": "😄", ":o": "😮", ":-((": "😢", ":-h": "😠" };
const WAVE_BARS = 14;

/** Text with its web addresses made into links; everything else stays plain text. */
function withLinks(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(/[.,;:!?)\]]+$/, "");
    parts.push(text.slice(from, match.index), outsideLink(address, address));
    from = match.index + address.length;
  }
  return [...parts, text.slice(from)];
}

function outsideLink(address, ...label) {
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...label);
}

/** A photo's address; what the sandbox keeps is fetched from where this page came from. */
function photoAddress(message) {
  const address = webAddress(message.url ?? "");
  const path = address ? new URL(address).pathname : "";
  return path.startsWith("/media/") ? path : address;
}

function photo(message) {
  const address = message.url ? photoAddress(message) : null;
  if (!address) return attachment(message);
  return make("img", { class: "photo", src: address, alt: message.text || TEXT.bubble.photo, loading: "lazy" });
}

function wave() {
  const bars = make("span", { class: "wave", "aria-hidden": "true" });
  for (let index = 0; index < WAVE_BARS; index += 1) bars.append(make("i"));
  return bars;
}

function attachment(message) {
  const label = TEXT.bubble.kinds[message.kind] ?? TEXT.bubble.otherKind;
  const extra = message.kind === "audio" ? wave() : null;
  const sign = make("span", { class: "sign" }, icon(KIND_ICONS[message.kind] ?? "doc"));
  return make("span", { class: `attachment ${message.kind}` }, sign, make("span", {}, label), extra);
}

function content(message) {
  if (["image", "gif", "article"].includes(message.kind)) return [photo(message)];
  const plain = ["text", "template", "button", undefined].includes(message.kind);
  return plain || message.kind === "request_user_info" ? [] : [attachment(message)];
}

function phoneButton(title, label) {
  const told = make("span", { class: "call", role: "status" });
  const press = button({}, icon("call"), title);
  press.addEventListener("click", () => { told.textContent = label; });
  return make("li", {}, press, told);
}

/** One button under a bubble; `press(index)` sends a query button back to the account. */
function bubbleButton(entry, index, press) {
  const payload = entry.payload ?? {};
  if (entry.type === "oa.open.phone") return phoneButton(entry.title, TEXT.bubble.call(payload.phone_code ?? ""));
  if (entry.type === "oa.open.sms") return phoneButton(entry.title, TEXT.bubble.sms(payload.phone_code ?? ""));
  if (entry.type === "oa.open.url") {
    const address = webAddress(payload.url ?? "");
    const link = address && outsideLink(address, icon("link"), entry.title);
    return make("li", {}, link || make("span", { class: "dead", title: TEXT.bubble.badLink }, entry.title));
  }
  return make("li", {}, button({ onclick: () => press(index) }, entry.title));
}

function buttons(message, actions) {
  const rows = (message.buttons ?? []).map((entry, index) =>
    bubbleButton(entry, index, (at) => actions.press(message, at)));
  if (message.kind === "request_user_info") {
    rows.push(make("li", {}, button({ onclick: actions.sharePhone }, TEXT.bubble.sharePhone)));
  }
  return rows.length ? make("ul", { class: "buttons" }, ...rows) : null;
}

function quoted(message, quoteText) {
  const text = message.quote ? quoteText(message.quote) : "";
  return text ? make("blockquote", {}, text) : null;
}

function caption(message, citizen) {
  if (!message.text) return null;
  return make("p", { class: "text" }, ...(citizen ? [message.text] : withLinks(message.text)));
}

/** A template message as the chat app lays it out: a title, the paragraph, a table. */
function cardTitle({ card }) {
  return card?.title ? make("p", { class: "card-title" }, card.title) : null;
}

function cardTable({ card }) {
  if (!card?.rows?.length) return null;
  const rows = card.rows.map(({ label, value }) =>
    make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, value)));
  return make("table", { class: "card-table" }, make("tbody", {}, ...rows));
}

/** Who sent an SMS, and how many parts it was billed as. */
function smsSender(message) {
  if (!message.brandname) return null;
  return make("p", { class: "sms-from" }, make("b", {}, message.brandname), TEXT.bubble.parts(message.parts));
}

function reaction(message) {
  if (!message.reaction) return null;
  const label = { class: "reaction", role: "img", "aria-label": TEXT.bubble.reacted };
  return make("span", label, REACTIONS[message.reaction] ?? "♥");
}

/** The bubble of a message that the sandbox has told of. */
export function bubbleOf(message, speakerName, actions) {
  const citizen = message.from === "citizen";
  const speaker = citizen ? TEXT.bubble.fromCitizen : TEXT.bubble.fromOa(message.brandname || speakerName);
  const body = make("div", { class: "bubble" },
    make("span", { class: "unseen" }, speaker),
    smsSender(message), quoted(message, actions.quoteText), ...content(message),
    cardTitle(message), caption(message, citizen), cardTable(message),
    make("time", { class: "stamp" }, hourMinute(message.at)), buttons(message, actions), reaction(message));
  const side = citizen ? "mine" : "theirs";
  const node = make("div", { class: `line ${side} ${message.kind}`, "data-id": message.id });
  if (!citizen) node.append(make("img", { class: "avatar", src: "/page/icon.svg", alt: "", width: 28, height: 28 }));
  node.append(body);
  return node;
}

/** A citizen's message on its way: sending, sent, or failed with a way to send it again. */
export function pendingBubble(text, picture) {
  const state = make("span", { class: "state" }, TEXT.bubble.sending);
  const body = make("div", { class: "bubble" },
    picture ? make("img", { class: "photo", src: picture, alt: TEXT.bubble.photo }) : null,
    text ? make("p", { class: "text" }, text) : null, state);
  const node = make("div", { class: "line mine pending" }, body);

  function sent() {
    node.className = "line mine";
    state.textContent = TEXT.bubble.sent;
  }

  function failed(resend) {
    node.className = "line mine failed";
    const again = button({ onclick: resend }, TEXT.bubble.resend);
    state.replaceChildren(TEXT.bubble.failed, " · ", again);
  }

  return { node, sent, failed };
}

/** The dots that stand until an answer comes. */
export function waitingDots() {
  const dots = make("span", { class: "dots", role: "img", "aria-label": TEXT.phone.waiting },
    make("i"), make("i"), make("i"));
  return make("div", { class: "line theirs waiting" },
    make("img", { class: "avatar", src: "/page/icon.svg", alt: "", width: 28, height: 28 }),
    make("div", { class: "bubble" }, dots));
}
