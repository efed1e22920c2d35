/** The running state A, B, C, D of RFC 1321 section 3.3. */
export type Md5State = Int32Array;

/**
 * The compression function. RFC 1321 section 3.4; 32-bit arithmetic throughout. The 64 steps are written out, made by a loop
 * over the RFC's tables and not by hand, in one function and with the block in local variables: so the compiler keeps all of
 * it in registers, and a block costs as much as in C. Calls, a loop or a DataView cost half as much again or more, and MD5 is
 * most of what a packet costs. md5.test.ts compares it with node:crypto.
 *
 * Round 2 is written as a sum: its halves share no bit, and half of it does not wait for the step before.
 * @param state changed in place
 * @param words holds the block, 16 words, least significant octet first
 * @param at where it starts, in words
 */
export function hashBlock(state: Md5State, words: Int32Array, at: number): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  const x0 = words[at] as number;
  const x1 = words[at + 1] as number;
  const x2 = words[at + 2] as number;
  const x3 = words[at + 3] as number;
  const x4 = words[at + 4] as number;
  const x5 = words[at + 5] as number;
  const x6 = words[at + 6] as number;
  const x7 = words[at + 7] as number;
  const x8 = words[at + 8] as number;
  const x9 = words[at + 9] as number;
  const x10 = words[at + 10] as number;
  const x11 = words[at + 11] as number;
  const x12 = words[at + 12] as number;
  const x13 = words[at + 13] as number;
  const x14 = words[at + 14] as number;
  const x15 = words[at + 15] as number;

  // Round 1.
  a = (((a + x0) | 0) + 0xd76aa478 + (d ^ (b & (c ^ d)))) | 0;
  a = (b + ((a << 7) | (a >>> 25))) | 0;
  d = (((d + x1) | 0) + 0xe8c7b756 + (c ^ (a & (b ^ c)))) | 0;
  d = (a + ((d << 12) | (d >>> 20))) | 0;
  c = (((c + x2) | 0) + 0x242070db + (b ^ (d & (a ^ b)))) | 0;
  c = (d + ((c << 17) | (c >>> 15))) | 0;
  b = (((b + x3) | 0) + 0xc1bdceee + (a ^ (c & (d ^ a)))) | 0;
  b = (c + ((b << 22) | (b >>> 10))) | 0;
  a = (((a + x4) | 0) + 0xf57c0faf + (d ^ (b & (c ^ d)))) | 0;
  a = (b + ((a << 7) | (a >>> 25))) | 0;
  d = (((d + x5) | 0) + 0x4787c62a + (c ^ (a & (b ^ c)))) | 0;
  d = (a + ((d << 12) | (d >>> 20))) | 0;
  c = (((c + x6) | 0) + 0xa8304613 + (b ^ (d & (a ^ b)))) | 0;
  c = (d + ((c << 17) | (c >>> 15))) | 0;
  b = (((b + x7) | 0) + 0xfd469501 + (a ^ (c & (d ^ a)))) | 0;
  b = (c + ((b << 22) | (b >>> 10))) | 0;
  a = (((a + x8) | 0) + 0x698098d8 + (d ^ (b & (c ^ d)))) | 0;
  a = (b + ((a << 7) | (a >>> 25))) | 0;
  d = (((d + x9) | 0) + 0x8b44f7af + (c ^ (a & (b ^ c)))) | 0;
  d = (a + ((d << 12) | (d >>> 20))) | 0;
  c = (((c + x10) | 0) + 0xffff5bb1 + (b ^ (d & (a ^ b)))) | 0;
  c = (d + ((c << 17) | (c >>> 15))) | 0;
  b = (((b + x11) | 0) + 0x895cd7be + (a ^ (c & (d ^ a)))) | 0;
  b = (c + ((b << 22) | (b >>> 10))) | 0;
  a = (((a + x12) | 0) + 0x6b901122 + (d ^ (b & (c ^ d)))) | 0;
  a = (b + ((a << 7) | (a >>> 25))) | 0;
  d = (((d + x13) | 0) + 0xfd987193 + (c ^ (a & (b ^ c)))) | 0;
  d = (a + ((d << 12) | (d >>> 20))) | 0;
  c = (((c + x14) | 0) + 0xa679438e + (b ^ (d & (a ^ b)))) | 0;
  c = (d + ((c << 17) | (c >>> 15))) | 0;
  b = (((b + x15) | 0) + 0x49b40821 + (a ^ (c & (d ^ a)))) | 0;
  b = (c + ((b << 22) | (b >>> 10))) | 0;

  // Round 2.
  a = (((((a + x1) | 0) + 0xf61e2562 + (c & ~d)) | 0) + (b & d)) | 0;
  a = (b + ((a << 5) | (a >>> 27))) | 0;
  d = (((((d + x6) | 0) + 0xc040b340 + (b & ~c)) | 0) + (a & c)) | 0;
  d = (a + ((d << 9) | (d >>> 23))) | 0;
  c = (((((c + x11) | 0) + 0x265e5a51 + (a & ~b)) | 0) + (d & b)) | 0;
  c = (d + ((c << 14) | (c >>> 18))) | 0;
  b = (((((b + x0) | 0) + 0xe9b6c7aa + (d & ~a)) | 0) + (c & a)) | 0;
  b = (c + ((b << 20) | (b >>> 12))) | 0;
  a = (((((a + x5) | 0) + 0xd62f105d + (c & ~d)) | 0) + (b & d)) | 0;
  a = (b + ((a << 5) | (a >>> 27))) | 0;
  d = (((((d + x10) | 0) + 0x02441453 + (b & ~c)) | 0) + (a & c)) | 0;
  d = (a + ((d << 9) | (d >>> 23))) | 0;
  c = (((((c + x15) | 0) + 0xd8a1e681 + (a & ~b)) | 0) + (d & b)) | 0;
  c = (d + ((c << 14) | (c >>> 18))) | 0;
  b = (((((b + x4) | 0) + 0xe7d3fbc8 + (d & ~a)) | 0) + (c & a)) | 0;
  b = (c + ((b << 20) | (b >>> 12))) | 0;
  a = (((((a + x9) | 0) + 0x21e1cde6 + (c & ~d)) | 0) + (b & d)) | 0;
  a = (b + ((a << 5) | (a >>> 27))) | 0;
  d = (((((d + x14) | 0) + 0xc33707d6 + (b & ~c)) | 0) + (a & c)) | 0;
  d = (a + ((d << 9) | (d >>> 23))) | 0;
  c = (((((c + x3) | 0) + 0xf4d50d87 + (a & ~b)) | 0) + (d & b)) | 0;
  c = (d + ((c << 14) | (c >>> 18))) | 0;
  b = (((((b + x8) | 0) + 0x455a14ed + (d & ~a)) | 0) + (c & a)) | 0;
  b = (c + ((b << 20) | (b >>> 12))) | 0;
  a = (((((a + x13) | 0) + 0xa9e3e905 + (c & ~d)) | 0) + (b & d)) | 0;
  a = (b + ((a << 5) | (a >>> 27))) | 0;
  d = (((((d + x2) | 0) + 0xfcefa3f8 + (b & ~c)) | 0) + (a & c)) | 0;
  d = (a + ((d << 9) | (d >>> 23))) | 0;
  c = (((((c + x7) | 0) + 0x676f02d9 + (a & ~b)) | 0) + (d & b)) | 0;
  c = (d + ((c << 14) | (c >>> 18))) | 0;
  b = (((((b + x12) | 0) + 0x8d2a4c8a + (d & ~a)) | 0) + (c & a)) | 0;
  b = (c + ((b << 20) | (b >>> 12))) | 0;

  // Round 3.
  a = (((a + x5) | 0) + 0xfffa3942 + (c ^ d ^ b)) | 0;
  a = (b + ((a << 4) | (a >>> 28))) | 0;
  d = (((d + x8) | 0) + 0x8771f681 + (b ^ c ^ a)) | 0;
  d = (a + ((d << 11) | (d >>> 21))) | 0;
  c = (((c + x11) | 0) + 0x6d9d6122 + (a ^ b ^ d)) | 0;
  c = (d + ((c << 16) | (c >>> 16))) | 0;
  b = (((b + x14) | 0) + 0xfde5380c + (d ^ a ^ c)) | 0;
  b = (c + ((b << 23) | (b >>> 9))) | 0;
  a = (((a + x1) | 0) + 0xa4beea44 + (c ^ d ^ b)) | 0;
  a = (b + ((a << 4) | (a >>> 28))) | 0;
  d = (((d + x4) | 0) + 0x4bdecfa9 + (b ^ c ^ a)) | 0;
  d = (a + ((d << 11) | (d >>> 21))) | 0;
  c = (((c + x7) | 0) + 0xf6bb4b60 + (a ^ b ^ d)) | 0;
  c = (d + ((c << 16) | (c >>> 16))) | 0;
  b = (((b + x10) | 0) + 0xbebfbc70 + (d ^ a ^ c)) | 0;
  b = (c + ((b << 23) | (b >>> 9))) | 0;
  a = (((a + x13) | 0) + 0x289b7ec6 + (c ^ d ^ b)) | 0;
  a = (b + ((a << 4) | (a >>> 28))) | 0;
  d = (((d + x0) | 0) + 0xeaa127fa + (b ^ c ^ a)) | 0;
  d = (a + ((d << 11) | (d >>> 21))) | 0;
  c = (((c + x3) | 0) + 0xd4ef3085 + (a ^ b ^ d)) | 0;
  c = (d + ((c << 16) | (c >>> 16))) | 0;
  b = (((b + x6) | 0) + 0x04881d05 + (d ^ a ^ c)) | 0;
  b = (c + ((b << 23) | (b >>> 9))) | 0;
  a = (((a + x9) | 0) + 0xd9d4d039 + (c ^ d ^ b)) | 0;
  a = (b + ((a << 4) | (a >>> 28))) | 0;
  d = (((d + x12) | 0) + 0xe6db99e5 + (b ^ c ^ a)) | 0;
  d = (a + ((d << 11) | (d >>> 21))) | 0;
  c = (((c + x15) | 0) + 0x1fa27cf8 + (a ^ b ^ d)) | 0;
  c = (d + ((c << 16) | (c >>> 16))) | 0;
  b = (((b + x2) | 0) + 0xc4ac5665 + (d ^ a ^ c)) | 0;
  b = (c + ((b << 23) | (b >>> 9))) | 0;

  // Round 4.
  a = (((a + x0) | 0) + 0xf4292244 + (c ^ (b | ~d))) | 0;
  a = (b + ((a << 6) | (a >>> 26))) | 0;
  d = (((d + x7) | 0) + 0x432aff97 + (b ^ (a | ~c))) | 0;
  d = (a + ((d << 10) | (d >>> 22))) | 0;
  c = (((c + x14) | 0) + 0xab9423a7 + (a ^ (d | ~b))) | 0;
  c = (d + ((c << 15) | (c >>> 17))) | 0;
  b = (((b + x5) | 0) + 0xfc93a039 + (d ^ (c | ~a))) | 0;
  b = (c + ((b << 21) | (b >>> 11))) | 0;
  a = (((a + x12) | 0) + 0x655b59c3 + (c ^ (b | ~d))) | 0;
  a = (b + ((a << 6) | (a >>> 26))) | 0;
  d = (((d + x3) | 0) + 0x8f0ccc92 + (b ^ (a | ~c))) | 0;
  d = (a + ((d << 10) | (d >>> 22))) | 0;
  c = (((c + x10) | 0) + 0xffeff47d + (a ^ (d | ~b))) | 0;
  c = (d + ((c << 15) | (c >>> 17))) | 0;
  b = (((b + x1) | 0) + 0x85845dd1 + (d ^ (c | ~a))) | 0;
  b = (c + ((b << 21) | (b >>> 11))) | 0;
  a = (((a + x8) | 0) + 0x6fa87e4f + (c ^ (b | ~d))) | 0;
  a = (b + ((a << 6) | (a >>> 26))) | 0;
  d = (((d + x15) | 0) + 0xfe2ce6e0 + (b ^ (a | ~c))) | 0;
  d = (a + ((d << 10) | (d >>> 22))) | 0;
  c = (((c + x6) | 0) + 0xa3014314 + (a ^ (d | ~b))) | 0;
  c = (d + ((c << 15) | (c >>> 17))) | 0;
  b = (((b + x13) | 0) + 0x4e0811a1 + (d ^ (c | ~a))) | 0;
  b = (c + ((b << 21) | (b >>> 11))) | 0;
  a = (((a + x4) | 0) + 0xf7537e82 + (c ^ (b | ~d))) | 0;
  a = (b + ((a << 6) | (a >>> 26))) | 0;
  d = (((d + x11) | 0) + 0xbd3af235 + (b ^ (a | ~c))) | 0;
  d = (a + ((d << 10) | (d >>> 22))) | 0;
  c = (((c + x2) | 0) + 0x2ad7d2bb + (a ^ (d | ~b))) | 0;
  c = (d + ((c << 15) | (c >>> 17))) | 0;
  b = (((b + x9) | 0) + 0xeb86d391 + (d ^ (c | ~a))) | 0;
  b = (c + ((b << 21) | (b >>> 11))) | 0;

  state[0] = a + (state[0] as number);
  state[1] = b + (state[1] as number);
  state[2] = c + (state[2] as number);
  state[3] = d + (state[3] as number);
}
