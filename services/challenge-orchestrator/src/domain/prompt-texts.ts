import type { Language } from "./user-factors.js";

/** What a client's prompt says in one language; each fits an attribute, with the words behind it where there is room. */
interface PromptTexts {
  readonly oath: string;
  readonly oathAgain: string;
  readonly sms: string;
  readonly smsAgain: string;
  readonly smsPin: string;
  readonly smsPinAgain: string;
  readonly number: string;
  readonly choice: string;
  readonly notPossible: string;
  readonly fallback: string;
}

export const PROMPT_TEXTS: Readonly<Record<Language, PromptTexts>> = {
  en: {
    oath: "Enter the code of your authenticator.",
    oathAgain: "That code was wrong. Enter the next code.",
    sms: "Enter the code that we texted to you.",
    smsAgain: "That code was wrong. Enter the code that we texted to you.",
    smsPin: "Enter the code that we texted to you, and your PIN right behind it.",
    smsPinAgain: "That was wrong. Enter the code that we texted to you, and your PIN right behind it.",
    number: "Open your app and enter the number {number} there. Then answer this with OK.",
    choice: "Or type: {words}.",
    notPossible: "That is not possible now.",
    fallback: "We could not reach you.",
  },
  de: {
    oath: "Geben Sie den Code Ihres Authenticators ein.",
    oathAgain: "Der Code war falsch. Geben Sie den nächsten Code ein.",
    sms: "Geben Sie den Code aus der SMS ein.",
    smsAgain: "Der Code war falsch. Geben Sie den Code aus der SMS ein.",
    smsPin: "Geben Sie den Code aus der SMS und direkt dahinter Ihre PIN ein.",
    smsPinAgain: "Das war falsch. Geben Sie den Code aus der SMS und direkt dahinter Ihre PIN ein.",
    number: "Öffnen Sie Ihre App und geben Sie dort die Zahl {number} ein. Antworten Sie dann hier mit OK.",
    choice: "Oder tippen Sie: {words}.",
    notPossible: "Das ist im Moment nicht möglich.",
    fallback: "Wir konnten Sie nicht erreichen.",
  },
  fr: {
    oath: "Saisissez le code de votre authentificateur.",
    oathAgain: "Ce code est incorrect. Saisissez le code suivant.",
    sms: "Saisissez le code reçu par SMS.",
    smsAgain: "Ce code est incorrect. Saisissez le code reçu par SMS.",
    smsPin: "Saisissez le code reçu par SMS, suivi immédiatement de votre code PIN.",
    smsPinAgain: "Saisie incorrecte. Saisissez le code reçu par SMS, suivi immédiatement de votre code PIN.",
    number: "Ouvrez votre application et saisissez-y le nombre {number}. Répondez ensuite OK ici.",
    choice: "Ou tapez : {words}.",
    notPossible: "Ce n'est pas possible pour le moment.",
    fallback: "Nous n'avons pas pu vous joindre.",
  },
  es: {
    oath: "Introduzca el código de su autenticador.",
    oathAgain: "El código no es correcto. Introduzca el siguiente código.",
    sms: "Introduzca el código que le enviamos por SMS.",
    smsAgain: "El código no es correcto. Introduzca el código que le enviamos por SMS.",
    smsPin: "Introduzca el código del SMS y, justo detrás, su PIN.",
    smsPinAgain: "No es correcto. Introduzca el código del SMS y, justo detrás, su PIN.",
    number: "Abra su aplicación e introduzca en ella el número {number}. Después responda aquí con OK.",
    choice: "O escriba: {words}.",
    notPossible: "Eso no es posible en este momento.",
    fallback: "No pudimos contactar con usted.",
  },
  pt: {
    oath: "Digite o código do seu autenticador.",
    oathAgain: "O código está incorreto. Digite o próximo código.",
    sms: "Digite o código que enviamos por SMS.",
    smsAgain: "O código está incorreto. Digite o código que enviamos por SMS.",
    smsPin: "Digite o código do SMS e, logo em seguida, o seu PIN.",
    smsPinAgain: "Incorreto. Digite o código do SMS e, logo em seguida, o seu PIN.",
    number: "Abra o seu aplicativo e digite nele o número {number}. Depois responda aqui com OK.",
    choice: "Ou digite: {words}.",
    notPossible: "Isso não é possível agora.",
    fallback: "Não conseguimos contactá-lo.",
  },
  ja: {
    oath: "認証アプリのコードを入力してください。",
    oathAgain: "コードが違います。次のコードを入力してください。",
    sms: "SMSで届いたコードを入力してください。",
    smsAgain: "コードが違います。SMSで届いたコードを入力してください。",
    smsPin: "SMSで届いたコードに続けてPINを入力してください。",
    smsPinAgain: "入力が違います。SMSのコードに続けてPINを入力してください。",
    number: "アプリを開いて番号 {number} を入力し、ここでOKと入力してください。",
    choice: "または次を入力: {words}",
    notPossible: "現在その方法は使えません。",
    fallback: "連絡が取れませんでした。",
  },
};
