import { Command } from "commander";
import QRCode from "qrcode";
import { z } from "zod";
import { findInProduct, type RunningProduct, sendToProduct, tellProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import { table } from "../terminal/table.js";

const Activation = z.object({
  code: z.string(),
  url: z.string(),
  userName: z.string(),
  expiresAtMs: z.number(),
});
const Device = z.object({
  deviceId: z.string(),
  name: z.string(),
  platform: z.string(),
  createdAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  hasPushSubscription: z.boolean(),
});
type Device = z.infer<typeof Device>;
const Devices = z.object({ userName: z.string(), devices: z.array(Device) });

/** Characters of an id that a line shows; any beginning that is one device's only will do. */
const SHOWN_ID = 8;

interface ActivateOptions extends RunningProduct {
  readonly user: string;
  readonly list?: true;
  readonly remove?: string;
  readonly json?: true;
}

export function activateCommand(): Command {
  return new Command("activate")
    .description("make a code with which a user activates the authenticator app on a device, once and soon")
    .requiredOption("--user <name>", "the user, in any form of the name")
    .option("--list", "list the user's devices instead")
    .option("--remove <device>", "take a device away instead; the beginning of its id is enough")
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of mobile (distributed)")
    .option("--api-key-file <file>", "file with the key for it")
    .option("--json", "as JSON")
    .action(activate);
}

async function activate({ user, list, remove, json, ...product }: ActivateOptions): Promise<void> {
  if (list && remove !== undefined) throw new CommandError("Give --list or --remove, not both.");
  if (list) return show(await devicesOf(product, user), json);
  if (remove !== undefined) return removeDevice(product, { user, remove: remove.toLowerCase(), json });
  const answer = await sendToProduct(product, "/internal/activations", { user });
  if (answer === undefined) throw new CommandError(noUser(user));
  const activation = Activation.parse(answer);
  process.stdout.write(json ? jsonOf(activation) : await instructions(activation));
}

async function instructions({ code, url, userName, expiresAtMs }: z.infer<typeof Activation>): Promise<string> {
  const qr = await QRCode.toString(url, { type: "terminal", small: true, errorCorrectionLevel: "L" });
  return `
A device of ${userName} may be activated once, until ${timeOf(new Date(expiresAtMs).toISOString())}.

  code  ${code}
  URL   ${url}

Scan this with the device, or type the code there:

${qr}
`;
}

async function devicesOf(product: RunningProduct, user: string): Promise<z.infer<typeof Devices>> {
  const query = new URLSearchParams({ user });
  const answer = await findInProduct(product, `/internal/devices?${query.toString()}`);
  if (answer === undefined) throw new CommandError(noUser(user));
  return Devices.parse(answer);
}

function show({ userName, devices }: z.infer<typeof Devices>, json: true | undefined): void {
  if (json) process.stdout.write(jsonOf({ userName, devices }));
  else if (devices.length === 0) process.stdout.write(`${userName} has no device.\n`);
  else process.stdout.write(`${table([HEADER, ...devices.map(rowOf)]).join("\n")}\n`);
}

const HEADER = ["DEVICE", "NAME", "PLATFORM", "ACTIVATED", "SEEN", "WOKEN BY PUSH"];

function rowOf({ deviceId, name, platform, createdAt, seenAt, hasPushSubscription }: Device): string[] {
  const woken = hasPushSubscription ? "yes" : "no";
  return [deviceId.slice(0, SHOWN_ID), name, platform, timeOf(createdAt), timeOf(seenAt), woken];
}

async function removeDevice(
  product: RunningProduct,
  { user, remove, json }: { readonly user: string; readonly remove: string; readonly json: true | undefined },
): Promise<void> {
  const { devices } = await devicesOf(product, user);
  const [device, ...others] = devices.filter(({ deviceId }) => deviceId.startsWith(remove));
  if (device === undefined) throw new CommandError(`${user} has no device whose id begins with ${remove}.`);
  if (others.length > 0) {
    throw new CommandError(`${others.length + 1} devices begin with ${remove}: give more of the id.`);
  }
  const removed = await tellProduct(product, `/internal/devices/${device.deviceId}/remove`, {});
  if (!removed) throw new CommandError("The device is gone already.");
  process.stdout.write(json ? jsonOf({ removed: device.deviceId }) : `Removed: ${device.name} (${device.deviceId}).\n`);
}

const noUser = (user: string): string => `No user ${user} is known: is she in the configuration, and was it imported?`;
const jsonOf = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
/** Seconds are enough for people. */
const timeOf = (iso: string): string => `${iso.slice(0, 19).replace("T", " ")}Z`;
