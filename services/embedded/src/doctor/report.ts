import { stripVTControlCharacters, styleText } from "node:util";
import type { Finding, Level } from "./check.js";
import { type CheckReport, worstOf } from "./run-checks.js";
import { count, listOf } from "./words.js";

export interface ReportStyle {
  readonly colours: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

const LEVEL_WIDTH = 9;
const NAME_WIDTH = 16;
const LABEL_WIDTH = 7;
const MARGIN = 2;
const LEAST_TEXT_WIDTH = 40;
const COLOURS = { ok: "green", hint: "cyan", warning: "yellow", error: "red" } as const;
const SUMMARY: Readonly<Record<Level, string>> = {
  ok: "All is well.",
  hint: "All is well; the hints are worth a look.",
  warning: "It will run. Mend the warnings before it serves people.",
  error: "Begin with the errors: until they are mended, logins fail or a door is open.",
};

/** The table for people: level, check, what was found; why and what to do below it. */
export function formatReport(reports: readonly CheckReport[], style: ReportStyle): string {
  const rows = reports.flatMap(({ check, findings }) =>
    findings.map((finding, at) => formatFinding(at === 0 ? check : "", finding, style)),
  );
  return `${rows.join("\n")}\n\n${indent(MARGIN)}${summaryOf(reports, style)}\n${notChecked(reports, style)}`;
}

/** The same for programs. */
export function reportJson(file: string, reports: readonly CheckReport[]): string {
  const findings = reports.flatMap(({ check, findings: found }) => found.map((finding) => ({ check, ...finding })));
  return `${JSON.stringify({ file, result: worstOf(reports), findings, notChecked: namesNotChecked(reports) }, null, 2)}\n`;
}

function formatFinding(check: string, { level, what, why, todo }: Finding, style: ReportStyle): string {
  const left = indent(MARGIN) + paint(level.padEnd(LEVEL_WIDTH), COLOURS[level], style) + check.padEnd(NAME_WIDTH);
  const column = MARGIN + LEVEL_WIDTH + NAME_WIDTH;
  const below = (label: string, text: string) =>
    `\n${indent(column)}${paint(label.padEnd(LABEL_WIDTH), "dim", style)}${wrap(text, column + LABEL_WIDTH, style)}`;
  return `${left}${wrap(what, column, style)}${why === undefined ? "" : below("why", why)}${todo === undefined ? "" : below("to do", todo)}`;
}

function summaryOf(reports: readonly CheckReport[], style: ReportStyle): string {
  const levels = reports.flatMap(({ findings }) => findings.map(({ level }) => level));
  const counts = (["error", "warning", "hint"] as const)
    .map((level) => ({ level, number: levels.filter((one) => one === level).length }))
    .filter(({ number }) => number > 0)
    .map(({ level, number }) => paint(count(number, level), COLOURS[level], style));
  const sentence = SUMMARY[worstOf(reports)];
  return counts.length === 0 ? paint(sentence, "green", style) : `${listOf(counts)}. ${sentence}`;
}

function notChecked(reports: readonly CheckReport[], style: ReportStyle): string {
  const names = namesNotChecked(reports);
  if (names.length === 0) return "";
  const text = `Not checked: ${listOf(names, names.length)}.`;
  return `${indent(MARGIN)}${paint(wrap(text, MARGIN, style), "dim", style)}\n`;
}

function namesNotChecked(reports: readonly CheckReport[]): string[] {
  return reports.filter(({ findings }) => findings.length === 0).map(({ check }) => check);
}

/** Breaks lines at spaces, and sets those after the first at `column`. A word that is too long stays whole. */
function wrap(text: string, column: number, { width }: ReportStyle): string {
  const most = Math.max(LEAST_TEXT_WIDTH, width - column);
  const lines = text.split("\n").flatMap((line) => linesOf(line, most));
  return lines.join(`\n${indent(column)}`);
}

function linesOf(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => stripVTControlCharacters(one));
}

function paint(text: string, format: "green" | "cyan" | "yellow" | "red" | "dim", { colours }: ReportStyle): string {
  return colours ? styleText(format, text, { validateStream: false }) : text;
}

const indent = (columns: number): string => " ".repeat(columns);
