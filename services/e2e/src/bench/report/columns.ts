/** A line of the table: cells, a heading of a section, or nothing. */
export type Line = readonly string[] | { readonly heading: string } | { readonly note: string };

const GAP = "  ";

/** Aligns cells: the first column to the left, figures to the right. Lines of different sections have their own widths. */
export function layOut(lines: readonly Line[]): string {
  const cells = lines.filter((line) => isCells(line));
  const widths = Array.from({ length: Math.max(0, ...cells.map((line) => line.length)) }, (_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  return lines.map((line) => `${isCells(line) ? row(line, widths) : other(line)}\n`).join("");
}

function isCells(line: Line): line is readonly string[] {
  return Array.isArray(line);
}

function row(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
  );
  return `${GAP}${padded.join(GAP)}`.trimEnd();
}

function other(line: Exclude<Line, readonly string[]>): string {
  return "heading" in line ? `\n${line.heading}` : `${GAP}${line.note}`;
}

/** Three significant figures, thousands apart; "-" for what was not measured. */
export function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "-";
  if (value >= 100) return count(value);
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
