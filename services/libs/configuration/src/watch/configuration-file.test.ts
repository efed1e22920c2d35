import { mkdir, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createLog } from "@portcullis/kit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeFiles } from "../../test/files.js";
import { ConfigurationFile, type ConfigurationReading } from "./configuration-file.js";

const YAML = `clients: [{ name: vpn, address: 192.0.2.1, secret: { fromFile: vpn.secret }, target: local }]
targets: [{ name: local, type: local }]
usersFile: users.csv
`;
const FILES = { "portcullis.yaml": YAML, "vpn.secret": "the first shared secret\n", "users.csv": "name\nalice\n" };

let folder: string;
let lines: string[];
let file: ConfigurationFile;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  lines = [];
  folder = await writeFiles(FILES);
  file = fileAt(join(folder, "portcullis.yaml"));
});
afterEach(() => void vi.useRealTimers());

function fileAt(path: string): ConfigurationFile {
  const log = createLog("test", "info", { write: (line) => void lines.push(line) });
  return new ConfigurationFile(path, { env: {}, log });
}

/** Whether it has changed, now and when it was left alone for a while. */
async function changes(version: number): Promise<[boolean, boolean]> {
  const atOnce = await file.changedSince(version);
  vi.advanceTimersByTime(1_000);
  return [atOnce, await file.changedSince(version)];
}

const secretIn = ({ result }: ConfigurationReading): string | undefined =>
  result.ok ? result.value.clients[0]?.secrets[0]?.reveal() : undefined;

describe("ConfigurationFile", () => {
  it("is read once for all who ask, as long as nothing has changed", async () => {
    const [one, other] = await Promise.all([file.read(), file.read()]);
    expect(other).toBe(one);
    expect(await file.read()).toBe(one);
    expect(await changes(one.version)).toEqual([false, false]);
  });

  it.each([
    ["the file itself", "portcullis.yaml", `# changed\n${YAML}`],
    ["a file of a secret", "vpn.secret", "the other shared secret"],
    ["the users' file", "users.csv", "name\nbob\n"],
  ])("has changed with %s, once that is left alone", async (_what, name, content) => {
    const before = await file.read();
    await writeFile(join(folder, name), content);
    expect(await changes(before.version)).toEqual([false, true]);
    const after = await file.read();
    expect(after.version).toBeGreaterThan(before.version);
    expect(secretIn(after)).toBe(name === "vpn.secret" ? content : "the first shared secret");
    expect(await changes(after.version)).toEqual([false, false]);
  });

  it("has not changed while it is being written", async () => {
    const { version } = await file.read();
    for (let count = 1; count <= 3; count++) {
      await writeFile(join(folder, "portcullis.yaml"), "#".repeat(count));
      expect(await file.changedSince(version)).toBe(false);
      vi.advanceTimersByTime(900);
    }
  });

  it("is read at once for who does not wait, written just now or not", async () => {
    await file.read();
    await writeFile(join(folder, "vpn.secret"), "the other shared secret");
    expect(secretIn(await file.read())).toBe("the other shared secret");
  });

  it("has changed for everybody who has not read the newest", async () => {
    const before = await file.read();
    await writeFile(join(folder, "vpn.secret"), "the other shared secret");
    await file.read();
    expect(await file.changedSince(before.version)).toBe(true);
  });

  it("says once in the log what is wrong, and is right again when that is mended", async () => {
    await rm(join(folder, "vpn.secret"));
    const wrong = await file.read();
    await file.read();
    expect(wrong.result.ok).toBe(false);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      event: "configuration.refused",
      errors: expect.stringContaining("the file vpn.secret does not exist"),
    });
    await writeFile(join(folder, "vpn.secret"), "the first shared secret");
    expect(await changes(wrong.version)).toEqual([false, true]);
    expect(secretIn(await file.read())).toBe("the first shared secret");
  });

  it("follows a link that is turned, as Kubernetes replaces a folder", async () => {
    for (const [version, secret] of [
      ["1", "the first shared secret"],
      ["2", "the other shared secret"],
    ] as const) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, "portcullis.yaml"), YAML.replace("usersFile: users.csv\n", ""));
      await writeFile(join(folder, version, "vpn.secret"), secret);
    }
    await symlink("1", join(folder, "data"));
    file = fileAt(join(folder, "data", "portcullis.yaml"));
    const before = await file.read();
    expect(secretIn(before)).toBe("the first shared secret");
    await symlink("2", join(folder, "next"));
    await rename(join(folder, "next"), join(folder, "data"));
    expect(await changes(before.version)).toEqual([false, true]);
    expect(secretIn(await file.read())).toBe("the other shared secret");
    await unlink(join(folder, "data"));
    expect((await file.read()).result.ok).toBe(false);
  });

  it("does not open when it is wrong, and leaves it to the caller to say why", async () => {
    const options = { env: {}, log: createLog("test", "silent") };
    const opened = await ConfigurationFile.open(join(folder, "portcullis.yaml"), options);
    expect(opened.ok && opened.value.configuration.clients[0]?.name).toBe("vpn");
    const wrong = await ConfigurationFile.open(join(folder, "nothing.yaml"), options);
    expect(wrong.ok).toBe(false);
    expect(lines).toEqual([]);
  });
});
