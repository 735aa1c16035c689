import { connect, createServer } from "node:net";

// Passes connections on, in a process of its own: what a test does meanwhile must not hold up what pods depend on.
// relay.ts HOST:PORT=HOST:PORT...

for (const rule of process.argv.slice(2)) {
  const [from = "", to = ""] = rule.split("=");
  const [host, port] = from.split(":");
  const [toHost, toPort] = to.split(":");
  createServer((socket) => {
    const upstream = connect(Number(toPort), toHost);
    for (const one of [socket, upstream]) one.setNoDelay(true).on("error", () => one.destroy());
    socket.pipe(upstream).pipe(socket);
    socket.on("close", () => upstream.destroy());
    upstream.on("close", () => socket.destroy());
  }).listen(Number(port), host);
}
