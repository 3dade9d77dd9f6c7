(list) => {
  // In the page, but not of it: keeps every state that its user sees, until it is read. Returns a function that reads.
  const seen = [];
  const rows = () =>
    [...document.querySelectorAll("#orders > li")].map((item) => ({
      id: item.dataset.id,
      text: (item.querySelector(".text") ?? item.querySelector(".edited")).textContent,
      state: item.dataset.state,
    }));
  const look = () =>
    seen.push({
      rows: rows(),
      connection: document.getElementById("connection").dataset.state,
      waiting: Number(document.getElementById("waiting").dataset.count),
      refused: [...document.querySelectorAll("#notices > li")].map((item) => item.dataset.text),
    });
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  let messages = 0;
  new BroadcastChannel(`orders/${list}`).onmessage = () => (messages += 1);
  window.readObserved = () => {
    const read = { seen: seen.splice(0), messages };
    messages = 0;
    return read;
  };
  look();
}
