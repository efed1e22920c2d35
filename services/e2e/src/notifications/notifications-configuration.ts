export const SECRET = "secret-of-the-tests";
export const PASSWORD = "correct horse";
export const PIN = "2580";
/** Where the client sends from. */
export const ADDRESS = "127.0.0.1";

const USERS = `
  - { name: vera, phone: "+49 30 1234501", methods: [ voice ] }
  - { name: paul, phone: "+49 30 1234502", methods: [ voice ], voiceMode: pin, pin: "${PIN}" }
  - { name: fred, phone: "+49 30 1234503", methods: [ voice ] }
  - { name: beth, phone: "+49 30 1234504", backupPhone: "+49 30 1234505x12", methods: [ voice ], language: de }
  - { name: hugo, phone: "+49 30 1234506", methods: [ voice ] }
  - { name: otto, phone: "+49 30 1234507", methods: [ sms ], smsMode: one-way }
  - { name: tina, phone: "+49 30 1234508", methods: [ sms ], smsMode: two-way }
  - { name: tom, phone: "+49 30 1234509", methods: [ sms ], smsMode: two-way }
`.replaceAll(", phone:", `, password: "${PASSWORD}", phone:`);

const OUTBOX = "{ name: trying, type: outbox }";

/**
 * A client of which everybody is called or texted, by the outbox; mails about fraud go there too.
 * @param provider instead of the outbox, as in the file
 */
export function notificationsConfiguration(listen: readonly number[], provider = OUTBOX): string {
  const addresses = listen.map((port) => `{ address: 127.0.0.1, authPort: ${port} }`).join(", ");
  return `
${listen.length === 0 ? "" : `radius: { listen: [ ${addresses} ] }`}
clients:
  - { name: vpn, address: ${ADDRESS}, secret: "${SECRET}", application: Corp VPN, target: local, methods: [ sms, voice ], rejectDelayMs: 0 }
targets:
  - { name: local, type: local }
users: ${USERS}
notifications: { providers: [ ${provider} ] }
fraud: { mail: [ security@corp.example ] }
`;
}
