// Puts the parts together: what the user wants is shown at once, kept, told to other tabs, and sent.

import { Feed } from "./feed.js";
import { Kept } from "./kept.js";
import { Orders } from "./orders.js";
import { Server, pauseMs, wait } from "./server.js";
import { Tabs } from "./tabs.js";
import { View } from "./view.js";

const list = new URLSearchParams(location.search).get("list") || "orders";
const kept = new Kept(list);
const server = new Server(list, kept.client);
const tabs = new Tabs(list, told); // before what is kept is read: nothing falls between the two
const orders = new Orders(kept.changes());
const mine = new Set(orders.changes.keys()); // changes that this tab sends: its own, and those of tabs that are gone
const view = new View({
  add: (text) => want("add", newId(), text),
  change: (id, text) => want("change", id, text),
  remove: (id) => want("remove", id, shownText(id)),
});

function newId() {
  return `${Date.now().toString(36).padStart(9, "0")}-${crypto.randomUUID()}`; // in the order in which they are made
}

function shownText(id) {
  return orders.shown.find((row) => row.id === id)?.text ?? "";
}

function show() {
  view.show(orders.shown, orders.undecided.length);
}

function want(action, id, text) {
  const change = { key: newId(), action, id, text };
  kept.put(change); // first: what is shown stays, whatever becomes of the page
  orders.add(change);
  show();
  mine.add(change.key);
  tabs.tell({ added: change });
  send();
}

// What another tab tells.
function told({ added, decided, refused }) {
  if (added) orders.add(added);
  if (decided) orders.decide(decided.key, decided.seq);
  if (refused) orders.drop(refused.key);
  show();
}

let sending = false;

async function send() {
  if (sending) return;
  sending = true;
  try {
    await sendAll();
  } finally {
    sending = false;
  }
}

// One after the other, in their order: a change builds on those before it.
async function sendAll() {
  for (let failures = 0; ; ) {
    const change = orders.undecided.find(({ key }) => mine.has(key));
    if (!change) return;
    let answer;
    try {
      answer = await server.send(change);
    } catch {
      failures += 1;
      await wait(pauseMs(failures));
      continue;
    }
    failures = 0;
    settle(change, answer);
  }
}

function settle({ key, text }, { seq, refused }) {
  kept.forget(key);
  if (refused === undefined) {
    orders.decide(key, seq);
    tabs.tell({ decided: { key, seq } });
  } else {
    orders.drop(key);
    view.refused(text, refused);
    tabs.tell({ refused: { key } });
  }
  show();
  refetch();
}

let fetching = false;
let stale = false;

async function refetch() {
  stale = true;
  if (fetching) return;
  fetching = true;
  try {
    await fetchAll();
  } finally {
    fetching = false;
  }
}

// One request at a time; what becomes stale meanwhile is fetched once more behind it.
async function fetchAll() {
  for (let failures = 0; stale; ) {
    stale = false;
    let fetched;
    try {
      fetched = await server.list();
    } catch {
      stale = true;
      failures += 1;
      await wait(pauseMs(failures));
      continue;
    }
    failures = 0;
    orders.fetch(fetched);
    show();
  }
}

show();
new Feed(list, refetch, (state) => view.connection(state)).connect();
send();
