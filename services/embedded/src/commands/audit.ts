import { Command } from "commander";
import { z } from "zod";
import { askProduct, type RunningProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";

const Report = z.discriminatedUnion("intact", [
  z.object({ intact: z.literal(true), rows: z.int(), head: z.object({ sequence: z.int(), mac: z.string() }) }),
  z.object({ intact: z.literal(false), rows: z.int(), brokenAt: z.int(), reason: z.string() }),
]);

export function auditCommand(): Command {
  const verify = new Command("verify")
    .description("check the hash chain of the audit of a running product")
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of fraud-reporter (distributed)")
    .option("--api-key-file <file>", "file with the key for it")
    .option(
      "--head <sequence:mac>",
      "an end of the chain from the log (event audit.head) that it must still pass through",
    )
    .action(verifyAudit);
  return new Command("audit").description("the audit trail").addCommand(verify);
}

async function verifyAudit(options: RunningProduct & { readonly head?: string }): Promise<void> {
  const query = options.head === undefined ? "" : `?head=${encodeURIComponent(options.head)}`;
  const report = Report.parse(await askProduct(options, `/internal/audit/verify${query}`));
  if (!report.intact) {
    throw new CommandError(
      `The audit is broken at row ${report.brokenAt}; the ${report.rows} rows before it are right.\n${report.reason}\nKeep a copy of the database before anything else, and find out who could write to it.`,
      2,
    );
  }
  process.stdout.write(`The audit is intact: ${report.rows} ${report.rows === 1 ? "row" : "rows"}.\n`);
  if (report.rows > 0) process.stdout.write(`Its end is ${report.head.sequence}:${report.head.mac}\n`);
}
