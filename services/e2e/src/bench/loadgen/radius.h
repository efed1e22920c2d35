/* The part of RADIUS a NAS needs for PAP with challenges: RFC 2865, and Message-Authenticator of RFC 3579 section 3.2. */
#ifndef LOADGEN_RADIUS_H
#define LOADGEN_RADIUS_H

/* The one-shot digests of OpenSSL 3 cost three times as much for packets of this size; the low-level ones are still there. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RADIUS_HEADER_LENGTH 20
#define RADIUS_MAX_LENGTH 4096
#define RADIUS_AUTHENTICATOR_LENGTH 16
#define RADIUS_MAX_STATE_LENGTH 253
#define RADIUS_MAX_PASSWORD_LENGTH 128
#define RADIUS_MAX_SECRET_LENGTH 128

enum radius_code {
    ACCESS_REQUEST = 1,
    ACCESS_ACCEPT = 2,
    ACCESS_REJECT = 3,
    ACCESS_CHALLENGE = 11
};

/* A shared secret with the digest states that depend on nothing else. */
struct radius_secret {
    uint8_t octets[RADIUS_MAX_SECRET_LENGTH];
    size_t length;
    MD5_CTX password_start; /* MD5(secret ...: RFC 2865 section 5.2 */
    MD5_CTX hmac_inner;
    MD5_CTX hmac_outer;
};

/* What goes into one Access-Request. Strings end with NUL; `state` may be empty. */
struct radius_request {
    uint8_t identifier;
    uint8_t authenticator[RADIUS_AUTHENTICATOR_LENGTH];
    const char *user_name;
    const char *password;
    const char *calling_station_id;
    const char *nas_identifier;
    uint32_t nas_ip_address; /* network order */
    const uint8_t *state;
    size_t state_length;
};

/* What of a reply matters here. `state` points into the packet. */
struct radius_reply {
    uint8_t code;
    const uint8_t *state;
    size_t state_length;
};

enum radius_verdict {
    REPLY_GOOD,
    REPLY_MALFORMED,
    REPLY_BAD_AUTHENTICATOR,
    REPLY_BAD_MESSAGE_AUTHENTICATOR,
    REPLY_NO_MESSAGE_AUTHENTICATOR
};

/* Returns false when the secret is empty or longer than RADIUS_MAX_SECRET_LENGTH. */
bool radius_secret_init(struct radius_secret *secret, const char *text);

/* Writes an Access-Request, Message-Authenticator first. Returns its length, or 0 when it does not fit or a value is too long. */
size_t radius_encode_request(const struct radius_secret *secret, const struct radius_request *request, uint8_t *out,
                             size_t capacity);

/*
 * Verifies a reply of which the Identifier was matched already: lengths, Response Authenticator, Message-Authenticator.
 * `request_authenticator` is that of the Access-Request. Fills `reply` only when the verdict is REPLY_GOOD.
 */
enum radius_verdict radius_verify_reply(const struct radius_secret *secret, const uint8_t *request_authenticator,
                                        const uint8_t *packet, size_t datagram_length,
                                        bool require_message_authenticator, struct radius_reply *reply);

#endif
