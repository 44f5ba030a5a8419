/*
 * libcrypto - OpenSSL's library, loaded when it is first needed, so that whoever does without it
 * neither waits for it nor needs it installed. Private to the room, and only with its headers.
 *
 * A source lists the functions it uses, FUNCTIONS(X) X(BN_cmp) X(...), and has a struct of pointers
 * to them:
 *
 *     struct lib { FUNCTIONS(SG_LIBCRYPTO_DECLARE) };
 *     void *library = sg_libcrypto();
 *     bool found = library != NULL;
 *     FUNCTIONS(SG_LIBCRYPTO_FIND)
 */
#ifndef SG_CRYPTO_LIBCRYPTO_H
#define SG_CRYPTO_LIBCRYPTO_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

/* The library of OpenSSL 3; NULL when it is not there. It stays loaded, so asking again is cheap.
 */
static inline void *sg_libcrypto(void)
{
    return dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
}

/* A pointer to the function in a struct. */
#define SG_LIBCRYPTO_DECLARE(name) __typeof__(name) *name; /* NOLINT: it declares */

/* Sets the pointer in struct *l; `found` becomes false when there is no such function. */
#define SG_LIBCRYPTO_FIND(name) \
    found = found && (*(void **)(&l->name) = dlsym(library, #name)) != NULL;

#endif
