#include "radius.h"

#include <string.h>

enum radius_attribute {
    USER_NAME = 1,
    USER_PASSWORD = 2,
    NAS_IP_ADDRESS = 4,
    STATE = 24,
    CALLING_STATION_ID = 31,
    NAS_IDENTIFIER = 32,
    MESSAGE_AUTHENTICATOR = 80
};

#define ATTRIBUTE_HEADER_LENGTH 2
#define MAX_VALUE_LENGTH 253
#define HMAC_BLOCK_LENGTH 64
/* Message-Authenticator stands first in our requests: its value begins behind the packet's and its own header. */
#define REQUEST_MESSAGE_AUTHENTICATOR_AT (RADIUS_HEADER_LENGTH + ATTRIBUTE_HEADER_LENGTH)

static const uint8_t zeros[MD5_DIGEST_LENGTH];

bool radius_secret_init(struct radius_secret *secret, const char *text) {
    size_t length = strlen(text);
    if (length == 0 || length > RADIUS_MAX_SECRET_LENGTH) return false;
    memcpy(secret->octets, text, length);
    secret->length = length;
    MD5_Init(&secret->password_start);
    MD5_Update(&secret->password_start, secret->octets, length);

    uint8_t key[HMAC_BLOCK_LENGTH] = {0};
    if (length > sizeof key) MD5(secret->octets, length, key);
    else memcpy(key, text, length);
    for (size_t i = 0; i < sizeof key; i++) key[i] ^= 0x36;
    MD5_Init(&secret->hmac_inner);
    MD5_Update(&secret->hmac_inner, key, sizeof key);
    for (size_t i = 0; i < sizeof key; i++) key[i] ^= 0x36 ^ 0x5c;
    MD5_Init(&secret->hmac_outer);
    MD5_Update(&secret->hmac_outer, key, sizeof key);
    return true;
}

/*
 * Message-Authenticator over a packet in which it stands at `at`: the header's four octets, the request's authenticator, the
 * attributes with the value itself taken as zeros. RFC 3579 section 3.2.
 */
static void message_authenticator(const struct radius_secret *secret, const uint8_t *packet, size_t length,
                                  const uint8_t *authenticator, size_t at, uint8_t *digest) {
    MD5_CTX context = secret->hmac_inner;
    MD5_Update(&context, packet, 4);
    MD5_Update(&context, authenticator, RADIUS_AUTHENTICATOR_LENGTH);
    MD5_Update(&context, packet + RADIUS_HEADER_LENGTH, at - RADIUS_HEADER_LENGTH);
    MD5_Update(&context, zeros, sizeof zeros);
    MD5_Update(&context, packet + at + sizeof zeros, length - at - sizeof zeros);
    uint8_t inner[MD5_DIGEST_LENGTH];
    MD5_Final(inner, &context);
    context = secret->hmac_outer;
    MD5_Update(&context, inner, sizeof inner);
    MD5_Final(digest, &context);
}

/* A place to write attributes to; `failed` once anything did not fit. */
struct writer {
    uint8_t *out;
    size_t length;
    size_t capacity;
    bool failed;
};

static uint8_t *reserve(struct writer *writer, uint8_t type, size_t value_length) {
    size_t total = value_length + ATTRIBUTE_HEADER_LENGTH;
    if (writer->failed || value_length > MAX_VALUE_LENGTH || writer->capacity - writer->length < total) {
        writer->failed = true;
        return NULL;
    }
    uint8_t *at = writer->out + writer->length;
    at[0] = type;
    at[1] = (uint8_t)total;
    writer->length += total;
    return at + ATTRIBUTE_HEADER_LENGTH;
}

static void put(struct writer *writer, uint8_t type, const void *value, size_t length) {
    uint8_t *at = reserve(writer, type, length);
    if (at != NULL) memcpy(at, value, length);
}

/* User-Password: c(i) = p(i) xor MD5(secret + c(i-1)), c(0) = the Request Authenticator. RFC 2865 section 5.2. */
static void put_password(struct writer *writer, const struct radius_secret *secret, const uint8_t *authenticator,
                         const char *password) {
    size_t length = strlen(password);
    size_t padded = length == 0 ? 16 : (length + 15) / 16 * 16;
    if (length > RADIUS_MAX_PASSWORD_LENGTH) {
        writer->failed = true;
        return;
    }
    uint8_t *cipher = reserve(writer, USER_PASSWORD, padded);
    if (cipher == NULL) return;
    const uint8_t *previous = authenticator;
    memset(cipher, 0, padded);
    memcpy(cipher, password, length);
    for (size_t block = 0; block < padded; block += 16) {
        uint8_t mask[MD5_DIGEST_LENGTH];
        MD5_CTX context = secret->password_start;
        MD5_Update(&context, previous, 16);
        MD5_Final(mask, &context);
        for (size_t i = 0; i < sizeof mask; i++) cipher[block + i] ^= mask[i];
        previous = cipher + block;
    }
}

size_t radius_encode_request(const struct radius_secret *secret, const struct radius_request *request, uint8_t *out,
                             size_t capacity) {
    if (capacity < RADIUS_HEADER_LENGTH) return 0;
    struct writer writer = {.out = out, .length = RADIUS_HEADER_LENGTH, .capacity = capacity, .failed = false};
    put(&writer, MESSAGE_AUTHENTICATOR, zeros, sizeof zeros);
    put(&writer, USER_NAME, request->user_name, strlen(request->user_name));
    put_password(&writer, secret, request->authenticator, request->password);
    put(&writer, NAS_IP_ADDRESS, &request->nas_ip_address, sizeof request->nas_ip_address);
    put(&writer, NAS_IDENTIFIER, request->nas_identifier, strlen(request->nas_identifier));
    put(&writer, CALLING_STATION_ID, request->calling_station_id, strlen(request->calling_station_id));
    if (request->state_length > 0) put(&writer, STATE, request->state, request->state_length);
    if (writer.failed) return 0;

    out[0] = ACCESS_REQUEST;
    out[1] = request->identifier;
    out[2] = (uint8_t)(writer.length >> 8);
    out[3] = (uint8_t)writer.length;
    memcpy(out + 4, request->authenticator, RADIUS_AUTHENTICATOR_LENGTH);
    message_authenticator(secret, out, writer.length, request->authenticator, REQUEST_MESSAGE_AUTHENTICATOR_AT,
                          out + REQUEST_MESSAGE_AUTHENTICATOR_AT);
    return writer.length;
}

/* Where the values stand in a reply; 0 means absent (no value can begin at 0). */
struct layout {
    size_t message_authenticator_at;
    size_t state_at;
    size_t state_length;
};

static bool read_layout(const uint8_t *packet, size_t length, struct layout *layout) {
    size_t at = RADIUS_HEADER_LENGTH;
    while (at < length) {
        if (length - at < ATTRIBUTE_HEADER_LENGTH) return false;
        size_t total = packet[at + 1];
        if (total < ATTRIBUTE_HEADER_LENGTH || total > length - at) return false;
        size_t value_length = total - ATTRIBUTE_HEADER_LENGTH;
        if (packet[at] == MESSAGE_AUTHENTICATOR) {
            if (value_length != MD5_DIGEST_LENGTH || layout->message_authenticator_at != 0) return false;
            layout->message_authenticator_at = at + ATTRIBUTE_HEADER_LENGTH;
        } else if (packet[at] == STATE) {
            if (value_length == 0 || layout->state_at != 0) return false;
            layout->state_at = at + ATTRIBUTE_HEADER_LENGTH;
            layout->state_length = value_length;
        }
        at += total;
    }
    return true;
}

/* MD5(Code + Identifier + Length + Request Authenticator + attributes + secret). RFC 2865 section 3. */
static bool response_authenticator_holds(const struct radius_secret *secret, const uint8_t *request_authenticator,
                                         const uint8_t *packet, size_t length) {
    uint8_t digest[MD5_DIGEST_LENGTH];
    MD5_CTX context;
    MD5_Init(&context);
    MD5_Update(&context, packet, 4);
    MD5_Update(&context, request_authenticator, RADIUS_AUTHENTICATOR_LENGTH);
    MD5_Update(&context, packet + RADIUS_HEADER_LENGTH, length - RADIUS_HEADER_LENGTH);
    MD5_Update(&context, secret->octets, secret->length);
    MD5_Final(digest, &context);
    return memcmp(digest, packet + 4, sizeof digest) == 0;
}

enum radius_verdict radius_verify_reply(const struct radius_secret *secret, const uint8_t *request_authenticator,
                                        const uint8_t *packet, size_t datagram_length,
                                        bool require_message_authenticator, struct radius_reply *reply) {
    if (datagram_length < RADIUS_HEADER_LENGTH) return REPLY_MALFORMED;
    size_t length = (size_t)packet[2] << 8 | packet[3];
    if (length < RADIUS_HEADER_LENGTH || length > RADIUS_MAX_LENGTH || length > datagram_length) return REPLY_MALFORMED;
    struct layout layout = {0};
    if (!read_layout(packet, length, &layout)) return REPLY_MALFORMED;
    if (!response_authenticator_holds(secret, request_authenticator, packet, length)) return REPLY_BAD_AUTHENTICATOR;
    size_t at = layout.message_authenticator_at;
    if (at == 0 && require_message_authenticator) return REPLY_NO_MESSAGE_AUTHENTICATOR;
    if (at != 0) {
        uint8_t digest[MD5_DIGEST_LENGTH];
        message_authenticator(secret, packet, length, request_authenticator, at, digest);
        if (memcmp(digest, packet + at, sizeof digest) != 0) return REPLY_BAD_MESSAGE_AUTHENTICATOR;
    }
    reply->code = packet[0];
    reply->state = layout.state_at == 0 ? NULL : packet + layout.state_at;
    reply->state_length = layout.state_length;
    return REPLY_GOOD;
}
