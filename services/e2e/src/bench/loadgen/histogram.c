#include "histogram.h"

#define SUB_COUNT (1U << HISTOGRAM_SUB_BITS)

/* Durations below SUB_COUNT have a bucket each; above, every power of two is cut into SUB_COUNT buckets. */
static unsigned bucket_of(uint64_t ns) {
    if (ns < SUB_COUNT) return (unsigned)ns;
    unsigned exponent = 63U - (unsigned)__builtin_clzll(ns);
    unsigned shift = exponent - HISTOGRAM_SUB_BITS;
    return ((shift + 1) << HISTOGRAM_SUB_BITS) + (unsigned)(ns >> shift) - SUB_COUNT;
}

static uint64_t highest_in(unsigned bucket) {
    if (bucket < SUB_COUNT) return bucket;
    unsigned shift = (bucket >> HISTOGRAM_SUB_BITS) - 1;
    uint64_t lowest = (uint64_t)(SUB_COUNT + (bucket & (SUB_COUNT - 1))) << shift;
    return lowest + ((uint64_t)1 << shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t duration_ns) {
    histogram->buckets[bucket_of(duration_ns)]++;
    histogram->count++;
    if (duration_ns > histogram->max_ns) histogram->max_ns = duration_ns;
}

double histogram_percentile_ms(const struct histogram *histogram, double share) {
    uint64_t wanted = (uint64_t)(share * (double)histogram->count + 0.999999);
    uint64_t seen = 0;
    if (histogram->count == 0) return 0;
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->buckets[bucket];
        if (seen < wanted || seen == 0) continue;
        uint64_t ns = highest_in(bucket);
        return (double)(ns < histogram->max_ns ? ns : histogram->max_ns) / 1e6;
    }
    return (double)histogram->max_ns / 1e6;
}
