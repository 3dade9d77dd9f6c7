// What a user of the npm client does, step by step; each line of input says go on, each line of output what was seen.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [packages, url, upstream] = process.argv.slice(2);
const { Toxiproxy } = createRequire(`${packages}/`)("toxiproxy-node-client");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function tell(seen) {
  console.log(JSON.stringify(seen));
  await lines.next();
}

async function refusal(promise) {
  try {
    await promise;
    return "nothing was refused";
  } catch (error) {
    return error.message;
  }
}

const toxiproxy = new Toxiproxy(url);
let proxy = await toxiproxy.createProxy({ name: "node", listen: "127.0.0.1:0", upstream });
await tell({ listen: proxy.listen, enabled: proxy.enabled });

const twice = await refusal(toxiproxy.createProxy({ name: "node", listen: "127.0.0.1:0", upstream }));
const latency = await proxy.addToxic({ type: "latency", attributes: { latency: 500, jitter: 0 } });
const changed = await latency.update({ toxicity: 1, attributes: { latency: 120, jitter: 0 } });
await tell({ twice, name: latency.name, stream: latency.stream, attributes: changed.attributes });

const unknown = await refusal(proxy.addToxic({ type: "nonsense", attributes: {} }));
await latency.remove();
const gone = await refusal(proxy.getToxic("latency_downstream"));
const same = { name: "node", listen: proxy.listen, upstream, enabled: false };
proxy = await proxy.update(same);
await tell({ unknown, gone, enabled: proxy.enabled });

await toxiproxy.reset();
const populated = await toxiproxy.populate([{ name: "second", listen: "127.0.0.1:0", upstream }]);
const all = Object.keys(await toxiproxy.getAll()).sort();
const again = await toxiproxy.get("node");
await tell({ populated: Object.keys(populated), all, enabled: again.enabled, version: await toxiproxy.getVersion() });

await populated.second.remove();
await again.remove();
console.log(JSON.stringify({ left: Object.keys(await toxiproxy.getAll()), missing: await refusal(toxiproxy.get("node")) }));
process.exit(0);
