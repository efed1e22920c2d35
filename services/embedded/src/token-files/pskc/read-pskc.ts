import { readFile, stat } from "node:fs/promises";
import { encodeBase32 } from "@portcullis/configuration";
import type { Element } from "@xmldom/xmldom";
import {
  algorithmNamed,
  type FileEntry,
  type FileToken,
  MAX_TOKENS_OF_FILE,
  MAX_VALUE_LENGTH,
  TokenFileTrouble,
  wholeNumber,
} from "../file-token.js";
import { type PskcKeys, type PskcSecrets, pskcKeys } from "./pskc-encryption.js";
import { childAt, childrenOf, MAX_PSKC_BYTES, octetsAt, parseXml, textAt } from "./xml.js";

const NAMESPACE = "urn:ietf:params:xml:ns:keyprov:pskc";
/** Pads what a counted token has no use for. */
const NO_PERIOD_SECONDS = 30;

/**
 * Reads tokens from a portable symmetric key container, RFC 6030: in clear, encrypted with a pre-shared key, or with a key derived
 * from a passphrase.
 * @param nowMs what has expired by then is refused
 * Throws `TokenFileTrouble` when nothing of it can be read.
 */
export async function readPskc(path: string, secrets: PskcSecrets, nowMs: number): Promise<readonly FileEntry[]> {
  const container = parseXml(await textOf(path));
  if (container.localName !== "KeyContainer" || container.namespaceURI !== NAMESPACE) {
    throw new TokenFileTrouble("it is no key container (PSKC, RFC 6030)");
  }
  const packages = childrenOf(container, "KeyPackage");
  if (packages.length > MAX_TOKENS_OF_FILE) throw new TokenFileTrouble(`it has more than ${MAX_TOKENS_OF_FILE} tokens`);
  const keys = await pskcKeys(container, secrets);
  return packages.flatMap((one, at) => {
    const place = `key ${at + 1}`;
    const key = childAt(one, "Key");
    return key === undefined
      ? [{ place, serial: serialOf(one), reason: "has no key" }]
      : [entryOf(place, one, { key, keys, nowMs })];
  });
}

async function textOf(path: string): Promise<string> {
  if ((await stat(path)).size > MAX_PSKC_BYTES) {
    throw new TokenFileTrouble(`it is larger than ${MAX_PSKC_BYTES} bytes: split it`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof TypeError) throw new TokenFileTrouble("it must be UTF-8");
    throw error;
  }
}

interface KeyParts {
  readonly key: Element;
  readonly keys: PskcKeys | undefined;
  readonly nowMs: number;
}

function entryOf(place: string, packaged: Element, parts: KeyParts): FileEntry {
  const serial = serialOf(packaged);
  const refused = (reason: string): FileEntry => ({ place, serial: serial.slice(0, MAX_VALUE_LENGTH), reason });
  if (serial === "") return refused("has no serial");
  const type = typeOf(parts.key);
  if (type === undefined) return refused("is neither HOTP nor TOTP");
  const wrong = policyTrouble(parts) ?? formatTrouble(parts.key);
  if (wrong !== undefined) return refused(wrong);
  const secret = secretOf(parts);
  if (typeof secret === "string") return refused(secret);
  const shape = shapeOf(parts.key, type);
  if (typeof shape === "string") return refused(shape);
  const userName = userOf(packaged, parts.key);
  const token: FileToken = { serial, userName, type, secret: encodeBase32(secret), ...shape };
  const tooLong = [serial, userName ?? "", token.secret].some((value) => value.length > MAX_VALUE_LENGTH);
  return tooLong ? refused(`has a value of more than ${MAX_VALUE_LENGTH} characters`) : { place, token };
}

/** Of the device; where it has none, the key's own id. */
function serialOf(packaged: Element): string {
  return textAt(packaged, "DeviceInfo", "SerialNo") || (childAt(packaged, "Key")?.getAttribute("Id") ?? "");
}

function typeOf(key: Element): FileToken["type"] | undefined {
  const [, name] = /(?:^|[:#])(hotp|totp)$/i.exec(key.getAttribute("Algorithm") ?? "") ?? [];
  return name?.toLowerCase() as FileToken["type"] | undefined;
}

/** RFC 6030 section 5: a key must not be used against its policy. */
function policyTrouble({ key, nowMs }: KeyParts): string | undefined {
  const policy = childAt(key, "Policy");
  if (policy === undefined) return undefined;
  const expires = Date.parse(textAt(policy, "ExpiryDate") ?? "");
  if (expires < nowMs) return `has expired on ${new Date(expires).toISOString().slice(0, 10)}`;
  const usages = childrenOf(policy, "KeyUsage").map((usage) => usage.textContent?.trim());
  if (usages.length > 0 && !usages.includes("OTP")) return "must not be used for one-time passwords, says its policy";
  const pin = childAt(policy, "PINPolicy")?.getAttribute("PINUsageMode") || "Local";
  return pin === "Local" ? undefined : "has a PIN within its codes, which is not supported";
}

function formatTrouble(key: Element): string | undefined {
  const format = childAt(key, "AlgorithmParameters", "ResponseFormat");
  if ((format?.getAttribute("Encoding") || "DECIMAL") !== "DECIMAL") return "its codes are not decimal";
  return /^(?:true|1)$/.test(format?.getAttribute("CheckDigits") ?? "") ? "its codes have a check digit" : undefined;
}

function secretOf({ key, keys }: KeyParts): Buffer | string {
  const secret = childAt(key, "Data", "Secret");
  if (secret === undefined) return "has no secret";
  if (childAt(secret, "PlainValue") !== undefined) return octetsAt(secret, "PlainValue") ?? "its secret is no base64";
  if (childAt(secret, "EncryptedValue") === undefined) return "has no secret";
  return keys === undefined ? "is encrypted, and the file does not say with which key" : keys.open(secret);
}

function shapeOf(
  key: Element,
  type: FileToken["type"],
): Omit<FileToken, "serial" | "userName" | "type" | "secret"> | string {
  const digits = wholeNumber(childAt(key, "AlgorithmParameters", "ResponseFormat")?.getAttribute("Length") || "6");
  if (digits === undefined) return "the length of its codes is no number";
  const algorithm = algorithmNamed(textAt(key, "AlgorithmParameters", "Suite") || "sha1");
  if (algorithm === undefined) return "its hash is none of SHA-1, SHA-256 and SHA-512";
  const number = (name: string, byDefault: number) =>
    childAt(key, "Data", name) === undefined ? byDefault : wholeNumber(textAt(key, "Data", name, "PlainValue") ?? "");
  const counter = number("Counter", 0);
  if (counter === undefined) return "its counter is no number in clear";
  const periodSeconds = type === "totp" ? number("TimeInterval", NO_PERIOD_SECONDS) : NO_PERIOD_SECONDS;
  if (periodSeconds === undefined) return "its interval is no number in clear";
  return { digits, algorithm, counter: type === "hotp" ? counter : 0, periodSeconds };
}

/** Of the key, or of the device; a distinguished name stands for the user that its UID or CN names. */
function userOf(packaged: Element, key: Element): string | undefined {
  const text = textAt(key, "UserId") || textAt(packaged, "DeviceInfo", "UserId");
  if (text === undefined || text === "") return undefined;
  const [, named] = /(?:^|,)\s*UID\s*=\s*([^,]+)/i.exec(text) ?? /(?:^|,)\s*CN\s*=\s*([^,]+)/i.exec(text) ?? [];
  return named?.trim() ?? text;
}
