import type { BuiltInTexts } from "../text-keys.js";

export const BUILT_IN_FR: BuiltInTexts = {
  "call.greeting": "Bonjour. Quelqu'un se connecte à {{application}} avec votre compte.",
  "call.approve": "Si c'est vous, appuyez sur la touche dièse.",
  "call.pin": "Si c'est vous, saisissez votre code PIN, puis appuyez sur la touche dièse.",
  "call.fraud": "Si ce n'est pas vous, appuyez sur {{fraudCode}}, puis sur la touche dièse, pour signaler une fraude.",
  "call.pinWrong": "Ce code PIN n'est pas correct.",
  "call.notHeard": "Nous n'avons pas reçu votre réponse.",
  "call.approved": "Merci. Votre connexion est approuvée. Au revoir.",
  "call.denied": "La connexion a été refusée. Au revoir.",
  "call.reported": "Merci. La connexion a été bloquée et signalée comme frauduleuse. Au revoir.",
  "call.wrong": "Trop de saisies incorrectes. La connexion a été refusée. Au revoir.",
  "call.over": "Cette connexion n'attend plus votre réponse. Au revoir.",
  "call.goodbye": "Merci. Au revoir.",
  "sms.oneWay": "{{code}} est votre code de connexion pour {{application}}.",
  "sms.oneWayPin": "{{code}} est votre code de connexion pour {{application}}. Saisissez-le avec votre PIN.",
  "sms.twoWay": "{{code}} est votre code pour {{application}}. Pour vous connecter, répondez avec ce code.",
  "sms.twoWayPin":
    "{{code}} est votre code pour {{application}}. Pour vous connecter, répondez avec ce code suivi de votre PIN.",
  "sms.again": "Votre dernière réponse n'était pas correcte.",
  "sms.fraud": "Pas vous ? Répondez {{fraudCode}}.",
  "mail.fraudReported.subject": "Fraude signalée : {{userName}}, {{application}}",
  "mail.fraudReported.body": `{{userName}} a signalé une connexion qui n'était pas la sienne.

Application :    {{application}} ({{client}})
Poste :          {{station}}
Adresse :        {{sourceAddress}}
Signalée le :    {{time}}
Bloqué jusqu'à : {{blockedUntil}}

Quelqu'un d'autre connaît le mot de passe : faites-le changer avant de débloquer le compte.`,
  "mail.userUnblocked.subject": "Compte débloqué : {{userName}}",
  "mail.userUnblocked.body": `{{userName}} n'est plus bloqué et peut de nouveau se connecter.

Quand :  {{time}}
Motif :  {{reason}}`,
};
