import cliProgress from "cli-progress";
import type { ImportPart, ImportProgress } from "../product/product.js";

/** Only what takes long enough to wonder about is shown. */
const SHOW_FROM = 2_000;

/** Shows how far the import of users, passwords, tokens and PINs is, one bar each, on standard error. */
export class ImportProgressBars {
  readonly #bars = new cliProgress.MultiBar(
    { format: "  {part} {bar} {percentage}% {value}/{total}", hideCursor: true, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  );
  readonly #byPart = new Map<ImportPart, cliProgress.SingleBar>();

  show({ part, done, total }: ImportProgress): void {
    if (total === undefined || total < SHOW_FROM) return;
    const bar = this.#byPart.get(part) ?? this.#bars.create(total, 0, { part: part.padEnd(9) });
    this.#byPart.set(part, bar);
    bar.update(done);
  }

  stop(): void {
    this.#bars.stop();
  }
}
