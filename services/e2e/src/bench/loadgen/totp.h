/* TOTP, RFC 6238, with HMAC-SHA1, six digits and steps of 30 seconds. */
#ifndef LOADGEN_TOTP_H
#define LOADGEN_TOTP_H

#include <stddef.h>
#include <stdint.h>

#define TOTP_STEP_SECONDS 30
#define TOTP_DIGITS 6
#define TOTP_MODULUS 1000000U
#define TOTP_MAX_KEY_LENGTH 64

/* Decodes base32 (RFC 4648, padding optional). Returns the number of octets, or 0 when the text is not base32 or too long. */
size_t base32_decode(const char *text, uint8_t *out, size_t capacity);

/* The code of a step as a number below TOTP_MODULUS. The key has 1 to TOTP_MAX_KEY_LENGTH octets. */
uint32_t totp_code(const uint8_t *key, size_t key_length, uint64_t step);

#endif
