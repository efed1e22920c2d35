import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { formatReport, reportJson } from "./report.js";
import type { CheckReport } from "./run-checks.js";

const REPORTS: readonly CheckReport[] = [
  { check: "configuration", findings: [{ level: "ok", what: "The file is right." }] },
  {
    check: "secrets",
    findings: [
      { level: "error", what: "vpn has a known secret.", why: "Everyone knows it.", todo: "Make a new one." },
      { level: "warning", what: "wifi and lab have the same shared secret." },
    ],
  },
  { check: "Redis", findings: [] },
];

describe("formatReport", () => {
  it("shows each check once, its findings in order, and what comes next", () => {
    expect(formatReport(REPORTS, { colours: false, width: 100 })).toBe(
      [
        "  ok       configuration   The file is right.",
        "  error    secrets         vpn has a known secret.",
        "                           why    Everyone knows it.",
        "                           to do  Make a new one.",
        "  warning                  wifi and lab have the same shared secret.",
        "",
        "  1 error and 1 warning. Begin with the errors: until they are mended, logins fail or a door is open.",
        "  Not checked: Redis.",
        "",
      ].join("\n"),
    );
  });

  it("breaks lines within the width, below the text", () => {
    const long = [{ check: "x", findings: [{ level: "hint" as const, what: "word ".repeat(40).trim() }] }];
    const lines = formatReport(long, { colours: false, width: 80 }).split("\n");
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(lines[1]).toMatch(/^ {27}word/);
  });

  it("only adds colours to the same text", () => {
    const plain = formatReport(REPORTS, { colours: false, width: 100 });
    const coloured = formatReport(REPORTS, { colours: true, width: 100 });
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });
});

describe("reportJson", () => {
  it("has the same findings, the worst level and what was not checked", () => {
    expect(JSON.parse(reportJson("p.yaml", REPORTS))).toEqual({
      file: "p.yaml",
      result: "error",
      findings: [
        { check: "configuration", level: "ok", what: "The file is right." },
        {
          check: "secrets",
          level: "error",
          what: "vpn has a known secret.",
          why: "Everyone knows it.",
          todo: "Make a new one.",
        },
        { check: "secrets", level: "warning", what: "wifi and lab have the same shared secret." },
      ],
      notChecked: ["Redis"],
    });
  });
});
