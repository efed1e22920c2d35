import { type SealedTable, sealedTable } from "@portcullis/kit";
import { deviceSecretPlace, pushSubscriptionPlace } from "@portcullis/login";
import { SCHEMA } from "./migrations.js";

/** Every sealed column of this service, so that a new key of the ring reaches all of them. */
export const SEALED_TABLES: readonly SealedTable[] = [
  sealedTable({
    schema: SCHEMA,
    table: "devices",
    key: { device_id: "text" },
    reads: ["user_id"],
    columns: {
      sealed_oath_secret: ({ device_id: deviceId, user_id: userId }) => deviceSecretPlace(deviceId, userId),
      sealed_subscription: ({ device_id: deviceId }) => pushSubscriptionPlace(deviceId),
    },
  }),
];
