import { openPglite } from "@portcullis/kit";
import { describePostgresTokenBatches } from "./token-batches.contract.js";

describePostgresTokenBatches("PGlite", async () => {
  const databases = await openPglite("memory://");
  return { databases, close: () => databases.close() };
});
