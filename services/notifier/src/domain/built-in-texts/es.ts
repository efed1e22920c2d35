import type { BuiltInTexts } from "../text-keys.js";

export const BUILT_IN_ES: BuiltInTexts = {
  "call.greeting": "Hola. Alguien está iniciando sesión en {{application}} con su cuenta.",
  "call.approve": "Si es usted, pulse la tecla almohadilla.",
  "call.pin": "Si es usted, introduzca su PIN y después pulse la tecla almohadilla.",
  "call.fraud": "Si no es usted, pulse {{fraudCode}} y después la tecla almohadilla para denunciar un fraude.",
  "call.pinWrong": "El PIN no es correcto.",
  "call.notHeard": "No hemos recibido su respuesta.",
  "call.approved": "Gracias. Su inicio de sesión ha sido aprobado. Adiós.",
  "call.denied": "El inicio de sesión ha sido denegado. Adiós.",
  "call.reported": "Gracias. El inicio de sesión se ha detenido y se ha denunciado como fraude. Adiós.",
  "call.wrong": "Demasiadas entradas incorrectas. El inicio de sesión ha sido denegado. Adiós.",
  "call.over": "Este inicio de sesión ya no espera su respuesta. Adiós.",
  "call.goodbye": "Gracias. Adiós.",
  "sms.oneWay": "{{code}} es su código de acceso a {{application}}.",
  "sms.oneWayPin": "{{code}} es su código de acceso a {{application}}. Escríbalo junto con su PIN.",
  "sms.twoWay": "{{code}} es su código para {{application}}. Para entrar, responda con este código.",
  "sms.twoWayPin":
    "{{code}} es su código para {{application}}. Para entrar, responda con este código seguido de su PIN.",
  "sms.again": "Su última respuesta no era correcta.",
  "sms.fraud": "¿No es usted? Responda {{fraudCode}}.",
  "mail.fraudReported.subject": "Fraude denunciado: {{userName}} en {{application}}",
  "mail.fraudReported.body": `{{userName}} ha denunciado un inicio de sesión que no era suyo.

Aplicación:       {{application}} ({{client}})
Equipo:           {{station}}
Dirección:        {{sourceAddress}}
Denunciado el:    {{time}}
Bloqueado hasta:  {{blockedUntil}}

Otra persona conoce la contraseña: haga que se cambie antes de desbloquear al usuario.`,
  "mail.userUnblocked.subject": "Usuario desbloqueado: {{userName}}",
  "mail.userUnblocked.body": `{{userName}} ya no está bloqueado y puede volver a iniciar sesión.

Cuándo:  {{time}}
Motivo:  {{reason}}`,
};
