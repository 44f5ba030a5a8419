/* LDFLAGS: -Wl,--wrap=sodium_malloc,--wrap=sodium_free,--wrap=sg_aead_open */
/*
 * flips: every truncation and every single-bit flip of a sealed file of three chunks. Each must end
 * in an error that a user sees as exit status 3 or 4, and release whole authentic chunks at most.
 *
 * A fault in the header goes the whole way from sg_sealed_read() on; so do some thousands in the
 * payload. The other faults in the payload are opened with the file key, which they do not touch:
 * that saves a million times X25519. All processors take part; the sanitizer and valgrind builds
 * look at a sample.
 */
#include "unit/helper.h"

#include "crypto/aead.h"
#include "key/key.h"
#include "sealed/sealed.h"

#include <errno.h>
#include <sys/wait.h>

#define C SG_CHUNK_BYTES
#define TAG 16
#define S ((size_t)C + TAG)
#define NONCE SG_PAYLOAD_NONCE_BYTES
#define PLAIN_BYTES (2 * C + 100)

static uint8_t plain[PLAIN_BYTES];
static struct sg_identities ids;
static uint8_t file_key[SG_FILE_KEY_BYTES];
static struct sg_buffer binary, armored;
static size_t header_bytes;

/*
 * The guarded heap asks the kernel for fresh pages at each turn, which costs more than the ciphers
 * do. Here one large block is kept and handed out again; the other tests have the real thing.
 */
#define LARGE 100000
static void *kept, *in_use;
static size_t kept_size;

void *__real_sodium_malloc(size_t size);
void __real_sodium_free(void *p);
void *__wrap_sodium_malloc(size_t size);
void __wrap_sodium_free(void *p);

void *__wrap_sodium_malloc(size_t size)
{
    if (size < LARGE || in_use || (kept && kept_size != size))
        return __real_sodium_malloc(size);
    if (!kept)
        kept = __real_sodium_malloc(size);
    kept_size = size;
    in_use = kept;
    return kept;
}

void __wrap_sodium_free(void *p)
{
    if (p && p == in_use)
        in_use = NULL;
    else
        __real_sodium_free(p);
}

/*
 * The first chunk is the same in every fault that lies behind it. Once it has been opened in
 * earnest, the very same bytes under the same key and nonce are answered from memory.
 */
static struct {
    uint8_t sealed[S], key[SG_AEAD_KEY_BYTES];
    bool known;
} first;

bool __real_sg_aead_open(uint8_t *out, const uint8_t *in, size_t n,
                         const uint8_t nonce[static SG_AEAD_NONCE_BYTES],
                         const uint8_t key[static SG_AEAD_KEY_BYTES]);
bool __wrap_sg_aead_open(uint8_t *out, const uint8_t *in, size_t n,
                         const uint8_t nonce[static SG_AEAD_NONCE_BYTES],
                         const uint8_t key[static SG_AEAD_KEY_BYTES]);

bool __wrap_sg_aead_open(uint8_t *out, const uint8_t *in, size_t n,
                         const uint8_t nonce[static SG_AEAD_NONCE_BYTES],
                         const uint8_t key[static SG_AEAD_KEY_BYTES])
{
    static const uint8_t zero[SG_AEAD_NONCE_BYTES];
    bool may_be = n == S && memcmp(nonce, zero, sizeof zero) == 0;
    bool good;

    if (may_be && first.known && memcmp(key, first.key, sizeof first.key) == 0 &&
        memcmp(in, first.sealed, S) == 0) {
        memcpy(out, plain, C);
        return true;
    }
    good = __real_sg_aead_open(out, in, n, nonce, key);
    if (may_be && good && !first.known) {
        assert_memory_equal(out, plain, C);
        memcpy(first.sealed, in, S);
        memcpy(first.key, key, sizeof first.key);
        first.known = true;
    }
    return good;
}

/* A sink that compares what it is given with the plaintext. */
static size_t released;
static bool differs;

static enum sg_err compare(struct sg_sink *k, const uint8_t *p, size_t n, struct sg_error *err)
{
    (void)k;
    (void)err;
    if (released + n > sizeof plain || memcmp(plain + released, p, n) != 0)
        differs = true;
    released += n;
    return SG_OK;
}

/* Opens n bytes the whole way, with a password when there is one. */
static enum sg_err open_file(const uint8_t *p, size_t n, const struct sg_password *password)
{
    struct sg_sealed f;
    struct sg_source in;
    struct sg_sink out;
    struct sg_error err = {0};
    enum sg_err r;

    released = 0;
    differs = false;
    sg_sink_custom(&out, compare, NULL, NULL, NULL);
    sg_source_memory(&in, p, n, "memory");
    r = sg_sealed_read(&f, &in, &err);
    if (r == SG_OK && password)
        r = sg_sealed_unlock_password(&f, password, 10, &err);
    else if (r == SG_OK)
        r = sg_sealed_unlock(&f, &ids, &err);
    if (r == SG_OK)
        r = sg_sealed_open(&out, &f, NULL, &err);
    sg_sealed_close(&f);
    sg_source_close(&in);
    return r;
}

/* Opens the payload alone. */
static enum sg_err open_payload(const uint8_t *p, size_t n)
{
    struct sg_source in;
    struct sg_sink out;
    struct sg_error err = {0};
    enum sg_err r;

    released = 0;
    differs = false;
    sg_sink_custom(&out, compare, NULL, NULL, NULL);
    sg_source_memory(&in, p, n, "memory");
    r = sg_payload_open(&out, &in, file_key, NULL, &err);
    sg_source_close(&in);
    return r;
}

/* Those that end in exit status 3 or 4. */
static bool is_refusal(enum sg_err r)
{
    switch (r) {
    case SG_ERR_NO_MATCH:
    case SG_ERR_WRONG_PASSWORD:
    case SG_ERR_NOT_SEALED:
    case SG_ERR_VERSION:
    case SG_ERR_ARMOR:
    case SG_ERR_HEADER:
    case SG_ERR_MAC:
    case SG_ERR_PAYLOAD:
    case SG_ERR_TRUNCATED:
        return true;
    default:
        return false;
    }
}

static bool is_fine(const char *what, size_t at, enum sg_err r, size_t want_released)
{
    bool fine = is_refusal(r) && !differs && released == want_released;

    if (!fine)
        (void)fprintf(stderr, "%s at %zu: error %d, %zu bytes released for %zu%s\n", what, at,
                      (int)r, released, want_released, differs ? ", others than were sealed" : "");
    return fine;
}

/* Bytes of plaintext in the chunks that lie whole before byte n of the file. */
static size_t whole_before(size_t n)
{
    return n < header_bytes + NONCE ? 0 : (n - header_bytes - NONCE) / S * C;
}

static bool truncation(size_t n)
{
    bool whole_way = n <= header_bytes || n % 509 == 0;
    enum sg_err r = whole_way ? open_file(binary.data, n, NULL)
                              : open_payload(binary.data + header_bytes, n - header_bytes);

    return is_fine("truncation", n, r, whole_before(n));
}

static bool flip(size_t bit)
{
    size_t at = bit / 8;
    bool whole_way = at < header_bytes || bit % 509 == 0;
    enum sg_err r;

    binary.data[at] ^= (uint8_t)(1U << bit % 8);
    r = whole_way ? open_file(binary.data, binary.len, NULL)
                  : open_payload(binary.data + header_bytes, binary.len - header_bytes);
    binary.data[at] ^= (uint8_t)(1U << bit % 8);
    return is_fine("flip of bit", bit, r, whole_before(at));
}

/* Runs cases 0 to n, each `step`-th, on all processors. */
static void all_of(bool (*one)(size_t), size_t n, size_t step)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t workers = processors < 1 ? 1 : processors > 64 ? 64 : (size_t)processors, bad = 0;
    pid_t children[64];

    for (size_t w = 0; w < workers; w++) {
        children[w] = fork();
        assert_true(children[w] >= 0);
        if (children[w] == 0) {
            size_t failed = 0;
            for (size_t i = w * step; i < n && failed < 10; i += workers * step)
                failed += !one(i);
            _exit(failed ? 1 : 0);
        }
    }
    for (size_t w = 0; w < workers; w++) {
        int status = -1;
        while (waitpid(children[w], &status, 0) < 0 && errno == EINTR)
            ;
        bad += status != 0;
    }
    assert_int_equal(bad, 0);
}

static void seal(struct sg_buffer *out, const struct sg_password *password, size_t n, bool armor)
{
    struct sg_recipients to;
    struct sg_seal how = {.recipients = &to, .password = password, .work = 5, .armor = armor};
    struct sg_error err = {0};
    struct sg_source in;
    struct sg_sink sink;

    sg_recipients_init(&to);
    assert_int_equal(sg_recipient_of(&to, sg_identities_at(&ids, 0), &err), SG_OK);
    sg_buffer_init(out, 1 << 20);
    sg_sink_buffer(&sink, out);
    sg_source_memory(&in, plain, n, NULL);
    assert_int_equal(sg_seal(&sink, &in, &how, &err), SG_OK);
    sg_source_close(&in);
    sg_recipients_free(&to);
}

static int set_up(void **state)
{
    struct sg_error err = {0};
    struct sg_sealed f;
    struct sg_source in;

    if (start_library(state) != 0)
        return -1;
    fill(plain, sizeof plain, 18);
    sg_identities_init(&ids);
    if (sg_identity_new(&ids, SG_KEY_X25519, &err) != SG_OK)
        return -1;
    seal(&binary, NULL, sizeof plain, false);
    seal(&armored, NULL, sizeof plain, true);
    sg_source_memory(&in, binary.data, binary.len, NULL);
    if (sg_sealed_read(&f, &in, &err) != SG_OK || sg_sealed_unlock(&f, &ids, &err) != SG_OK)
        return -1;
    memcpy(file_key, f.file_key.data, sizeof file_key);
    header_bytes = f.header.text.len;
    sg_sealed_close(&f);
    sg_source_close(&in);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sg_buffer_free(&binary);
    sg_buffer_free(&armored);
    sg_identities_free(&ids);
    __real_sodium_free(kept);
    kept = NULL;
    return 0;
}

static void test_unharmed(void **state)
{
    (void)state;
    assert_int_equal(binary.len, header_bytes + NONCE + PLAIN_BYTES + 3 * TAG);
    assert_int_equal(open_file(binary.data, binary.len, NULL), SG_OK);
    assert_int_equal(released, PLAIN_BYTES);
    assert_false(differs);
    assert_int_equal(open_payload(binary.data + header_bytes, binary.len - header_bytes), SG_OK);
    assert_int_equal(released, PLAIN_BYTES);
    assert_false(differs);
    assert_int_equal(open_file(armored.data, armored.len, NULL), SG_OK);
    assert_int_equal(released, PLAIN_BYTES);
    assert_false(differs);
}

static void test_header_flips(void **state)
{
    (void)state;
    all_of(flip, header_bytes * 8, stride(1, 13));
}

static void test_payload_flips(void **state)
{
    (void)state;
    all_of(flip, binary.len * 8, stride(101, 6007));
}

static void test_truncations(void **state)
{
    (void)state;
    all_of(truncation, binary.len, stride(61, 2003));
}

/* In armor: what a flip makes of it is other base64, or none. */
static bool armored_flip(size_t bit)
{
    /* The first line, the lines of the header and nonce, and the last line. */
    size_t n = (header_bytes + NONCE) / 48 * 65 + 65 + sizeof SG_ARMOR_BEGIN;
    size_t at = bit / 8 < n ? bit / 8 : armored.len - sizeof SG_ARMOR_END + (bit / 8 - n);
    enum sg_err r;
    size_t i;

    armored.data[at] ^= (uint8_t)(1U << bit % 8);
    r = open_file(armored.data, armored.len, NULL);
    armored.data[at] ^= (uint8_t)(1U << bit % 8);
    for (i = 0; i < 2 && released > i * C; i++)
        ;
    return is_fine("flip of bit in armor", at * 8 + bit % 8, r, i * C);
}

static void test_armored_flips(void **state)
{
    size_t n = (header_bytes + NONCE) / 48 * 65 + 65 + sizeof SG_ARMOR_BEGIN + sizeof SG_ARMOR_END;

    (void)state;
    all_of(armored_flip, n * 8, stride(5, 307));
}

/* In 509ths of its length, and every one near its ends. */
static bool armored_truncation(size_t n)
{
    size_t i;
    enum sg_err r;

    if (n > 1000 && n + 1000 < armored.len && n % 509 != 0)
        return true;
    r = open_file(armored.data, n, NULL);
    if (n == armored.len - 1) /* the newline after the last line may be missing */
        return r == SG_OK && released == PLAIN_BYTES && !differs;
    for (i = 0; i < 2 && released > i * C; i++)
        ;
    return is_fine("truncation of armor", n, r, i * C);
}

static void test_armored_truncations(void **state)
{
    (void)state;
    all_of(armored_truncation, armored.len, stride(7, 503));
}

/* A header with a password. A flip may also ask for more work than is allowed: exit status 1. */
static struct sg_buffer with_password;
static const struct sg_password password = {.bytes = (const uint8_t *)"password", .len = 8};

static bool password_flip(size_t bit)
{
    enum sg_err r;

    with_password.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    r = open_file(with_password.data, with_password.len, &password);
    with_password.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    return is_fine("flip of bit beside a password", bit, r == SG_ERR_WORK ? SG_ERR_HEADER : r, 0);
}

static bool password_truncation(size_t n)
{
    return is_fine("truncation beside a password", n, open_file(with_password.data, n, &password),
                   0);
}

static void test_password(void **state)
{
    (void)state;
    seal(&with_password, &password, 10, false);
    assert_int_equal(open_file(with_password.data, with_password.len, &password), SG_OK);
    assert_int_equal(released, 10);
    all_of(password_flip, with_password.len * 8, stride(3, 101));
    all_of(password_truncation, with_password.len, stride(3, 11));
    sg_buffer_free(&with_password);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unharmed),      cmocka_unit_test(test_header_flips),
        cmocka_unit_test(test_armored_flips), cmocka_unit_test(test_armored_truncations),
        cmocka_unit_test(test_password),      cmocka_unit_test(test_truncations),
        cmocka_unit_test(test_payload_flips),
    };

    return cmocka_run_group_tests_name("flips", tests, set_up, tear_down);
}
