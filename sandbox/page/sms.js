/** The SMS app of one phone: the short code's conversation, and a line to write to it. */

import { createConversation } from "/page/conversation.js";
import { button, icon, make } from "/page/dom.js";
import { TEXT } from "/page/texts.js";
import { attempt } from "/page/toast.js";

const T = TEXT.sms;

/** Build the SMS app of one person; `sampleDossier()` is what they would ask about first. */
export function createSms(person, world, sampleDossier) {
  const words = { label: T.log(person.name), empty: T.empty, speaker: () => T.number };
  const chat = createConversation(words, world, {});
  const field = make("input", { type: "text", "aria-label": T.label(person.name), placeholder: T.placeholder, autocomplete: "off", spellcheck: "false", enterkeyhint: "send", maxlength: 800 });
  const send = make("button", { type: "submit", class: "icon-button send", "aria-label": T.send }, icon("send"));
  const bar = make("form", { class: "bar" }, field, send);
  const tries = make("div", { class: "tries" });
  const head = make("header", { class: "sms-head" },
    make("p", { class: "sms-number" }, T.number), make("p", { class: "oa-kind" }, T.kind));
  const node = make("div", { class: "view sms", hidden: true },
    head, chat.node, make("div", { class: "composer" }, tries, bar));

  const mine = () => world.messages.filter((message) => message.user === person.id && message.channel === "sms");

  /** The answer comes with the call, so a call that failed leaves nothing to wait for. */
  async function say(text) {
    const taking = chat.dispatch("text", text, null, () => attempt("sms", { user: person.id, text }));
    chat.startWaiting();
    await taking;
    chat.stopWaiting();
  }

  function fill(text) {
    field.value = text;
    bar.classList.toggle("ready", text !== "");
  }

  function suggest() {
    const dossier = sampleDossier();
    const code = dossier.local_code || dossier.code;
    if (!code || mine().length) {
      tries.replaceChildren();
      return;
    }
    const text = T.question(code);
    tries.replaceChildren(button({ class: "try", onclick: () => say(text) }, TEXT.composer.tryIt(text)));
  }

  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    fill("");
    say(text);
  });
  field.addEventListener("input", () => fill(field.value));

  function show(message) {
    chat.show(message);
    suggest();
  }

  const reset = () => chat.reset(mine());

  return { node, show, reset, suggest, fill, focus: () => field.focus() };
}
