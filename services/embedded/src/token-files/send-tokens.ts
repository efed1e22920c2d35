import { z } from "zod";
import { type RunningProduct, sendToProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import type { FileToken } from "./file-token.js";

/** The most that the product takes at once. */
const MAX_BATCH_TOKENS = 500;
/** Of a body of 65,536, which is what the internal interface reads. */
const MAX_BATCH_BYTES = 60_000;

const PATH = "/internal/token-imports";
const Outcomes = z.array(
  z.discriminatedUnion("outcome", [
    z.object({ serial: z.string(), outcome: z.enum(["added", "replaced"]) }),
    z.object({ serial: z.string(), outcome: z.literal("refused"), reason: z.string() }),
  ]),
);

export type TokenOutcome = z.infer<typeof Outcomes>[number];

/** A token that somebody has. */
export type OwnedToken = FileToken & { readonly userName: string };

interface SendOptions {
  readonly dryRun: boolean;
  /** Called after each batch with how many were sent so far. */
  readonly onProgress: (done: number) => void;
}

/**
 * Sends tokens to a running product, batch by batch.
 * @returns what became of each, in their order. Fails with `CommandError`, which says how far it came.
 */
export async function sendTokens(
  product: RunningProduct,
  tokens: readonly OwnedToken[],
  { dryRun, onProgress }: SendOptions,
): Promise<TokenOutcome[]> {
  const outcomes: TokenOutcome[] = [];
  for (const batch of batchesOf(tokens)) {
    const answer = await sendToProduct(product, dryRun ? `${PATH}/check` : PATH, batch).catch((error: unknown) => {
      if (!(error instanceof CommandError) || outcomes.length === 0) throw error;
      const advice = dryRun ? "" : " What it has taken stays; run the import again for the rest, which does no harm.";
      throw new CommandError(
        `${error.message}\nIt had answered for ${outcomes.length} of ${tokens.length} tokens.${advice}`,
      );
    });
    if (answer === undefined) throw new CommandError("This service takes no tokens: ask challenge-orchestrator.");
    const told = Outcomes.parse(answer);
    if (told.length !== batch.length)
      throw new CommandError("The product did not answer for every token: is it of another version?");
    outcomes.push(...told);
    onProgress(outcomes.length);
  }
  return outcomes;
}

function* batchesOf(tokens: readonly OwnedToken[]): Generator<OwnedToken[]> {
  let batch: OwnedToken[] = [];
  let bytes = 0;
  for (const token of tokens) {
    const more = Buffer.byteLength(JSON.stringify(token)) + 1;
    if (batch.length > 0 && (batch.length === MAX_BATCH_TOKENS || bytes + more > MAX_BATCH_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(token);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}
