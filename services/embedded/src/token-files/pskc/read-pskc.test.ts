import { createCipheriv, createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FileEntry } from "../file-token.js";
import type { PskcSecrets } from "./pskc-encryption.js";
import { readPskc } from "./read-pskc.js";

/** "12345678901234567890", the secret of all examples of RFC 6030, in base32. */
const RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const RFC_KEY = Buffer.from("12345678901234567890123456789012", "hex");
const NOW_MS = Date.parse("2026-11-25T00:00:00Z");
const XENC = "http://www.w3.org/2001/04/xmlenc#";
const PLAIN = "<Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>";

/** RFC 6030 figure 6: AES-128-CBC with a pre-shared key. */
const PRESHARED = {
  encryption: "<EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>",
  macKey: "ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX",
  secret: "AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv",
  valueMac: "Su+NvtQfmvfJzF6bmQiJqoLRExc=",
};
/** RFC 6030 figure 7: the passphrase is "qwerty". */
const PASSPHRASE = {
  encryption: `<EncryptionKey><xenc11:DerivedKey>
    <xenc11:KeyDerivationMethod Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2">
      <pkcs5:PBKDF2-params xmlns=""><Salt><Specified>Ej7/PEpyEpw=</Specified></Salt>
        <IterationCount>1000</IterationCount><KeyLength>16</KeyLength><PRF/></pkcs5:PBKDF2-params>
    </xenc11:KeyDerivationMethod><xenc11:MasterKeyName>My Password 1</xenc11:MasterKeyName>
  </xenc11:DerivedKey></EncryptionKey>`,
  macKey: "2GTTnLwM3I4e5IO5FkufoOEiOhNj91fhKRQBtBJYluUDsPOLTfUvoU2dStyOwYZx",
  secret: "oTvo+S22nsmS2Z/RtcoF8Hfh+jzMe0RkiafpoDpnoZTjPYZu6V+A4aEn032yCr4f",
  valueMac: "LP6xMvjtypbfT9PdkJhBZ+D6O4w=",
};

type Encrypted = typeof PRESHARED;

const cipher = (value: string, bits = 128) =>
  `<xenc:EncryptionMethod Algorithm="${XENC}aes${bits}-cbc"/><xenc:CipherData><xenc:CipherValue>
   ${value} </xenc:CipherValue></xenc:CipherData>`;
const macMethod = (macKey: string, hash = "http://www.w3.org/2000/09/xmldsig#hmac-sha1") =>
  `<MACMethod Algorithm="${hash}"><MACKey>${cipher(macKey)}</MACKey></MACMethod>`;
const sealedSecret = ({ secret, valueMac }: Pick<Encrypted, "secret" | "valueMac">, bits = 128) =>
  `<Secret><EncryptedValue>${cipher(secret, bits)}</EncryptedValue><ValueMAC>${valueMac}\n</ValueMAC></Secret>`;

interface KeyParts {
  readonly algorithm?: string;
  readonly secret?: string;
  readonly data?: string;
  readonly format?: string;
  readonly more?: string;
  readonly device?: string;
}

function keyPackage({
  algorithm = "hotp",
  secret = PLAIN,
  data = "",
  format = 'Length="8"',
  more = "",
  device,
}: KeyParts = {}) {
  return `<KeyPackage><DeviceInfo>${device ?? "<SerialNo>987654321</SerialNo>"}</DeviceInfo>
    <Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:${algorithm}">
      <AlgorithmParameters><ResponseFormat Encoding="DECIMAL" ${format}/></AlgorithmParameters>
      <Data>${secret}${data}</Data>${more}</Key></KeyPackage>`;
}

function container(...parts: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"
    xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="${XENC}" xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"
    xmlns:pkcs5="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#">${parts.join("")}</KeyContainer>`;
}

const encrypted = (one: Encrypted) =>
  container(one.encryption, macMethod(one.macKey), keyPackage({ secret: sealedSecret(one) }));

async function read(
  text: string | Uint8Array,
  given: { key?: Buffer; passphrase?: string } = {},
): Promise<readonly FileEntry[]> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-pskc-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "tokens.xml"), text);
  const secrets: PskcSecrets = {
    presharedKey: () => (given.key ? Promise.resolve(given.key) : Promise.reject(new Error("no key was expected"))),
    passphrase: () =>
      given.passphrase === undefined
        ? Promise.reject(new Error("no passphrase was expected"))
        : Promise.resolve(given.passphrase),
  };
  return readPskc(join(folder, "tokens.xml"), secrets, NOW_MS);
}

const tokensOf = (entries: readonly FileEntry[]) =>
  entries.map((entry) => ("token" in entry ? entry.token : entry.reason));

describe("a key container in clear", () => {
  it("gives counted tokens and tokens of time, with what their codes are made of", async () => {
    const totp = keyPackage({
      algorithm: "totp",
      format: 'Length="6"',
      data: "<Time><PlainValue>0</PlainValue></Time><TimeInterval><PlainValue>60</PlainValue></TimeInterval>",
      device: "<SerialNo>T1</SerialNo><UserId>CN=Alice Adams,UID=alice,DC=corp</UserId>",
      more: "<Policy><ExpiryDate>2030-01-01T00:00:00Z</ExpiryDate><KeyUsage>OTP</KeyUsage></Policy>",
    }).replace("<AlgorithmParameters>", "<AlgorithmParameters><Suite>HMAC-SHA256</Suite>");
    const hotp = keyPackage({
      data: "<Counter><PlainValue>7</PlainValue></Counter>",
      more: "<UserId>bob@corp.example</UserId>",
    });
    expect(await read(container(hotp, totp))).toEqual([
      {
        place: "key 1",
        token: {
          serial: "987654321",
          userName: "bob@corp.example",
          type: "hotp",
          secret: RFC_SECRET,
          digits: 8,
          algorithm: "sha1",
          counter: 7,
          periodSeconds: 30,
        },
      },
      {
        place: "key 2",
        token: {
          serial: "T1",
          userName: "alice",
          type: "totp",
          secret: RFC_SECRET,
          digits: 6,
          algorithm: "sha256",
          counter: 0,
          periodSeconds: 60,
        },
      },
    ]);
  });

  it("takes any prefix, comments, CDATA, and the key's id where the device has no serial", async () => {
    const text = container(keyPackage({ device: "<Manufacturer>A &amp; B</Manufacturer>" }))
      .replace(/(<\/?)(?=[A-Z])/g, "$1p:")
      .replace('xmlns="urn', 'xmlns:p="urn')
      .replace(/(MTIz[^<]*)/, "<!-- here --><![CDATA[$1]]>");
    const [entry] = await read(text);
    expect(entry).toMatchObject({ token: { serial: "12345678", userName: undefined, secret: RFC_SECRET } });
  });

  it.each<[string, KeyParts, string]>([
    ["another algorithm", { algorithm: "pin" }, "is neither HOTP nor TOTP"],
    [
      "an expired key",
      { more: "<Policy><ExpiryDate>2022-09-01T00:00:00Z</ExpiryDate></Policy>" },
      "has expired on 2022-09-01",
    ],
    [
      "another usage",
      { more: "<Policy><KeyUsage>Encrypt</KeyUsage></Policy>" },
      "must not be used for one-time passwords",
    ],
    [
      "a PIN in the code",
      { more: '<Policy><PINPolicy PINUsageMode="Prepend"/></Policy>' },
      "has a PIN within its codes",
    ],
    ["check digits", { format: 'Length="6" CheckDigits="true"' }, "its codes have a check digit"],
    ["hexadecimal codes", { format: 'Length="6"' }, "its codes are not decimal"],
    ["no secret", { secret: "" }, "has no secret"],
    [
      "a secret that is no base64",
      { secret: "<Secret><PlainValue>JBSW_</PlainValue></Secret>" },
      "its secret is no base64",
    ],
    [
      "a counter that is no number",
      { data: "<Counter><PlainValue>x</PlainValue></Counter>" },
      "its counter is no number",
    ],
    ["no serial", { device: "" }, "has no serial"],
    ["a secret that is encrypted with nothing", { secret: sealedSecret(PRESHARED) }, "does not say with which key"],
  ])("refuses %s, and that one only", async (name, parts, reason) => {
    let one = keyPackage(parts);
    if (name === "hexadecimal codes") one = one.replace("DECIMAL", "HEXADECIMAL");
    if (name === "no serial") one = one.replace('Id="12345678"', "");
    const [refused, good] = tokensOf(await read(container(one, keyPackage())));
    expect(refused).toContain(reason);
    expect(good).toMatchObject({ secret: RFC_SECRET });
  });
});

describe("an encrypted key container", () => {
  it("is opened with its pre-shared key (RFC 6030 figure 6)", async () => {
    expect(tokensOf(await read(encrypted(PRESHARED), { key: RFC_KEY }))).toMatchObject([
      { secret: RFC_SECRET, digits: 8 },
    ]);
  });

  it("is opened with its passphrase (RFC 6030 figure 7)", async () => {
    expect(tokensOf(await read(encrypted(PASSPHRASE), { passphrase: "qwerty" }))).toMatchObject([
      { secret: RFC_SECRET },
    ]);
  });

  it("is opened with a longer key and another hash, and with the encryption key for the MAC where it has no other", async () => {
    const key = Buffer.alloc(32, 7);
    const iv = Buffer.alloc(16, 1);
    const aes = createCipheriv("aes-256-cbc", key, iv);
    const secret = Buffer.concat([iv, aes.update("12345678901234567890"), aes.final()]);
    const valueMac = createHmac("sha256", key).update(secret).digest("base64");
    const hash = '<MACMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"/>';
    const sealed = sealedSecret({ secret: secret.toString("base64"), valueMac }, 256);
    const text = container(PRESHARED.encryption, hash, keyPackage({ secret: sealed }));
    expect(tokensOf(await read(text, { key }))).toMatchObject([{ secret: RFC_SECRET }]);
    expect(tokensOf(await read(text, { key: RFC_KEY }))).toEqual([expect.stringContaining("its MAC is wrong")]);
  });

  it("one bit wrong in the secret or in its MAC is refused, and so is no MAC", async () => {
    const flipped = (base64: string, at: number) => {
      const bytes = Buffer.from(base64, "base64");
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes.toString("base64");
    };
    const secretsOf = async (...keys: string[]) => {
      const text = container(
        PRESHARED.encryption,
        macMethod(PRESHARED.macKey),
        ...keys.map((secret) => keyPackage({ secret })),
      );
      return tokensOf(await read(text, { key: RFC_KEY }));
    };
    const [good, inVector, inSecret, inMac, shortMac, noMac] = await secretsOf(
      sealedSecret(PRESHARED),
      sealedSecret({ ...PRESHARED, secret: flipped(PRESHARED.secret, 0) }),
      sealedSecret({ ...PRESHARED, secret: flipped(PRESHARED.secret, 40) }),
      sealedSecret({ ...PRESHARED, valueMac: flipped(PRESHARED.valueMac, 19) }),
      sealedSecret({
        ...PRESHARED,
        valueMac: Buffer.from(PRESHARED.valueMac, "base64").subarray(0, 10).toString("base64"),
      }),
      sealedSecret(PRESHARED).replace(/<ValueMAC>[\s\S]*<\/ValueMAC>/, ""),
    );
    expect(good).toMatchObject({ secret: RFC_SECRET });
    for (const wrong of [inVector, inSecret, inMac, shortMac]) expect(wrong).toContain("its MAC is wrong");
    expect(noMac).toContain("has no MAC");
    const withoutMethod = container(PRESHARED.encryption, keyPackage({ secret: sealedSecret(PRESHARED) }));
    expect(tokensOf(await read(withoutMethod, { key: RFC_KEY }))).toEqual([expect.stringContaining("has no MAC")]);
  });

  it("a wrong key and a wrong passphrase give no secret", async () => {
    const wrongKey = Buffer.from(RFC_KEY);
    wrongKey[15] = (wrongKey[15] ?? 0) ^ 1;
    for (const attempt of [
      read(encrypted(PRESHARED), { key: wrongKey }),
      read(encrypted(PASSPHRASE), { passphrase: "qwertz" }),
    ]) {
      const result = await attempt.then(tokensOf, (error: Error) => [error.message]);
      expect(result).toEqual([expect.stringMatching(/its MAC key cannot be decrypted|its MAC is wrong/)]);
    }
  });

  it.each([
    ["1000", "20000000", "its IterationCount must be between 1 and 10000000"],
    ["<KeyLength>16", "<KeyLength>64", "its KeyLength must be between 1 and 32"],
    ["#pbkdf2", "#scrypt", "only PBKDF2 is"],
  ])("bounds what a passphrase may cost: %s -> %s", async (from, to, message) => {
    await expect(read(encrypted(PASSPHRASE).replace(from, to), { passphrase: "qwerty" })).rejects.toThrow(message);
  });
});

describe("what is no key container", () => {
  it.each<[string, string | Uint8Array, string]>([
    ["no XML", "serial,secret\n1,JBSWY3DPEHPK3PXP\n", "it is not XML"],
    ["XML that breaks off", container(keyPackage()).slice(0, -20), "it is not XML"],
    ["another root", "<KeyContainer/>", "it is no key container"],
    ["a document type", `<!DOCTYPE x [<!ENTITY a "b">]>${container(keyPackage())}`, "must not have a document type"],
    ["another charset", container(keyPackage()).replace("UTF-8", "UTF-16"), "it must be UTF-8"],
    ["octets that are no UTF-8", new Uint8Array([0x3c, 0xff, 0xfe]), "it must be UTF-8"],
    ["a file that is too large", " ".repeat(16 * 1024 * 1024 + 1), "it is larger than"],
    [
      "a certificate's",
      container("<EncryptionKey><ds:X509Data/></EncryptionKey>", keyPackage()),
      "encrypted for a certificate",
    ],
  ])("%s is refused without a word of it", async (_, text, message) => {
    const error = await read(text).then(
      () => "taken",
      (reason: Error) => reason.message,
    );
    expect(error).toContain(message);
    expect(error).not.toContain("JBSW");
  });

  it("entities that are not XML's own are not resolved", async () => {
    await expect(read(container(keyPackage({ device: "<SerialNo>&xxe;</SerialNo>" })))).rejects.toThrow(
      "it is not XML",
    );
  });
});
