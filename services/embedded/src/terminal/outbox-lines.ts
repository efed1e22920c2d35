/** What is shown of an entry of the outbox. */
export interface ShownEntry {
  readonly id: number;
  readonly kind: "call" | "text" | "mail";
  readonly atMs: number;
  readonly to: string;
  readonly subject: string;
  readonly state: string;
  readonly lines: readonly string[];
}

const HINTS: Readonly<Record<ShownEntry["kind"], string | undefined>> = {
  call: "portcullis outbox --press KEYS",
  text: "portcullis outbox --reply TEXT",
  mail: undefined,
};

/** A call, text or mail as a paragraph for people. */
export function outboxLines({ id, kind, atMs, to, subject, state, lines }: ShownEntry): string {
  const time = `${new Date(atMs).toISOString().slice(11, 19)}Z`;
  const hint = state === "ended" ? undefined : HINTS[kind];
  const head = `${time}  #${id} ${kind.toUpperCase()} to ${to}${kind === "call" ? `, ${state}` : ""}`;
  const body = [...(subject === "" ? [] : [`Subject: ${subject}`, ""]), ...lines];
  return `${[head, ...body.map((line) => `    ${line}`.trimEnd()), ...(hint === undefined ? [] : [`    (${hint})`]), ""].join("\n")}\n`;
}
