/*
 * payload - the body of a sealed file (age specification, "Payload"): a nonce, then chunks of 64
 * KiB under ChaCha20-Poly1305, each with its number and whether it is the last.
 *
 * Memory is constant: two chunks. When opening, a chunk is handed on only after its tag has been
 * checked; on failure the sink has had every whole chunk before the bad one and nothing after.
 */
#ifndef SG_SEALED_PAYLOAD_H
#define SG_SEALED_PAYLOAD_H

#include "crypto/aead.h"
#include "io/sink.h"
#include "io/source.h"
#include "sealed/header.h"

#define SG_PAYLOAD_NONCE_BYTES 16
#define SG_CHUNK_BYTES 65536
#define SG_CHUNK_SEALED_BYTES (SG_CHUNK_BYTES + SG_AEAD_TAG_BYTES)

/* Told the plaintext bytes done so far after each chunk. May be NULL where one is asked for. */
struct sg_progress {
    void (*tick)(void *context, uint64_t done);
    void *context;
};

/* Reads plaintext to its end, writes nonce and chunks. Fails only as source and sink do. */
SG_CHECKED enum sg_err sg_payload_seal(struct sg_sink *out, struct sg_source *in,
                                       const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                       const struct sg_progress *progress, struct sg_error *err);

/*
 * Reads nonce and chunks to the end, writes plaintext. SG_ERR_HEADER when there is no whole nonce,
 * SG_ERR_TRUNCATED when the last chunk is missing, SG_ERR_PAYLOAD (err->value: the chunk, from 1)
 * when a chunk is not authentic or something follows the last one.
 */
SG_CHECKED enum sg_err sg_payload_open(struct sg_sink *out, struct sg_source *in,
                                       const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                       const struct sg_progress *progress, struct sg_error *err);

/*
 * Opens chunk `number` (from 0) alone: n bytes with its tag, which is the last one or not, of a
 * payload with this nonce. False when it is not authentic; plain has then nothing of it.
 */
SG_CHECKED bool sg_payload_open_chunk(uint8_t plain[static SG_CHUNK_BYTES], const uint8_t *sealed,
                                      size_t n, uint64_t number, bool last,
                                      const uint8_t key[static SG_AEAD_KEY_BYTES]);

/* The key of a payload's chunks, secret. */
void sg_payload_key(uint8_t key[static SG_AEAD_KEY_BYTES],
                    const uint8_t file_key[static SG_FILE_KEY_BYTES],
                    const uint8_t nonce[static SG_PAYLOAD_NONCE_BYTES]);

/* What is in a payload, as its length alone tells. */
struct sg_payload_size {
    uint64_t chunks;
    uint64_t tags;    /* bytes of all chunks' tags */
    uint64_t content; /* bytes of plaintext */
};

/*
 * Measures a payload of `bytes`, its nonce included. *size is zeros for a length that no payload
 * has: SG_ERR_HEADER when there is no whole nonce, SG_ERR_TRUNCATED when nothing follows it,
 * SG_ERR_PAYLOAD (err->value: the chunk) when the last chunk is impossible. A payload cut off
 * between two chunks has a length as good as any: only a key tells.
 */
SG_CHECKED enum sg_err sg_payload_measure(struct sg_payload_size *size, uint64_t bytes,
                                          struct sg_error *err);

#endif
