import { appendFile, stat } from "node:fs/promises";

export interface DeadLetter {
  readonly topic: string;
  readonly key: string;
  /** The event as it would stand on Kafka; its secret fields are sealed. */
  readonly value: Uint8Array;
  readonly atMs: number;
}

/** Where the embedded mode keeps events that their handlers can't take; on Kafka these have a topic. */
export interface DeadLetters {
  bury(letter: DeadLetter): Promise<void>;
}

/** Beyond this the file takes no more: a mistake that hits every event must not fill the disk. */
const MAX_FILE_BYTES = 67_108_864;

/** One JSON object a line, the event in base64; mode 0600. */
export function deadLetterFile(path: string): DeadLetters {
  return {
    bury: async ({ topic, key, value, atMs }) => {
      const sizeBytes = await stat(path).then(
        (found) => found.size,
        () => 0,
      );
      if (sizeBytes >= MAX_FILE_BYTES) throw new Error(`${path} has reached ${MAX_FILE_BYTES} bytes.`);
      const line = { topic, key, at: new Date(atMs).toISOString(), value: Buffer.from(value).toString("base64") };
      await appendFile(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    },
  };
}
