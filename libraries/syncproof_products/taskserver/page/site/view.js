// The page itself. A row that is being edited is left alone.

const at = (id) => document.getElementById(id);

export class View {
  // wanted: {add(text), change(id, text), remove(id)}.
  constructor(wanted) {
    this.wanted = wanted;
    at("new").onsubmit = (event) => {
      event.preventDefault();
      wanted.add(at("text").value);
      at("text").value = "";
    };
  }

  show(rows, waiting) {
    const there = new Map([...at("orders").children].map((item) => [item.dataset.id, item]));
    const items = rows.map((row) => this.item(row, there.get(row.id)));
    const shown = new Set(items);
    for (const item of there.values()) if (!shown.has(item)) item.remove();
    // What stays is not taken out and put in again: whoever writes in it would lose the cursor.
    items.forEach((item, n) => {
      const place = at("orders").children[n] ?? null;
      if (item !== place) at("orders").insertBefore(item, place);
    });
    at("waiting").dataset.count = waiting;
    at("waiting").textContent = waiting ? `Not yet saved: ${waiting}` : "";
  }

  item(row, item = this.newItem(row.id)) {
    item.dataset.state = row.state;
    const text = item.querySelector("span.text");
    if (text && text.textContent !== row.text) text.textContent = row.text;
    return item;
  }

  newItem(id) {
    const item = document.createElement("li");
    item.dataset.id = id;
    const text = Object.assign(document.createElement("span"), { className: "text" });
    const change = Object.assign(document.createElement("button"), { className: "change", textContent: "Change" });
    const remove = Object.assign(document.createElement("button"), { className: "remove", textContent: "Remove" });
    change.onclick = () => this.edit(id, text);
    remove.onclick = () => this.wanted.remove(id);
    item.append(text, change, remove);
    return item;
  }

  edit(id, text) {
    const input = Object.assign(document.createElement("input"), { className: "edited", value: text.textContent });
    input.onchange = () => {
      input.replaceWith(text);
      this.wanted.change(id, input.value);
    };
    text.replaceWith(input);
    input.focus();
  }

  connection(state) {
    at("connection").dataset.state = at("connection").textContent = state;
  }

  refused(text, reason) {
    const notice = document.createElement("li");
    notice.dataset.text = text;
    notice.textContent = `“${text}” was refused: ${reason}`;
    at("notices").append(notice);
  }
}
