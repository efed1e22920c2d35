import { PlatformEnvironment } from "@portcullis/kit";
import { z } from "zod";

export const Environment = PlatformEnvironment.extend({
  PORTCULLIS_CONFIG_FILE: z
    .string()
    .default("")
    .describe("The configuration file with the users; without it the users stay as they are."),
});
