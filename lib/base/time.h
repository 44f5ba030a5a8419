/*
 * time - points in time as text.
 */
#ifndef SG_BASE_TIME_H
#define SG_BASE_TIME_H

#include <stdint.h>

#define SG_TIME_BYTES 21 /* "2026-11-22T04:28:59Z" and a NUL */

/*
 * Writes seconds since 1970-01-01 as RFC 3339 in UTC. UTC, not local time: a key file should not
 * tell where it was made. Years 1970 to 9999; anything else is clamped to them.
 */
void sg_time_rfc3339(char out[static SG_TIME_BYTES], int64_t seconds);

#endif
