// Other tabs of this browser that show the same list are told what changes here, and need not wait for the server.

export class Tabs {
  // told: called with each message of another tab.
  constructor(list, told) {
    this.channel = new BroadcastChannel(`orders/${list}`);
    this.channel.onmessage = ({ data }) => told(data);
  }

  tell(message) {
    this.channel.postMessage(message);
  }
}
