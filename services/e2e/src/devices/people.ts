import { activateDevice, DeviceClient, type ShownChallenge } from "@portcullis/device-client";
import { eventually } from "@portcullis/testkit";
import { Nas } from "../harness/nas.js";
import type { ProductUnderTest } from "../harness/product-under-test.js";
import { CLIENTS } from "./devices-configuration.js";

/** A person takes her time; the NAS asks again meanwhile. */
const PATIENT = { intervalMs: 1_000, tries: 25 } as const;

export function nasOf({ ports }: ProductUnderTest, client: keyof typeof CLIENTS): Nas {
  return new Nas({ ...CLIENTS[client], port: ports[0], ...PATIENT });
}

/** A device of a user, made at the first replica and used at the other. */
export async function newDevice({ call, deviceUrls }: ProductUnderTest, user: string): Promise<DeviceClient> {
  const { body } = await call("mobile", "/internal/activations", { user });
  const { code } = JSON.parse(body) as { code: string };
  const [made = "", used = made] = deviceUrls;
  const device = await activateDevice({ url: made, code, name: "phone", platform: "test" });
  return new DeviceClient({ ...device, url: used });
}

/** What a device is asked, when it is. */
export function asked(device: DeviceClient, attempt = 1): Promise<ShownChallenge> {
  return eventually(
    async () => {
      const { challenges, version } = await device.inbox();
      const found = challenges.find((challenge) => challenge.attempt === attempt);
      if (found === undefined) await device.inbox({ waitSeconds: 5, known: version });
      return found;
    },
    { what: "the device is asked", timeoutMs: 20_000 },
  );
}
