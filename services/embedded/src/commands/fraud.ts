import { Command } from "commander";
import { z } from "zod";
import { askProduct, type RunningProduct, requestOfProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import { operatorName } from "../terminal/operator-name.js";
import { sinceMsOf } from "../terminal/since.js";
import { table } from "../terminal/table.js";

const PATH = "/internal/fraud-reports";
const LOGIN_ID = /^[0-9a-f]{32}$/;

const Reported = z.object({ reportId: z.string(), user: z.string() });
const Report = z.object({
  reportId: z.string(),
  userId: z.string(),
  userName: z.string(),
  loginName: z.string(),
  loginId: z.string(),
  client: z.string(),
  application: z.string(),
  station: z.string(),
  sourceAddress: z.string(),
  channel: z.string(),
  reportedAt: z.iso.datetime(),
  operator: z.string(),
  note: z.string(),
  blockId: z.string(),
});
type Report = z.infer<typeof Report>;
const Listed = z.object({ reports: z.array(Report) });

interface ReportOptions extends RunningProduct {
  readonly user: string;
  readonly login?: string;
  readonly note?: string;
  readonly json?: true;
}

interface ListOptions extends RunningProduct {
  readonly user?: string;
  readonly since?: string;
  readonly limit?: string;
  readonly json?: true;
}

export function fraudCommand(): Command {
  const reportCommand = new Command("report")
    .description("report for a user that a login was not hers; blocks her if the configuration says so")
    .requiredOption("--user <name>", "whose login it was, in any form of the name")
    .option("--login <id>", "the login, as in the log or the audit; none is meant when left out")
    .option("--note <text>", "what is known about it")
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of fraud-reporter (distributed)")
    .option("--api-key-file <file>", "file with the key for it")
    .option("--json", "as JSON")
    .action(report);
  const listCommand = new Command("list")
    .description("list the reports, the newest first")
    .option("--user <name>", "of this user only, in any form of the name")
    .option("--since <time>", "since a time in UTC (2026-11-25, 2026-11-25T08:00Z) or for so long (7d, 12h, 30m)")
    .option("--limit <number>", "the most, 1 to 1000; 100 when left out")
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of fraud-reporter (distributed)")
    .option("--api-key-file <file>", "file with the key for it")
    .option("--json", "all that is known, as JSON")
    .action(list);
  return new Command("fraud")
    .description("reports that a login was not its user's")
    .addCommand(reportCommand)
    .addCommand(listCommand);
}

async function report({ user, login, note, json, ...product }: ReportOptions): Promise<void> {
  const loginId = login?.toLowerCase();
  if (loginId !== undefined && !LOGIN_ID.test(loginId)) {
    throw new CommandError("--login takes the whole id of a login: 32 characters, as in the log or the audit.");
  }
  const message = { user, ...(loginId && { loginId }), ...(note && { note }), operator: operatorName() };
  const reported = Reported.parse(await requestOfProduct(product, PATH, message));
  process.stdout.write(
    json
      ? `${JSON.stringify(reported, undefined, 2)}\n`
      : `Reported for ${reported.user} (${reported.reportId}).\nportcullis block --list shows whether it has blocked the user.\n`,
  );
}

async function list({ user, since, limit, json, ...product }: ListOptions): Promise<void> {
  const query = new URLSearchParams({
    ...(user === undefined ? {} : { user }),
    ...(since === undefined ? {} : { sinceMs: String(sinceMsOf(since, Date.now())) }),
    ...(limit === undefined ? {} : { limit }),
  });
  const { reports } = Listed.parse(await askProduct(product, `${PATH}?${query.toString()}`));
  process.stdout.write(json ? `${JSON.stringify({ reports }, undefined, 2)}\n` : textOf(reports));
}

function textOf(reports: readonly Report[]): string {
  if (reports.length === 0) return "No reports.\n";
  const header = ["REPORTED", "USER", "BY", "APPLICATION", "STATION", "ADDRESS", "BLOCKED", "LOGIN", "NOTE"];
  return `${table([header, ...reports.map(rowOf)]).join("\n")}\n`;
}

function rowOf(one: Report): string[] {
  return [
    `${one.reportedAt.slice(0, 19).replace("T", " ")}Z`,
    one.loginName || one.userName,
    one.channel === "command" && one.operator !== "" ? one.operator : one.channel,
    one.application || one.client || "-",
    one.station || "-",
    one.sourceAddress || "-",
    one.blockId === "" ? "no" : "yes",
    one.loginId || "-",
    one.note || "-",
  ];
}
