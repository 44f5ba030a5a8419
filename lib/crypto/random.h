/*
 * random - bytes nobody can predict, from the system by way of libsodium.
 */
#ifndef SG_CRYPTO_RANDOM_H
#define SG_CRYPTO_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills n bytes. Cannot fail once sg_secret_init() has succeeded. */
void sg_random(void *out, size_t n);

#endif
