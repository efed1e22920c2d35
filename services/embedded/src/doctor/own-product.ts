import { request } from "node:http";
import { socketPathOf } from "../product/socket-path.js";

/** What the product on a data folder says of itself; `away` when none runs there. */
export type OwnProduct = "away" | "ready" | { readonly notReady: string };

const ANSWER_LIMIT_MS = 2_000;
const MAX_ANSWER_LENGTH = 1_000;

/** Asks the socket in the data folder whether our own product runs there. Never rejects. */
export function askOwnProduct(data: string): Promise<OwnProduct> {
  return new Promise((resolve) => {
    const call = request({ socketPath: socketPathOf(data), path: "/readyz", timeout: ANSWER_LIMIT_MS });
    call.on("timeout", () => call.destroy(new Error("no answer")));
    call.on("error", () => resolve("away"));
    call.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body = (body + chunk).slice(0, MAX_ANSWER_LENGTH);
      });
      response.on("end", () => resolve(response.statusCode === 200 ? "ready" : { notReady: body.trim() }));
    });
    call.end();
  });
}
