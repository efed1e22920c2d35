// As many connections as there are requests: standard input has { port, requests }, the text of each request. Standard output
// says how many answers have come whenever that changes, a number a line. A process of its own, with descriptors of its own.
import { connect } from "node:net";
import { text } from "node:stream/consumers";

const AT_ONCE = 200;

const { port, requests } = JSON.parse(await text(process.stdin));
let answered = 0;
let told = 0;
const say = (line) => process.stdout.write(`${line}\n`);

function open(request) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(request, resolve));
    socket.on("error", reject);
    socket.once("data", (octets) => {
      if (!octets.toString("latin1").startsWith("HTTP/1.1 200")) throw new Error(octets.toString("latin1"));
      answered++;
      socket.destroy();
    });
  });
}

for (let at = 0; at < requests.length; at += AT_ONCE) await Promise.all(requests.slice(at, at + AT_ONCE).map(open));
say("open");
const timer = setInterval(() => {
  if (answered !== told) say(answered);
  told = answered;
  if (answered === requests.length) clearInterval(timer);
}, 5);
