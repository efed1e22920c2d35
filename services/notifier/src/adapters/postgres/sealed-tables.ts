import { type SealedTable, sealedTable } from "@portcullis/kit";
import { SCHEMA } from "./migrations.js";
import { detailsPlace, mailPlace } from "./sealed-places.js";

/** Every sealed column of this service, so that a new key of the ring reaches all of them. */
export const SEALED_TABLES: readonly SealedTable[] = [
  sealedTable({
    schema: SCHEMA,
    table: "challenges",
    key: { challenge_id: "text" },
    columns: { sealed_details: ({ challenge_id: challengeId }) => detailsPlace(challengeId) },
  }),
  sealedTable({
    schema: SCHEMA,
    table: "mails",
    key: { mail_id: "text" },
    columns: { sealed_mail: ({ mail_id: mailId }) => mailPlace(mailId) },
  }),
];
