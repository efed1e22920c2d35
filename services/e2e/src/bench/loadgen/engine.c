#include "engine.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

#include "radius.h"
#include "totp.h"

#define MAX_LINKS (OPTIONS_MAX_SERVERS * 256)
#define EVENTS 64
#define LONGEST_WAIT_MS 50
#define NS_PER_MS 1000000U

struct login {
    struct exchange exchange; /* first, so that a reply's exchange is the login */
    enum round round;
    const struct user *user;
    uint64_t user_index;
    uint64_t machine_ns;
    uint64_t resend_ns;
    uint64_t give_up_ns;
    struct login *before, *after; /* in order of resend_ns */
};

struct engine {
    const struct options *options;
    const struct users *users;
    struct result *result;
    struct radius_secret secret;
    struct link *links;
    size_t link_count;
    size_t next_link;
    int epoll;
    struct login *logins;
    struct login **idle;
    size_t idle_count;
    /* Every request waits equally long for its retransmission: appending keeps the list sorted. */
    struct login *first, *last;
    struct counts *counts;
    uint64_t started, finished, total;
    bool stopped;
    uint64_t measure_from_ns, stop_ns;
    double cpu_from_seconds;
    uint64_t random_state;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number) {
    (void)number;
    interrupted = 1;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* splitmix64: Request Authenticators must differ, and nobody attacks this generator. */
static uint64_t next_random(struct engine *engine) {
    uint64_t z = engine->random_state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static void wait_for_reply(struct engine *engine, struct login *login, uint64_t now_ns) {
    login->resend_ns = now_ns + engine->options->retransmit_ms * NS_PER_MS;
    login->before = engine->last;
    login->after = NULL;
    if (engine->last != NULL) engine->last->after = login;
    else engine->first = login;
    engine->last = login;
}

static void stop_waiting(struct engine *engine, struct login *login) {
    if (login->before != NULL) login->before->after = login->after;
    else engine->first = login->after;
    if (login->after != NULL) login->after->before = login->before;
    else engine->last = login->before;
}

/* Logins go round over all links, hence over all servers. A login stays on its link, as a NAS stays with its server. */
static struct link *pick_link(struct engine *engine) {
    for (size_t tried = 0; tried < engine->link_count; tried++) {
        struct link *link = &engine->links[engine->next_link++ % engine->link_count];
        if (link->free_count > 0) return link;
    }
    /* link_count * 256 is at least in_flight (see open_links), so a login that is idle finds an Identifier. */
    abort();
}

static void send_round(struct engine *engine, struct login *login, const char *password,
                       const struct radius_reply *challenge) {
    struct exchange *exchange = &login->exchange;
    uint64_t random[2] = {next_random(engine), next_random(engine)};
    char station[24];
    snprintf(station, sizeof station, "02-00-%02X-%02X-%02X-%02X", (unsigned)(login->user_index >> 24 & 0xff),
             (unsigned)(login->user_index >> 16 & 0xff), (unsigned)(login->user_index >> 8 & 0xff),
             (unsigned)(login->user_index & 0xff));
    struct radius_request request = {.identifier = exchange->identifier,
                                     .user_name = login->user->name,
                                     .password = password,
                                     .calling_station_id = station,
                                     .nas_identifier = "loadgen",
                                     .nas_ip_address = htonl(INADDR_LOOPBACK)};
    memcpy(request.authenticator, random, sizeof random);
    if (challenge != NULL) {
        request.state = challenge->state;
        request.state_length = challenge->state_length;
    }
    exchange->length = radius_encode_request(&engine->secret, &request, exchange->packet, sizeof exchange->packet);
    if (exchange->length == 0) abort(); /* main.c checked the password, users.c the name */
    exchange->first_sent_ns = 0;
    uint64_t now = monotonic_ns();
    login->give_up_ns = now + engine->options->timeout_ms * NS_PER_MS;
    wait_for_reply(engine, login, now);
    link_queue(exchange);
}

static void start_login(struct engine *engine) {
    struct login *login = engine->idle[--engine->idle_count];
    login->user_index = (engine->options->first_user + engine->started) % engine->users->count;
    login->user = &engine->users->list[login->user_index];
    login->round = ROUND_PASSWORD;
    login->machine_ns = 0;
    engine->started++;
    (void)link_take_identifier(pick_link(engine), &login->exchange);
    send_round(engine, login, engine->options->password, NULL);
}

static void answer_challenge(struct engine *engine, struct login *login, const struct radius_reply *challenge) {
    uint64_t step = (uint64_t)time(NULL) / TOTP_STEP_SECONDS;
    uint32_t code = totp_code(login->user->key, login->user->key_length, step);
    if (engine->options->wrong_code) code = (code + 1) % TOTP_MODULUS;
    char text[TOTP_DIGITS + 1];
    snprintf(text, sizeof text, "%06u", code % TOTP_MODULUS);
    login->round = ROUND_CODE;
    (void)link_take_identifier(login->exchange.link, &login->exchange);
    send_round(engine, login, text, challenge);
}

static void begin_measurement(struct engine *engine) {
    engine->counts = &engine->result->measured;
    engine->measure_from_ns = monotonic_ns();
    engine->cpu_from_seconds = cpu_seconds();
}

static void finish(struct engine *engine, struct login *login, uint64_t *count) {
    ++*count;
    engine->idle[engine->idle_count++] = login;
    engine->finished++;
    if (engine->finished == engine->options->warmup) begin_measurement(engine);
}

static void accept_reply(struct engine *engine, struct login *login, const struct radius_reply *reply) {
    struct counts *counts = engine->counts;
    bool challenge_expected = engine->options->mode == MODE_TOTP && login->round == ROUND_PASSWORD;
    if (reply->code == ACCESS_REJECT) {
        finish(engine, login, &counts->rejects);
    } else if (challenge_expected && reply->code == ACCESS_CHALLENGE && reply->state_length > 0) {
        counts->challenges++;
        answer_challenge(engine, login, reply);
    } else if (!challenge_expected && reply->code == ACCESS_ACCEPT) {
        if (counts == &engine->result->measured) histogram_add(&engine->result->login_times, login->machine_ns);
        finish(engine, login, &counts->accepts);
    } else {
        finish(engine, login, &counts->unexpected_codes);
    }
}

/* Counts a reply that failed verification. Returns whether it passed. */
static bool passes(struct counts *counts, enum radius_verdict verdict) {
    switch (verdict) {
    case REPLY_GOOD: return true;
    case REPLY_MALFORMED: counts->malformed++; return false;
    case REPLY_BAD_AUTHENTICATOR: counts->bad_authenticators++; return false;
    case REPLY_BAD_MESSAGE_AUTHENTICATOR: counts->bad_message_authenticators++; return false;
    case REPLY_NO_MESSAGE_AUTHENTICATOR: counts->missing_message_authenticators++; return false;
    }
    return false;
}

static void on_datagram(void *context, struct link *link, const uint8_t *packet, size_t length, uint64_t now_ns) {
    struct engine *engine = context;
    if (length < RADIUS_HEADER_LENGTH) {
        engine->counts->malformed++;
        return;
    }
    struct exchange *exchange = link->waiting[packet[1]];
    if (exchange == NULL || exchange->first_sent_ns == 0) {
        engine->counts->stray++;
        return;
    }
    struct login *login = (struct login *)exchange;
    struct radius_reply reply;
    enum radius_verdict verdict = radius_verify_reply(&engine->secret, exchange->packet + 4, packet, length,
                                                      engine->options->require_message_authenticator, &reply);
    if (!passes(engine->counts, verdict)) return;
    uint64_t round_ns = now_ns - exchange->first_sent_ns;
    login->machine_ns += round_ns;
    if (engine->counts == &engine->result->measured) histogram_add(&engine->result->round_times[login->round], round_ns);
    stop_waiting(engine, login);
    link_give_back_identifier(exchange);
    accept_reply(engine, login, &reply);
}

static void retransmit_due(struct engine *engine, uint64_t now_ns) {
    while (engine->first != NULL && engine->first->resend_ns <= now_ns) {
        struct login *login = engine->first;
        stop_waiting(engine, login);
        if (now_ns >= login->give_up_ns) {
            link_give_back_identifier(&login->exchange);
            finish(engine, login, &engine->counts->lost);
            continue;
        }
        engine->counts->retransmissions++;
        link_queue(&login->exchange);
        wait_for_reply(engine, login, now_ns);
    }
}

/* No login starts any more; the rate is taken from what was accepted up to here, so that a straggler does not stretch it. */
static void stop(struct engine *engine, const char *reason) {
    if (engine->stopped) return;
    engine->stopped = true;
    engine->stop_ns = monotonic_ns();
    engine->result->window_accepts = engine->result->measured.accepts;
    engine->result->ended_by = reason;
}

static void stop_when_due(struct engine *engine) {
    const struct options *options = engine->options;
    bool measuring = engine->counts == &engine->result->measured;
    double seconds = (double)(monotonic_ns() - engine->measure_from_ns) / 1e9;
    if (interrupted) stop(engine, "signal");
    else if (measuring && options->duration_seconds > 0 && seconds >= options->duration_seconds) stop(engine, "duration");
}

static void start_more(struct engine *engine) {
    while (!engine->stopped && engine->idle_count > 0) {
        start_login(engine);
        if (engine->started < engine->total) continue;
        uint64_t wanted = engine->options->warmup + engine->options->logins;
        stop(engine, engine->options->logins > 0 && engine->total == wanted ? "logins" : "users");
    }
}

static void loop(struct engine *engine) {
    struct epoll_event events[EVENTS];
    while (!engine->stopped || engine->idle_count < engine->options->in_flight) {
        stop_when_due(engine);
        if (interrupted) return;
        start_more(engine);
        for (size_t i = 0; i < engine->link_count; i++)
            if (engine->links[i].queue_length > 0) link_flush(&engine->links[i], &engine->counts->packets);
        int ready = epoll_wait(engine->epoll, events, EVENTS, LONGEST_WAIT_MS);
        for (int i = 0; i < ready; i++)
            link_receive(events[i].data.ptr, &engine->counts->packets, on_datagram, engine);
        retransmit_due(engine, monotonic_ns());
    }
}

static bool open_links(struct engine *engine) {
    const struct options *options = engine->options;
    size_t per_server = options->sockets_per_server;
    /* Even if only one server's replies fail to come, no login lacks an Identifier. */
    size_t needed = (options->in_flight + LINK_IDENTIFIERS - 1) / LINK_IDENTIFIERS;
    if (per_server < needed) per_server = needed;
    engine->link_count = per_server * options->server_count;
    engine->links = calloc(engine->link_count, sizeof *engine->links);
    engine->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (engine->links == NULL || engine->link_count > MAX_LINKS || engine->epoll < 0) return false;
    for (size_t i = 0; i < engine->link_count; i++) {
        struct link *link = &engine->links[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
        if (!link_open(link, &options->source, &options->servers[i % options->server_count])) return false;
        if (epoll_ctl(engine->epoll, EPOLL_CTL_ADD, link->fd, &event) != 0) return false;
    }
    return true;
}

/* How many logins may be started: what was asked for, and in totp mode no user twice. */
static uint64_t login_limit(const struct options *options, const struct users *users) {
    uint64_t wanted = options->logins == 0 ? UINT64_MAX : options->warmup + options->logins;
    uint64_t left = users->count - options->first_user;
    return options->mode == MODE_TOTP && left < wanted ? left : wanted;
}

static bool prepare(struct engine *engine) {
    const struct options *options = engine->options;
    engine->logins = calloc(options->in_flight, sizeof *engine->logins);
    engine->idle = calloc(options->in_flight, sizeof *engine->idle);
    if (engine->logins == NULL || engine->idle == NULL || !open_links(engine)) {
        fprintf(stderr, "loadgen: cannot prepare %zu sockets: %s\n", engine->link_count, strerror(errno));
        return false;
    }
    while (engine->idle_count < options->in_flight) {
        engine->idle[engine->idle_count] = &engine->logins[engine->idle_count];
        engine->idle_count++;
    }
    if (getrandom(&engine->random_state, sizeof engine->random_state, 0) != sizeof engine->random_state) return false;
    engine->total = login_limit(options, engine->users);
    return true;
}

static void conclude(struct engine *engine) {
    struct result *result = engine->result;
    /* So few logins that all were started before the first was accepted: then the whole run is the window. */
    if (result->window_accepts == 0) {
        result->window_accepts = result->measured.accepts;
        engine->stop_ns = monotonic_ns();
    }
    if (engine->measure_from_ns > 0 && engine->stop_ns > engine->measure_from_ns)
        result->elapsed_seconds = (double)(engine->stop_ns - engine->measure_from_ns) / 1e9;
    result->cpu_seconds = cpu_seconds() - engine->cpu_from_seconds;
    result->next_user = (engine->options->first_user + engine->started) % engine->users->count;
}

bool engine_run(const struct options *options, const struct users *users, struct result *result) {
    struct engine engine = {.options = options, .users = users, .result = result, .counts = &result->warmup};
    if (!radius_secret_init(&engine.secret, options->secret)) {
        fprintf(stderr, "loadgen: --secret needs 1 to %d octets\n", RADIUS_MAX_SECRET_LENGTH);
        return false;
    }
    if (!prepare(&engine)) return false;
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (options->warmup == 0) begin_measurement(&engine);
    loop(&engine);
    conclude(&engine);
    return true;
}
