/*
 * scan - a library to preload (LD_PRELOAD) that looks, when a program ends, whether secrets are
 * left anywhere in its writable memory: heap, stack, data, and what else is mapped.
 *
 *     SIGNET_SCAN_NEEDLES  file with a needle a line: a name, a space, the bytes in hex, each byte
 *                          XOR 0xa5, so that no copy of the needle is in this library itself
 *     SIGNET_SCAN_REPORT   file for the verdict: a line for each find, then "clean N mappings" or
 *                          "found N in N mappings"
 *     SIGNET_SCAN_PLANT    when set, a copy of each needle is left on the heap: a control
 *     SIGNET_SCAN_NO_WIPE  when set, nothing is wiped or freed by libsodium: another control, that
 *                          each needle is indeed what the program had in its memory
 *
 * A needle whose name begins with "random" takes the place of as many random bytes, whenever the
 * program asks for that number (a new identity, an ephemeral secret); one of 16 bytes of the first
 * 16 alone (in the tools: the file key). So even keys that a program makes are known.
 *
 * The scan runs when main() has returned, or at a call of exit(): before the C library's own exit
 * work overwrites the stack. It runs on a stack above that of main(), calls nothing that would
 * have to be resolved first, and allocates nothing.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MASK 0xa5
#define MAX_NEEDLES 64
#define MAX_BYTES 256
#define GAP_BYTES 65536 /* of stack between main() and whoever scans */

int sodium_init(void);
void sodium_free(void *p);
void sodium_memzero(void *p, size_t n);
void sodium_stackzero(size_t n);
void randombytes_buf(void *out, size_t n);
int __libc_start_main(int (*program)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*loader)(void), void *end);

static struct {
    char name[32];
    volatile uint8_t masked[MAX_BYTES];
    size_t n;
    unsigned long found;
} needles[MAX_NEEDLES];
static size_t needle_count;
static const char *report_path;
static int no_wipe, ready, sodium_ready, random16_given, scanned;
/* The real functions, looked up before the program starts. */
static int (*real_init)(void);
static void (*real_free)(void *);
static void (*real_memzero)(void *, size_t);
static void (*real_stackzero)(size_t);
static void (*real_random)(void *, size_t);
static __attribute__((noreturn)) void (*real_exit)(int);
static char maps[1 << 18], text[256];
static int (*program_main)(int, char **, char **);

/* The function that this library stands before; NULL in a program that has none, such as a shell.
 */
static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t read_file(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t have = 0;
    ssize_t n = 0;

    while (fd >= 0 && have < size - 1 && (n = read(fd, out + have, size - 1 - have)) > 0)
        have += (size_t)n;
    if (fd >= 0)
        (void)close(fd);
    out[have] = '\0';
    return have;
}

static void read_needles(const char *path)
{
    const char *p = maps;

    (void)read_file(path, maps, sizeof maps);
    while (*p && needle_count < MAX_NEEDLES) {
        size_t i = 0;
        while (*p && *p != ' ' && i < sizeof needles->name - 1)
            needles[needle_count].name[i++] = *p++;
        while (*p == ' ')
            p++;
        for (i = 0; digit(p[0]) >= 0 && digit(p[1]) >= 0 && i < MAX_BYTES; p += 2)
            needles[needle_count].masked[i++] = (uint8_t)(digit(p[0]) << 4 | digit(p[1]));
        needles[needle_count].n = i;
        needle_count += i > 0;
        while (*p && *p++ != '\n')
            ;
    }
    memset(maps, 0, sizeof maps);
}

static void plant(void)
{
    for (size_t i = 0; i < needle_count; i++) {
        volatile uint8_t *copy = malloc(needles[i].n);
        for (size_t j = 0; copy && j < needles[i].n; j++)
            copy[j] = needles[i].masked[j] ^ MASK;
    }
}

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv("SIGNET_SCAN_NEEDLES");

    *(void **)&real_init = next("sodium_init");
    *(void **)&real_free = next("sodium_free");
    *(void **)&real_memzero = next("sodium_memzero");
    *(void **)&real_stackzero = next("sodium_stackzero");
    *(void **)&real_random = next("randombytes_buf");
    *(void **)&real_exit = next("exit");
    report_path = getenv("SIGNET_SCAN_REPORT");
    no_wipe = getenv("SIGNET_SCAN_NO_WIPE") != NULL;
    if (!path || !report_path)
        return;
    read_needles(path);
    if (getenv("SIGNET_SCAN_PLANT"))
        plant();
    /* Every call of the scan once, so that the loader's work for them is done. */
    if (write(-1, text, 0) < 0)
        text[0] = '\0';
    ready = 1;
}

static const char *hex_number(const char *p, uintptr_t *out)
{
    for (*out = 0; digit(*p) >= 0; p++)
        *out = *out << 4 | (uintptr_t)digit(*p);
    return p;
}

static char *put_text(char *out, const char *from)
{
    while (*from && *from != '\n' && out < text + sizeof text - 20)
        *out++ = *from++;
    return out;
}

static char *put_number(char *out, uintptr_t n, unsigned base)
{
    char digits[20];
    size_t i = 0;

    do
        digits[i++] = "0123456789abcdef"[n % base];
    while (n /= base);
    while (i)
        *out++ = digits[--i];
    return out;
}

static void tell(int fd, const char *end)
{
    if (write(fd, text, (size_t)(end - text)) < 0)
        _exit(121);
}

static unsigned long scan_range(int fd, const volatile uint8_t *from, const volatile uint8_t *to,
                                const char *label)
{
    unsigned long found = 0;

    for (const volatile uint8_t *p = from; p < to; p++) {
        for (size_t i = 0; i < needle_count; i++) {
            size_t n = needles[i].n, j = 0;
            if ((uint8_t)(*p ^ MASK) != needles[i].masked[0] || (size_t)(to - p) < n)
                continue;
            while (j < n && (uint8_t)(p[j] ^ MASK) == needles[i].masked[j])
                j++;
            if (j < n)
                continue;
            found++;
            if (needles[i].found++ < 20) {
                char *out = put_text(text, needles[i].name);
                out = put_text(out, " at 0x");
                out = put_number(out, (uintptr_t)p, 16);
                out = put_text(out, ", mapping+0x");
                out = put_number(out, (uintptr_t)(p - from), 16);
                out = put_text(out, ", end-0x");
                out = put_number(out, (uintptr_t)(to - p), 16);
                out = put_text(out, " of ");
                out = put_text(out, label);
                *out++ = '\n';
                tell(fd, out);
            }
        }
    }
    return found;
}

static void scan(void)
{
    unsigned long found = 0, count = 0;
    char *out;
    int fd;

    if (!ready || scanned++)
        return;
    fd = open(report_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || read_file("/proc/self/maps", maps, sizeof maps) == 0)
        _exit(122);
    for (const char *p = maps; *p;) {
        uintptr_t from, to;
        const char *label;
        p = hex_number(p, &from);
        p = hex_number(p + 1, &to);
        label = p + 1; /* "rw-p 00000000 fd:00 1234   /path" */
        if (p[1] == 'r' && p[2] == 'w') {
            found +=
                scan_range(fd, (const volatile uint8_t *)from, (const volatile uint8_t *)to, label);
            count++;
        }
        while (*p && *p++ != '\n')
            ;
    }
    out = put_text(text, found ? "found " : "clean ");
    if (found) {
        out = put_number(out, found, 10);
        out = put_text(out, " in ");
    }
    out = put_number(out, count, 10);
    out = put_text(out, " mappings");
    *out++ = '\n';
    tell(fd, out);
    (void)close(fd);
}

/* Runs the program's main() far below the stack that the scan will use. */
static __attribute__((noinline)) int run_below(int argc, char **argv, char **environment)
{
    volatile char gap[GAP_BYTES];

    gap[0] = gap[GAP_BYTES - 1] = 0;
    return program_main(argc, argv, environment) + gap[0];
}

static int run(int argc, char **argv, char **environment)
{
    int status = run_below(argc, argv, environment);

    scan();
    return status;
}

int __libc_start_main(int (*program)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*loader)(void), void *end)
{
    int (*real)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void),
                void (*)(void), void *);

    *(void **)&real = next("__libc_start_main");
    program_main = program;
    return real(run, argc, argv, init, fini, loader, end);
}

__attribute__((noreturn)) void exit(int status)
{
    scan();
    real_exit(status);
}

int sodium_init(void)
{
    int r = real_init();

    sodium_ready = 1; /* what it took for itself does not count */
    return r;
}

void sodium_free(void *p)
{
    if (!no_wipe)
        real_free(p);
}

void sodium_memzero(void *p, size_t n)
{
    if (!no_wipe)
        real_memzero(p, n);
}

void sodium_stackzero(size_t n)
{
    if (!no_wipe)
        real_stackzero(n);
}

void randombytes_buf(void *out, size_t n)
{
    real_random(out, n);
    for (size_t i = 0; sodium_ready && i < needle_count; i++) {
        int named = strncmp(needles[i].name, "random", 6) == 0 && needles[i].n == n;
        for (size_t j = 0; named && !(n == 16 && random16_given) && j < n; j++)
            ((uint8_t *)out)[j] = needles[i].masked[j] ^ MASK;
    }
    random16_given |= sodium_ready && n == 16;
}
