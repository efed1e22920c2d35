import { StringDecoder } from "node:string_decoder";

const LINE_LENGTH_LIMIT = 10_000;

/** Splits what a process prints into lines and keeps the last ones. */
export class OutputTail {
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  readonly #limit: number;

  /** @param limit how many lines are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A new input (standard output, standard error): each one's unfinished line is kept apart. */
  input(): (chunk: Buffer) => void {
    const decoder = new StringDecoder("utf8");
    let unfinished = "";
    return (chunk) => {
      const parts = (unfinished + decoder.write(chunk)).split("\n");
      unfinished = (parts.pop() ?? "").slice(-LINE_LENGTH_LIMIT);
      for (const line of parts) this.append(line);
    };
  }

  append(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > this.#limit) this.#lines.shift();
    for (const listener of this.#listeners) listener(line);
  }

  /** @returns the function that ends the listening */
  onLine(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  lines(): readonly string[] {
    return [...this.#lines];
  }

  /** The last lines, indented, for the text of an error. */
  excerpt(count = 20): string {
    if (this.#lines.length === 0) return "  (it printed nothing)";
    return this.#lines
      .slice(-count)
      .map((line) => `  ${line}`)
      .join("\n");
  }
}
