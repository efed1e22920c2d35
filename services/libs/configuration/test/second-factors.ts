/** A file with every key of second factors. */
export const SECOND_FACTORS_EXAMPLE = `targets:
  - { name: local, type: local }
clients:
  - name: vpn
    address: 192.0.2.10
    secret: 0123456789abcdef
    target: local
    mfa: enrolled
    methods: [ oath, sms, voice, app ]
    failMode: safe
    fallback: true
    trustedNetworks: [ 10.0.0.0/8, "2001:db8::/32" ]
    remember: [ { scope: application-and-address, seconds: 3600 } ]
    reconnectWindowSeconds: 5
    methodWords: false
    appMatch: true
  - { name: rdg, address: 192.0.2.20, secret: 0123456789abcdef, target: local, methods: [ app, voice ] }
policies:
  - { name: administrators, clients: [ vpn ], groups: [ Admins ], mfa: true, methods: [ app ], failMode: secure, remember: [] }
  - { name: offices, trustedNetworks: [ 198.51.100.0/24 ] }
notifications:
  publicUrl: https://mfa.corp.example/
  providers:
    - name: twilio
      type: twilio
      accountSid: AC11111111111111111111111111111111
      authToken: 0123456789abcdef0123456789abcdef
      from: "+1 425 555 0100"
    - { name: sms-centre, type: smpp, host: smsc.example, systemId: corp, password: word-08, from: Corp, tls: true }
    - name: gateway
      type: http
      url: https://sms.example/send
      headers: { Authorization: Bearer 0123456789, Content-Type: application/json }
      body: '{ "to": "{{to}}", "text": "{{text}}", "reference": "{{id}}" }'
      successStatus: 202
    - name: mail
      type: smtp
      host: mail.corp.example
      user: portcullis
      password: words of the mail server
      from: Portcullis <mfa@corp.example>
    - { name: try, type: outbox, does: [ voice ] }
  webPush:
    publicKey: BOxHBVxMy8FrHbKpD8weR4-gM3GLYyE2i5NMjPREmrdYqAwS364WleDfQfGfIVhweT1A4Ct_1TWnngSQ8-rNPPI
    privateKey: Ofu_qeBgS_LrOPWoyb_1-m4bO2AwDTBW5fKnRqsqcsw
    subject: mailto:it@corp.example
  texts: { de: { sms: "Ihr Code: {{code}}" } }
mobile: { publicUrl: https://mfa.corp.example, issuer: Corp, activationMinutes: 15, maxDevices: 3 }
fraud: { code: "0", block: true, blockDays: 30, mail: [ security@corp.example ], language: de }
http:
  listen: [ { address: 0.0.0.0, port: 8443, tls: { certificate: web.pem, key: { fromFile: web.key } } } ]
users:
  - name: alice
    password: correct horse
    phone: "+49 30 901820 x890"
    backupPhone: "+49 (30) 901821"
    language: de
    mail: alice@corp.example
    methods: [ sms, voice, app, oath ]
    defaultMethod: app
    smsMode: two-way-pin
    voiceMode: pin
    appMode: pin
    pin: "2580"
    tokens: [ { serial: H1, type: hotp, secret: JBSWY3DPEHPK3PXP, counter: 7 } ]
`;
