/* What a run is told on the command line. */
#ifndef LOADGEN_OPTIONS_H
#define LOADGEN_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_MAX_SERVERS 16

enum mode { MODE_PAP, MODE_TOTP };

/* How parsing ended: go on, or leave with exit code 0 (help was asked for) or 2 (a reason stands on stderr). */
enum options_outcome { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_WRONG };

struct options {
    struct sockaddr_in servers[OPTIONS_MAX_SERVERS];
    size_t server_count;
    struct sockaddr_in source; /* a port of the system's choice */
    const char *secret;
    const char *users_path;
    const char *password;
    enum mode mode;
    uint64_t in_flight;
    uint64_t logins; /* after the warm-up; 0: no limit */
    uint64_t warmup;
    uint64_t first_user;
    uint64_t sockets_per_server;
    uint64_t retransmit_ms;
    uint64_t timeout_ms;
    double duration_seconds; /* after the warm-up; 0: no limit */
    bool require_message_authenticator;
    bool wrong_code;
};

enum options_outcome options_parse(int argc, char **argv, struct options *options);

#endif
