import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code } from "@portcullis/radius";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Issued, TestAuthority } from "./testing/certificates.js";
import { GatewayBench } from "./testing/gateway-bench.js";
import { requestOf, SECRET, verified } from "./testing/requests.js";

const RETRY_EVERY_MS = 200;
const MAX_TRIES = 50;

let authority: TestAuthority;
let server: Issued;
let proxy: Issued;
let bench: GatewayBench;

beforeAll(() => {
  authority = new TestAuthority();
  server = authority.issue("DNS:radius.example,IP:127.0.0.1");
  proxy = authority.issue("DNS:proxy.example");
});
afterAll(() => authority.remove());
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Debian's radsecproxy between a NAS of UDP and a server of TLS, which it checks by the address in its certificate. */
async function startProxy(tlsPort: number): Promise<{ port: number; process: ChildProcess }> {
  const port = await freeUdpPort();
  const folder = mkdtempSync(join(tmpdir(), "portcullis-radsecproxy-"));
  const configuration = join(folder, "radsecproxy.conf");
  writeFileSync(
    configuration,
    `ListenUDP 127.0.0.1:${port}
tls default {
  CACertificateFile ${authority.certFile}
  CertificateFile ${proxy.certFile}
  CertificateKeyFile ${proxy.keyFile}
}
client nas {
  host 127.0.0.1
  type udp
  secret "${SECRET}"
}
server gateway {
  host 127.0.0.1
  type tls
  port ${tlsPort}
  secret radsec
  statusServer on
}
realm * {
  server gateway
}
`,
  );
  const process = spawn("radsecproxy", ["-f", "-c", configuration], { stdio: "ignore" });
  await once(process, "spawn");
  bench.closeLater(async () => {
    const ended = process.exitCode === null ? once(process, "exit") : undefined;
    process.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  return { port, process };
}

it("answers a NAS behind radsecproxy, which speaks TLS for it", async () => {
  const tls = { certificate: server.certFile, key: server.keyFile, ca: authority.certFile };
  const gateway = await bench.startGateway({ listen: [{ address: "127.0.0.1", port: 0, tls }] });
  const certificates = ["proxy.example"];
  await gateway.setClient({ name: "proxy", addresses: [], secrets: [], certificates });
  const { port } = await startProxy(gateway.port);
  const request = requestOf({ userName: "alice@corp.example" });
  // Until its connection stands, it drops what it gets; a NAS sends again.
  for (let tries = 0; tries < MAX_TRIES && bench.nas.received.length === 0; tries++) {
    bench.nas.send(request, port);
    await bench.nas.replies(1, RETRY_EVERY_MS);
  }
  expect(verified(bench.nas.received[0], request).code).toBe(Code.AccessAccept);
  expect(bench.passwordIn(gateway.published[0])).toBe("correct horse");
  expect(gateway.published[0]?.context.client).toBe("proxy");
  expect(gateway.published).toHaveLength(1);
});
