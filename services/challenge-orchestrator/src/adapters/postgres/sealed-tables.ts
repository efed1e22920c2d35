import { type SealedTable, sealedTable } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { tokenSecretPlace } from "../../domain/token.js";
import { SCHEMA } from "./migrations.js";

/** Every sealed column of this service, so that a new key of the ring reaches all of them. */
export const SEALED_TABLES: readonly SealedTable[] = [
  sealedTable({
    schema: SCHEMA,
    table: "tokens",
    key: { serial: "text" },
    reads: ["user_id"],
    columns: { sealed_secret: ({ serial, user_id: userId }) => tokenSecretPlace(serial, userId as UserId) },
  }),
];
