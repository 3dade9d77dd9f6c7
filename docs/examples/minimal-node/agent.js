// A device of the minimal-node product, with its agent, in Node's standard library.
//
//     node agent.js --device Alice --data /tmp/alice --port 8701
//     curl -X PUT 127.0.0.1:8701/links/relay -d '{"address": "127.0.0.1:8600"}'
//
// The product is three functions: `push` hands operations to the server, `pull` catches up and then waits for more,
// `deliver` commits what came. All the rest is what any agent needs.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { parseArgs } from "node:util";

const CAPABILITIES = {
  order: "total", outbox: "durable", conflicts: "none", versions: "all", blobs: "none",
  range: false, marker: false, clock: false, pause: false, p2p: false, history: true,
};
const PAGE = 20;

const given = parseArgs({
  options: {
    device: { type: "string" },
    data: { type: "string" },
    port: { type: "string", default: "0" },
    retry: { type: "string", default: "5" }, // the longest pause between attempts, seconds
    patience: { type: "string", default: "15" }, // for an answer of the server, seconds
  },
}).values;
const [name, retryMs, patienceMs] = [given.device, Number(given.retry) * 1000, Number(given.patience) * 1000];
fs.mkdirSync(given.data, { recursive: true });

const now = () => process.hrtime.bigint(); // CLOCK_MONOTONIC, nanoseconds
// Nanoseconds do not fit into a JavaScript number: they are kept as text, and written as numbers.
const json = (value) => JSON.stringify(value).replace(/"ns:(\d+)"/g, "$1");
const ns = (stamp) => `ns:${stamp}`;

// A file of JSON lines that survives `kill -9`: what `append` has returned from is there after a restart.
class Lines {
  constructor(file) {
    this.file = path.join(given.data, file);
    const text = fs.existsSync(this.file) ? fs.readFileSync(this.file) : Buffer.alloc(0);
    const whole = text.subarray(0, text.lastIndexOf("\n") + 1); // a kill may have left half a line
    if (whole.length < text.length) fs.truncateSync(this.file, whole.length);
    this.read = whole.toString().split("\n").filter(Boolean).map((line) => JSON.parse(line));
  }

  append(line) {
    const file = fs.openSync(this.file, "a");
    fs.writeSync(file, JSON.stringify(line) + "\n");
    fs.fsyncSync(file);
    fs.closeSync(file);
    this.read.push(line);
  }
}

const taken = new Lines("taken.jsonl"); // operations of this device, before they are accepted
const delivered = new Lines("delivered.jsonl"); // what was delivered, before it is told
const told = new Lines("told.jsonl"); // starts, the link, the wish to be connected, the groups
told.append({ start: true });
const last = (key, otherwise) => told.read.findLast((line) => key in line)?.[key] ?? otherwise;
const incarnation = told.read.filter((line) => line.start).length;
const groups = new Set(told.read.filter((line) => line.group).map((line) => line.group));
let link = last("link", "");
let wanted = last("wanted", false);
let state = "offline";
let retrying = 0;
let batches = 0;
let caughtUp = new Map(); // how much the catch-up that is going on has brought, by group
const numbers = new Map(); // the last that was delivered of each group
const acked = new Map();
const mine = new Map(taken.read.map((line) => [line.op.op_id, line]));
delivered.read.forEach(note);
const outbox = taken.read.map((line) => line.op).filter((op) => !acked.has(op.op_id));

// -- events

const events = [];
let waiting = []; // functions that look again when something has changed

function changed() {
  const look = waiting;
  waiting = [];
  for (const again of look) again();
}

function tell(type, fields) {
  events.push({ seq: events.length + 1, t_ns: ns(now()), type, ...fields });
  changed();
}

// Resolves when `condition` holds, or after so many milliseconds.
function until(condition, withinMs = Infinity) {
  return new Promise((resolve) => {
    let timer = null;
    const look = () => {
      if (!condition()) return waiting.push(look);
      clearTimeout(timer);
      return resolve();
    };
    if (withinMs !== Infinity) {
      timer = setTimeout(() => {
        waiting = waiting.filter((each) => each !== look);
        resolve();
      }, withinMs);
    }
    look();
  });
}

// -- the product

class Server {
  agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  link = "";

  ask(where, body) {
    if (this.link !== link) {
      this.agent.destroy();
      this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      this.link = link;
    }
    const [host, port] = link.split(":");
    return new Promise((resolve, reject) => {
      const request = http.request(
        { host, port, path: where, method: "POST", agent: this.agent, timeout: patienceMs },
        (response) => {
          const chunks = [];
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            try {
              if (response.statusCode !== 200) throw new Error(`the server answered ${response.statusCode}`);
              resolve(JSON.parse(Buffer.concat(chunks)));
            } catch (trouble) {
              reject(trouble);
            }
          });
        },
      );
      request.on("timeout", () => request.destroy(new Error("the server is silent")));
      request.on("error", reject);
      request.end(JSON.stringify(body));
    });
  }
}

// Hand the operations of this device to the server, one after the other, for ever.
async function push() {
  const server = new Server();
  for (let attempt = 1; ; ) {
    await until(() => wanted && link && outbox.length);
    const op = outbox[0];
    try {
      const { number } = await server.ask("/append", { ...op, author: name });
      attempt = 1;
      outbox.shift();
      acked.set(op.op_id, number);
      tell("ack", { op_id: op.op_id, server_order: number });
    } catch (trouble) {
      await backOff("push", attempt++, trouble);
    }
  }
}

// Catch up, then wait for more, for ever; after a failure, again.
async function pull() {
  const server = new Server();
  for (let attempt = 1; ; ) {
    become("offline", wanted ? "" : "asked for");
    await until(() => wanted && link);
    become("connecting");
    try {
      while (wanted) {
        const live = state === "live";
        const after = Object.fromEntries([...groups].map((group) => [group, numbers.get(group) ?? 0]));
        const wait = live ? patienceMs / 20_000 : 0;
        const { operations } = await server.ask("/read", { after, wait, limit: PAGE });
        attempt = 1;
        deliver(operations, live ? "live" : "catchup");
        become(live || !operations.length ? "live" : "catching_up");
      }
    } catch (trouble) {
      become("offline", trouble.message);
      await backOff("pull", attempt++, trouble);
    }
  }
}

// Commit what came, in the server's order, and tell of it.
function deliver(operations, how) {
  for (const op of operations) {
    if (op.number !== (numbers.get(op.group) ?? 0) + 1) continue; // it is here already
    const delivery = {
      n: delivered.read.length + 1, t_ns: ns(now()), op_id: JSON.parse(op.body).op_id, group: op.group,
      kind: op.kind, entry: null, author: op.author, clock: null, version: String(op.number),
      server_order: op.number, size: Buffer.byteLength(op.body), path: how,
      digest: crypto.createHash("sha256").update(op.body).digest("hex"), blobs: [],
    };
    delivered.append(delivery);
    note(delivery);
    tell("deliver", { n: delivery.n });
  }
  for (const group of how === "catchup" ? new Set(operations.map((op) => op.group)) : []) {
    batches += 1;
    caughtUp.set(group, (caughtUp.get(group) ?? 0) + operations.filter((op) => op.group === group).length);
    tellCatchUp("page", group);
  }
}

function tellCatchUp(what, group) {
  const [got, head] = [caughtUp.get(group), numbers.get(group)];
  tell("catchup", { group, state: what, after: head - got, got, head, reason: "" });
}

// Remember a delivery by what is asked for later.
function note(delivery) {
  numbers.set(delivery.group, delivery.server_order);
  if (delivery.author === name) acked.set(delivery.op_id, delivery.server_order);
}

function become(next, reason = "") {
  if (next === state) return;
  if (next === "live") {
    for (const group of caughtUp.keys()) tellCatchUp("ended", group);
    caughtUp = new Map();
  }
  state = next;
  tell("connection", { state, reason });
}

// Wait before the next attempt: twice as long each time, up to `retry`; not if the link changes.
async function backOff(what, attempt, trouble) {
  const delayMs = Math.min((retryMs / 16) * 2 ** attempt, retryMs);
  const before = link;
  const due = now() + BigInt(Math.round(delayMs * 1e6));
  tell("retry", { what, attempt, delay_ms: delayMs, due_ns: ns(due), reason: trouble.message });
  retrying += 1;
  await until(() => !wanted || link !== before, delayMs);
  retrying -= 1;
}

// -- the agent

class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function field(body, key, kind) {
  const value = body?.[key];
  const fits = kind === "array" ? Array.isArray(value) : typeof value === kind;
  if (!fits) throw new Refused(400, "invalid", `Field \`${key}\` must be there and be of type ${kind}.`);
  return value;
}

function number(query, key, otherwise) {
  const value = Number(query.get(key) ?? otherwise);
  if (Number.isNaN(value)) throw new Refused(400, "invalid", `\`${key}\` in the query must be a number.`);
  return value;
}

function submit(body) {
  for (const key of ["op_id", "group", "kind", "body"]) field(body, key, "string");
  const op = { op_id: body.op_id, group: body.group, kind: body.kind, body: body.body };
  let inside = null;
  try {
    inside = JSON.parse(op.body)?.op_id;
  } catch {} // said below
  if (inside !== op.op_id) {
    throw new Refused(400, "invalid", "Field `body` must be a JSON text that carries the same op_id.");
  }
  if (op.kind !== "append") throw new Refused(501, "unsupported", `This product has messages only, and no ${op.kind}.`);
  if (!groups.has(op.group)) {
    throw new Refused(404, "unknown_group", `Field \`group\`: this device is not in '${op.group}'.`);
  }
  let known = mine.get(op.op_id);
  if (!known) {
    known = { op, seen: delivered.read.length };
    mine.set(op.op_id, known);
    taken.append(known);
    outbox.push(op);
    changed();
  } else if (JSON.stringify(known.op) !== JSON.stringify(op)) {
    throw new Refused(409, "op_conflict", `op_id '${op.op_id}' was used with other content.`);
  }
  return [202, { op_id: op.op_id, seen: known.seen, version: null }];
}

const ROUTES = {
  "GET about": () => [200, { protocol: "1", agent: "minimal-node/1", device: name, capabilities: CAPABILITIES }],
  "GET identity": () => [200, { device: name, id: name }],
  "GET status": () => [200, {
    device: name, incarnation, monotonic_ns: ns(now()), pid: process.pid,
    boot_id: fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    links: link ? [{ peer: "relay", address: link }] : [], groups: [...groups].sort(), connection: state,
    pipeline: "running", breaker: "closed", deliveries: delivered.read.length,
    pending: { outbox: outbox.length, uploads: 0, downloads: 0, held: 0, retries: retrying, markers: 0 },
  }],
  "PUT groups": (group, body) => {
    const members = field(body, "members", "array");
    if (!groups.has(group)) told.append({ group });
    groups.add(group);
    tell("group", { group, state: "joined" });
    return [202, { group, members }];
  },
  "PUT links": (peer, body) => {
    const address = field(body, "address", "string");
    if (address !== link) told.append({ link: address });
    link = address;
    changed();
    return [200, { peer, address }];
  },
  "DELETE links": () => {
    told.append({ link: "" });
    link = "";
    return [204, null];
  },
  "POST connect": () => want(true),
  "POST disconnect": () => want(false),
  "POST ops": (_, body) => submit(body),
  "GET ops": (op_id) => {
    const known = acked.has(op_id) ? "acked" : mine.has(op_id) ? "accepted" : "unknown";
    return [200, { op_id, state: known, server_order: acked.get(op_id) ?? null }];
  },
  "GET deliveries": (_, __, query) => {
    const [after, limit] = [number(query, "after", 0), number(query, "limit", 1000)];
    return [200, { deliveries: delivered.read.slice(after, after + limit), total: delivered.read.length }];
  },
  "GET metrics": () => [200, { deliveries: delivered.read.length, catchupBatches: batches }],
  "GET events": async (_, __, query) => {
    const after = number(query, "incarnation", 0) === incarnation ? number(query, "after", 0) : 0;
    await until(() => events.length > after, number(query, "wait", 0) * 1000);
    const found = events.slice(after, after + number(query, "limit", 1000));
    return [200, { incarnation, events: found, next: after + found.length }];
  },
};

function want(intent) {
  if (wanted !== intent) told.append({ wanted: intent });
  wanted = intent;
  changed();
  return [202, {}];
}

async function answer(request, content) {
  const url = new URL(request.url, "http://agent");
  const [, what, ...rest] = url.pathname.split("/");
  const route = ROUTES[`${request.method} ${what}`];
  if (!route) throw new Refused(501, "unsupported", `This product cannot do ${request.method} /${what}.`);
  let body = null;
  try {
    body = JSON.parse(content.length ? content : "{}");
  } catch (wrong) {
    throw new Refused(400, "invalid", `The content is not JSON: ${wrong.message}`);
  }
  return route(decodeURIComponent(rest.join("/")), body, url.searchParams);
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", async () => {
    let [status, reply] = [500, null];
    try {
      [status, reply] = await answer(request, Buffer.concat(chunks));
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      status = refused.status;
      reply = { code: refused.code, message: refused.message, happened: "no" };
    }
    response.writeHead(status, { "content-type": "application/json" });
    response.end(status === 204 ? undefined : json(reply));
  });
});
server.keepAliveTimeout = 0;
server.listen(Number(given.port), "127.0.0.1", () => {
  console.log(JSON.stringify({ port: server.address().port }));
});
push();
pull();
