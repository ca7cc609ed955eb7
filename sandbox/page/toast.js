/** Shows what went wrong, at the edge of the page, and reads it out. */

import { button, byId, icon, make } from "/page/dom.js";
import { TEXT } from "/page/texts.js";
import { post } from "/page/wire.js";

const SHOWN_MS = 9000;

/** Say what went wrong; `detail` is the sandbox's own wording, which is English. */
export function complain(text, detail) {
  const close = button({ class: "icon-button", "aria-label": TEXT.error.close }, icon("close"));
  const toast = make("div", { class: "toast", role: "alert" },
    make("p", {}, text, detail ? make("small", { lang: "en" }, detail) : null), close);
  close.addEventListener("click", () => toast.remove());
  byId("toasts").append(toast);
  window.setTimeout(() => toast.remove(), SHOWN_MS);
}

function wordsFor(path, error) {
  if (!error.refused) return [TEXT.error.offline];
  if (path !== "dossier") return [TEXT.error.refused, error.message];
  return / did not answer/.test(error.message) ? [TEXT.error.feedDown] : [TEXT.error.dossier, error.message];
}

/** Do one action and complain when it fails; true when it was done. */
export async function attempt(path, body) {
  try {
    await post(path, body);
    return true;
  } catch (error) {
    complain(...wordsFor(path, error));
    return false;
  }
}
