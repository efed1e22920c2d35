#include "totp.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <string.h>

static int base32_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a';
    if (c >= '2' && c <= '7') return c - '2' + 26;
    return -1;
}

size_t base32_decode(const char *text, uint8_t *out, size_t capacity) {
    uint32_t bits = 0;
    unsigned bit_count = 0;
    size_t length = 0;
    for (; *text != '\0' && *text != '='; text++) {
        int value = base32_value(*text);
        if (value < 0) return 0;
        bits = bits << 5 | (uint32_t)value;
        bit_count += 5;
        if (bit_count < 8) continue;
        bit_count -= 8;
        if (length == capacity) return 0;
        out[length++] = (uint8_t)(bits >> bit_count);
    }
    for (; *text == '='; text++) continue;
    return *text == '\0' ? length : 0;
}

/* One pass of HMAC: SHA1((key xor pad) + message). */
static void hmac_pass(const uint8_t *key, size_t key_length, uint8_t pad, const uint8_t *message, size_t length,
                      uint8_t *digest) {
    uint8_t block[SHA_CBLOCK];
    memset(block, pad, sizeof block);
    for (size_t i = 0; i < key_length; i++) block[i] ^= key[i];
    SHA_CTX context;
    SHA1_Init(&context);
    SHA1_Update(&context, block, sizeof block);
    SHA1_Update(&context, message, length);
    SHA1_Final(digest, &context);
}

uint32_t totp_code(const uint8_t *key, size_t key_length, uint64_t step) {
    uint8_t counter[8];
    for (int i = 7; i >= 0; i--, step >>= 8) counter[i] = (uint8_t)step;
    uint8_t digest[SHA_DIGEST_LENGTH];
    hmac_pass(key, key_length, 0x36, counter, sizeof counter, digest);
    hmac_pass(key, key_length, 0x5c, digest, sizeof digest, digest);
    /* Dynamic truncation, RFC 4226 section 5.3. */
    const uint8_t *at = digest + (digest[SHA_DIGEST_LENGTH - 1] & 0x0f);
    uint32_t truncated = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return truncated % TOTP_MODULUS;
}
