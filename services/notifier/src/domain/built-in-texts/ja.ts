import type { BuiltInTexts } from "../text-keys.js";

export const BUILT_IN_JA: BuiltInTexts = {
  "call.greeting":
    "こちらはサインイン確認の自動音声です。お客様のアカウントで、{{application}}へのサインインが行われています。",
  "call.approve": "ご本人の場合は、シャープを押してください。",
  "call.pin": "ご本人の場合は、暗証番号を入力し、最後にシャープを押してください。",
  "call.fraud": "お心当たりがない場合は、{{fraudCode}}に続けてシャープを押し、不正アクセスとして報告してください。",
  "call.pinWrong": "暗証番号が正しくありません。",
  "call.notHeard": "入力を確認できませんでした。",
  "call.approved": "サインインが承認されました。ありがとうございました。",
  "call.denied": "サインインは拒否されました。失礼いたします。",
  "call.reported": "サインインを中止し、不正アクセスとして報告しました。ご協力ありがとうございました。",
  "call.wrong": "入力の誤りが続いたため、サインインは拒否されました。失礼いたします。",
  "call.over": "このサインインの受付は終了しました。失礼いたします。",
  "call.goodbye": "ありがとうございました。失礼いたします。",
  "sms.oneWay": "{{code}} は{{application}}のサインイン用コードです。",
  "sms.oneWayPin": "{{code}} は{{application}}のコードです。暗証番号と一緒に入力してください。",
  "sms.twoWay": "{{code}} は{{application}}のコードです。サインインするにはこのコードを返信してください。",
  "sms.twoWayPin": "{{code}} は{{application}}のコードです。このコードに続けて暗証番号を返信してください。",
  "sms.again": "先ほどの返信は正しくありませんでした。",
  "sms.fraud": "心当たりがない場合は{{fraudCode}}を返信。",
  "mail.fraudReported.subject": "不正アクセスの報告: {{userName}}({{application}})",
  "mail.fraudReported.body": `{{userName}} さんから、身に覚えのないサインインの報告がありました。

アプリケーション: {{application}} ({{client}})
端末: {{station}}
アドレス: {{sourceAddress}}
報告日時: {{time}}
ブロック期限: {{blockedUntil}}

パスワードが第三者に知られています。ブロックを解除する前に、必ず変更してください。`,
  "mail.userUnblocked.subject": "ブロック解除: {{userName}}",
  "mail.userUnblocked.body": `{{userName}} さんのブロックが解除され、再びサインインできるようになりました。

日時: {{time}}
理由: {{reason}}`,
};
