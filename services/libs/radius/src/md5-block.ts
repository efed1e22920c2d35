/** The running state A, B, C, D of RFC 1321 section 3.3. */
export type Md5State = Int32Array;

/**
 * The compression function. RFC 1321 section 3.4; 32-bit arithmetic throughout. The 64 steps are written out one by one,
 * made by a loop over the RFC's tables and not by hand: a loop with table look-ups costs three times as much, and MD5 is
 * most of what a packet costs. md5.test.ts compares it with node:crypto.
 * @param state changed in place
 * @param input holds the 64-byte block at `at`, words least significant octet first
 */
export function hashBlock(state: Md5State, input: DataView, at: number): void {
  const a = state[0] as number;
  const b = state[1] as number;
  const c = state[2] as number;
  const d = state[3] as number;
  roundF(state, input, at);
  roundG(state, input, at);
  roundH(state, input, at);
  roundI(state, input, at);
  state[0] = a + (state[0] as number);
  state[1] = b + (state[1] as number);
  state[2] = c + (state[2] as number);
  state[3] = d + (state[3] as number);
}

function roundF(state: Md5State, input: DataView, at: number): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  a = (a + (d ^ (b & (c ^ d))) + input.getInt32(at, true) + 0xd76aa478) | 0;
  a = (b + ((a << 7) | (a >>> 25))) | 0;
  d = (d + (c ^ (a & (b ^ c))) + input.getInt32(at + 4, true) + 0xe8c7b756) | 0;
  d = (a + ((d << 12) | (d >>> 20))) | 0;
  c = (c + (b ^ (d & (a ^ b))) + input.getInt32(at + 8, true) + 0x242070db) | 0;
  c = (d + ((c << 17) | (c >>> 15))) | 0;
  b = (b + (a ^ (c & (d ^ a))) + input.getInt32(at + 12, true) + 0xc1bdceee) | 0;
  b = (c + ((b << 22) | (b >>> 10))) | 0;
  a = (a + (d ^ (b & (c ^ d))) + input.getInt32(at + 16, true) + 0xf57c0faf) | 0;
  a = (b + ((a << 7) | (a >>> 25))) | 0;
  d = (d + (c ^ (a & (b ^ c))) + input.getInt32(at + 20, true) + 0x4787c62a) | 0;
  d = (a + ((d << 12) | (d >>> 20))) | 0;
  c = (c + (b ^ (d & (a ^ b))) + input.getInt32(at + 24, true) + 0xa8304613) | 0;
  c = (d + ((c << 17) | (c >>> 15))) | 0;
  b = (b + (a ^ (c & (d ^ a))) + input.getInt32(at + 28, true) + 0xfd469501) | 0;
  b = (c + ((b << 22) | (b >>> 10))) | 0;
  a = (a + (d ^ (b & (c ^ d))) + input.getInt32(at + 32, true) + 0x698098d8) | 0;
  a = (b + ((a << 7) | (a >>> 25))) | 0;
  d = (d + (c ^ (a & (b ^ c))) + input.getInt32(at + 36, true) + 0x8b44f7af) | 0;
  d = (a + ((d << 12) | (d >>> 20))) | 0;
  c = (c + (b ^ (d & (a ^ b))) + input.getInt32(at + 40, true) + 0xffff5bb1) | 0;
  c = (d + ((c << 17) | (c >>> 15))) | 0;
  b = (b + (a ^ (c & (d ^ a))) + input.getInt32(at + 44, true) + 0x895cd7be) | 0;
  b = (c + ((b << 22) | (b >>> 10))) | 0;
  a = (a + (d ^ (b & (c ^ d))) + input.getInt32(at + 48, true) + 0x6b901122) | 0;
  a = (b + ((a << 7) | (a >>> 25))) | 0;
  d = (d + (c ^ (a & (b ^ c))) + input.getInt32(at + 52, true) + 0xfd987193) | 0;
  d = (a + ((d << 12) | (d >>> 20))) | 0;
  c = (c + (b ^ (d & (a ^ b))) + input.getInt32(at + 56, true) + 0xa679438e) | 0;
  c = (d + ((c << 17) | (c >>> 15))) | 0;
  b = (b + (a ^ (c & (d ^ a))) + input.getInt32(at + 60, true) + 0x49b40821) | 0;
  b = (c + ((b << 22) | (b >>> 10))) | 0;
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

/** G is written as a sum: its halves share no bit, and half of it does not wait for the step before. */
function roundG(state: Md5State, input: DataView, at: number): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  a = (((a + (c & ~d) + input.getInt32(at + 4, true) + 0xf61e2562) | 0) + (b & d)) | 0;
  a = (b + ((a << 5) | (a >>> 27))) | 0;
  d = (((d + (b & ~c) + input.getInt32(at + 24, true) + 0xc040b340) | 0) + (a & c)) | 0;
  d = (a + ((d << 9) | (d >>> 23))) | 0;
  c = (((c + (a & ~b) + input.getInt32(at + 44, true) + 0x265e5a51) | 0) + (d & b)) | 0;
  c = (d + ((c << 14) | (c >>> 18))) | 0;
  b = (((b + (d & ~a) + input.getInt32(at, true) + 0xe9b6c7aa) | 0) + (c & a)) | 0;
  b = (c + ((b << 20) | (b >>> 12))) | 0;
  a = (((a + (c & ~d) + input.getInt32(at + 20, true) + 0xd62f105d) | 0) + (b & d)) | 0;
  a = (b + ((a << 5) | (a >>> 27))) | 0;
  d = (((d + (b & ~c) + input.getInt32(at + 40, true) + 0x02441453) | 0) + (a & c)) | 0;
  d = (a + ((d << 9) | (d >>> 23))) | 0;
  c = (((c + (a & ~b) + input.getInt32(at + 60, true) + 0xd8a1e681) | 0) + (d & b)) | 0;
  c = (d + ((c << 14) | (c >>> 18))) | 0;
  b = (((b + (d & ~a) + input.getInt32(at + 16, true) + 0xe7d3fbc8) | 0) + (c & a)) | 0;
  b = (c + ((b << 20) | (b >>> 12))) | 0;
  a = (((a + (c & ~d) + input.getInt32(at + 36, true) + 0x21e1cde6) | 0) + (b & d)) | 0;
  a = (b + ((a << 5) | (a >>> 27))) | 0;
  d = (((d + (b & ~c) + input.getInt32(at + 56, true) + 0xc33707d6) | 0) + (a & c)) | 0;
  d = (a + ((d << 9) | (d >>> 23))) | 0;
  c = (((c + (a & ~b) + input.getInt32(at + 12, true) + 0xf4d50d87) | 0) + (d & b)) | 0;
  c = (d + ((c << 14) | (c >>> 18))) | 0;
  b = (((b + (d & ~a) + input.getInt32(at + 32, true) + 0x455a14ed) | 0) + (c & a)) | 0;
  b = (c + ((b << 20) | (b >>> 12))) | 0;
  a = (((a + (c & ~d) + input.getInt32(at + 52, true) + 0xa9e3e905) | 0) + (b & d)) | 0;
  a = (b + ((a << 5) | (a >>> 27))) | 0;
  d = (((d + (b & ~c) + input.getInt32(at + 8, true) + 0xfcefa3f8) | 0) + (a & c)) | 0;
  d = (a + ((d << 9) | (d >>> 23))) | 0;
  c = (((c + (a & ~b) + input.getInt32(at + 28, true) + 0x676f02d9) | 0) + (d & b)) | 0;
  c = (d + ((c << 14) | (c >>> 18))) | 0;
  b = (((b + (d & ~a) + input.getInt32(at + 48, true) + 0x8d2a4c8a) | 0) + (c & a)) | 0;
  b = (c + ((b << 20) | (b >>> 12))) | 0;
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

function roundH(state: Md5State, input: DataView, at: number): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  a = (a + (b ^ c ^ d) + input.getInt32(at + 20, true) + 0xfffa3942) | 0;
  a = (b + ((a << 4) | (a >>> 28))) | 0;
  d = (d + (a ^ b ^ c) + input.getInt32(at + 32, true) + 0x8771f681) | 0;
  d = (a + ((d << 11) | (d >>> 21))) | 0;
  c = (c + (d ^ a ^ b) + input.getInt32(at + 44, true) + 0x6d9d6122) | 0;
  c = (d + ((c << 16) | (c >>> 16))) | 0;
  b = (b + (c ^ d ^ a) + input.getInt32(at + 56, true) + 0xfde5380c) | 0;
  b = (c + ((b << 23) | (b >>> 9))) | 0;
  a = (a + (b ^ c ^ d) + input.getInt32(at + 4, true) + 0xa4beea44) | 0;
  a = (b + ((a << 4) | (a >>> 28))) | 0;
  d = (d + (a ^ b ^ c) + input.getInt32(at + 16, true) + 0x4bdecfa9) | 0;
  d = (a + ((d << 11) | (d >>> 21))) | 0;
  c = (c + (d ^ a ^ b) + input.getInt32(at + 28, true) + 0xf6bb4b60) | 0;
  c = (d + ((c << 16) | (c >>> 16))) | 0;
  b = (b + (c ^ d ^ a) + input.getInt32(at + 40, true) + 0xbebfbc70) | 0;
  b = (c + ((b << 23) | (b >>> 9))) | 0;
  a = (a + (b ^ c ^ d) + input.getInt32(at + 52, true) + 0x289b7ec6) | 0;
  a = (b + ((a << 4) | (a >>> 28))) | 0;
  d = (d + (a ^ b ^ c) + input.getInt32(at, true) + 0xeaa127fa) | 0;
  d = (a + ((d << 11) | (d >>> 21))) | 0;
  c = (c + (d ^ a ^ b) + input.getInt32(at + 12, true) + 0xd4ef3085) | 0;
  c = (d + ((c << 16) | (c >>> 16))) | 0;
  b = (b + (c ^ d ^ a) + input.getInt32(at + 24, true) + 0x04881d05) | 0;
  b = (c + ((b << 23) | (b >>> 9))) | 0;
  a = (a + (b ^ c ^ d) + input.getInt32(at + 36, true) + 0xd9d4d039) | 0;
  a = (b + ((a << 4) | (a >>> 28))) | 0;
  d = (d + (a ^ b ^ c) + input.getInt32(at + 48, true) + 0xe6db99e5) | 0;
  d = (a + ((d << 11) | (d >>> 21))) | 0;
  c = (c + (d ^ a ^ b) + input.getInt32(at + 60, true) + 0x1fa27cf8) | 0;
  c = (d + ((c << 16) | (c >>> 16))) | 0;
  b = (b + (c ^ d ^ a) + input.getInt32(at + 8, true) + 0xc4ac5665) | 0;
  b = (c + ((b << 23) | (b >>> 9))) | 0;
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

function roundI(state: Md5State, input: DataView, at: number): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  a = (a + (c ^ (b | ~d)) + input.getInt32(at, true) + 0xf4292244) | 0;
  a = (b + ((a << 6) | (a >>> 26))) | 0;
  d = (d + (b ^ (a | ~c)) + input.getInt32(at + 28, true) + 0x432aff97) | 0;
  d = (a + ((d << 10) | (d >>> 22))) | 0;
  c = (c + (a ^ (d | ~b)) + input.getInt32(at + 56, true) + 0xab9423a7) | 0;
  c = (d + ((c << 15) | (c >>> 17))) | 0;
  b = (b + (d ^ (c | ~a)) + input.getInt32(at + 20, true) + 0xfc93a039) | 0;
  b = (c + ((b << 21) | (b >>> 11))) | 0;
  a = (a + (c ^ (b | ~d)) + input.getInt32(at + 48, true) + 0x655b59c3) | 0;
  a = (b + ((a << 6) | (a >>> 26))) | 0;
  d = (d + (b ^ (a | ~c)) + input.getInt32(at + 12, true) + 0x8f0ccc92) | 0;
  d = (a + ((d << 10) | (d >>> 22))) | 0;
  c = (c + (a ^ (d | ~b)) + input.getInt32(at + 40, true) + 0xffeff47d) | 0;
  c = (d + ((c << 15) | (c >>> 17))) | 0;
  b = (b + (d ^ (c | ~a)) + input.getInt32(at + 4, true) + 0x85845dd1) | 0;
  b = (c + ((b << 21) | (b >>> 11))) | 0;
  a = (a + (c ^ (b | ~d)) + input.getInt32(at + 32, true) + 0x6fa87e4f) | 0;
  a = (b + ((a << 6) | (a >>> 26))) | 0;
  d = (d + (b ^ (a | ~c)) + input.getInt32(at + 60, true) + 0xfe2ce6e0) | 0;
  d = (a + ((d << 10) | (d >>> 22))) | 0;
  c = (c + (a ^ (d | ~b)) + input.getInt32(at + 24, true) + 0xa3014314) | 0;
  c = (d + ((c << 15) | (c >>> 17))) | 0;
  b = (b + (d ^ (c | ~a)) + input.getInt32(at + 52, true) + 0x4e0811a1) | 0;
  b = (c + ((b << 21) | (b >>> 11))) | 0;
  a = (a + (c ^ (b | ~d)) + input.getInt32(at + 16, true) + 0xf7537e82) | 0;
  a = (b + ((a << 6) | (a >>> 26))) | 0;
  d = (d + (b ^ (a | ~c)) + input.getInt32(at + 44, true) + 0xbd3af235) | 0;
  d = (a + ((d << 10) | (d >>> 22))) | 0;
  c = (c + (a ^ (d | ~b)) + input.getInt32(at + 8, true) + 0x2ad7d2bb) | 0;
  c = (d + ((c << 15) | (c >>> 17))) | 0;
  b = (b + (d ^ (c | ~a)) + input.getInt32(at + 36, true) + 0xeb86d391) | 0;
  b = (c + ((b << 21) | (b >>> 11))) | 0;
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}
