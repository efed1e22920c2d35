import { openPglite } from "@portcullis/kit";
import { describeTokenTables } from "./token-tables.contract.js";

describeTokenTables("PGlite", async () => {
  const databases = await openPglite("memory://");
  return { databases, close: () => databases.close() };
});
