import { topicOf } from "@portcullis/kit";
import { Accounting, AccountingReceivedSchema } from "@portcullis/proto";
import { AcctStatusType, AttributeType, Code, integerAttribute, textAttribute } from "@portcullis/radius";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TestAuthority } from "./testing/certificates.js";
import { GatewayBench } from "./testing/gateway-bench.js";
import { accountingRequestOf, requestOf, verified } from "./testing/requests.js";
import { TlsNas } from "./testing/tls-nas.js";

const SECRET = "radsec";

let bench: GatewayBench;
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

it("is recorded and answered over RADIUS/TLS, on the port and connection of logins, and with their Identifier", async () => {
  const authority = new TestAuthority();
  bench.closeLater(() => authority.remove());
  const server = authority.issue("DNS:radius.example");
  const vpn = authority.issue("DNS:vpn.example");
  const tls = { certificate: server.certFile, key: server.keyFile, ca: authority.certFile };
  const gateway = await bench.startGateway({ listen: [{ address: "127.0.0.1", port: 0, tls }] });
  const client = { name: "vpn", generation: 2n, addresses: [], secrets: [], certificates: ["vpn.example"] };
  await gateway.setClient({ ...client, accounting: Accounting.RECORD });
  const recorded: unknown[] = [];
  const kept = Promise.withResolvers<void>();
  gateway.bus.subscribe(topicOf(AccountingReceivedSchema).name, (_key, event) => {
    recorded.push(event);
    return kept.promise;
  });
  const nas = await TlsNas.open({ port: gateway.port, ca: authority.cert, cert: vpn.cert, key: vpn.key });
  bench.closeLater(() => nas.close());
  const start = integerAttribute(AttributeType.AcctStatusType, AcctStatusType.Start);
  const accounting = accountingRequestOf(SECRET, [start, ...textAttribute(AttributeType.AcctSessionId, "s1")], 9);
  const login = requestOf({ secret: SECRET, identifier: 9 });
  nas.send(Buffer.concat([accounting, login]));
  expect(verified((await nas.replies(1))[0], login, SECRET).code).toBe(Code.AccessAccept);
  kept.resolve();
  expect(verified((await nas.replies(2))[1], accounting, SECRET).code).toBe(Code.AccountingResponse);
  expect(recorded).toMatchObject([{ client: "vpn", sessionId: "s1" }]);
});
