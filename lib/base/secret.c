#include "base/secret.h"

#include <errno.h>
#include <string.h>

#include <sodium.h>

#ifdef SG_POISON
#include <valgrind/memcheck.h>
#endif

/* Deeper than any frame chain of the primitives used here; libsodium's X25519 takes under 8 KiB. */
#define STACK_BYTES 32768

enum sg_err sg_secret_init(struct sg_error *err)
{
    if (sodium_init() < 0)
        return sg_fail_sys(err, ENOSYS, "cannot start the random generator", NULL);
    return SG_OK;
}

enum sg_err sg_secret_new(struct sg_secret *s, size_t size, struct sg_error *err)
{
    s->size = 0;
    s->data = (uint8_t *)sodium_malloc(size);
    if (!s->data)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, size, 0);
    s->size = size;
    memset(s->data, 0, size);
    return SG_OK;
}

enum sg_err sg_secret_grow(struct sg_secret *s, size_t size, struct sg_error *err)
{
    struct sg_secret larger;
    enum sg_err r;

    if (size <= s->size)
        return SG_OK;
    r = sg_secret_new(&larger, size, err);
    if (r != SG_OK)
        return r;
    if (s->size)
        memcpy(larger.data, s->data, s->size);
    sg_secret_free(s);
    *s = larger;
    return SG_OK;
}

void sg_secret_free(struct sg_secret *s)
{
    sodium_free(s->data); /* wipes */
    s->data = NULL;
    s->size = 0;
}

void sg_wipe(void *p, size_t n)
{
    if (n == 0)
        return;
    sodium_memzero(p, n);
#ifdef SG_POISON
    (void)VALGRIND_MAKE_MEM_UNDEFINED(p, n);
#endif
}

void sg_wipe_stack(void)
{
    sodium_stackzero(STACK_BYTES);
}

bool sg_equal(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}
