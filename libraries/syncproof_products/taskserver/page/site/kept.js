// What this browser keeps for a list, also while its page is closed: its name at the server, and changes that wait.

export class Kept {
  constructor(list) {
    this.prefix = `orders/${list}/`;
  }

  // The name under which the server knows this browser.
  get client() {
    let name = localStorage.getItem("orders-client");
    if (!name) localStorage.setItem("orders-client", (name = `browser-${crypto.randomUUID()}`));
    return name;
  }

  // Each change has an entry of its own: two tabs never write the same one.
  changes() {
    const keys = Array.from({ length: localStorage.length }, (_, n) => localStorage.key(n));
    return keys
      .filter((key) => key.startsWith(this.prefix))
      .map((key) => JSON.parse(localStorage.getItem(key)))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  put(change) {
    localStorage.setItem(this.prefix + change.key, JSON.stringify(change));
  }

  forget(key) {
    localStorage.removeItem(this.prefix + key);
  }
}
