import { startPostgres } from "@portcullis/testkit";
import { openPostgres } from "../database/database.js";
import { describeTableResealer } from "./table-resealer.contract.js";

describeTableResealer("PostgreSQL", async () => {
  const server = await startPostgres();
  const databases = openPostgres(server.url, () => undefined);
  return {
    ...databases,
    close: async () => {
      await databases.close();
      await server.stop();
    },
  };
});
