import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@portcullis/testkit";
import { generateSync } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { challengeOf, codeAt, Nas, outcomeOf } from "../harness/nas.js";
import { type Ended, portcullis } from "../harness/portcullis.js";
import type { ProductUnderTest } from "../harness/product-under-test.js";
import { CLIENTS, PASSWORD, tokenSecretOf, trustedName, userName } from "../harness/test-configuration.js";

const SECRET = tokenSecretOf("imported");
/** RFC 6030 figure 6: its key in clear, the secret that is in it, and the counter that it begins at. */
const PSKC_KEY = "12345678901234567890123456789012";
const PSKC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const AES = '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>';
const PSKC = `<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
    xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">
  <EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>
  <MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"><MACKey>${AES}<xenc:CipherData><xenc:CipherValue>
    ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX</xenc:CipherValue></xenc:CipherData></MACKey></MACMethod>
  <KeyPackage><DeviceInfo><Manufacturer>Manufacturer</Manufacturer><SerialNo>987654321</SerialNo></DeviceInfo>
    <Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">
      <AlgorithmParameters><ResponseFormat Length="8" Encoding="DECIMAL"/></AlgorithmParameters>
      <Data><Secret><EncryptedValue>${AES}<xenc:CipherData><xenc:CipherValue>
        AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv</xenc:CipherValue></xenc:CipherData></EncryptedValue>
        <ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=</ValueMAC></Secret>
        <Counter><PlainValue>0</PlainValue></Counter></Data></Key></KeyPackage>
</KeyContainer>
`;

interface Report {
  readonly total: number;
  readonly added: number;
  readonly replaced: number;
  readonly refused: readonly { readonly place: string; readonly name: string; readonly reason: string }[];
}

/** Tokens that an operator brings while the product runs, whatever the mode. */
export function describeImports(mode: string, start: () => Promise<ProductUnderTest>): void {
  describe(`imports of tokens, ${mode}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-imports-"));
    let product: ProductUnderTest;

    beforeAll(async () => {
      product = await start();
    });
    afterAll(async () => {
      await product?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const vpn = (): Nas => new Nas({ ...CLIENTS.vpn, port: product.ports[0] });
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const bring = (path: string, ...args: string[]): Promise<Ended> =>
      portcullis(["import", path, ...args, ...(product.reach("challenge-orchestrator")[0] ?? [])]);
    const reportOf = ({ stdout }: Ended): Report => JSON.parse(stdout) as Report;

    it("takes a list of tokens; a check before it says the same and stores nothing", async () => {
      expect(outcomeOf(await vpn().password("tokenless", PASSWORD))).toBe("reject");
      const list = file(
        "entra.csv",
        [
          "upn,serial number,secret key,time interval,manufacturer,model",
          `tokenless@corp.example,9000001,${SECRET},30,Contoso,HardwareKey`,
          `${trustedName(1)}@corp.example,${trustedName(1)},${SECRET},30,Contoso,HardwareKey`,
          `nobody@corp.example,9000002,${SECRET},30,Contoso,HardwareKey`,
          `${userName(1)}@corp.example,9000003,NOTBASE32!,30,Contoso,HardwareKey`,
        ].join("\n"),
      );
      const checked = await bring(list, "--type", "tokens", "--dry-run", "--json");
      expect(reportOf(checked)).toMatchObject({ total: 4, added: 1, replaced: 0 });
      expect(outcomeOf(await vpn().password("tokenless", PASSWORD))).toBe("reject");
      const imported = await bring(list, "--type", "tokens", "--json");
      expect([checked.code, imported.code]).toEqual([2, 2]);
      expect(reportOf(imported)).toEqual({ ...reportOf(checked), dryRun: false });
      expect(reportOf(imported).refused).toEqual([
        { place: "line 3", name: trustedName(1), reason: "is a token of the configuration file: change it there" },
        { place: "line 4", name: "9000002", reason: 'there is no user "nobody@corp.example"' },
        { place: "line 5", name: "9000003", reason: expect.stringContaining("its secret must be base32") },
      ]);
      const challenge = challengeOf(await vpn().password("tokenless", PASSWORD));
      expect(outcomeOf(await vpn().answer("tokenless", challenge, codeAt(SECRET)))).toBe("accept");
    });

    it("the same again replaces tokens by themselves, and a used code stays used", async () => {
      const user = userName(2);
      const list = file("again.csv", `serial,secret,user\n9100001,${SECRET},${user}\n`);
      expect(await bring(list, "--type", "tokens")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("1 added"),
      });
      const code = codeAt(SECRET);
      expect(outcomeOf(await vpn().answer(user, challengeOf(await vpn().password(user, PASSWORD)), code))).toBe(
        "accept",
      );
      const again = await bring(list, "--type", "tokens");
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("0 added, 1 replaced and 0 refused")]);
      expect(outcomeOf(await vpn().answer(user, challengeOf(await vpn().password(user, PASSWORD)), code))).not.toBe(
        "accept",
      );
      const stolen = await bring(
        file("stolen.csv", `serial,secret,user\n9100001,${SECRET},${userName(3)}\n`),
        "--type",
        "tokens",
      );
      expect([stolen.code, stolen.stdout]).toEqual([2, expect.stringContaining("is another user's token")]);
    });

    it("opens an encrypted key container, gives its token to whom a list names, and its counted codes work", async () => {
      const user = userName(4);
      const container = file("tokens.pskcxml", PSKC);
      const users = ["--users", file("users-of-tokens.csv", `serial,user\n987654321,${user}\n`)];
      const key = (hex: string) => ["--key-file", file("vendor.key", `${hex}\n`)];
      const wrong = await bring(container, "--type", "pskc", ...users, ...key(PSKC_KEY.replace(/2$/, "3")));
      expect(wrong.code).not.toBe(0);
      expect(wrong.stdout + wrong.stderr).toMatch(/MAC key cannot be decrypted|MAC is wrong/);
      const nobodys = await bring(container, "--type", "pskc", ...key(PSKC_KEY));
      expect(nobodys.stdout).toContain("does not say whose it is: give --users FILE");
      const imported = await bring(container, "--type", "pskc", ...users, ...key(PSKC_KEY));
      expect([imported.code, imported.stdout]).toEqual([0, expect.stringContaining("of 1 tokens, 1 added")]);
      const code = generateSync({ strategy: "hotp", secret: PSKC_SECRET, counter: 0, digits: 8 });
      const challenge = challengeOf(await vpn().password(user, PASSWORD));
      expect(outcomeOf(await vpn().answer(user, challenge, code))).toBe("accept");
    });

    it("takes many in batches, and the tokens stay when the file of users is read again", async () => {
      const rows = Array.from({ length: 700 }, (_, at) => `B${at},${SECRET},${trustedName(100 + (at % 100))}`);
      const many = await bring(
        file("many.csv", `serial,secret,user\n${rows.join("\n")}\n`),
        "--type",
        "tokens",
        "--json",
      );
      expect(reportOf(many)).toMatchObject({ total: 700, added: 700, refused: [] });
      const imports = () => product.logged().filter((line) => line.includes("factors.imported")).length;
      const before = imports();
      appendFileSync(product.configurationFile, "  - { name: late }\n");
      await eventually(() => imports() > before, { what: "the file was imported again", timeoutMs: 20_000 });
      const again = await bring(
        file("one.csv", `serial,secret,user\nB0,${SECRET},${trustedName(100)}\n`),
        "--type",
        "tokens",
      );
      expect(again.stdout).toContain("1 replaced");
    });

    it("takes users over into the users' file, from where they are in force", async () => {
      const users = file(
        "new-users.csv",
        `name,password,phone,serial,secret\nzoe,${PASSWORD},+49 30 901820,Z1,${SECRET}\nann,,030,,\n`,
      );
      const config = ["--type", "users", "--config", product.configurationFile];
      const checked = await portcullis(["import", users, ...config, "--dry-run"]);
      expect(checked.stdout).toContain("of 2 users, 1 would be added, 0 would be replaced and 1 would be refused.");
      const imported = await portcullis(["import", users, ...config]);
      expect([imported.code, imported.stdout]).toEqual([
        2,
        expect.stringContaining("1 added, 0 replaced and 1 refused"),
      ]);
      expect(imported.stdout).toMatch(/^line 3 +phone +must be a number in international form/m);
      for (const service of ["directory-sync", "authn-primary", "challenge-orchestrator"] as const) {
        for (const reach of product.reach(service)) await portcullis(["reload", ...reach]);
      }
      await eventually(async () => outcomeOf(await vpn().password("zoe", PASSWORD)) === "challenge", {
        what: "the new user is known",
        timeoutMs: 20_000,
      });
      const challenge = challengeOf(await vpn().password("zoe", PASSWORD));
      expect(outcomeOf(await vpn().answer("zoe", challenge, codeAt(SECRET)))).toBe("accept");
      const again = await portcullis(["import", users, ...config]);
      expect(again.stdout).toContain("is there already: replace her with --replace");
    });

    it("logs no secret", () => {
      const log = product.logged().join("\n");
      expect(log).toContain("tokens.batch_imported");
      for (const secret of [SECRET, PSKC_SECRET, PSKC_KEY]) expect(log).not.toContain(secret);
    });
  });
}
