import { ChallengeEnvironment } from "@portcullis/challenge-orchestrator";
import { z } from "zod";

const text = (meaning: string) => z.string().optional().describe(meaning);

/** Settings of `portcullis run`; each is an option of the command as well, which wins. */
export const Environment = z.object({
  ...ChallengeEnvironment.shape,
  PORTCULLIS_CONFIG_FILE: text("`portcullis.yaml`; the same as --config."),
  PORTCULLIS_DATA: text("Data folder; the same as --data."),
  PORTCULLIS_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("The least level that is logged; the same as --log-level."),
});
