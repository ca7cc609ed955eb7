/** "Một đời hồ sơ": the strip that plays a dossier's whole life, scene by scene, with captions. */

import { byId, make } from "/page/dom.js";
import { TEXT } from "/page/texts.js";
import { attempt } from "/page/toast.js";

const T = TEXT.story;
const ON_STAGE = new Set(["playing", "paused", "done", "stuck"]);

function wire(id, action) {
  const press = byId(id);
  press.addEventListener("click", () => attempt("story", { action: action() }));
  return press;
}

/** One mark for each scene; a screen reader hears its title and what became of it. */
function markOf(scene, index, present) {
  const words = T.mark(index + 1, scene.title, T.outcomes[scene.outcome] ?? "");
  return make("li", { "data-outcome": scene.outcome, "aria-current": index === present ? "step" : null, title: words },
    make("span", { class: "unseen" }, words));
}

/** Build the strip; `actions.stage(cast)` clears the stage for people, `actions.show(user, app)` points at one. */
export function createStory(world, actions) {
  const strip = byId("story");
  const start = wire("story-start", () => "start");
  const pause = wire("story-pause", () => (world.story.state === "paused" ? "resume" : "pause"));
  const next = wire("story-next", () => "next");
  const stop = wire("story-stop", () => "stop");
  let shown = "";

  function buttons({ state }) {
    const under = state === "playing" || state === "paused";
    const held = strip.contains(document.activeElement);
    start.hidden = under;
    start.textContent = state === "idle" ? T.start : T.again;
    pause.hidden = !under;
    next.hidden = !under;
    stop.hidden = state === "idle";
    pause.textContent = state === "paused" ? T.resume : T.pause;
    stop.textContent = under ? T.stop : T.close;
    if (held && !strip.contains(document.activeElement)) (under ? pause : start).focus();
  }

  function words({ state, scene, scenes, trouble }) {
    const now = scenes[scene];
    if (state === "stuck") return [T.stuck, trouble, ""];
    if (state === "done") return [T.done, T.doneCaption(scenes.filter(({ outcome }) => outcome === "seen").length, scenes.length), ""];
    if (!now) return [T.idle, T.idleCaption, ""];
    return [T.scene(scene + 1, scenes.length, now.title), now.caption, T.telling[now.outcome] ?? ""];
  }

  function update() {
    const { story } = world;
    const on = ON_STAGE.has(story.state);
    const [title, caption, telling] = words(story);
    const now = story.scenes[story.scene];
    strip.classList.toggle("is-on", on);
    document.body.dataset.story = on ? "on" : "";
    byId("story-scene").textContent = title;
    byId("story-caption").textContent = caption;
    byId("story-outcome").textContent = telling;
    byId("story-outcome").dataset.look = { seen: "good", missing: "bad" }[now?.outcome] ?? "plain";
    byId("story-marks").replaceChildren(...(on ? story.scenes.map((one, index) => markOf(one, index, story.scene)) : []));
    buttons(story);
    actions.stage(on ? story.cast : []);
    point(story, now);
  }

  /** Turn to the phone and app of a new scene once; the reader may look elsewhere afterwards. */
  function point(story, now) {
    const key = `${story.state === "idle"} ${story.scene} ${now?.user}`;
    if (now && key !== shown) actions.show(now.user, now.app);
    shown = key;
  }

  return { update };
}
