/** The postal service's panel: what it was ordered to fetch, and the postman's next steps. */

import { button, byId, make } from "/page/dom.js";
import { TEXT } from "/page/texts.js";
import { attempt } from "/page/toast.js";

const T = TEXT.post;
const LOOKS = { delivered: "good", returned: "warn", cancelled: "plain" };
const NEXT = {
  ordered: ["collected"],
  collected: ["under_way", "delivered", "returned"],
  under_way: ["delivered", "returned"],
};

/** One parcel; its buttons are kept in place so that focus survives a change. */
function createParcel(parcel) {
  const order = parcel.order_number;
  const cells = {
    stage: make("span", { class: "tag" }), item: make("span", { class: "parcel-item" }),
    to: make("p", { class: "parcel-to" }), told: make("p", { class: "parcel-told", role: "status" }),
  };
  const keys = Object.entries(T.keys).map(([action, label]) => {
    const key = button({ "data-action": action, "aria-label": T.forOrder(label, order) }, label);
    key.addEventListener("click", () => {
      if (key.getAttribute("aria-disabled") !== "true") attempt("post", { action, order });
    });
    return key;
  });
  const node = make("li", { "data-order": order },
    make("div", { class: "parcel-head" }, make("b", {}, order), cells.stage),
    cells.item, cells.to, cells.told, make("div", { class: "keys" }, ...keys));

  function update(latest) {
    cells.stage.textContent = T.stages[latest.stage] ?? latest.stage;
    cells.stage.dataset.look = LOOKS[latest.stage] ?? "plain";
    cells.item.textContent = latest.item_code;
    cells.to.textContent = T.to(latest.receiver.name, latest.receiver.address);
    const again = latest.times_ordered > 1 ? T.again(latest.times_ordered) : "";
    cells.told.textContent = [latest.message, again].filter(Boolean).join(" · ");
    const open = NEXT[latest.stage] ?? [];
    for (const key of keys) key.setAttribute("aria-disabled", String(!open.includes(key.dataset.action)));
  }

  update(parcel);
  return { node, update };
}

/** Build the panel; it stays hidden until the first order has come. */
export function createPostOffice(world) {
  const rows = new Map();

  function show({ order_number: order }) {
    const latest = world.parcels.find((known) => known.order_number === order);
    if (rows.has(order)) rows.get(order).update(latest);
    else {
      rows.set(order, createParcel(latest));
      byId("parcels").prepend(rows.get(order).node);
    }
    explain();
  }

  function explain() {
    byId("post-office").hidden = rows.size === 0;
    byId("post-count").textContent = T.count(rows.size);
  }

  function reset() {
    rows.clear();
    byId("parcels").replaceChildren();
    world.parcels.forEach(show);
    explain();
  }

  return { show, reset };
}
