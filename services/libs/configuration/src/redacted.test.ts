import { expect, test } from "vitest";
import { parse } from "yaml";
import { loaded } from "../test/files.js";
import { redacted } from "./index.js";
import { EXAMPLE } from "./reference/example.js";

test("shows the file with its defaults and without its secrets", async () => {
  const text = redacted(await loaded(EXAMPLE));
  expect(parse(text)).toMatchObject({
    radius: { listen: [{ address: "127.0.0.1", authPort: 1812 }] },
    clients: [{ name: "vpn", addresses: ["127.0.0.1/32"], secrets: ["[redacted]"], timeLimitSeconds: 30, mfa: true }],
    targets: [{ name: "local", type: "local" }, { name: "trusted" }],
    users: [{ name: "alice", password: "[redacted]", tokens: [{ serial: "T1", secret: "[redacted]", period: 30 }] }],
  });
  expect(text).not.toMatch(/testing123|correct horse|JBSWY3DPEHPK3PXP/);
});

test("says where a secret is kept", async () => {
  const yaml = "users: [ { name: a, password: { fromEnv: P } }, { name: b, password: { fromFile: p } } ]";
  const text = redacted(await loaded(yaml, { env: { P: "hunter2" }, files: { p: "hunter3" } }));
  expect(parse(text)).toMatchObject({ users: [{ password: { fromEnv: "P" } }, { password: { fromFile: "p" } }] });
  expect(text).not.toContain("hunter");
});

test("what it shows can be loaded again where nothing was secret", async () => {
  const yaml = "targets: [ { name: t, type: none } ]\nusers: [ { name: a, enabled: false } ]";
  const configuration = await loaded(yaml);
  const again = await loaded(redacted(configuration));
  expect({ ...again, file: "" }).toEqual({ ...configuration, file: "" });
});
