import { BadRequestException, Body, Controller, HttpCode, Inject, Post, UseGuards } from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { z } from "zod";
import { type BatchOutcome, type BatchToken, ImportTokenBatch } from "../../application/import-token-batch.js";

const MAX_TOKENS = 500;
const MAX_TEXT_LENGTH = 1_024;
const text = z.string().max(MAX_TEXT_LENGTH);

/** The shape alone: what is wrong with one token's values is the answer for that token. */
const Batch = z
  .array(
    z.strictObject({
      serial: text,
      userName: text,
      type: z.enum(["totp", "hotp"]),
      secret: text,
      digits: z.number(),
      periodSeconds: z.number(),
      algorithm: z.enum(["sha1", "sha256", "sha512"]),
      counter: z.number(),
    }),
  )
  .min(1)
  .max(MAX_TOKENS) satisfies z.ZodType<readonly BatchToken[]>;

/** What `portcullis import` talks to. */
@Controller("internal/token-imports")
@UseGuards(ApiKeyGuard)
export class TokenImportsController {
  readonly #importer: ImportTokenBatch;

  constructor(@Inject(ImportTokenBatch) importer: ImportTokenBatch) {
    this.#importer = importer;
  }

  /** One outcome for each token, in their order. */
  @Post()
  @HttpCode(200)
  import(@Body() body: unknown): Promise<readonly BatchOutcome[]> {
    return this.#importer.execute(batchOf(body), true);
  }

  /** The same answer, and nothing is stored. */
  @Post("check")
  @HttpCode(200)
  check(@Body() body: unknown): Promise<readonly BatchOutcome[]> {
    return this.#importer.execute(batchOf(body), false);
  }
}

function batchOf(body: unknown): readonly BatchToken[] {
  const batch = Batch.safeParse(body);
  // What is wrong is not quoted: it may be a secret.
  if (!batch.success) throw new BadRequestException(`A list of 1 to ${MAX_TOKENS} tokens.`);
  return batch.data;
}
