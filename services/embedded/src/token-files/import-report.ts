import { table } from "../terminal/table.js";

/** Refusals that are listed on the terminal; all of them are in the JSON. */
const SHOWN_REFUSALS = 50;

export interface Refusal {
  readonly place: string;
  /** The serial of a token, or the column of a row. */
  readonly name: string;
  readonly reason: string;
}

/** What became of a file, for people and for scripts. */
export interface ImportReport {
  readonly file: string;
  readonly dryRun: boolean;
  readonly what: "tokens" | "users";
  readonly total: number;
  readonly added: number;
  readonly replaced: number;
  readonly refused: readonly Refusal[];
}

export function reportText({ file, dryRun, what, total, added, replaced, refused }: ImportReport): string {
  const head = dryRun
    ? `Checked ${file}, nothing was stored: of ${total} ${what}`
    : `Imported ${file}: of ${total} ${what}`;
  const left = total - added - replaced;
  const verb = dryRun ? "would be " : "";
  const first = `${head}, ${added} ${verb}added, ${replaced} ${verb}replaced and ${left} ${verb}refused.`;
  if (refused.length === 0) return `${first}\n`;
  const rows = refused.slice(0, SHOWN_REFUSALS).map(({ place, name, reason }) => [place, name || "-", reason]);
  const more = refused.length > SHOWN_REFUSALS ? [`and ${refused.length - SHOWN_REFUSALS} more; --json shows all`] : [];
  return [first, ...table([["WHERE", what === "tokens" ? "SERIAL" : "COLUMN", "WHY"], ...rows]), ...more, ""].join(
    "\n",
  );
}
