import { Command } from "commander";
import { activateCommand } from "./commands/activate.js";
import { answerCommand } from "./commands/answer.js";
import { auditCommand } from "./commands/audit.js";
import { blockCommand } from "./commands/block.js";
import { bypassCommand } from "./commands/bypass.js";
import { clientsCommand } from "./commands/clients.js";
import { codeCommand } from "./commands/code.js";
import { demoCommand } from "./commands/demo.js";
import { deviceCommand } from "./commands/device.js";
import { doctorCommand } from "./commands/doctor.js";
import { factorsCommand } from "./commands/factors.js";
import { fraudCommand } from "./commands/fraud.js";
import { importCommand } from "./commands/import.js";
import { keysCommand } from "./commands/keys.js";
import { loginCommand } from "./commands/login.js";
import { outboxCommand } from "./commands/outbox.js";
import { pinCommand } from "./commands/pin.js";
import { policyCommand } from "./commands/policy.js";
import { recoveryCodesCommand } from "./commands/recovery-codes.js";
import { reloadCommand } from "./commands/reload.js";
import { runCommand } from "./commands/run.js";
import { sessionsCommand } from "./commands/sessions.js";
import { tokenCommand } from "./commands/token.js";
import { webPushKeysCommand } from "./commands/web-push-keys.js";
import { CommandError } from "./terminal/fail.js";

const program = new Command("portcullis")
  .description("the open second factor for everything that speaks RADIUS")
  .showHelpAfterError();
const commands = [
  runCommand,
  demoCommand,
  reloadCommand,
  clientsCommand,
  loginCommand,
  codeCommand,
  importCommand,
  answerCommand,
  activateCommand,
  deviceCommand,
  outboxCommand,
  factorsCommand,
  tokenCommand,
  pinCommand,
  recoveryCodesCommand,
  policyCommand,
  bypassCommand,
  auditCommand,
  sessionsCommand,
  fraudCommand,
  blockCommand,
  () => keysCommand().addCommand(webPushKeysCommand()),
  doctorCommand,
];
for (const command of commands) program.addCommand(command());

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error.exitCode);
}
