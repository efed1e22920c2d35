import { openPostgres } from "@portcullis/kit";
import { startPostgres } from "@portcullis/testkit";
import { describeSealedTables } from "./sealed-tables.contract.js";

describeSealedTables("PostgreSQL", async () => {
  const server = await startPostgres();
  const databases = openPostgres(server.url, () => undefined);
  return {
    databases,
    close: async () => {
      await databases.close();
      await server.stop();
    },
  };
});
