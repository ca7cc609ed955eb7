/** The row at the foot of a phone: text, photo, the menu of other things, and suggestions. */

import { button, icon, make } from "/page/dom.js";
import { photoFromFile, photoOfSlip } from "/page/photo.js";
import { TEXT } from "/page/texts.js";
import { complain } from "/page/toast.js";

const T = TEXT.composer;

function sizeToText(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 110)}px`;
}

function menuOf(actions, attachSlip, close) {
  const entry = (name, label, run) =>
    button({ onclick: () => { close(); run(); } }, icon(name), label);
  return make("div", { class: "menu", hidden: true },
    entry("slip", T.slip, attachSlip),
    entry("sticker", T.sticker, () => actions.send("sticker")),
    entry("mic", T.audio, () => actions.send("audio")),
    entry("pin", T.location, () => actions.send("location")),
    entry("call", T.sharePhone, actions.sharePhone));
}

/** A menu that opens at its button, closes on Escape and on a press elsewhere. */
function createMenu(actions, attachSlip) {
  const opener = button({ class: "icon-button", "aria-label": T.more, "aria-expanded": "false" }, icon("plus"));
  const menu = menuOf(actions, attachSlip, () => { show(false); opener.focus(); });
  const box = make("div", { class: "menu-box" }, opener, menu);

  function show(open) {
    menu.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
  }

  opener.addEventListener("click", () => {
    show(menu.hidden);
    if (!menu.hidden) menu.querySelector("button").focus();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || menu.hidden) return;
    show(false);
    opener.focus();
  });
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget)) show(false);
  });
  return box;
}

/** The strip above the text field that shows the photo about to be sent. */
function createTray(field) {
  const node = make("div", { class: "tray", hidden: true });
  let photo = null;

  function put(next) {
    if (photo) URL.revokeObjectURL(photo.preview);
    photo = next;
    node.hidden = !photo;
    field.placeholder = photo ? T.caption : T.placeholder;
    node.replaceChildren();
    if (!photo) return;
    node.append(make("img", { src: photo.preview, alt: TEXT.bubble.photo }),
      button({ class: "icon-button", "aria-label": T.dropPhoto, onclick: () => { put(null); field.focus(); } }, icon("close")));
    field.focus();
  }

  /** Hand the photo over; its preview now belongs to the bubble that shows it. */
  function take() {
    const taken = photo;
    photo = null;
    put(null);
    return taken;
  }

  async function read(making) {
    try {
      put(await making);
    } catch {
      complain(TEXT.error.photo);
    }
  }

  return { node, take, read, full: () => photo !== null };
}

function createPicker(tray) {
  const file = make("input", { type: "file", accept: "image/*", class: "unseen", tabindex: -1, "aria-hidden": "true" });
  file.addEventListener("change", () => {
    if (file.files[0]) tray.read(photoFromFile(file.files[0]));
    file.value = "";
  });
  const opener = button({ class: "icon-button", "aria-label": T.photo, onclick: () => file.click() }, icon("image"));
  return [opener, file];
}

/** Build the composer of one phone; `actions` says what a press does. */
export function createComposer(name, actions) {
  const field = make("textarea", { rows: 1, "aria-label": T.label(name), placeholder: T.placeholder, autocomplete: "off", spellcheck: "false", enterkeyhint: "send", maxlength: 4000 });
  const tray = createTray(field);
  const tries = make("div", { class: "tries" });
  const attachSlip = () => tray.read(photoOfSlip(actions.sampleDossier()));
  const sendButton = make("button", { type: "submit", class: "icon-button send", "aria-label": T.send }, icon("send"));
  const bar = make("form", { class: "bar" }, createMenu(actions, attachSlip), ...createPicker(tray), field, sendButton);

  function submit() {
    const text = field.value.trim();
    if (tray.full()) actions.photo(tray.take(), text);
    else if (text) actions.say(text);
    else return;
    fill("");
  }

  function fill(text) {
    field.value = text;
    sizeToText(field);
    bar.classList.toggle("ready", text !== "");
  }

  /** Show one-press suggestions: `{text, label, bright}`. */
  function suggest(list) {
    tries.replaceChildren(...list.map((entry) =>
      button({ class: entry.bright ? "try bright" : "try", onclick: () => { actions.say(entry.text); field.focus({ preventScroll: true }); } }, entry.label)));
  }

  field.addEventListener("input", () => fill(field.value));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  field.addEventListener("paste", (event) => {
    const picture = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
    if (picture) tray.read(photoFromFile(picture));
  });
  bar.addEventListener("submit", (event) => { event.preventDefault(); submit(); });

  const node = make("div", { class: "composer" }, tries, tray.node, bar);
  return { node, fill, suggest, focus: () => field.focus() };
}
