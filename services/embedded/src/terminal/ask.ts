import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

const MAX_LINE_LENGTH = 4_096;

/**
 * Asks on the terminal; what is typed is shown only when `echo` is on. Without a terminal a line of standard input is read.
 * @returns undefined when the input ended
 */
export class Asker {
  #muted = false;
  readonly #output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!this.#muted) process.stderr.write(chunk);
      done();
    },
  });
  readonly #reader = createInterface({ input: process.stdin, output: this.#output, terminal: process.stdin.isTTY });
  readonly #lines = this.#reader[Symbol.asyncIterator]();

  async ask(prompt: string, echo: boolean): Promise<string | undefined> {
    process.stderr.write(prompt);
    this.#muted = !echo;
    const line = await this.#lines.next();
    this.#muted = false;
    if (!echo && process.stdin.isTTY) process.stderr.write("\n");
    return line.done ? undefined : line.value.slice(0, MAX_LINE_LENGTH);
  }

  close(): void {
    this.#reader.close();
  }
}
