/* One source port to one server: its 256 Identifiers, and its datagrams in batches. */
#ifndef LOADGEN_LINK_H
#define LOADGEN_LINK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_IDENTIFIERS 256
/* Name, password, station and NAS stay below 500 octets, a State is at most 255 more. */
#define EXCHANGE_CAPACITY 768

/* A request that waits for its reply. The packet stays as it was sent, so that a retransmission has the same octets. */
struct exchange {
    struct link *link;
    uint8_t identifier;
    bool queued;
    size_t length;
    uint64_t first_sent_ns; /* 0 until it was sent once */
    uint8_t packet[EXCHANGE_CAPACITY];
};

struct link_counts {
    uint64_t sent;
    uint64_t received;
    uint64_t errors;
};

struct link {
    int fd;
    /* A ring: an Identifier that was given back is the last to be used again. */
    uint8_t free_identifiers[LINK_IDENTIFIERS];
    size_t free_from;
    size_t free_count;
    struct exchange *waiting[LINK_IDENTIFIERS];
    struct exchange *queue[LINK_IDENTIFIERS];
    size_t queue_length;
};

/* Called for each datagram; `now_ns` is the time of the batch. */
typedef void link_handler(void *context, struct link *link, const uint8_t *packet, size_t length, uint64_t now_ns);

uint64_t monotonic_ns(void);

/* Opens a non-blocking socket from the source address, connected to the server. Returns false with errno set. */
bool link_open(struct link *link, const struct sockaddr_in *source, const struct sockaddr_in *server);

/* Gives the exchange an Identifier of this link; false when all 256 wait. */
bool link_take_identifier(struct link *link, struct exchange *exchange);
void link_give_back_identifier(struct exchange *exchange);

/* Queues the exchange's packet; link_flush sends what is queued. */
void link_queue(struct exchange *exchange);
void link_flush(struct link *link, struct link_counts *counts);

/* Hands over every datagram that has arrived. */
void link_receive(struct link *link, struct link_counts *counts, link_handler *handler, void *context);

#endif
