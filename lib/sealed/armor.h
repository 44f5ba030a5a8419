/*
 * armor - sealed bytes as text (age specification, "ASCII armor": strict RFC 7468).
 *
 *     -----BEGIN AGE ENCRYPTED FILE-----
 *     lines of 64 characters of base64, the last one shorter or full
 *     -----END AGE ENCRYPTED FILE-----
 *
 * Reading accepts LF or CRLF line ends, and white space (up to SG_ARMOR_MAX_BLANK bytes) before the
 * first line and after the last; everything else must be exactly as it would be written.
 */
#ifndef SG_SEALED_ARMOR_H
#define SG_SEALED_ARMOR_H

#include "io/sink.h"
#include "io/source.h"

#define SG_ARMOR_BEGIN "-----BEGIN AGE ENCRYPTED FILE-----"
#define SG_ARMOR_END "-----END AGE ENCRYPTED FILE-----"
#define SG_ARMOR_MAX_BLANK 1024
#define SG_ARMOR_LINE_BYTES 48

struct sg_armor_writer {
    struct sg_sink *below;
    struct sg_sink sink; /* write the bytes here, and finish it; then finish `below` */
    uint8_t line[SG_ARMOR_LINE_BYTES];
    size_t have; /* bytes in line */
    bool begun;
};

/* Starts to write armor to `below`. The struct must not move while in use. Owns nothing. */
void sg_armor_write(struct sg_armor_writer *w, struct sg_sink *below);

struct sg_armor_reader {
    struct sg_source *below;
    struct sg_source source; /* read the bytes here; close it with sg_source_close() */
    uint8_t line[SG_ARMOR_LINE_BYTES];
    size_t at, have; /* the unread part of line */
    uint64_t number; /* of the line last read, from 1 */
    bool begun, short_line, ended;
};

/*
 * Starts to read armor from `below`. Reading fails with SG_ERR_ARMOR, err->line and err->what. The
 * struct must not move while in use.
 */
void sg_armor_read(struct sg_armor_reader *a, struct sg_source *below);

#endif
