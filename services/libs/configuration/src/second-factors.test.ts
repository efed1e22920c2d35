import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loaded, refused, shown } from "../test/files.js";
import { SECOND_FACTORS_EXAMPLE } from "../test/second-factors.js";
import { redacted, revealingJson, secretFilesOf } from "./index.js";

const CLIENT = "name: vpn, address: 192.0.2.1, secret: 0123456789abcdef, target: local";
const TARGETS = "targets: [ { name: local, type: local } ]";
const MOBILE = "publicUrl: https://mfa.corp.example";
const TWILIO = 'name: a, type: twilio, accountSid: AC1, authToken: token, from: "+14255550100"';
const HTTP = 'name: a, type: http, url: https://sms.example, body: "{{to}} {{text}}"';
const SMTP = "name: a, type: smtp, host: mail, from: a@corp.example";
const PUBLIC_KEY = "BOxHBVxMy8FrHbKpD8weR4-gM3GLYyE2i5NMjPREmrdYqAwS364WleDfQfGfIVhweT1A4Ct_1TWnngSQ8-rNPPI";
const PRIVATE_KEY = "Ofu_qeBgS_LrOPWoyb_1-m4bO2AwDTBW5fKnRqsqcsw";
const WEB_PUSH = `publicKey: ${PUBLIC_KEY}, privateKey: ${PRIVATE_KEY}, subject: "mailto:it@corp.example"`;

const client = (change: string, more = "") => `clients: [ { ${CLIENT}, ${change} } ]\n${TARGETS}\n${more}`;
const policy = (change: string) => client("mfa: true", `policies: [ { name: p, ${change} } ]`);
const provider = (change: string) =>
  `notifications: { publicUrl: https://mfa.corp.example, providers: [ { ${change} } ] }`;
const user = (change: string) => `users: [ { name: alice, ${change} } ]`;

describe("a right file", () => {
  test("has every value as it was written, numbers and addresses in their canonical form", async () => {
    const { clients, policies, mobile, fraud, http, notifications, warnings, users } =
      await loaded(SECOND_FACTORS_EXAMPLE);
    expect(shown(warnings)).toEqual([]);
    expect(clients[0]).toMatchObject({
      mfa: "enrolled",
      methods: ["oath", "sms", "voice", "app"],
      failMode: "safe",
      fallback: true,
      trustedNetworks: ["10.0.0.0/8", "2001:db8::/32"],
      remember: [{ scope: "application-and-address", seconds: 3600 }],
      reconnectWindowSeconds: 5,
      methodWords: false,
      appMatch: true,
    });
    expect(policies).toEqual([
      {
        name: "administrators",
        clients: ["vpn"],
        groups: ["admins"],
        mfa: true,
        methods: ["app"],
        failMode: "secure",
        remember: [],
      },
      { name: "offices", trustedNetworks: ["198.51.100.0/24"] },
    ]);
    expect(mobile).toEqual({
      publicUrl: "https://mfa.corp.example",
      issuer: "Corp",
      activationMinutes: 15,
      maxDevices: 3,
      vapidPublicKey: PUBLIC_KEY,
    });
    expect(fraud).toEqual({ code: "0", block: true, blockDays: 30, mail: ["security@corp.example"], language: "de" });
    expect(http?.listen[0]).toMatchObject({ port: 8443, tls: { key: expect.stringMatching(/^\/.*web\.key$/) } });
    expect(notifications?.publicUrl).toBe("https://mfa.corp.example");
    expect(notifications?.providers).toMatchObject([
      { type: "twilio", does: ["voice", "sms"], from: "+14255550100", apiUrl: "https://api.twilio.com" },
      { type: "smpp", does: ["sms"], port: 2775, tls: true, from: "Corp" },
      { type: "http", does: ["sms"], method: "POST", successStatus: 202 },
      { type: "smtp", does: ["mail"], port: 587, security: "starttls" },
      { name: "try", type: "outbox", does: ["voice"] },
    ]);
    expect(notifications?.texts).toEqual({ de: { sms: "Ihr Code: {{code}}" } });
    const [alice] = users;
    expect(alice?.phone?.reveal()).toEqual({ number: "+4930901820", extension: "890" });
    expect(alice?.backupPhone?.reveal()).toEqual({ number: "+4930901821", extension: "" });
    expect(alice?.pin?.reveal()).toBe("2580");
    expect(alice).toMatchObject({
      language: "de",
      mail: "alice@corp.example",
      methods: ["sms", "voice", "app", "oath"],
      defaultMethod: "app",
      smsMode: "two-way-pin",
      voiceMode: "pin",
      appMode: "pin",
      tokens: [{ serial: "H1", type: "hotp", counter: 7 }],
    });
  });

  test("what is not said has its default, and a section that is not there is not made up", async () => {
    const configuration = await loaded(client("mfa: true", user("enabled: true")));
    expect(configuration.clients[0]).toMatchObject({
      methods: ["oath", "sms", "voice", "app"],
      failMode: "secure",
      fallback: false,
      trustedNetworks: [],
      remember: [],
      methodWords: true,
      appMatch: false,
    });
    expect(configuration.clients[0]).not.toHaveProperty("reconnectWindowSeconds");
    expect(configuration.users[0]).toMatchObject({ language: "en", smsMode: "one-way", voiceMode: "standard" });
    for (const key of ["phone", "backupPhone", "mail", "methods", "defaultMethod", "pin", "pinHash"]) {
      expect(configuration.users[0]).not.toHaveProperty(key);
    }
    for (const key of ["notifications", "mobile", "fraud", "http"]) expect(configuration).not.toHaveProperty(key);
    expect(configuration.policies).toEqual([]);
    const defaults = await loaded(`mobile: { ${MOBILE} }\nfraud: {}\nhttp: {}\nnotifications: {}`);
    expect(defaults.mobile).toEqual({
      publicUrl: "https://mfa.corp.example",
      issuer: "Portcullis",
      activationMinutes: 10,
      maxDevices: 10,
    });
    expect(defaults.fraud).toEqual({ code: "0", block: true, blockDays: 90, mail: [], language: "en" });
    expect(defaults.http).toEqual({ listen: [] });
    expect(defaults.notifications).toEqual({ providers: [], texts: {} });
  });

  test("prints without its secrets, its numbers included, and can be loaded again where nothing was secret", async () => {
    const configuration = await loaded(SECOND_FACTORS_EXAMPLE);
    const text = redacted(configuration);
    expect(text).not.toMatch(/0123456789|word-08|words of|901820|901821|2580|Ofu_/);
    const [twilio, , gateway] = parse(text).notifications.providers;
    expect(twilio.authToken).toBe("[redacted]");
    expect(gateway.headers).toEqual({ Authorization: "[redacted]", "Content-Type": "[redacted]" });
    expect(parse(text).users[0]).toMatchObject({ phone: "[redacted]", pin: "[redacted]", smsMode: "two-way-pin" });
    const open = await loaded(`${policy("mfa: enrolled")}\n${provider("name: a, type: outbox")}\nfraud: {}\nhttp: {}`);
    const { clients: _, file: __, ...again } = await loaded(redacted({ ...open, clients: [], policies: [] }));
    const { clients: ___, file: ____, ...before } = open;
    expect(again).toEqual({ ...before, policies: [], warnings: expect.anything() });
  });

  test("secrets are where the file says they are", async () => {
    const yaml = `${provider(TWILIO.replace("token", "{ fromFile: token }"))}\n${user("pin: { fromEnv: PIN }")}
http: { listen: [ { port: 8443 } ] }`;
    const configuration = await loaded(yaml, { files: { token: "of the file\n" }, env: { PIN: "8520" } });
    expect(configuration.users[0]?.pin?.reveal()).toBe("8520");
    expect(revealingJson(configuration.notifications)).toContain('"authToken":"of the file"');
    expect(parse(redacted(configuration))).toMatchObject({
      notifications: { providers: [{ authToken: { fromFile: "token" } }] },
      users: [{ pin: { fromEnv: "PIN" } }],
    });
    expect(secretFilesOf(configuration)).toEqual({ inline: false, files: [expect.stringMatching(/\/token$/)] });
  });
});

describe("what is wrong is said where it is", () => {
  test.each([
    [client("mfa: sometimes"), "clients[0].mfa: must be true, false or enrolled"],
    [client("methods: []"), "clients[0].methods: must have at least 1 item"],
    [client("methods: [ push ]"), "clients[0].methods[0]: must be oath, sms, voice, app or manual"],
    [client("methods: [ app, app ]"), "clients[0].methods: must not have the same entry twice"],
    [client("methods: [ manual ]"), "clients[0].methods[0]: manual lets an operator answer"],
    [client("failMode: open"), "clients[0].failMode: must be secure or safe"],
    [client("trustedNetworks: [ 10.0.0.1/8 ]"), "clients[0].trustedNetworks[0]: has host bits set"],
    [client("remember: [ { scope: user, seconds: 0 } ]"), "clients[0].remember[0].seconds: must be at least 1"],
    [client("remember: [ { scope: user, seconds: 86401 } ]"), "seconds: must be at most 86400"],
    [
      client("remember: [ { scope: user, seconds: 1 }, { scope: user, seconds: 2 } ]"),
      "clients[0].remember: must not have the same scope twice",
    ],
    [client("reconnectWindowSeconds: 61"), "clients[0].reconnectWindowSeconds: must be at most 60"],
    [policy("mfas: true"), "policies[0].mfas: unknown key, did you mean mfa?"],
    [policy("groups: [ a ]"), "policies[0]: decides nothing: write one of mfa, requireUserMatch, methods"],
    [policy("mfa: true, clients: [ vpm ]"), 'policies[0].clients[0]: there is no client "vpm", did you mean "vpn"?'],
    [policy("methods: [ manual ]"), "policies[0].methods[0]: manual lets an operator answer"],
    [policy("mfa: true").replace("name: p", "name: client"), "policies[0].name: is what the client's own settings"],
    [
      client("mfa: true", "policies: [ { name: p, mfa: true }, { name: p, mfa: true } ]"),
      'already a policy "p", at policies[0]',
    ],
    [provider("name: a"), "notifications.providers[0].type: is missing: twilio, smpp, http, smtp or outbox"],
    [provider("name: a, type: fax"), "notifications.providers[0].type: must be twilio, smpp, http, smtp or outbox"],
    [provider("name: a, type: outbox, hots: x"), "notifications.providers[0].hots: unknown key"],
    [provider(`${SMTP}, securty: tls`), "notifications.providers[0].securty: unknown key, did you mean security?"],
    [provider(`${SMTP}, does: [ sms ]`), "notifications.providers[0].does[0]: must be mail"],
    [provider(`${SMTP}, user: x`), "notifications.providers[0]: must have both user and password, or neither"],
    [provider(SMTP.replace("a@corp", "corp")), "notifications.providers[0].from: must be a mail address"],
    [provider(`${SMTP}, port: 0`), "notifications.providers[0].port: must be at least 1"],
    [provider(TWILIO.replace('"+14255550100"', "+14255550100")), "from: must be a text: write it in quotes"],
    [provider(TWILIO.replace("authToken: token, ", "")), "notifications.providers[0].authToken: is"],
    [
      provider(`${HTTP}, headers: { "A b": x }`),
      "notifications.providers[0].headers.A b: is not the name of an HTTP header",
    ],
    [
      provider(`${HTTP}, headers: { A: "x\\r\\nB: y" }`),
      "notifications.providers[0].headers.A: must be ASCII characters",
    ],
    [provider(`${HTTP}, headers: { A: { fromfile: x } }`), "headers.A.fromfile: unknown key, did you mean fromFile?"],
    [
      provider(HTTP.replace("{{text}}", "{{txt}}")),
      "notifications.providers[0].body: may have these placeholders only",
    ],
    [provider(HTTP.replace(" {{text}}", "")), "notifications.providers[0].body: must have {{text}}"],
    [provider(HTTP.replace("https://", "ftp://")), "url: must be a URL that begins with https:// or http://"],
    [provider(HTTP.replace("https://", "https://me:pw@")), "url: must not have a user or password"],
    [`notifications: { providers: [ { ${TWILIO} } ] }`, "notifications.providers[0]: needs notifications.publicUrl"],
    [`notifications: { publicUrl: http://mfa.corp.example }`, "notifications.publicUrl: must begin with https://"],
    [`notifications: { publicUrl: "https://mfa.corp.example/?a" }`, "publicUrl: must not have a ? part"],
    [`notifications: { texts: { xx: {} } }`, "notifications.texts.xx: "],
    [`notifications: { texts: { de: { "a b": x } } }`, "notifications.texts.de.a b: is not the name of a text"],
    [
      `notifications: { webPush: { ${WEB_PUSH.replace("BOx", "BOy")} } }`,
      "webPush.publicKey: is not the public key of privateKey",
    ],
    [
      `notifications: { webPush: { ${WEB_PUSH.replace("Ofu", "Ofuu")} } }`,
      "webPush.privateKey: must be 32 bytes in base64url",
    ],
    [`notifications: { webPush: { ${WEB_PUSH.replace("mailto:", "")} } }`, "webPush.subject: must be mailto:"],
    ["mobile: {}", "mobile.publicUrl: is missing"],
    [`mobile: { ${MOBILE}, activationMinutes: 61 }`, "mobile.activationMinutes: must be at most 60"],
    [`mobile: { ${MOBILE}, maxDevices: 11 }`, "mobile.maxDevices: must be at most 10"],
    ["fraud: { code: 0 }", "fraud.code: must be a text: write it in quotes"],
    ['fraud: { code: "12345" }', "fraud.code: must be 1 to 4 digits, or empty for none"],
    ["fraud: { blockDays: 3651 }", "fraud.blockDays: must be at most 3650"],
    ["fraud: { mail: [ corp ] }", "fraud.mail[0]: must be a mail address"],
    ["http: { listen: [ {} ] }", "http.listen[0].port: is missing"],
    ["http: { listen: [ { port: 1 }, { port: 1 } ] }", "http.listen[1]: is the same address and port a second time"],
    [user('phone: "030 901820"'), "users[0].phone: must be a number in international form"],
    [user("phone: +4930901820"), "users[0].phone: must be a text: write it in quotes"],
    [user('backupPhone: "+4930901820"'), "users[0].backupPhone: stands without a phone"],
    [user("mail: alice"), "users[0].mail: must be a mail address"],
    [user("language: it"), "users[0].language: must be en, de, fr, es, pt or ja"],
    [user("methods: [ manual ]"), "users[0].methods[0]: must be oath, sms, voice or app"],
    [user("methods: [ oath ], defaultMethod: app"), "users[0].defaultMethod: is not one of the user's methods"],
    [user("defaultMethod: voice"), "users[0].defaultMethod: needs a phone"],
    [user("pin: 2580"), "users[0].pin: must be a text: write numbers"],
    [user('pin: "258"'), "users[0].pin: must be 4 to 16 digits"],
    [user("pinHash: x"), "users[0].pinHash: must be an argon2id hash"],
    [
      user("tokens: [ { serial: T, secret: JBSWY3DPEHPK3PXP, counter: 1 } ]"),
      "tokens[0].counter: belongs to tokens of type hotp",
    ],
    [
      user("tokens: [ { serial: T, type: hotp, secret: JBSWY3DPEHPK3PXP, period: 30 } ]"),
      "tokens[0].period: belongs to tokens of type totp",
    ],
  ])("%s", async (yaml, error) => {
    const errors = await refused(yaml);
    expect(errors).toEqual([expect.stringContaining(error)]);
  });

  test("both a pin and a pinHash, and two providers of one name", async () => {
    expect(await refused(user('pin: "2580", pinHash: x'))).toContainEqual(
      expect.stringContaining("users[0]: has both pin and pinHash"),
    );
    const twice = `notifications: { providers: [ { name: a, type: outbox }, { name: a, type: outbox } ] }`;
    expect(await refused(twice)).toEqual([expect.stringContaining('there is already a provider "a"')]);
  });

  test("a number is not quoted", async () => {
    const errors = await refused(user('phone: "+49 30 90182O"'));
    expect(errors.join()).not.toContain("901");
  });
});

describe("what is allowed and can hardly be meant is a warning", () => {
  const warned = async (yaml: string) => shown((await loaded(yaml)).warnings);

  test("methods that are named and reach nobody", async () => {
    const yaml = client(
      "methods: [ oath, sms, app ]",
      'users: [ { name: a, phone: "+4930901820", defaultMethod: voice } ]',
    );
    expect(await warned(yaml)).toEqual([
      expect.stringContaining("clients[0].methods[1]: reaches nobody: no provider of notifications does sms"),
      expect.stringContaining("clients[0].methods[2]: reaches nobody: there is no section mobile"),
      expect.stringContaining("users[0].defaultMethod: reaches nobody: no provider of notifications does voice"),
    ]);
    expect(await warned(client("mfa: true"))).toEqual([]);
    expect(await warned(client("methods: [ sms, voice ]", provider("name: a, type: outbox")))).toEqual([]);
    expect(
      await warned(client("methods: [ sms, voice ]", provider("name: a, type: outbox, does: [ sms ]"))),
    ).toHaveLength(1);
  });

  test("mails about fraud that nobody sends, and secrets that go in clear", async () => {
    expect(await warned("fraud: { mail: [ a@corp.example ] }")).toEqual([
      expect.stringContaining("fraud.mail: nobody is told: no provider of notifications does mail"),
    ]);
    expect(await warned(provider(HTTP.replace("https://", "http://")))).toEqual([
      expect.stringContaining("notifications.providers[0].url: is not https"),
    ]);
    expect(await warned(provider(HTTP.replace("https://sms.example", "http://127.0.0.1:9000/")))).toEqual([]);
  });
});

test("manual may be named where it is allowed", async () => {
  const { clients } = await loaded(client("methods: [ manual ]", "allowManualAnswers: true"));
  expect(clients[0]?.methods).toEqual(["manual"]);
});

test("devices and providers may reach us without TLS on this machine only", async () => {
  const { mobile } = await loaded("mobile: { publicUrl: http://127.0.0.1:8080/ }");
  expect(mobile?.publicUrl).toBe("http://127.0.0.1:8080");
});
