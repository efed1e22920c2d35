/** What the operator decides about tokens and PINs, for all users. */
export interface FactorSettings {
  /** How often the button of a HOTP token may have been pressed without a login. */
  readonly hotpLookAhead: number;
  /** A new PIN must be none of so many before it, the present one among them. */
  readonly pinHistory: number;
  /** For how long a PIN is good; 0: for ever. */
  readonly pinDays: number;
}
