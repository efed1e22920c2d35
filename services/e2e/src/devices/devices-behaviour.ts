import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { activateDevice, DeviceClient, readDevice, type StoredDevice } from "@portcullis/device-client";
import { eventually } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { portcullis } from "../harness/portcullis.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import { devicesConfiguration } from "./devices-configuration.js";
import { describePush } from "./push-behaviour.js";

/**
 * Devices as operators and users have them, at every replica.
 * @param describeMore what holds in this mode only
 */
export function describeDevices(
  mode: string,
  start: StartProduct,
  describeMore: (bench: () => ProductUnderTest) => void = () => undefined,
): void {
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

    const urlOf = (replica: number): string => product.deviceUrls[replica % product.deviceUrls.length] ?? "";
    const internal = async (path: string, message?: object) => {
      const { status, body } = await product.call("mobile", `/internal/${path}`, message);
      return { status, body: (body === "" ? {} : JSON.parse(body)) as Record<string, unknown> };
    };
    const codeFor = async (user: string): Promise<string> =>
      String((await internal("activations", { user })).body["code"]);
    const activate = (code: string, replica: number): Promise<StoredDevice> =>
      activateDevice({ url: urlOf(replica), code, name: "phone", platform: "test" });
    /** The device at another replica than the one that it was made at. */
    const clientAt = (device: StoredDevice, replica: number) => new DeviceClient({ ...device, url: urlOf(replica) });

    it("are activated and used by the command line", async () => {
      const all = product.reach("mobile");
      const reach = all.at(-1) ?? [];
      // The user and the settings reach each replica as events.
      const known = async () => (await internal("activations", { user: "alice" })).status === 200;
      await eventually(known, { what: "alice is known" });
      const made = await portcullis(["activate", "--user", "CORP\\alice", "--json", ...reach]);
      expect(made).toMatchObject({ code: 0, stderr: "" });
      const { code } = JSON.parse(made.stdout) as { code: string };
      const store = join(folder, "device.json");
      const activated = await portcullis(["device", "activate", "--code", code, "--url", urlOf(0), "--store", store]);
      expect(activated).toMatchObject({ code: 0, stderr: "" });
      expect(activated.stdout).toContain("Activated for alice at Example");
      expect(await clientAt(readDevice(store), 1).show()).toMatchObject({ userName: "alice", issuer: "Example" });
      const id = readDevice(store).deviceId.slice(0, 8);
      expect(await portcullis(["activate", "--user", "alice", "--remove", id, ...reach])).toMatchObject({ code: 0 });
      const gone = await portcullis(["device", "remove", "--store", store]);
      expect(gone).toMatchObject({ code: 1, stderr: "The call is not signed by an active device. (401)\n" });
    });

    it("are made once of a code, at any replica", async () => {
      const code = await codeFor("alice");
      const ended = await Promise.allSettled([0, 1, 0, 1].map((replica) => activate(code, replica)));
      const made = ended.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
      expect(made).toHaveLength(1);
      await expect(activate(code, 1)).rejects.toMatchObject({ status: 404 });
      for (const device of made) await clientAt(device, 1).remove();
    });

    it("are as many as the configuration says, for users who may log in, until they are removed at any replica", async () => {
      const first = await activate(await codeFor("alice"), 0);
      const second = await activate(await codeFor("alice"), 1);
      await expect(activate(await codeFor("alice"), 0)).rejects.toMatchObject({ status: 409 });
      expect((await internal("devices?user=alice")).body).toMatchObject({ devices: [{}, {}] });
      await clientAt(first, 1).remove();
      await expect(clientAt(first, 0).show()).rejects.toMatchObject({ status: 401 });
      expect((await internal(`devices/${second.deviceId}/remove`, {})).status).toBe(202);
      await expect(clientAt(second, 1).show()).rejects.toMatchObject({ status: 401 });
      expect((await internal("devices?user=alice")).body).toMatchObject({ devices: [] });
      expect((await internal("activations", { user: "bob" })).status).toBe(409);
      expect((await internal("activations", { user: "nobody" })).status).toBe(404);
    });

    describePush(() => product);
    describeMore(() => product);

    it("are let into nothing but their own paths", async () => {
      for (const [path, method] of [
        ["/internal/devices?user=alice", "GET"],
        ["/internal/activations", "POST"],
      ] as const) {
        const { status } = await fetch(urlOf(0) + path, { method });
        expect([401, 404], path).toContain(status);
      }
    });
  });
}
