#include "link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "radius.h"

#define BATCH 64
#define SOCKET_BUFFER_BYTES (4 << 20)
/* An ICMP error surfaces at the next call on the socket, whatever that call does; it is tried again this often. */
#define MAX_ERRORS_PER_FLUSH 4

uint64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* The privileged form passes the system's limit; without the privilege the limit itself is enough for these loads. */
static void enlarge(int fd, int forced, int plain) {
    int bytes = SOCKET_BUFFER_BYTES;
    if (setsockopt(fd, SOL_SOCKET, forced, &bytes, sizeof bytes) != 0)
        (void)setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof bytes);
}

bool link_open(struct link *link, const struct sockaddr_in *source, const struct sockaddr_in *server) {
    *link = (struct link){.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (link->fd < 0) return false;
    enlarge(link->fd, SO_RCVBUFFORCE, SO_RCVBUF);
    enlarge(link->fd, SO_SNDBUFFORCE, SO_SNDBUF);
    if (bind(link->fd, (const struct sockaddr *)source, sizeof *source) != 0 ||
        connect(link->fd, (const struct sockaddr *)server, sizeof *server) != 0) {
        close(link->fd);
        return false;
    }
    for (size_t i = 0; i < LINK_IDENTIFIERS; i++) link->free_identifiers[i] = (uint8_t)i;
    link->free_count = LINK_IDENTIFIERS;
    return true;
}

bool link_take_identifier(struct link *link, struct exchange *exchange) {
    if (link->free_count == 0) return false;
    exchange->link = link;
    exchange->identifier = link->free_identifiers[link->free_from];
    link->free_from = (link->free_from + 1) % LINK_IDENTIFIERS;
    link->free_count--;
    link->waiting[exchange->identifier] = exchange;
    return true;
}

void link_give_back_identifier(struct exchange *exchange) {
    struct link *link = exchange->link;
    link->waiting[exchange->identifier] = NULL;
    link->free_identifiers[(link->free_from + link->free_count) % LINK_IDENTIFIERS] = exchange->identifier;
    link->free_count++;
    if (!exchange->queued) return;
    exchange->queued = false;
    for (size_t i = 0; i < link->queue_length; i++) {
        if (link->queue[i] != exchange) continue;
        memmove(&link->queue[i], &link->queue[i + 1], (link->queue_length - i - 1) * sizeof link->queue[0]);
        link->queue_length--;
        return;
    }
}

void link_queue(struct exchange *exchange) {
    if (exchange->queued) return;
    exchange->queued = true;
    /* Each waiting exchange is queued at most once, so the queue cannot overrun. */
    exchange->link->queue[exchange->link->queue_length++] = exchange;
}

static int send_batch(struct exchange **queue, size_t count, int fd) {
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    uint64_t now = monotonic_ns();
    for (size_t i = 0; i < count; i++) {
        if (queue[i]->first_sent_ns == 0) queue[i]->first_sent_ns = now;
        parts[i] = (struct iovec){.iov_base = queue[i]->packet, .iov_len = queue[i]->length};
        messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1}};
    }
    return sendmmsg(fd, messages, (unsigned)count, 0);
}

void link_flush(struct link *link, struct link_counts *counts) {
    size_t done = 0;
    for (unsigned errors = 0; done < link->queue_length && errors < MAX_ERRORS_PER_FLUSH;) {
        size_t left = link->queue_length - done;
        int sent = send_batch(link->queue + done, left < BATCH ? left : BATCH, link->fd);
        if (sent < 0) {
            if (errno == EAGAIN) break;
            if (errno != EINTR) counts->errors++;
            errors++;
            continue;
        }
        for (int i = 0; i < sent; i++) link->queue[done + (size_t)i]->queued = false;
        done += (size_t)sent;
        counts->sent += (uint64_t)sent;
    }
    link->queue_length -= done;
    memmove(link->queue, link->queue + done, link->queue_length * sizeof link->queue[0]);
}

void link_receive(struct link *link, struct link_counts *counts, link_handler *handler, void *context) {
    static uint8_t buffers[BATCH][RADIUS_MAX_LENGTH];
    static struct iovec parts[BATCH];
    static struct mmsghdr messages[BATCH];
    for (size_t i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){.iov_base = buffers[i], .iov_len = sizeof buffers[i]};
        messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1}};
    }
    int received = recvmmsg(link->fd, messages, BATCH, 0, NULL);
    if (received < 0) {
        if (errno != EAGAIN && errno != EINTR) counts->errors++;
        return;
    }
    uint64_t now = monotonic_ns();
    counts->received += (uint64_t)received;
    for (int i = 0; i < received; i++) handler(context, link, buffers[i], messages[i].msg_len, now);
}
