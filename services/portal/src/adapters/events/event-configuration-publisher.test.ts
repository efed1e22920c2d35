import { createSecretKey } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toJson } from "@bufbuild/protobuf";
import {
  type Configuration,
  formatErrors,
  fraudSettings,
  loadConfiguration,
  openSetting,
} from "@portcullis/configuration";
import { type EventBus, PooledRandom, Sealer } from "@portcullis/kit";
import { clientReplyAttributesPlace } from "@portcullis/login";
import {
  type ClientChanged,
  FailMode,
  MfaDemand,
  PolicyRuleSchema,
  RememberScope,
  type SettingChanged,
} from "@portcullis/proto";
import { expect, it, onTestFinished } from "vitest";
import { publishedClients } from "../../application/published-clients.js";
import { publishedSettings } from "../../application/published-settings.js";
import { EventConfigurationPublisher } from "./event-configuration-publisher.js";

const YAML = `policies:
  - { name: admins, clients: [ vpn ], groups: [ Admins ], mfa: true, methods: [ app ] }
  - { name: offices, trustedNetworks: [ 198.51.100.0/24 ], remember: [ { scope: user, seconds: 60 } ] }
  - { name: others, clients: [ wifi ], mfa: false }
fraud: { code: "00", mail: [ a@corp.example ] }
targets: [ { name: local, type: local } ]
clients:
  - name: vpn
    address: 127.0.0.1
    secret: 0123456789abcdef
    target: local
    replyAttributes:
      - { groups: [ Staff, ops ], attributes: { Filter-Id: a } }
      - { attributes: { Tunnel-Password: pw } }
  - name: wifi
    address: 127.0.0.2
    secret: 0123456789abcdef
    target: local
    mfa: enrolled
    requireUserMatch: false
    failMode: safe
    fallback: true
    reconnectWindowSeconds: 0
    remember: [ { scope: application-and-address, seconds: 60 }, { scope: method-and-application, seconds: 30 } ]
    methodWords: false
    appMatch: true
  - { name: desk, address: 127.0.0.3, secret: 0123456789abcdef, target: local, methods: [manual] }
allowManualAnswers: true
`;

const key = createSecretKey(Buffer.alloc(32, 1));
const sealer = new Sealer({ active: 1, sealing: new Map([[1, key]]), digest: key, audit: key }, new PooledRandom());

async function configured(): Promise<Configuration> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-portal-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "portcullis.yaml"), YAML);
  const loaded = await loadConfiguration(join(folder, "portcullis.yaml"), { env: {} });
  if (!loaded.ok) throw new Error(formatErrors(loaded.failure));
  return loaded.value;
}

/** What is published, by key. */
function setUp() {
  const states = new Map<string, unknown>();
  const bus: EventBus = {
    publish: () => Promise.reject(new Error("the configuration is a state")),
    publishState: (schema, key, state) => Promise.resolve(void states.set(`${schema.name} ${key}`, state)),
  };
  return { publisher: new EventConfigurationPublisher(bus, sealer), states };
}

async function publishedClient(name: string): Promise<ClientChanged> {
  const { publisher, states } = setUp();
  for (const client of publishedClients(await configured())) await publisher.publishClient(client, 1);
  const state = states.get(`ClientChanged ${name}`);
  if (state === undefined) throw new Error("no such client");
  return state as ClientChanged;
}

it("publishes the reply attributes of each rule sealed, in order, for its own place and no other", async () => {
  const [first, second] = (await publishedClient("vpn")).replyAttributes;
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

it("publishes the policies that are for a client, in order and as far as they say something, its own settings last", async () => {
  const { rules, reconnectWindowSeconds } = await publishedClient("vpn");
  expect(rules.map((rule) => toJson(PolicyRuleSchema, rule))).toEqual([
    { name: "admins", groups: ["admins"], mfa: "MFA_DEMAND_ON", methods: { methods: ["app"] } },
    {
      name: "offices",
      trustedNetworks: { networks: ["198.51.100.0/24"] },
      remember: { rules: [{ scope: "REMEMBER_SCOPE_USER", seconds: 60 }] },
    },
    {
      name: "client",
      mfa: "MFA_DEMAND_ON",
      requireUserMatch: true,
      methods: { methods: ["oath", "sms", "voice", "app"] },
      failMode: "FAIL_MODE_SECURE",
      fallback: false,
      trustedNetworks: {},
      remember: {},
      methodWords: true,
      appMatch: false,
    },
  ]);
  expect(reconnectWindowSeconds).toBeUndefined();
});

it("publishes what a client's own settings say, a window of none too", async () => {
  const { rules, reconnectWindowSeconds } = await publishedClient("wifi");
  expect(rules.map(({ name }) => name)).toEqual(["offices", "others", "client"]);
  expect(rules[1]).toMatchObject({ mfa: MfaDemand.OFF });
  expect(rules[2]).toMatchObject({
    mfa: MfaDemand.ENROLLED,
    requireUserMatch: false,
    failMode: FailMode.SAFE,
    fallback: true,
    remember: {
      rules: [
        { scope: RememberScope.APPLICATION_AND_ADDRESS, seconds: 60 },
        { scope: RememberScope.METHOD_AND_APPLICATION, seconds: 30 },
      ],
    },
    methodWords: false,
    appMatch: true,
  });
  expect(reconnectWindowSeconds).toBe(0);
  expect((await publishedClient("desk")).rules.at(-1)?.methods?.methods).toEqual(["manual"]);
});

it("publishes a section sealed for its name, and takes it back by a tombstone of the same key", async () => {
  const { publisher, states } = setUp();
  const settings = publishedSettings(await configured());
  expect(settings.map(({ name }) => name)).toEqual(["fraud"]);
  for (const setting of settings) await publisher.publishSetting(setting, 7);
  const state = states.get("SettingChanged fraud") as SettingChanged;
  expect(state).toMatchObject({ name: "fraud", generation: 7n });
  expect(openSetting(sealer, state, fraudSettings)).toMatchObject({ code: "00", blockDays: 90 });
  expect(Buffer.from(state.sealedValue).toString("latin1")).not.toContain("corp.example");
  await publisher.remove({ kind: "setting", name: "fraud", generation: 7, digest: "" });
  expect([...states]).toEqual([["SettingChanged fraud", undefined]]);
});
