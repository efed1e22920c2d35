import { openPglite } from "@portcullis/kit";
import { describeNotifierTables } from "./notifier-tables.contract.js";

describeNotifierTables("PGlite", async () => {
  const databases = await openPglite("memory://");
  return { databases, close: () => databases.close() };
});
