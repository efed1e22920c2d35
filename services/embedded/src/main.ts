import { Command } from "commander";
import { CommandError } from "./terminal/fail.js";

/** Each command by its name, loaded when it is called: most need nothing of the product, which takes most of a second to load. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./commands/run.js")).runCommand(),
  demo: async () => (await import("./commands/demo.js")).demoCommand(),
  reload: async () => (await import("./commands/reload.js")).reloadCommand(),
  clients: async () => (await import("./commands/clients.js")).clientsCommand(),
  login: async () => (await import("./commands/login.js")).loginCommand(),
  code: async () => (await import("./commands/code.js")).codeCommand(),
  import: async () => (await import("./commands/import.js")).importCommand(),
  answer: async () => (await import("./commands/answer.js")).answerCommand(),
  activate: async () => (await import("./commands/activate.js")).activateCommand(),
  device: async () => (await import("./commands/device.js")).deviceCommand(),
  outbox: async () => (await import("./commands/outbox.js")).outboxCommand(),
  factors: async () => (await import("./commands/factors.js")).factorsCommand(),
  token: async () => (await import("./commands/token.js")).tokenCommand(),
  pin: async () => (await import("./commands/pin.js")).pinCommand(),
  "recovery-codes": async () => (await import("./commands/recovery-codes.js")).recoveryCodesCommand(),
  policy: async () => (await import("./commands/policy.js")).policyCommand(),
  bypass: async () => (await import("./commands/bypass.js")).bypassCommand(),
  audit: async () => (await import("./commands/audit.js")).auditCommand(),
  sessions: async () => (await import("./commands/sessions.js")).sessionsCommand(),
  fraud: async () => (await import("./commands/fraud.js")).fraudCommand(),
  block: async () => (await import("./commands/block.js")).blockCommand(),
  keys: async () => {
    const { keysCommand } = await import("./commands/keys.js");
    const { webPushKeysCommand } = await import("./commands/web-push-keys.js");
    return keysCommand().addCommand(webPushKeysCommand());
  },
  doctor: async () => (await import("./commands/doctor.js")).doctorCommand(),
};

const program = new Command("portcullis")
  .description("the open second factor for everything that speaks RADIUS")
  .showHelpAfterError();
const [, , name = ""] = process.argv;
const called = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
// Nothing, help or a name that is misspelt: all of them are shown.
const loaded = await Promise.all((called === undefined ? Object.values(COMMANDS) : [called]).map((load) => load()));
for (const command of loaded) program.addCommand(command);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error.exitCode);
}
