import { openPglite } from "@portcullis/kit";
import { describeFactorStores } from "../../application/factor-stores.contract.js";
import { openFactorStores } from "./open-factor-stores.contract.js";

describeFactorStores("PGlite", async () => {
  const databases = await openPglite("memory://");
  return openFactorStores(databases, () => databases.close());
});
