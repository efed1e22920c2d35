#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "options.h"
#include "radius.h"
#include "users.h"

static bool usable(const struct options *options, const struct users *users) {
    if (options->first_user >= users->count) {
        fprintf(stderr, "loadgen: --first-user %llu, but there are %zu users\n",
                (unsigned long long)options->first_user, users->count);
        return false;
    }
    if (strlen(options->password) > RADIUS_MAX_PASSWORD_LENGTH) {
        fprintf(stderr, "loadgen: --password has more than %d octets\n", RADIUS_MAX_PASSWORD_LENGTH);
        return false;
    }
    return true;
}

static void print_counts(const struct counts *counts) {
    const struct {
        const char *name;
        uint64_t value;
    } fields[] = {
        {"accepts", counts->accepts},
        {"rejects", counts->rejects},
        {"challenges", counts->challenges},
        {"lost", counts->lost},
        {"unexpectedCodes", counts->unexpected_codes},
        {"badReplies", counts->malformed + counts->bad_authenticators + counts->bad_message_authenticators +
                           counts->missing_message_authenticators},
        {"malformed", counts->malformed},
        {"badAuthenticators", counts->bad_authenticators},
        {"badMessageAuthenticators", counts->bad_message_authenticators},
        {"missingMessageAuthenticators", counts->missing_message_authenticators},
        {"strayReplies", counts->stray},
        {"retransmissions", counts->retransmissions},
        {"socketErrors", counts->packets.errors},
        {"packetsSent", counts->packets.sent},
        {"packetsReceived", counts->packets.received},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        printf("%s\"%s\":%llu", i == 0 ? "" : ",", fields[i].name, (unsigned long long)fields[i].value);
}

static void print_times(const char *name, const struct histogram *times) {
    printf(",\"%s\":{\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, histogram_percentile_ms(times, 0.5),
           histogram_percentile_ms(times, 0.9), histogram_percentile_ms(times, 0.99), (double)times->max_ns / 1e6);
}

static void print_result(const struct options *options, const struct result *result) {
    double rate = result->elapsed_seconds > 0 ? (double)result->window_accepts / result->elapsed_seconds : 0;
    printf("{\"mode\":\"%s\",\"inFlight\":%llu,\"firstUser\":%llu,\"nextUser\":%llu,\"endedBy\":\"%s\",",
           options->mode == MODE_PAP ? "pap" : "totp", (unsigned long long)options->in_flight,
           (unsigned long long)options->first_user, (unsigned long long)result->next_user, result->ended_by);
    print_counts(&result->measured);
    printf(",\"elapsedSeconds\":%.6f,\"loginsPerSecond\":%.1f", result->elapsed_seconds, rate);
    print_times("loginMs", &result->login_times);
    print_times("passwordRoundMs", &result->round_times[ROUND_PASSWORD]);
    print_times("codeRoundMs", &result->round_times[ROUND_CODE]);
    printf(",\"cpuSeconds\":%.6f,\"warmup\":{", result->cpu_seconds);
    print_counts(&result->warmup);
    puts("}}");
}

int main(int argc, char **argv) {
    static struct result result;
    struct options options;
    struct users users;
    enum options_outcome outcome = options_parse(argc, argv, &options);
    if (outcome != OPTIONS_RUN) return outcome == OPTIONS_HELP ? EXIT_SUCCESS : 2;
    if (!users_read(options.users_path, &users) || !usable(&options, &users)) return 2;
    if (!engine_run(&options, &users, &result)) return EXIT_FAILURE;
    print_result(&options, &result);
    return EXIT_SUCCESS;
}
