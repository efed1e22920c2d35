import { createSecretKey } from "node:crypto";
import { type ClientEntry, Secret } from "@portcullis/configuration";
import { type EventBus, PooledRandom, Sealer } from "@portcullis/kit";
import { clientReplyAttributesPlace } from "@portcullis/login";
import type { ClientChanged } from "@portcullis/proto";
import { expect, it } from "vitest";
import { EventConfigurationPublisher } from "./event-configuration-publisher.js";

const key = createSecretKey(Buffer.alloc(32, 1));
const sealer = new Sealer({ active: 1, sealing: new Map([[1, key]]), digest: key, audit: key }, new PooledRandom());
const filterId = Uint8Array.of(11, 3, 0x61);
const password = Uint8Array.of(69, 5, 0, 0x70, 0x77);
const vpn: ClientEntry = {
  name: "vpn",
  addresses: ["127.0.0.1/32"],
  secrets: [new Secret("testing123")],
  application: "Company VPN",
  target: "local",
  replyAttributes: [
    { groups: ["ops", "staff"], attributes: new Secret(filterId), written: { "Filter-Id": ["a"] } },
    { attributes: new Secret(password), written: { "Tunnel-Password": [new Secret("pw")] } },
  ],
  mfa: true,
  requireUserMatch: true,
  requireMessageAuthenticator: true,
  limitProxyState: true,
  timeLimitSeconds: 30,
  challengeTimeLimitSeconds: 120,
  rejectDelayMs: 1_000,
  maxExchanges: 1_000,
};

it("publishes the reply attributes of each rule sealed, in order, for its own place and no other", async () => {
  const states: ClientChanged[] = [];
  const bus: EventBus = {
    publish: () => Promise.reject(new Error("a client is a state")),
    publishState: (_schema, _key, state) => Promise.resolve(void states.push(state as unknown as ClientChanged)),
  };
  await new EventConfigurationPublisher(bus, sealer).publishClient(vpn, 1);
  const [first, second] = states[0]?.replyAttributes ?? [];
  expect([first?.groups, second?.groups]).toEqual([["ops", "staff"], []]);
  const open = (sealed: Uint8Array = new Uint8Array(), place: string) => sealer.open(sealed, place);
  expect(open(first?.sealedAttributes, clientReplyAttributesPlace("vpn", 0))).toEqual(Buffer.from(filterId));
  expect(open(second?.sealedAttributes, clientReplyAttributesPlace("vpn", 1))).toEqual(Buffer.from(password));
  expect(open(second?.sealedAttributes, clientReplyAttributesPlace("vpn", 0))).toBeUndefined();
  expect(open(second?.sealedAttributes, clientReplyAttributesPlace("wifi", 1))).toBeUndefined();
  const oneBitWrong = Buffer.from(second?.sealedAttributes ?? []);
  oneBitWrong[oneBitWrong.length - 1] = (oneBitWrong.at(-1) ?? 0) ^ 1;
  expect(open(oneBitWrong, clientReplyAttributesPlace("vpn", 1))).toBeUndefined();
});
