import { openPglite } from "@portcullis/kit";
import { describeSealedTables } from "./sealed-tables.contract.js";

describeSealedTables("PGlite", async () => {
  const databases = await openPglite("memory://");
  return { databases, close: () => databases.close() };
});
