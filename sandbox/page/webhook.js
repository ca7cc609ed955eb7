/** The webhook panel: where events go, whether they go, and which kinds. */

import { byId, make } from "/page/dom.js";
import { TEXT } from "/page/texts.js";
import { attempt } from "/page/toast.js";

const T = TEXT.webhook;

function tagOf({ enabled, waiting_retries: retries }) {
  if (enabled === false) return [T.off, "bad"];
  return retries ? [T.retries(retries), "warn"] : [T.on, "plain"];
}

function eventSwitch(name, on) {
  const box = make("input", { type: "checkbox", role: "switch" });
  box.checked = on;
  box.addEventListener("change", async () => {
    if (!(await attempt("webhook", { event: name, on: box.checked }))) box.checked = !box.checked;
  });
  return make("label", { class: "switch" }, box, make("code", {}, name));
}

/** Wire the panel; `update` shows the webhook's present state. */
export function createWebhook(world) {
  const field = byId("webhook-url");
  const events = byId("webhook-events");
  byId("webhook-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt("webhook", { url: field.value });
  });
  byId("webhook-switch").addEventListener("click", () =>
    attempt("webhook", { enabled: world.webhook.enabled === false }));
  byId("webhook-test").addEventListener("click", () => attempt("console-test", {}));

  function update() {
    const { webhook } = world;
    const [text, look] = tagOf(webhook);
    byId("webhook-tag").textContent = text;
    byId("webhook-tag").dataset.look = look;
    byId("webhook-switch").textContent = webhook.enabled === false ? T.turnOn : T.turnOff;
    if (document.activeElement !== field) field.value = webhook.url ?? "";
    if (!events.contains(document.activeElement)) showEvents(webhook.events ?? {});
  }

  function showEvents(kinds) {
    const names = Object.keys(kinds);
    events.hidden = names.length === 0;
    for (const label of events.querySelectorAll("label")) label.remove();
    events.append(...names.map((name) => eventSwitch(name, kinds[name] !== false)));
  }

  return { update };
}
