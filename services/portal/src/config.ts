import { PlatformEnvironment } from "@portcullis/kit";
import { z } from "zod";

export const Environment = PlatformEnvironment.extend({
  PORTCULLIS_CONFIG_FILE: z
    .string()
    .default("")
    .describe(
      "`portcullis.yaml`; its clients, targets and settings are brought into force at the start and whenever it changes. Default none.",
    ),
});
