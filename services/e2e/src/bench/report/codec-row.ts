/** Packets per second of one operation of the codec, ours and that of the `radius` package. */
export interface CodecRow {
  readonly name: string;
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
}
