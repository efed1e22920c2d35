import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { PhonesSchema } from "@portcullis/proto";
import type { PhonesCodec } from "../../application/factor-ports.js";

/** Phones as `ChallengeIssued` carries them, so that they are only sealed anew for a challenge. */
export const PHONES_MESSAGE: PhonesCodec = {
  encode: (phones) => toBinary(PhonesSchema, create(PhonesSchema, phones)),
  decode: (bytes) => {
    const { number, extension, backupNumber, backupExtension } = fromBinary(PhonesSchema, bytes);
    return { number, extension, backupNumber, backupExtension };
  },
};
