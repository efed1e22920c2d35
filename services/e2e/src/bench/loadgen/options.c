#include "options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_IN_FLIGHT 16384
#define MAX_COUNT 1000000000
#define MAX_SOCKETS 256
#define MAX_MS 600000
#define MAX_DURATION_SECONDS 3600.0
#define MAX_HOST_LENGTH 255

static const char help[] =
    "loadgen: RADIUS logins as fast as the server answers; one JSON line with the result on stdout.\n"
    "\n"
    "  --server HOST:PORT     IPv4; may be repeated, logins are split evenly over all\n"
    "  --source ADDRESS       IPv4 address to send from, by which a server tells its clients apart (default: any)\n"
    "  --secret TEXT          the shared secret\n"
    "  --users FILE           lines name<TAB>base32secret\n"
    "  --mode pap|totp        pap: Access-Request, Access-Accept. totp: password, Access-Challenge, code, Access-Accept\n"
    "  --password TEXT        the User-Password of the first request (default: password)\n"
    "  --in-flight N          logins under way at once (default 16)\n"
    "  --logins N             ends after N logins behind the warm-up\n"
    "  --duration SECONDS     ends after this time behind the warm-up; whichever limit is first\n"
    "  --warmup N             logins before the measurement begins (default 0)\n"
    "  --first-user N         index of the first user (default 0). totp takes each user once and ends when none is left\n"
    "  --sockets N            source ports per server (default 8, more if N in flight needs it)\n"
    "  --require-ma           a reply without Message-Authenticator is a bad reply\n"
    "  --wrong-code           answers each challenge with a code that is off by one\n"
    "  --retransmit-ms N      the same octets again after this time (default 3000)\n"
    "  --timeout-ms N         a request without an answer counts as lost after this time (default 30000)\n";

/* Options without a letter of their own begin above the characters. */
enum option_id {
    OPT_SERVER = 256,
    OPT_SOURCE,
    OPT_SECRET,
    OPT_USERS,
    OPT_MODE,
    OPT_PASSWORD,
    OPT_IN_FLIGHT,
    OPT_LOGINS,
    OPT_DURATION,
    OPT_WARMUP,
    OPT_FIRST_USER,
    OPT_SOCKETS,
    OPT_REQUIRE_MA,
    OPT_WRONG_CODE,
    OPT_RETRANSMIT_MS,
    OPT_TIMEOUT_MS,
    OPT_HELP
};

static const struct option long_options[] = {
    {"server", required_argument, NULL, OPT_SERVER},
    {"source", required_argument, NULL, OPT_SOURCE},
    {"secret", required_argument, NULL, OPT_SECRET},
    {"users", required_argument, NULL, OPT_USERS},
    {"mode", required_argument, NULL, OPT_MODE},
    {"password", required_argument, NULL, OPT_PASSWORD},
    {"in-flight", required_argument, NULL, OPT_IN_FLIGHT},
    {"logins", required_argument, NULL, OPT_LOGINS},
    {"duration", required_argument, NULL, OPT_DURATION},
    {"warmup", required_argument, NULL, OPT_WARMUP},
    {"first-user", required_argument, NULL, OPT_FIRST_USER},
    {"sockets", required_argument, NULL, OPT_SOCKETS},
    {"require-ma", no_argument, NULL, OPT_REQUIRE_MA},
    {"wrong-code", no_argument, NULL, OPT_WRONG_CODE},
    {"retransmit-ms", required_argument, NULL, OPT_RETRANSMIT_MS},
    {"timeout-ms", required_argument, NULL, OPT_TIMEOUT_MS},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static bool parse_count(const char *text, uint64_t lowest, uint64_t highest, uint64_t *out) {
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno == 0 && text[0] >= '0' && text[0] <= '9' && *end == '\0' && value >= lowest && value <= highest) {
        *out = value;
        return true;
    }
    fprintf(stderr, "loadgen: '%s' is not a number from %llu to %llu\n", text, (unsigned long long)lowest,
            (unsigned long long)highest);
    return false;
}

static bool parse_duration(const char *text, double *out) {
    char *end = NULL;
    double value = strtod(text, &end);
    if (end != text && *end == '\0' && value > 0 && value <= MAX_DURATION_SECONDS) {
        *out = value;
        return true;
    }
    fprintf(stderr, "loadgen: '%s' is not a duration of up to %.0f seconds\n", text, MAX_DURATION_SECONDS);
    return false;
}

static bool parse_mode(const char *text, enum mode *out) {
    if (strcmp(text, "pap") == 0) *out = MODE_PAP;
    else if (strcmp(text, "totp") == 0) *out = MODE_TOTP;
    else {
        fprintf(stderr, "loadgen: --mode is pap or totp, not '%s'\n", text);
        return false;
    }
    return true;
}

static bool add_server(const char *text, struct options *options) {
    const char *colon = strrchr(text, ':');
    char host[MAX_HOST_LENGTH + 1];
    size_t host_length = colon == NULL ? 0 : (size_t)(colon - text);
    if (host_length == 0 || host_length >= sizeof host || options->server_count == OPTIONS_MAX_SERVERS) {
        fprintf(stderr, "loadgen: '%s' is not HOST:PORT, or more than %d servers\n", text, OPTIONS_MAX_SERVERS);
        return false;
    }
    memcpy(host, text, host_length);
    host[host_length] = '\0';
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host, colon + 1, &hints, &found);
    if (error != 0) {
        fprintf(stderr, "loadgen: %s: %s\n", text, gai_strerror(error));
        return false;
    }
    memcpy(&options->servers[options->server_count++], found->ai_addr, sizeof(struct sockaddr_in));
    freeaddrinfo(found);
    return true;
}

static bool parse_source(const char *text, struct sockaddr_in *out) {
    out->sin_family = AF_INET;
    if (inet_pton(AF_INET, text, &out->sin_addr) == 1) return true;
    fprintf(stderr, "loadgen: '%s' is not an IPv4 address\n", text);
    return false;
}

/* Returns false after a message. OPT_HELP and unknown options do not come here. */
static bool apply(int id, const char *value, struct options *options) {
    switch (id) {
    case OPT_SERVER: return add_server(value, options);
    case OPT_SOURCE: return parse_source(value, &options->source);
    case OPT_SECRET: options->secret = value; return true;
    case OPT_USERS: options->users_path = value; return true;
    case OPT_MODE: return parse_mode(value, &options->mode);
    case OPT_PASSWORD: options->password = value; return true;
    case OPT_IN_FLIGHT: return parse_count(value, 1, MAX_IN_FLIGHT, &options->in_flight);
    case OPT_LOGINS: return parse_count(value, 1, MAX_COUNT, &options->logins);
    case OPT_DURATION: return parse_duration(value, &options->duration_seconds);
    case OPT_WARMUP: return parse_count(value, 0, MAX_COUNT, &options->warmup);
    case OPT_FIRST_USER: return parse_count(value, 0, MAX_COUNT, &options->first_user);
    case OPT_SOCKETS: return parse_count(value, 1, MAX_SOCKETS, &options->sockets_per_server);
    case OPT_REQUIRE_MA: options->require_message_authenticator = true; return true;
    case OPT_WRONG_CODE: options->wrong_code = true; return true;
    case OPT_RETRANSMIT_MS: return parse_count(value, 1, MAX_MS, &options->retransmit_ms);
    case OPT_TIMEOUT_MS: return parse_count(value, 1, MAX_MS, &options->timeout_ms);
    default: return false;
    }
}

static const char *missing(const struct options *options) {
    if (options->server_count == 0) return "--server";
    if (options->secret == NULL) return "--secret";
    if (options->users_path == NULL) return "--users";
    if (options->logins == 0 && options->duration_seconds <= 0) return "--logins or --duration";
    return NULL;
}

enum options_outcome options_parse(int argc, char **argv, struct options *options) {
    *options = (struct options){.source = {.sin_family = AF_INET},
                                .password = "password",
                                .mode = MODE_TOTP,
                                .in_flight = 16,
                                .sockets_per_server = 8,
                                .retransmit_ms = 3000,
                                .timeout_ms = 30000};
    int id = 0;
    while ((id = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (id == OPT_HELP) {
            fputs(help, stdout);
            return OPTIONS_HELP;
        }
        if (!apply(id, optarg, options)) return OPTIONS_WRONG;
    }
    const char *absent = missing(options);
    if (optind < argc || absent != NULL) {
        if (optind < argc) fprintf(stderr, "loadgen: unexpected '%s'\n", argv[optind]);
        else fprintf(stderr, "loadgen: %s is missing; see --help\n", absent);
        return OPTIONS_WRONG;
    }
    return OPTIONS_RUN;
}
