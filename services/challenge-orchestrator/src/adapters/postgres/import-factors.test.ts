import { openPglite } from "@portcullis/kit";
import { describeImport } from "./import-factors.contract.js";

describeImport("PGlite", async () => {
  const databases = await openPglite("memory://");
  return { databases, close: () => databases.close() };
});
