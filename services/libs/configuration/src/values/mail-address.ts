/** RFC 5321 section 4.5.3.1.3: a path has at most 256 octets, its angle brackets included. */
const MAX_ADDRESS_LENGTH = 254;
/** What mail systems take without quotes. RFC 5322 section 3.2.3, letters of other scripts included (RFC 6531). */
const ADDRESS =
  /^[^\s"(),:;<>@[\\\]\p{Cc}]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})$/u;
const WITH_NAME = /^[^<>"\p{Cc}]{1,64} <([^<>]+)>$/u;

export function checkMailAddress(text: string): string | undefined {
  return text.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(text)
    ? undefined
    : "must be a mail address, such as ann@corp.example";
}

/** The sender of mails: an address, or a name and an address: `Portcullis <portcullis@corp.example>`. */
export function checkMailSender(text: string): string | undefined {
  return checkMailAddress(WITH_NAME.exec(text)?.[1] ?? text);
}
