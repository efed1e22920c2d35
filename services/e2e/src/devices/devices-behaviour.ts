import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { portcullis } from "../harness/portcullis.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import { devicesConfiguration } from "./devices-configuration.js";

/** Devices as an operator and a user have them, with the command line. */
export function describeDevices(mode: string, start: StartProduct): void {
  describe(`devices, ${mode}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-devices-"));
    let product: ProductUnderTest;
    beforeAll(async () => {
      product = await start({ configuration: devicesConfiguration, usersFile: "name\n" });
    });
    afterAll(async () => {
      await product.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** The command against a replica of mobile. */
    const activate = (replica: number, ...args: string[]) => {
      const all = product.reach("mobile");
      return portcullis(["activate", ...args, ...(all[replica % all.length] ?? [])]);
    };
    const urlOf = (replica: number): string => product.deviceUrls[replica % product.deviceUrls.length] ?? "";
    const storeOf = (name: string): string => join(folder, `${name}.json`);

    async function codeFor(replica: number): Promise<string> {
      const { code, stdout, stderr } = await activate(replica, "--user", "CORP\\alice", "--json");
      expect([code, stderr]).toEqual([0, ""]);
      return (JSON.parse(stdout) as { code: string }).code;
    }

    it("are activated at any replica with a code of any, once", async () => {
      // The user and the settings reach each replica as events.
      await eventually(async () => (await activate(0, "--user", "alice")).code === 0, { what: "alice is known" });
      const code = await codeFor(0);
      const made = ["device", "activate", "--code", code, "--name", "first"];
      const first = await portcullis([...made, "--url", urlOf(1), "--store", storeOf("first")]);
      expect(first).toMatchObject({ code: 0, stderr: "" });
      expect(first.stdout).toContain("Activated for alice at Example");
      const again = await portcullis([...made, "--url", urlOf(0), "--store", storeOf("again")]);
      expect([again.code, again.stderr]).toEqual([1, "The code is wrong, was used, or its time is over. (404)\n"]);
      const { stdout } = await activate(1, "--user", "alice", "--list", "--json");
      expect(JSON.parse(stdout)).toMatchObject({ userName: "alice", devices: [{ name: "first" }] });
    });

    it("are as many as the configuration says, for users who may log in", async () => {
      const second = ["device", "activate", "--code", await codeFor(1), "--url", urlOf(0), "--name", "second"];
      expect(await portcullis([...second, "--store", storeOf("second")])).toMatchObject({ code: 0 });
      const third = ["device", "activate", "--code", await codeFor(0), "--url", urlOf(0), "--store", storeOf("third")];
      expect(await portcullis(third)).toMatchObject({
        code: 1,
        stderr: "Remove another device of yours first. (409)\n",
      });
      expect(await activate(0, "--user", "bob")).toMatchObject({ code: 1 });
      expect(await activate(0, "--user", "nobody")).toMatchObject({ code: 1 });
    });

    it("are nobody any more when they are removed, at every replica", async () => {
      const { stdout } = await activate(0, "--user", "alice", "--list", "--json");
      const { devices } = JSON.parse(stdout) as { devices: { deviceId: string; name: string }[] };
      const first = devices.find(({ name }) => name === "first");
      expect(await activate(1, "--user", "alice", "--remove", first?.deviceId.slice(0, 8) ?? "")).toMatchObject({
        code: 0,
      });
      const refused = await portcullis(["device", "remove", "--store", storeOf("first")]);
      expect([refused.code, refused.stderr]).toEqual([1, "The call is not signed by an active device. (401)\n"]);
      expect(await portcullis(["device", "remove", "--store", storeOf("second")])).toMatchObject({ code: 0 });
      expect((await activate(0, "--user", "alice", "--list")).stdout).toBe("alice has no device.\n");
    });

    it("find nothing but their own paths where they reach the product", async () => {
      for (const path of ["/internal/devices?user=alice", "/internal/activations"]) {
        const method = path.endsWith("activations") ? "POST" : "GET";
        const { status } = await fetch(urlOf(0) + path, { method });
        expect([401, 404], path).toContain(status);
      }
    });
  });
}
