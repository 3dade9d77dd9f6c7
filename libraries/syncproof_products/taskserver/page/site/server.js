// The server's HTTP API: the list, and one request for each change, sent under its key until it is decided.

const PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;

export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// After the nth failure in a row, from 1: doubled up to a limit, and spread so that clients do not come all at once.
export const pauseMs = (failures) =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);

const decided = (status) => status >= 200 && status < 500 && status !== 408 && status !== 429;

export class Server {
  constructor(list, client) {
    this.path = `/repositories/${encodeURIComponent(list)}/tasks`;
    this.client = client;
  }

  async list() {
    const reply = await fetch(this.path, {
      headers: { "X-Client": this.client },
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    return reply.json();
  }

  // Answers {seq} of a change that the server has made, {refused} with its reason. Throws where it has not decided.
  async send({ key, action, id, text }) {
    const path = action === "add" ? this.path : `${this.path}/${encodeURIComponent(id)}`;
    const method = { add: "POST", change: "PATCH", remove: "DELETE" }[action];
    const content = { add: { id, content: text }, change: { content: text }, remove: {} }[action];
    const reply = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json", "Idempotency-Key": key, "X-Client": this.client },
      body: JSON.stringify(content),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!decided(reply.status)) throw new Error(`status ${reply.status}`);
    const said = await reply.json(); // what is no JSON is a gateway's, which has decided nothing
    return reply.ok ? { seq: said.seq } : { refused: said.message };
  }
}
