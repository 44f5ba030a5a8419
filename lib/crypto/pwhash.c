#include "crypto/pwhash.h"

#include "base/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <argon2.h>
#include <sodium.h>

/*
 * Argon2's memory comes from the kernel directly: in large pages where it has them, which saves a
 * tenth of the time, and never in a core file. The library wipes it before it is given back.
 */
static int allocate(uint8_t **memory, size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        return -1;
    (void)madvise(p, bytes, MADV_HUGEPAGE);
    (void)madvise(p, bytes, MADV_DONTDUMP);
    *memory = p;
    return 0;
}

static void release(uint8_t *memory, size_t bytes)
{
    (void)munmap(memory, bytes);
}

static uint32_t processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > 255 ? 255 : (uint32_t)n;
}

enum sg_err sg_argon2id(uint8_t *out, size_t n, const uint8_t *password, size_t password_len,
                        const uint8_t *salt, size_t salt_len, const struct sg_argon2id *cost,
                        struct sg_error *err)
{
    uint32_t threads = processors();
    argon2_context context = {
        .out = out,
        .outlen = (uint32_t)n,
        .pwd = (uint8_t *)(uintptr_t)password, /* read only: no flag asks to clear it */
        .pwdlen = (uint32_t)password_len,
        .salt = (uint8_t *)(uintptr_t)salt,
        .saltlen = (uint32_t)salt_len,
        .secret = (uint8_t *)(uintptr_t)cost->key,
        .secretlen = (uint32_t)cost->key_len,
        .ad = (uint8_t *)(uintptr_t)cost->ad,
        .adlen = (uint32_t)cost->ad_len,
        .t_cost = cost->passes,
        .m_cost = cost->memory,
        .lanes = cost->lanes,
        .threads = cost->lanes < threads ? cost->lanes : threads,
        .version = ARGON2_VERSION_13,
        .allocate_cbk = allocate,
        .free_cbk = release,
        .flags = ARGON2_DEFAULT_FLAGS,
    };
    int r;

    memset(out, 0, n);
    if (cost->passes < 1 || cost->passes > SG_ARGON2ID_MAX_PASSES || cost->lanes < 1 ||
        cost->lanes > SG_ARGON2ID_MAX_LANES || cost->memory < 8 * cost->lanes ||
        cost->memory > SG_ARGON2ID_MAX_KIB || n > UINT32_MAX || password_len > UINT32_MAX ||
        salt_len > UINT32_MAX || cost->key_len > UINT32_MAX || cost->ad_len > UINT32_MAX)
        return sg_fail(err, SG_ERR_LIMIT, "an Argon2id parameter is out of range");
    r = argon2id_ctx(&context);
    sg_wipe_stack();
    if (r == ARGON2_OK)
        return SG_OK;
    memset(out, 0, n);
    if (r == ARGON2_MEMORY_ALLOCATION_ERROR || r == ARGON2_THREAD_FAIL)
        return sg_fail_limit(err, SG_ERR_MEMORY, "Argon2id", (uint64_t)cost->memory * 1024, 0);
    return sg_fail(err, SG_ERR_LIMIT, "an Argon2id parameter is out of range");
}

enum sg_err sg_scrypt(uint8_t *out, size_t n, const uint8_t *password, size_t password_len,
                      const uint8_t *salt, size_t salt_len, unsigned log2_n, uint32_t r, uint32_t p,
                      struct sg_error *err)
{
    int result;

    memset(out, 0, n);
    if (log2_n < 1 || log2_n > SG_SCRYPT_MAX_LOG2_N)
        return sg_fail(err, SG_ERR_LIMIT, "the scrypt work factor is out of range");
    errno = 0;
    result = crypto_pwhash_scryptsalsa208sha256_ll(password, password_len, salt, salt_len,
                                                   (uint64_t)1 << log2_n, r, p, out, n);
    sg_wipe_stack();
    if (result == 0)
        return SG_OK;
    memset(out, 0, n);
    if (errno == ENOMEM)
        return sg_fail_limit(err, SG_ERR_MEMORY, "scrypt", (uint64_t)128 * r << log2_n, 0);
    return sg_fail(err, SG_ERR_LIMIT, "an scrypt parameter is out of range");
}
