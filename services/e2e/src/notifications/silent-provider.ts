import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A provider of texts that takes each and never says so. */
export class SilentProvider {
  readonly texts: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => this.texts.push(body));
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve) => void this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/texts`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
