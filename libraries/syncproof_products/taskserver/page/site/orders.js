// What the page knows, and what it shows: the list as the server has it, with what users of this browser have changed
// and the server has not decided on top. Nothing here does I/O, and nothing is ever taken back by hand: a change that
// is refused is dropped, and what is shown without it is what was there before.

export class Orders {
  // changes: those of before, undecided or not yet in a list that was fetched.
  constructor(changes) {
    this.fetched = { head: -1, tasks: [] };
    this.changes = new Map(changes.map((change) => [change.key, change]));
  }

  // A change of this browser: {key, action: "add" | "change" | "remove", id, text}.
  add(change) {
    this.changes.set(change.key, change);
  }

  // The server has made it; seq: the number of that change. Answers whether that is news.
  decide(key, seq) {
    const change = this.changes.get(key);
    if (!change || change.seq !== undefined) return false;
    this.changes.set(key, { ...change, seq });
    return true;
  }

  // The server has refused it.
  drop(key) {
    return this.changes.delete(key);
  }

  // A list from the server; an older one, which was overtaken on its way, says nothing. Answers the keys of changes
  // that it contains.
  fetch(list) {
    if (list.head < this.fetched.head) return [];
    this.fetched = list;
    const contained = [...this.changes.values()].filter((change) => change.seq <= list.head);
    for (const change of contained) this.changes.delete(change.key);
    return contained.map((change) => change.key);
  }

  get undecided() {
    return [...this.changes.values()].filter((change) => change.seq === undefined);
  }

  // The rows: {id, text, state: "saved" | "pending"}, the oldest first.
  get shown() {
    const rows = new Map();
    for (const task of this.fetched.tasks) rows.set(task.id, { id: task.id, text: task.content, state: "saved" });
    for (const { action, id, text, seq } of this.changes.values()) {
      const state = seq === undefined ? "pending" : "saved";
      if (action === "remove") rows.delete(id);
      else if (action === "add" || rows.has(id)) rows.set(id, { id, text, state });
    }
    return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}
