/* Counts durations in buckets of less than one percent width, in constant memory. */
#ifndef LOADGEN_HISTOGRAM_H
#define LOADGEN_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 7
#define HISTOGRAM_BUCKETS ((64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)

struct histogram {
    uint64_t buckets[HISTOGRAM_BUCKETS];
    uint64_t count;
    uint64_t max_ns;
};

void histogram_add(struct histogram *histogram, uint64_t duration_ns);

/* The duration in milliseconds that `share` (0 to 1) of all do not exceed; 0 when nothing was counted. */
double histogram_percentile_ms(const struct histogram *histogram, double share);

#endif
