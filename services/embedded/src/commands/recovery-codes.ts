import { Command } from "commander";
import { z } from "zod";
import { json, type ProductOptions, tellOfUser, withProduct } from "./of-user.js";

const Issued = z.object({ codes: z.array(z.string()) });

interface RecoveryCodesOptions extends ProductOptions {
  readonly user: string;
}

export function recoveryCodesCommand(): Command {
  return withProduct(new Command("recovery-codes"))
    .description("make ten recovery codes for a user, shown this once; those before are worthless")
    .requiredOption("--user <name>", "for whom, in any form of the name")
    .action(recoveryCodes);
}

async function recoveryCodes({ user, json: asJson, ...product }: RecoveryCodesOptions): Promise<void> {
  const { codes } = Issued.parse(await tellOfUser(product, user, { what: "recovery-codes" }));
  const text = `Recovery codes of ${user}. Each works once. They are not shown again.\n\n${codes.map((code) => `  ${code}\n`).join("")}`;
  process.stdout.write(asJson ? json({ user, codes }) : text);
}
