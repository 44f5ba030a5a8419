/*
 * vector - test vectors: files of blocks of "name: value" lines, blocks parted by an empty line.
 *
 * The first block is the head, for people. Values are hex unless a test reads them as text. The
 * files are looked for in SG_VECTORS, by default tests/vectors under the current folder.
 */
#ifndef SG_TESTS_VECTOR_H
#define SG_TESTS_VECTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VECTOR_FIELDS 16
#define VECTOR_BYTES 4096

struct vector_field {
    char name[32];
    char text[2 * VECTOR_BYTES + 1];
    uint8_t bytes[VECTOR_BYTES]; /* the text as hex, when it is */
    size_t len;
};

struct vector_file {
    FILE *file;
    size_t count;
    struct vector_field field[VECTOR_FIELDS];
};

/* Reads lower case hex into out, which has room; returns the number of bytes, 0 when not hex. */
static inline size_t unhex(uint8_t *out, const char *text)
{
    size_t n = strlen(text);

    if (n % 2 || strspn(text, "0123456789abcdef") != n)
        return 0;
    for (size_t i = 0; i < n; i++) {
        int digit = text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10;
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | digit : digit << 4);
    }
    return n / 2;
}

/* Reads the next block; false at the end of the file. Aborts on what is not a vector file. */
static inline bool vector_next(struct vector_file *v)
{
    static char line[sizeof v->field[0].text + sizeof v->field[0].name + 4];

    v->count = 0;
    while (fgets(line, sizeof line, v->file)) {
        struct vector_field *f = &v->field[v->count];
        char *colon = strstr(line, ": ");

        line[strcspn(line, "\n")] = '\0';
        if (!*line && v->count)
            return true;
        if (!colon || v->count == VECTOR_FIELDS || colon - line >= (int)sizeof f->name)
            abort();
        *colon = '\0';
        strcpy(f->name, line);
        strcpy(f->text, colon + 2);
        f->len = unhex(f->bytes, f->text);
        v->count++;
    }
    return v->count > 0;
}

/* Opens a file and skips its head. */
static inline void vector_open(struct vector_file *v, const char *name)
{
    const char *folder = getenv("SG_VECTORS");
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder ? folder : "tests/vectors", name);
    v->file = fopen(path, "r");
    if (!v->file || !vector_next(v))
        abort();
}

static inline const struct vector_field *vector_get(const struct vector_file *v, const char *name)
{
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->field[i].name, name) == 0)
            return &v->field[i];
    abort();
}

/* The n bytes of a field; aborts when it has not just so many. */
static inline const uint8_t *vector_bytes(const struct vector_file *v, const char *name, size_t n)
{
    const struct vector_field *f = vector_get(v, name);

    if (f->len != n)
        abort();
    return f->bytes;
}

#define assert_hex(got, n, text)                 \
    do {                                         \
        uint8_t want_[sizeof(text)];             \
        assert_int_equal(unhex(want_, text), n); \
        assert_memory_equal(got, want_, n);      \
    } while (0)

#endif
