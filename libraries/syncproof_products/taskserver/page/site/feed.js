// Over the WebSocket the server tells that the list has changed. A feed that was away may have missed that, so whenever
// it is confirmed anew the list is fetched.

import { pauseMs } from "./server.js";

const ASK_MS = 5_000;

export class Feed {
  // stale: called when what is shown may be out of date. state: called with connecting, connected, reconnecting.
  constructor(list, stale, state) {
    this.channel = `tasks/${list}`;
    this.stale = stale;
    this.state = state;
    this.failures = 0;
  }

  connect() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/broadcast`);
    let confirmed = false;
    let heard = true;
    const ask = () => socket.send(JSON.stringify({ subscribe: [this.channel] }));
    // A browser's page sees no pings: it asks again now and then, so that a dead connection is noticed.
    const asking = setInterval(() => {
      if (!heard) return lost();
      heard = false;
      if (socket.readyState === WebSocket.OPEN) ask();
    }, ASK_MS);
    const lost = () => {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      clearInterval(asking);
      this.failures += 1;
      this.state("reconnecting");
      setTimeout(() => this.connect(), pauseMs(this.failures));
    };
    socket.onopen = ask;
    socket.onclose = lost;
    socket.onmessage = ({ data }) => {
      heard = true;
      const told = JSON.parse(data);
      if (told.subscribed) {
        if (confirmed) return;
        confirmed = true;
        this.failures = 0;
        this.state("connected");
      }
      this.stale();
    };
  }
}
