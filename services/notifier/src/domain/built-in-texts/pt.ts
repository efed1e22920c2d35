import type { BuiltInTexts } from "../text-keys.js";

export const BUILT_IN_PT: BuiltInTexts = {
  "call.greeting": "Olá. Alguém está iniciando uma sessão em {{application}} com a sua conta.",
  "call.approve": "Se for você, pressione a tecla cerquilha, também chamada de jogo da velha.",
  "call.pin": "Se for você, digite o seu PIN e depois pressione a tecla cerquilha.",
  "call.fraud": "Se não for você, pressione {{fraudCode}} e depois a tecla cerquilha para denunciar uma fraude.",
  "call.pinWrong": "O PIN não está correto.",
  "call.notHeard": "Não recebemos a sua resposta.",
  "call.approved": "Obrigado. O seu acesso foi aprovado. Até logo.",
  "call.denied": "O acesso foi negado. Até logo.",
  "call.reported": "Obrigado. O acesso foi interrompido e denunciado como fraude. Até logo.",
  "call.wrong": "Houve tentativas erradas demais. O acesso foi negado. Até logo.",
  "call.over": "Este acesso já não está aguardando a sua resposta. Até logo.",
  "call.goodbye": "Obrigado. Até logo.",
  "sms.oneWay": "{{code}} é o seu código de acesso a {{application}}.",
  "sms.oneWayPin": "{{code}} é o seu código de acesso a {{application}}. Digite-o junto com o seu PIN.",
  "sms.twoWay": "{{code}} é o seu código para {{application}}. Para entrar, responda com este código.",
  "sms.twoWayPin":
    "{{code}} é o seu código para {{application}}. Para entrar, responda com este código seguido do seu PIN.",
  "sms.again": "A sua última resposta não estava correta.",
  "sms.fraud": "Não é você? Responda {{fraudCode}}.",
  "mail.fraudReported.subject": "Fraude denunciada: {{userName}} em {{application}}",
  "mail.fraudReported.body": `{{userName}} denunciou um acesso que não foi feito por si.

Aplicação:      {{application}} ({{client}})
Estação:        {{station}}
Endereço:       {{sourceAddress}}
Denunciado em:  {{time}}
Bloqueado até:  {{blockedUntil}}

Outra pessoa conhece a senha: mande alterá-la antes de desbloquear o usuário.`,
  "mail.userUnblocked.subject": "Usuário desbloqueado: {{userName}}",
  "mail.userUnblocked.body": `{{userName}} já não está bloqueado e pode entrar novamente.

Quando:  {{time}}
Motivo:  {{reason}}`,
};
