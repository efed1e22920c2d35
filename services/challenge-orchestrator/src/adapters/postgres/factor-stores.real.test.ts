import { openPostgres } from "@portcullis/kit";
import { startPostgres } from "@portcullis/testkit";
import { describeFactorStores } from "../../application/factor-stores.contract.js";
import { openFactorStores } from "./open-factor-stores.contract.js";

describeFactorStores("PostgreSQL", async () => {
  const server = await startPostgres();
  const databases = openPostgres(server.url, () => undefined);
  return openFactorStores(databases, async () => {
    await databases.close();
    await server.stop();
  });
});
