import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfiguration } from "../load-configuration.js";
import { secretFilesOf } from "./secret-files.js";

const folder = mkdtempSync(join(tmpdir(), "portcullis-secret-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function filesOf(client: string, users = "") {
  writeFileSync(join(folder, "vpn"), "0123456789abcdef");
  const path = join(folder, "portcullis.yaml");
  writeFileSync(
    path,
    `clients: [{ name: vpn, address: 10.0.0.1, target: local, ${client} }]\ntargets: [{ name: local, type: local }]\n${users}`,
  );
  const loaded = await loadConfiguration(path, { env: { VPN: "0123456789abcdef" } });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return secretFilesOf(loaded.value);
}

describe("secretFilesOf", () => {
  it("tells secrets in the file from those elsewhere", async () => {
    expect(await filesOf("secret: 0123456789abcdef")).toEqual({ inline: true, files: [] });
    expect(await filesOf("secret: { fromEnv: VPN }")).toEqual({ inline: false, files: [] });
    const twice = "secrets: [{ fromFile: vpn }, { fromFile: ./vpn }]";
    expect(await filesOf(twice)).toEqual({ inline: false, files: [join(folder, "vpn")] });
  });

  it("finds those of users too", async () => {
    const users = "users: [{ name: alice, password: x }]";
    expect(await filesOf("secret: { fromFile: vpn }", users)).toEqual({ inline: true, files: [join(folder, "vpn")] });
  });
});
