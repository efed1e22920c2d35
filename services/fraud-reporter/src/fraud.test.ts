import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPglite } from "@portcullis/kit";
import { describeFraud } from "./fraud.contract.js";

describeFraud("PGlite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-fraud-"));
  const databases = await openPglite(join(folder, "database"));
  return {
    databases,
    close: async () => {
      await databases.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
