import { createSecretKey } from "node:crypto";
import {
  type ClientEntry,
  type FraudSettings,
  type NotificationsSettings,
  Secret,
  type TargetEntry,
} from "@portcullis/configuration";
import { KeyedDigest, type Log } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import type { ItemRecord } from "../domain/configuration-item.js";
import { ImportConfiguration } from "./import-configuration.js";

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const target: TargetEntry = { name: "local", type: "local" };
const vpn: ClientEntry = {
  name: "vpn",
  addresses: ["127.0.0.1/32"],
  secrets: [new Secret("testing123")],
  application: "Company VPN",
  target: "local",
  replyAttributes: [],
  mfa: true,
  requireUserMatch: true,
  methods: ["oath", "app"],
  failMode: "secure",
  fallback: false,
  trustedNetworks: [],
  remember: [],
  methodWords: true,
  appMatch: false,
  requireMessageAuthenticator: true,
  limitProxyState: true,
  prompting: "auto",
  joinWithoutStation: false,
  openvpnStaticChallenge: false,
  downloadableAcls: false,
  passwordCharset: "utf-8",
  accounting: "record",
  whenTargetUnavailable: "silent",
  timeLimitSeconds: 30,
  challengeTimeLimitSeconds: 120,
  rejectDelayMs: 1_000,
  maxExchanges: 1_000,
  maxRequestsPerSecond: 2_000,
};

function setUp() {
  const records = new Map<string, ItemRecord>();
  const published: string[] = [];
  let failing: string | undefined;
  const publish = (what: string): Promise<void> => {
    if (what === failing) return Promise.reject(new Error("away"));
    published.push(what);
    return Promise.resolve();
  };
  const newImporter = () =>
    new ImportConfiguration({
      records: {
        list: () => Promise.resolve([...records.values()]),
        put: async (added) => {
          for (const record of added) records.set(`${record.kind}/${record.name}`, record);
        },
        remove: async (gone) => {
          for (const record of gone) records.delete(`${record.kind}/${record.name}`);
        },
      },
      publisher: {
        publishClient: (client, generation) => publish(`client ${client.name} ${generation}`),
        publishSetting: (setting, generation) => publish(`setting ${setting.name} ${generation}`),
        publishTarget: (one, generation) => publish(`target ${one.name} ${generation}`),
        remove: (record) => publish(`no ${record.kind} ${record.name}`),
      },
      digest: new KeyedDigest(createSecretKey(Buffer.alloc(32, 1))),
      log: silent,
    });
  let importer = newImporter();
  const run = (clients: readonly ClientEntry[], more: Partial<Parameters<typeof importer.execute>[0]> = {}) => {
    published.length = 0;
    return importer.execute({ clients, targets: [target], policies: [], warnings: [], ...more });
  };
  const restart = (): void => {
    importer = newImporter();
  };
  const again = (): void => importer.publishAllAgain();
  return { run, restart, again, published, records, failAt: (what: string | undefined) => (failing = what) };
}

describe("ImportConfiguration", () => {
  it("publishes targets before clients, and an unchanged file again with the same generations by another process", async () => {
    const { run, restart, published } = setUp();
    await run([vpn]);
    expect(published).toEqual(["target local 1", "client vpn 1"]);
    restart();
    await run([vpn]);
    expect(published).toEqual(["target local 1", "client vpn 1"]);
  });

  it("publishes only what changed once it has published all, and all again when that did not come to its end", async () => {
    const { run, published, failAt } = setUp();
    const wifi = { ...vpn, name: "wifi" };
    await run([vpn, wifi]);
    await run([vpn, { ...wifi, mfa: false }]);
    expect(published).toEqual(["client wifi 2"]);
    failAt("client wifi 3");
    await expect(run([vpn, wifi])).rejects.toThrow("away");
    failAt(undefined);
    await run([vpn, wifi]);
    expect(published).toEqual(["target local 1", "client vpn 1", "client wifi 3"]);
  });

  it("publishes an unchanged file again, with the same generations, when it is to be sealed under another key", async () => {
    const { run, again, published } = setUp();
    await run([vpn]);
    await run([vpn]);
    expect(published).toEqual([]);
    again();
    await run([vpn]);
    expect(published).toEqual(["target local 1", "client vpn 1"]);
    await run([vpn]);
    expect(published).toEqual([]);
  });

  it("sees a changed secret and a changed switch", async () => {
    const { run, published } = setUp();
    await run([vpn]);
    await run([{ ...vpn, secrets: [new Secret("another secret")] }]);
    expect(published).toContain("client vpn 2");
    await run([{ ...vpn, secrets: [new Secret("another secret")], mfa: false }]);
    expect(published).toContain("client vpn 3");
  });

  it("says what it added, changed and removed, by name, and when it changed nothing", async () => {
    const { run } = setUp();
    const changesOf = async (...clients: ClientEntry[]) => {
      const outcome = await run(clients);
      return outcome.outcome === "imported" ? outcome.changes : outcome.outcome;
    };
    const wifi = { ...vpn, name: "wifi" };
    expect(await changesOf(vpn)).toEqual({ "clients added": ["vpn"], "targets added": ["local"] });
    expect(await changesOf(vpn)).toBe("unchanged");
    expect(await changesOf({ ...vpn, mfa: false }, wifi)).toEqual({
      "clients added": ["wifi"],
      "clients changed": ["vpn"],
    });
    expect(await changesOf({ ...vpn, mfa: false })).toEqual({ "clients removed": ["wifi"] });
    expect(await changesOf({ ...vpn, mfa: false, secrets: [new Secret("another")] })).toEqual({
      "clients changed": ["vpn"],
    });
  });

  it("sends a tombstone for what is gone, once more when the first try failed", async () => {
    const { run, published, records, failAt } = setUp();
    await run([vpn]);
    failAt("no client vpn");
    await expect(run([])).rejects.toThrow("away");
    expect(records.has("client/vpn")).toBe(true);
    failAt(undefined);
    await run([]);
    expect(published).toContain("no client vpn");
    expect(records.has("client/vpn")).toBe(false);
  });

  it("publishes the sections that the file has, again when a secret of one changed, and a tombstone when one is gone", async () => {
    const { run, published, restart } = setUp();
    const fraud: FraudSettings = { code: "0", block: true, blockDays: 90, mail: [], language: "en" };
    const notifications = (token: string): NotificationsSettings<Secret> => ({
      texts: {},
      providers: [
        {
          name: "a",
          type: "twilio",
          does: ["sms"],
          accountSid: "AC1",
          authToken: new Secret(token),
          from: "+14255550100",
          apiUrl: "https://api.twilio.com",
        },
      ],
    });
    await run([vpn], { notifications: notifications("one"), fraud });
    expect(published).toEqual(["target local 1", "setting notifications 1", "setting fraud 1", "client vpn 1"]);
    expect(await run([vpn], { notifications: notifications("two"), fraud })).toEqual({
      outcome: "imported",
      changes: { "settings changed": ["notifications"] },
    });
    expect(published).toEqual(["setting notifications 2"]);
    restart();
    await run([vpn], { fraud });
    expect(published).toEqual(["target local 1", "setting fraud 1", "client vpn 1", "no setting notifications"]);
    expect(await run([vpn], { fraud })).toEqual({ outcome: "unchanged" });
  });

  it("publishes the clients anew that a changed policy is for, and no others", async () => {
    const { run, published } = setUp();
    const wifi = { ...vpn, name: "wifi" };
    await run([vpn, wifi]);
    await run([vpn, wifi], { policies: [{ name: "p", clients: ["wifi"], mfa: false }] });
    expect(published).toEqual(["client wifi 2"]);
    await run([vpn, wifi], { policies: [{ name: "p", mfa: false }] });
    expect(published).toEqual(["client vpn 2"]);
  });
});
