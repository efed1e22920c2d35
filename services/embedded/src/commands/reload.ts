import { Command } from "commander";
import { z } from "zod";
import { askProduct, type RunningProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";

const Report = z.intersection(
  z.object({ service: z.string(), what: z.string() }),
  z.discriminatedUnion("outcome", [
    z.object({
      outcome: z.literal("imported"),
      changes: z.record(z.string(), z.union([z.int(), z.array(z.string())])),
    }),
    z.object({ outcome: z.literal("unchanged") }),
    z.object({ outcome: z.literal("refused"), errors: z.string() }),
    z.object({ outcome: z.literal("elsewhere") }),
    z.object({ outcome: z.literal("failed") }),
  ]),
);
type Report = z.infer<typeof Report>;

export function reloadCommand(): Command {
  return new Command("reload")
    .description("have a running product read its configuration file again now, and say what changed")
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of a service that imports (distributed): portal for clients and targets")
    .option("--api-key-file <file>", "file with the key for it")
    .action(reload);
}

async function reload(product: RunningProduct): Promise<void> {
  const reports = z.array(Report).parse(await askProduct(product, "/internal/reload", "POST"));
  if (reports.length === 0) throw new CommandError("This service imports nothing: ask portal.");
  for (const report of reports.toSorted(byName)) process.stdout.write(`${report.what}: ${resultOf(report)}\n`);
  // Every importer reads the same file, so the same mistake comes from each.
  const errors = new Set(reports.flatMap((report) => (report.outcome === "refused" ? report.errors.split("\n") : [])));
  if (errors.size > 0) throw new CommandError(`The configuration is wrong.\n${[...errors].join("\n")}`);
  if (reports.some(({ outcome }) => outcome === "failed")) {
    throw new CommandError("Not everything was imported; the log says why (import.failed).");
  }
}

const byName = (one: Report, other: Report): number => one.what.localeCompare(other.what);

function resultOf(report: Report): string {
  switch (report.outcome) {
    case "imported":
      return Object.entries(report.changes)
        .map(([what, which]) => `${what}: ${typeof which === "number" ? which : which.join(", ")}`)
        .join("; ");
    case "unchanged":
      return "nothing to change";
    case "refused":
      return "refused, what was imported before stays in force";
    case "elsewhere":
      return `another process of ${report.service} imports; it looks at its own file every few seconds`;
    case "failed":
      return "failed, what was imported before stays in force";
  }
}
