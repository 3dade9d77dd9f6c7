// The server of the minimal-node product: an append-only log for each group, on disk before it is acknowledged.
//
//     node server.js --port 8600 --data /tmp/server
//
// POST /append   an operation                                  -> {number}, the same for the same operation again
// POST /read     {after: {group: number}, wait: seconds, limit}  -> {operations}, waits for the first
// GET  /health
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { parseArgs } from "node:util";

const given = parseArgs({
  options: { data: { type: "string" }, port: { type: "string", default: "0" }, export: { type: "string" } },
}).values;
fs.mkdirSync(given.data, { recursive: true });

const logs = new Map(); // group -> its operations
const numbers = new Map(); // author and op_id -> number
let waiting = []; // functions that look again when something was appended

const fileOf = (group) => path.join(given.data, encodeURIComponent(group));
const keyOf = (operation) => JSON.stringify([operation.author, operation.op_id]);

function logOf(group) {
  if (!logs.has(group)) {
    const file = fileOf(group);
    const text = fs.existsSync(file) ? fs.readFileSync(file) : Buffer.alloc(0);
    const whole = text.subarray(0, text.lastIndexOf("\n") + 1); // a kill may have left half a line
    if (whole.length < text.length) fs.truncateSync(file, whole.length);
    const log = whole.toString().split("\n").filter(Boolean).map((line) => JSON.parse(line));
    logs.set(group, log);
    for (const operation of log) numbers.set(keyOf(operation), operation.number);
  }
  return logs.get(group);
}

function append(operation) {
  const log = logOf(operation.group);
  const key = keyOf(operation);
  if (!numbers.has(key)) {
    const numbered = { ...operation, number: log.length + 1 };
    const file = fs.openSync(fileOf(operation.group), "a");
    fs.writeSync(file, JSON.stringify(numbered) + "\n");
    fs.fsyncSync(file);
    fs.closeSync(file);
    log.push(numbered);
    numbers.set(key, numbered.number);
    const look = waiting;
    waiting = [];
    for (const again of look) again();
  }
  return { number: numbers.get(key) };
}

function read({ after, wait, limit }, answer) {
  const until = Date.now() + wait * 1000;
  const look = () => {
    const operations = Object.entries(after).flatMap(([group, number]) =>
      logOf(group).slice(number, number + limit),
    );
    if (operations.length || Date.now() >= until) {
      clearTimeout(timer);
      answer({ operations });
    } else waiting.push(look);
  };
  const timer = setTimeout(() => {
    waiting = waiting.filter((each) => each !== look);
    look();
  }, wait * 1000 + 1);
  look();
}

function serve() {
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("error", () => {}); // the request broke off on its way: it never happened
    request.on("end", () => {
      const answer = (reply) => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(reply));
      };
      if (request.method === "GET") return answer({ status: "ok" });
      const body = JSON.parse(Buffer.concat(chunks));
      return request.url === "/append" ? answer(append(body)) : read(body, answer);
    });
  });
  server.keepAliveTimeout = 0; // the device decides when its connection ends
  server.listen(Number(given.port), "127.0.0.1", () => {
    console.log(JSON.stringify({ port: server.address().port }));
  });
}

if (given.export) {
  for (const operation of logOf(given.export)) {
    const digest = crypto.createHash("sha256").update(operation.body).digest("hex");
    console.log(JSON.stringify({ ...operation, version: String(operation.number), digest }));
  }
} else serve();
