import { expect, it } from "vitest";
import { encodeBase32, makeOathSecret } from "./oath-secret.js";

it("encodes base32 as RFC 4648 section 10 does, without padding", () => {
  const vectors = {
    "": "",
    f: "MY",
    fo: "MZXQ",
    foo: "MZXW6",
    foob: "MZXW6YQ",
    fooba: "MZXW6YTB",
    foobar: "MZXW6YTBOI",
  };
  for (const [text, encoded] of Object.entries(vectors)) expect(encodeBase32(Buffer.from(text))).toBe(encoded);
});

it("keeps a secret apart from the pool that it was drawn from", () => {
  const pool = Buffer.alloc(20, 7);
  const secret = makeOathSecret({ bytes: () => pool, fraction: () => 0 });
  secret.fill(0);
  expect(pool).toEqual(Buffer.alloc(20, 7));
});
