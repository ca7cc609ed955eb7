/** The sandbox as this page knows it: the state it sent, kept up to date by its events. */

const KEPT_REQUESTS = 300;

const EMPTY = {
  now: null,
  offset_seconds: 0,
  oa: { id: "", name: "Dịch vụ công", verified: true },
  people: [],
  messages: [],
  requests: [],
  faults: [],
  webhook: { url: "", enabled: true, waiting_retries: 0, events: {} },
  dossiers: [],
  parcels: [],
  feed: { configured: true, url: "" },
  story: { state: "idle", scene: -1, scenes: [], cast: [], trouble: "" },
};

/** Replace the entry with the same key, or add it; returns the entry it replaced. */
function upsert(list, key, entry) {
  const index = list.findIndex((known) => known[key] === entry[key]);
  if (index < 0) {
    list.push(entry);
    return undefined;
  }
  const before = list[index];
  list[index] = { ...before, ...entry };
  return before;
}

/** Holds the state and tells listeners what changed: `fn(entry, before)`. */
export function createWorld() {
  const listeners = new Map();
  const world = { ...structuredClone(EMPTY), on, apply, present, dossierIn };
  let receivedAt = performance.now();

  function on(kind, fn) {
    listeners.set(kind, [...(listeners.get(kind) ?? []), fn]);
  }

  function tell(kind, entry, before) {
    for (const fn of listeners.get(kind) ?? []) fn(entry, before);
  }

  const takeIn = {
    state: (state) => {
      Object.assign(world, structuredClone(EMPTY), state);
      receivedAt = performance.now();
    },
    clock: (clock) => {
      Object.assign(world, clock);
      receivedAt = performance.now();
    },
    webhook: (webhook) => {
      world.webhook = { ...world.webhook, ...webhook };
    },
    story: (story) => {
      world.story = story;
    },
    request: (request) => {
      world.requests.push(request);
      if (world.requests.length > KEPT_REQUESTS) world.requests.shift();
    },
    message: (message) => upsert(world.messages, "id", message),
    person: (person) => upsert(world.people, "id", person),
    fault: (fault) => upsert(world.faults, "name", fault),
    dossier: (dossier) => upsert(world.dossiers, "code", dossier),
    parcel: (parcel) => upsert(world.parcels, "order_number", parcel),
  };

  function apply(kind, entry) {
    const before = takeIn[kind](entry);
    tell(kind, entry, before);
  }

  /** The sandbox's present moment, carried on from its last word about it. */
  function present() {
    const told = world.now ? new Date(world.now) : new Date();
    return new Date(told.getTime() + (world.now ? performance.now() - receivedAt : 0));
  }

  /** The dossier whose code stands in a text, if any. */
  function dossierIn(text) {
    const folded = (text ?? "").toUpperCase();
    return world.dossiers.find(({ code, local_code: local }) =>
      folded.includes(code.toUpperCase()) || (local && folded.includes(local)));
  }

  return world;
}
