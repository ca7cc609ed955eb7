/** Talks to the sandbox: one POST per action, one event stream back. */

const KINDS = ["message", "person", "request", "fault", "clock", "dossier", "parcel", "webhook", "story"];
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

/** What the sandbox said when it would not do an action, or that it could not be asked. */
export class ActionError extends Error {
  constructor(message, refused) {
    super(message);
    this.refused = refused;
  }
}

/** Do one action; returns the answer, throws ActionError. */
export async function post(path, body) {
  let answer;
  try {
    const reply = await fetch(`/control/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    answer = await reply.json();
  } catch (failure) {
    throw new ActionError(failure.message, false);
  }
  if (!answer.ok) throw new ActionError(answer.error ?? "", true);
  return answer;
}

/**
 * Follow the stream for as long as the page is open.
 *
 * EventSource gives up for good when a reconnect meets an HTTP error, as it does
 * while the sandbox restarts, so the stream is closed and opened again from here.
 */
export function follow(apply, report) {
  let pause = FIRST_PAUSE_MS;

  function open() {
    const stream = new EventSource("/control/stream");
    stream.addEventListener("state", (event) => {
      pause = FIRST_PAUSE_MS;
      report("open");
      apply("state", JSON.parse(event.data));
    });
    for (const kind of KINDS) {
      stream.addEventListener(kind, (event) => apply(kind, JSON.parse(event.data)));
    }
    stream.addEventListener("error", () => {
      stream.close();
      report("lost");
      window.setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  }

  report("connecting");
  open();
}
