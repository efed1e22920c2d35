import type { BuiltInTexts } from "../text-keys.js";

export const BUILT_IN_DE: BuiltInTexts = {
  "call.greeting": "Guten Tag. Mit Ihrem Konto meldet sich gerade jemand bei {{application}} an.",
  "call.approve": "Wenn Sie das sind, drücken Sie bitte die Raute-Taste.",
  "call.pin": "Wenn Sie das sind, geben Sie bitte Ihre PIN ein und drücken Sie dann die Raute-Taste.",
  "call.fraud":
    "Wenn Sie das nicht sind, drücken Sie {{fraudCode}} und dann die Raute-Taste, um einen Betrug zu melden.",
  "call.pinWrong": "Diese PIN war leider nicht richtig.",
  "call.notHeard": "Wir haben keine Eingabe erhalten.",
  "call.approved": "Vielen Dank. Ihre Anmeldung ist bestätigt. Auf Wiederhören.",
  "call.denied": "Die Anmeldung wurde abgelehnt. Auf Wiederhören.",
  "call.reported": "Vielen Dank. Die Anmeldung wurde gestoppt und als Betrug gemeldet. Auf Wiederhören.",
  "call.wrong": "Es waren zu viele falsche Eingaben. Die Anmeldung wurde abgelehnt. Auf Wiederhören.",
  "call.over": "Diese Anmeldung wartet nicht mehr auf Sie. Auf Wiederhören.",
  "call.goodbye": "Vielen Dank. Auf Wiederhören.",
  "sms.oneWay": "{{code}} ist Ihr Anmeldecode für {{application}}.",
  "sms.oneWayPin": "{{code}} ist Ihr Anmeldecode für {{application}}. Geben Sie ihn zusammen mit Ihrer PIN ein.",
  "sms.twoWay": "{{code}} ist Ihr Code für {{application}}. Antworten Sie mit diesem Code, um sich anzumelden.",
  "sms.twoWayPin":
    "{{code}} ist Ihr Code für {{application}}. Antworten Sie mit diesem Code, gefolgt von Ihrer PIN, um sich anzumelden.",
  "sms.again": "Ihre letzte Antwort war nicht richtig.",
  "sms.fraud": "Nicht Sie? Antworten Sie {{fraudCode}}.",
  "mail.fraudReported.subject": "Betrug gemeldet: {{userName}} bei {{application}}",
  "mail.fraudReported.body": `{{userName}} hat gemeldet, dass eine Anmeldung nicht von ihr oder ihm war.

Anwendung:     {{application}} ({{client}})
Station:       {{station}}
Adresse:       {{sourceAddress}}
Gemeldet am:   {{time}}
Gesperrt bis:  {{blockedUntil}}

Jemand anderes kennt das Kennwort: Lassen Sie es ändern, bevor Sie die Sperre aufheben.`,
  "mail.userUnblocked.subject": "Sperre aufgehoben: {{userName}}",
  "mail.userUnblocked.body": `{{userName}} ist nicht mehr gesperrt und kann sich wieder anmelden.

Wann:   {{time}}
Grund:  {{reason}}`,
};
