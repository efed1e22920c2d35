/* Keeps the wanted number of logins under way, and counts how they end. */
#ifndef LOADGEN_ENGINE_H
#define LOADGEN_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "histogram.h"
#include "link.h"
#include "options.h"
#include "users.h"

enum round { ROUND_PASSWORD, ROUND_CODE, ROUNDS };

/* Every login that was started ends in exactly one of the first four. */
struct counts {
    uint64_t accepts;
    uint64_t rejects;
    uint64_t lost;
    uint64_t unexpected_codes; /* a valid reply of another kind than the round expects */
    uint64_t challenges;       /* answered with a code */
    /* Replies that failed verification; the login goes on waiting, as RFC 2865 demands. */
    uint64_t malformed;
    uint64_t bad_authenticators;
    uint64_t bad_message_authenticators;
    uint64_t missing_message_authenticators;
    uint64_t stray; /* replies with an Identifier that nothing waits for */
    uint64_t retransmissions;
    struct link_counts packets;
};

struct result {
    struct counts warmup;
    struct counts measured;
    struct histogram login_times; /* machine time of whole logins that were accepted: the sum of their rounds */
    struct histogram round_times[ROUNDS]; /* of every good reply */
    uint64_t window_accepts;      /* accepted within elapsed_seconds */
    double elapsed_seconds;       /* from the end of the warm-up until the last login was started */
    double cpu_seconds;           /* of this process, during the measurement */
    uint64_t next_user;
    const char *ended_by;
};

/* Runs to the end. Returns false after a message on stderr when it could not start. */
bool engine_run(const struct options *options, const struct users *users, struct result *result);

#endif
