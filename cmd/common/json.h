/*
 * json - one JSON text (RFC 8259), written as it comes: indented, in UTF-8, with a newline at the
 * end.
 *
 * Order of calls: json_start(); one value, which is usually json_object() ... json_close();
 * json_finish(). Inside an object every value has a key, inside an array none (NULL). Whatever goes
 * wrong is kept and returned by json_finish(); calls after it do nothing. More than JSON_DEPTH
 * levels, or a key too many or too few, is a bug of the caller and aborts.
 */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include "io/io.h"

#define JSON_DEPTH 32
#define JSON_BUFFER_BYTES 4096

struct json {
    struct sg_sink *out;
    struct sg_error *err;
    enum sg_err failed;
    unsigned depth;
    bool array[JSON_DEPTH + 1]; /* whether the level is an array; else an object, or the outside */
    bool begun[JSON_DEPTH + 1]; /* whether the level has a value already */
    size_t have;
    char text[JSON_BUFFER_BYTES]; /* not yet written */
};

/* Starts to write to `out`, which stays the caller's to finish. */
void json_start(struct json *j, struct sg_sink *out, struct sg_error *err);

void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);

/* Closes the innermost object or array that is open. */
void json_close(struct json *j);

/*
 * A string: everything that could end it, or steer a terminal, is escaped, and what is not UTF-8
 * (RFC 3629) becomes U+FFFD. json_text() takes n bytes, json_string() a text with a NUL, and for
 * NULL writes null.
 */
void json_text(struct json *j, const char *key, const char *text, size_t n);
void json_string(struct json *j, const char *key, const char *text);

/* A whole number. Readers that keep numbers as doubles see those above 2^53 rounded. */
void json_number(struct json *j, const char *key, uint64_t n);
void json_bool(struct json *j, const char *key, bool is);
void json_null(struct json *j, const char *key);

/* Writes what is left. Returns SG_OK, or what went wrong first, with *err filled. */
SG_CHECKED enum sg_err json_finish(struct json *j);

#endif
