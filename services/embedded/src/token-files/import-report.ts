import { table } from "../terminal/table.js";

/** Refusals that are listed on the terminal; all of them are in the JSON. */
const SHOWN_REFUSALS = 50;

export interface Refusal {
  readonly place: string;
  readonly serial: string;
  readonly reason: string;
}

/** What became of a file, for people and for scripts. */
export interface ImportReport {
  readonly file: string;
  readonly dryRun: boolean;
  readonly tokens: number;
  readonly added: number;
  readonly replaced: number;
  readonly refused: readonly Refusal[];
}

export function reportText({ file, dryRun, tokens, added, replaced, refused }: ImportReport): string {
  const done = dryRun ? "would be " : "";
  const head = dryRun
    ? `Checked ${file}, nothing was stored: of ${tokens} tokens`
    : `Imported ${file}: of ${tokens} tokens`;
  const first = `${head}, ${added} ${done}added, ${replaced} ${done}replaced and ${refused.length} ${done}refused.`;
  if (refused.length === 0) return `${first}\n`;
  const rows = refused.slice(0, SHOWN_REFUSALS).map(({ place, serial, reason }) => [place, serial || "-", reason]);
  const more = refused.length > SHOWN_REFUSALS ? [`and ${refused.length - SHOWN_REFUSALS} more; --json shows all`] : [];
  return [first, ...table([["WHERE", "SERIAL", "REFUSED, SINCE IT"], ...rows]), ...more, ""].join("\n");
}
