/** The fault switches, grouped by the part of the platform that they break. */

import { byId, make } from "/page/dom.js";
import { FAULT_GROUPS, faultTexts } from "/page/fault_texts.js";
import { TEXT } from "/page/texts.js";
import { attempt } from "/page/toast.js";

const T = TEXT.faults;

function createSwitch(fault) {
  let now = fault;
  const { what, unit } = faultTexts(fault);
  const box = make("input", { type: "checkbox", role: "switch" });
  const left = make("span", { class: "tag" });
  const label = make("label", { class: "switch" }, box,
    make("span", {}, make("span", { class: "what" }, what), make("code", { title: fault.description }, fault.name)), left);
  const node = make("li", { "data-name": fault.name }, label);
  const amount = typeof fault.value === "number" ? amountField(fault, what, unit) : null;
  if (amount) node.append(make("span", { class: "with-unit" }, amount, make("span", { "aria-hidden": "true" }, unit)));
  box.addEventListener("change", apply);
  amount?.addEventListener("change", () => { if (box.checked) apply(); });

  async function apply() {
    const body = { name: fault.name, on: box.checked };
    if (amount && amount.value !== "") body.value = Number(amount.value);
    if (!(await attempt("fault", body))) box.checked = now.on;
  }

  function update(latest) {
    now = latest;
    box.checked = latest.on;
    left.textContent = latest.on && latest.count ? T.left(latest.count) : "";
    if (amount && document.activeElement !== amount) amount.value = latest.value;
  }

  update(fault);
  return { node, update };
}

function amountField(fault, what, unit) {
  return make("input", { type: "number", step: "any", class: "amount", "aria-label": T.value(what, unit), value: fault.value });
}

/** Build the panel from the state; `reset` draws it anew, `show` updates one switch. */
export function createFaults(world) {
  const switches = new Map();

  function count() {
    const on = world.faults.filter((fault) => fault.on).length;
    byId("fault-count").textContent = on ? T.some(on) : T.none;
    byId("fault-count").dataset.look = on ? "warn" : "plain";
    byId("faults-off").hidden = on === 0;
  }

  function show(fault) {
    if (switches.has(fault.name)) {
      switches.get(fault.name).update(world.faults.find((known) => known.name === fault.name));
      count();
    } else {
      reset();
    }
  }

  function reset() {
    switches.clear();
    const groups = new Map();
    for (const fault of world.faults) {
      const title = faultTexts(fault).group;
      if (!groups.has(title)) groups.set(title, make("fieldset", { class: "switches" }, make("legend", {}, title), make("ul")));
      const entry = createSwitch(fault);
      switches.set(fault.name, entry);
      groups.get(title).querySelector("ul").append(entry.node);
    }
    const order = FAULT_GROUPS.map(([title]) => title).filter((title) => groups.has(title));
    const rest = [...groups.keys()].filter((title) => !order.includes(title));
    byId("fault-groups").replaceChildren(...[...order, ...rest].map((title) => groups.get(title)));
    count();
  }

  byId("faults-off").addEventListener("click", () => attempt("fault", { name: "all" }));

  return { show, reset };
}
