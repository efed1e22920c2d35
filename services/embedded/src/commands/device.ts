import { existsSync } from "node:fs";
import { hostname, platform } from "node:os";
import { activateDevice, DeviceCallRefused, DeviceClient, readDevice, writeDevice } from "@portcullis/device-client";
import { Command, Option } from "commander";
import { CommandError } from "../terminal/fail.js";
import { type ListenOptions, listen } from "./device-listen.js";

interface StoreOption {
  readonly store: string;
}

interface ActivateOptions extends StoreOption {
  readonly url: string;
  readonly code: string;
  readonly name: string;
}

/** The reference client of the device API, for people and tests. */
export function deviceCommand(): Command {
  return new Command("device")
    .description("a device of the authenticator app, in this terminal; for trying and for scripts")
    .addCommand(
      withStore(new Command("activate"))
        .description("make a key and a device of it, kept in a new file")
        .requiredOption("--url <url>", "where the device API is: mobile.publicUrl, or an address of http.listen")
        .requiredOption("--code <code>", "what portcullis activate has shown")
        .option("--name <name>", "how the device is listed", hostname())
        .action(activate),
    )
    .addCommand(
      withStore(new Command("listen"))
        .description("show what is asked and answer it; asks a person unless an option says what the answer is")
        .addOption(new Option("--approve", "let everybody in").conflicts(["deny", "fraud"]))
        .addOption(new Option("--deny", "let nobody in").conflicts(["approve", "fraud"]))
        .addOption(new Option("--fraud", "say that it was somebody else").conflicts(["approve", "deny"]))
        .option(
          "--pin <pin>",
          "the PIN, with --approve where one is asked for; others can see it in the list of processes",
        )
        .option("--match <text>", "the number, or one of the choices, with --approve where one is asked for")
        .option(
          "--once",
          "end after one answer: with 0 when it let somebody in, with 2 when not, with 3 when that is not known",
        )
        .option("--json", "a line of JSON for everything that comes")
        .action(({ store, ...options }: StoreOption & ListenOptions) => listen(clientOf(store), options)),
    )
    .addCommand(
      withStore(new Command("code"))
        .description("print the device's code of now")
        .action(({ store }: StoreOption) => {
          process.stdout.write(`${clientOf(store).code()}\n`);
        }),
    )
    .addCommand(
      withStore(new Command("remove"))
        .description("have the device forgotten; the file stays and is of no use any more")
        .action(async ({ store }: StoreOption) => {
          await orRefused(clientOf(store).remove());
          process.stdout.write("The device is gone.\n");
        }),
    );
}

function withStore(command: Command): Command {
  return command.requiredOption("--store <file>", "the device's file: who has it is the device");
}

async function activate({ url, code, name, store }: ActivateOptions): Promise<void> {
  if (existsSync(store)) throw new CommandError(`${store} is there already: a device has a file of its own.`);
  const device = await orRefused(activateDevice({ url, code, name, platform: platform() }));
  writeDevice(store, device);
  process.stdout.write(`Activated for ${device.userName} at ${device.issuer}: ${device.deviceId}, kept in ${store}.\n`);
}

function clientOf(store: string): DeviceClient {
  try {
    return new DeviceClient(readDevice(store));
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

/** What the server, or the way to it, says in words for people. */
async function orRefused<Value>(call: Promise<Value>): Promise<Value> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof DeviceCallRefused) throw new CommandError(`${error.message} (${error.status})`);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CommandError(`The device API does not answer: ${cause}.`);
  }
}
