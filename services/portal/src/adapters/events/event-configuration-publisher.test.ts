import { createSecretKey } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientEntry, formatErrors, loadConfiguration } from "@portcullis/configuration";
import { type EventBus, PooledRandom, Sealer } from "@portcullis/kit";
import { clientReplyAttributesPlace } from "@portcullis/login";
import type { ClientChanged } from "@portcullis/proto";
import { expect, it, onTestFinished } from "vitest";
import { EventConfigurationPublisher } from "./event-configuration-publisher.js";

const YAML = `targets: [ { name: local, type: local } ]
clients:
  - name: vpn
    address: 127.0.0.1
    secret: 0123456789abcdef
    target: local
    replyAttributes:
      - { groups: [ Staff, ops ], attributes: { Filter-Id: a } }
      - { attributes: { Tunnel-Password: pw } }
`;

const key = createSecretKey(Buffer.alloc(32, 1));
const sealer = new Sealer({ active: 1, sealing: new Map([[1, key]]), digest: key, audit: key }, new PooledRandom());

async function configuredClient(): Promise<ClientEntry> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-portal-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "portcullis.yaml"), YAML);
  const loaded = await loadConfiguration(join(folder, "portcullis.yaml"), { env: {} });
  const [client] = loaded.ok ? loaded.value.clients : [];
  if (client === undefined) throw new Error(loaded.ok ? "no client" : formatErrors(loaded.failure));
  return client;
}

it("publishes the reply attributes of each rule sealed, in order, for its own place and no other", async () => {
  const states: ClientChanged[] = [];
  const bus: EventBus = {
    publish: () => Promise.reject(new Error("a client is a state")),
    publishState: (_schema, _key, state) => Promise.resolve(void states.push(state as unknown as ClientChanged)),
  };
  const client = { ...(await configuredClient()), forwards: false };
  await new EventConfigurationPublisher(bus, sealer).publishClient(client, 1);
  const [first, second] = states[0]?.replyAttributes ?? [];
  expect([first?.groups, second?.groups]).toEqual([["ops", "staff"], []]);
  const open = (sealed: Uint8Array = new Uint8Array(), place: string) => sealer.open(sealed, place)?.toString("hex");
  expect(open(first?.sealedAttributes, clientReplyAttributesPlace("vpn", 0))).toBe("0b0361");
  expect(open(second?.sealedAttributes, clientReplyAttributesPlace("vpn", 1))).toBe("4505007077");
  expect(open(second?.sealedAttributes, clientReplyAttributesPlace("vpn", 0))).toBeUndefined();
  expect(open(second?.sealedAttributes, clientReplyAttributesPlace("wifi", 1))).toBeUndefined();
  const oneBitWrong = Buffer.from(second?.sealedAttributes ?? []);
  oneBitWrong[oneBitWrong.length - 1] = (oneBitWrong.at(-1) ?? 0) ^ 1;
  expect(open(oneBitWrong, clientReplyAttributesPlace("vpn", 1))).toBeUndefined();
});
