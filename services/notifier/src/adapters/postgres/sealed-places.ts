/** What each sealed column of this service is sealed for. */
export const detailsPlace = (challengeId: string): string => `notifier.challenges/details/${challengeId}`;
export const mailPlace = (mailId: string): string => `notifier.mails/mail/${mailId}`;
