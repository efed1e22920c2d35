import { type SealedTable, sealedTable } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { pinPlace } from "../../domain/pin-rules.js";
import { tokenSecretPlace } from "../../domain/token.js";
import { userPhonesPlace } from "../../domain/user-factors.js";
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
  sealedTable({
    schema: SCHEMA,
    table: "users",
    key: { user_id: "text" },
    columns: { sealed_phones: ({ user_id: userId }) => userPhonesPlace(userId as UserId) },
  }),
  sealedTable({
    schema: SCHEMA,
    table: "pins",
    key: { user_id: "text" },
    columns: { sealed_hashes: ({ user_id: userId }) => pinPlace(userId as UserId) },
  }),
];
