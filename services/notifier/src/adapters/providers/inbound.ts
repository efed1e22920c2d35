/** What providers tell us by themselves, over connections that they hold. */
export interface Inbound {
  /** A text came in. Rejects when it could not be taken and must be delivered again. */
  text(from: string, text: string): Promise<void>;
  /** What became of a text that the provider has taken. */
  receipt(provider: string, reference: string, state: "delivered" | "unreachable"): Promise<void>;
}
