import { Command } from "commander";
import { auditCommand } from "./commands/audit.js";
import { codeCommand } from "./commands/code.js";
import { demoCommand } from "./commands/demo.js";
import { keysCommand } from "./commands/keys.js";
import { loginCommand } from "./commands/login.js";
import { runCommand } from "./commands/run.js";
import { CommandError } from "./terminal/fail.js";

const program = new Command("portcullis")
  .description("the open second factor for everything that speaks RADIUS")
  .showHelpAfterError();
for (const command of [runCommand, demoCommand, loginCommand, codeCommand, auditCommand, keysCommand]) {
  program.addCommand(command());
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error.exitCode);
}
