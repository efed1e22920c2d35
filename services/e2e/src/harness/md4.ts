const BLOCK_BYTES = 64;
const SHIFTS = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
] as const;
const ORDERS = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
] as const;
const CONSTANTS = [0, 0x5a827999, 0x6ed9eba1] as const;
const MIXERS = [
  (x: number, y: number, z: number) => (x & y) | (~x & z),
  (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
  (x: number, y: number, z: number) => x ^ y ^ z,
] as const;

type State = readonly [number, number, number, number];

/** MD4, RFC 1320: 16 octets. OpenSSL 3 has it no more, and MS-CHAP has nothing else. */
export function md4(message: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(message.length) * 8n);
  const zeros = Buffer.alloc((2 * BLOCK_BYTES - 9 - (message.length % BLOCK_BYTES)) % BLOCK_BYTES);
  const padded = Buffer.concat([message, Buffer.of(0x80), zeros, length]);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += BLOCK_BYTES) state = hashBlock(state, padded.subarray(at));
  const digest = Buffer.alloc(16);
  for (const [index, word] of state.entries()) digest.writeUInt32LE(word >>> 0, index * 4);
  return digest;
}

function hashBlock(before: State, block: Buffer): State {
  let [a, b, c, d] = before;
  for (const [round, mix] of MIXERS.entries()) {
    for (const [step, word] of (ORDERS[round] ?? []).entries()) {
      const sum = (a + mix(b, c, d) + block.readUInt32LE(word * 4) + (CONSTANTS[round] ?? 0)) >>> 0;
      const shift = SHIFTS[round]?.[step % 4] ?? 0;
      [a, b, c, d] = [d, ((sum << shift) | (sum >>> (32 - shift))) >>> 0, b, c];
    }
  }
  return [a + before[0], b + before[1], c + before[2], d + before[3]];
}
