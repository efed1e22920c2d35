import { createKeyFile } from "@portcullis/kit";
import { Command } from "commander";
import { CommandError } from "../terminal/fail.js";

export function keysCommand(): Command {
  const create = new Command("create")
    .description("write a new key ring (mode 0600) for all services of a distributed installation")
    .argument("<file>")
    .action((file: string) => {
      try {
        createKeyFile(file);
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        throw new CommandError(
          code === "EEXIST"
            ? `${file} is there already. Whoever overwrites a key ring loses everything that it sealed.`
            : `${file} cannot be written (${code}).`,
        );
      }
      process.stdout.write(`${file} has a new key ring. Keep it secret, and keep a copy.\n`);
    });
  return new Command("keys").description("the key ring").addCommand(create);
}
