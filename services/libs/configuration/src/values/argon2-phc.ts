/** The most that one hash of a file may cost, so that one line of it cannot stop the machine at every login. */
const MAX_MEMORY_KIB = 1_048_576;
const MAX_PASSES = 10;
const MAX_LANES = 16;
const MAX_PHC_LENGTH = 512;
const MIN_SALT_BYTES = 8;
const MAX_SALT_BYTES = 64;
const MIN_HASH_BYTES = 16;
const MAX_HASH_BYTES = 64;

const PHC = /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * Checks an argon2id hash in PHC form (RFC 9106 for the parameters' meaning):
 * `$argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>`, salt and hash in base64 without padding.
 * @returns what is wrong, without quoting the hash; undefined when it is right
 */
export function checkPasswordHash(text: string): string | undefined {
  if (text.length > MAX_PHC_LENGTH) return `must be at most ${MAX_PHC_LENGTH} characters long`;
  const match = PHC.exec(text);
  if (match === null) return "must be an argon2id hash in PHC form: $argon2id$v=19$m=65536,t=3,p=4$<salt>$<hash>";
  const [, memory, passes, lanes, salt = "", hash = ""] = match;
  return checkCost(Number(memory), Number(passes), Number(lanes)) ?? checkLengths(salt, hash);
}

function checkCost(memoryKib: number, passes: number, lanes: number): string | undefined {
  if (lanes < 1 || lanes > MAX_LANES) return `its p (lanes) must be between 1 and ${MAX_LANES}`;
  if (passes < 1 || passes > MAX_PASSES) return `its t (passes) must be between 1 and ${MAX_PASSES}`;
  if (memoryKib < 8 * lanes || memoryKib > MAX_MEMORY_KIB) {
    return `its m (memory in KiB) must be between 8 for each lane and ${MAX_MEMORY_KIB}`;
  }
  return undefined;
}

function checkLengths(salt: string, hash: string): string | undefined {
  const saltBytes = base64LengthBytes(salt);
  const hashBytes = base64LengthBytes(hash);
  if (saltBytes === undefined || saltBytes < MIN_SALT_BYTES || saltBytes > MAX_SALT_BYTES) {
    return `its salt must be ${MIN_SALT_BYTES} to ${MAX_SALT_BYTES} bytes of base64 without padding`;
  }
  if (hashBytes === undefined || hashBytes < MIN_HASH_BYTES || hashBytes > MAX_HASH_BYTES) {
    return `its hash must be ${MIN_HASH_BYTES} to ${MAX_HASH_BYTES} bytes of base64 without padding`;
  }
  return undefined;
}

/** Undefined for a length that no base64 text has. */
function base64LengthBytes(text: string): number | undefined {
  return text.length % 4 === 1 ? undefined : Math.floor((text.length * 3) / 4);
}
