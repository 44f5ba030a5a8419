/*
 * envelope - the room of what may go inside a sealed payload: gzip members that compress, hide the
 * length, and sign what streams. Any gunzip reads the result; signet-formats(5) has every byte.
 *
 * The room knows nothing of the file that the envelope travels in. It is handed bindings, bytes
 * that depend on that file: one on its key alone, for envelopes without a signature, and one on its
 * header too, for signed ones, so that a signed message cannot be sealed anew to somebody else.
 *
 * To make one:
 *     sg_wrap_start()     then read sg_wrap.source, after sg_wrap_bind() has told the bindings
 *     sg_wrap_close()     always
 * To undo one, as it streams:
 *     sg_unwrap_start()   then write to sg_unwrap.sink and finish it
 *     sg_unwrap_flush()   when the writer failed: what has come and is authentic is still released
 *     sg_unwrap_close()   always
 * To read a part of one: sg_envelope_range().
 *
 * Content that is in no envelope passes through both of the last two as it is. An envelope is known
 * by the first bytes of its first member, or by its binding; one that belongs to another file is
 * refused. sg_wrap_is_needed() says which content would be mistaken for one.
 *
 * What a signature protects: each piece of the content, its place and the file's recipients,
 * against everyone who has no part of the signer's key, recipients included. What it does not: it
 * can be shown to others, who then know, too, who signed. Padding hides the length of what is
 * padded, to the step that sg_padme_step() gives; compression before it lets some of the content
 * show in that.
 */
#ifndef SG_ENVELOPE_ENVELOPE_H
#define SG_ENVELOPE_ENVELOPE_H

#include "envelope/order.h"
#include "envelope/padme.h"
#include "io/pipeline.h"
#include "io/sink.h"
#include "io/source.h"
#include "io/view.h"

#define SG_ENVELOPE_LEVEL 6 /* of compression, when nobody says */

/* What binds an envelope to its file. Secret from whoever cannot open the file. */
struct sg_envelope_binding {
    uint8_t key[SG_MEMBER_BINDING_BYTES];    /* of an envelope that is not signed */
    uint8_t header[SG_MEMBER_BINDING_BYTES]; /* of a signed one */
};

struct sg_wrap_how {
    int level; /* of compression: 1 to 9, or 0 for none */
    bool pad;
    const uint8_t *seed; /* of the key to sign with, SG_SIGN_SEED_BYTES, secret; or NULL */
    unsigned threads;    /* 0 for one a core */
    void (*tick)(void *context, uint64_t done); /* told bytes of content; or NULL */
    void *context;
};

struct sg_wrap {
    struct sg_source source; /* the envelope: read it here */
    struct sg_source *content;
    struct sg_wrap_how how;
    struct sg_member_keys keys;
    struct sg_pipeline pipeline;
    struct sg_secret small;            /* a member without content, being made or read */
    struct sg_buffer lengths, offsets; /* for the indices: of bodies since the last, of indices */
    const uint8_t *ready;              /* of the member at hand, what is still to be read */
    size_t ready_len;
    bool from_slot, ended, bound;
    uint64_t content_bytes, pieces_given, pieces_done;
    uint64_t at;      /* bytes of the envelope that are made */
    uint64_t number;  /* of the next member that is not content */
    uint64_t padding; /* bytes still to be padded with */
    int stage;
};

/*
 * Starts an envelope round all of `content`. The struct must not move while in use; `content` and
 * the seed must outlive it. SG_ERR_MEMORY. Reading fails as `content` does, with SG_ERR_MEMORY, and
 * with SG_ERR_LIMIT when there is more than SG_CONTENT_MAX of it.
 */
SG_CHECKED enum sg_err sg_wrap_start(struct sg_wrap *w, struct sg_source *content,
                                     const struct sg_wrap_how *how, struct sg_error *err);

/* Tells the binding, before the first reading. */
void sg_wrap_bind(struct sg_wrap *w, const struct sg_envelope_binding *binding);

void sg_wrap_close(struct sg_wrap *w);

/*
 * *is: whether `content`, of which nothing is taken, begins like an envelope, so that it can be
 * told from one only inside another. Errors as `content`.
 */
SG_CHECKED enum sg_err sg_wrap_is_needed(bool *is, struct sg_source *content, struct sg_error *err);

/* Whether content that begins with these n bytes is in a signed envelope with this binding. */
bool sg_envelope_is_signed(const uint8_t *start, size_t n,
                           const struct sg_envelope_binding *binding);

/* What an envelope is expected to be, and who is told what it is. */
struct sg_unwrap_how {
    struct sg_envelope_binding binding;
    bool must_be_signed;    /* by one of: */
    const uint8_t *signers; /* keys of SG_SIGN_PUBLIC_BYTES, one after the other; not owned */
    size_t signer_count;
    unsigned threads; /* 0 for one a core */

    /* Told the key of a signed envelope, once a signature by it was good; or NULL. */
    void (*signed_by)(void *context, const uint8_t key[static SG_SIGN_PUBLIC_BYTES]);
    void *context;
};

struct sg_unwrap {
    struct sg_sink sink; /* write the payload's content here, finish it; then finish `below` */
    struct sg_sink *below;
    struct sg_unwrap_how how;
    struct sg_pipeline pipeline;
    void *slot; /* being filled, or NULL */
    uint8_t known[SG_MEMBER_KNOWN_BYTES];
    size_t have;  /* bytes of what is being collected */
    size_t field; /* bytes of the head's field */
    int state;
    struct sg_order order;
    uint64_t missing; /* the number of the member that should have come, when another did */
    uint64_t stray;   /* bytes still to be passed over on the search for it */
    uint64_t out_bytes;
    bool told, broken;
};

/*
 * Starts to undo what is written to u->sink, writing the content to `below`. The struct must not
 * move while in use. SG_ERR_MEMORY. No byte of a member is written before its proof was checked.
 * Writing and finishing fail as `below` does, with SG_ERR_MEMORY, and with
 *     SG_ERR_ENVELOPE   a member was changed, or is not where it belongs; err->value: which, from 1
 *     SG_ERR_FOREIGN    the envelope belongs to another file
 *     SG_ERR_UNSIGNED   it has no signature, and should have
 *     SG_ERR_SIGNER     it names a signer who is none of those who should have signed: err->key
 */
SG_CHECKED enum sg_err sg_unwrap_start(struct sg_unwrap *u, struct sg_sink *below,
                                       const struct sg_unwrap_how *how, struct sg_error *err);

/* Releases the members that have come in whole so far. May fail as writing does. */
SG_CHECKED enum sg_err sg_unwrap_flush(struct sg_unwrap *u, struct sg_error *err);

/* Safe on a zeroed struct, and twice. */
void sg_unwrap_close(struct sg_unwrap *u);

/* A part of some content. */
struct sg_range {
    uint64_t offset;
    uint64_t length; /* UINT64_MAX for all from there on */
};

/*
 * Cuts a range down to content of so many bytes: less where it ends. SG_ERR_RANGE when it begins
 * behind that.
 */
SG_CHECKED enum sg_err sg_range_fit(struct sg_range *range, uint64_t bytes, struct sg_error *err);

/*
 * Writes a range of the content that `payload` has, inside an envelope or not, reading no more of
 * it than the start, the last member, an index for each 4 GiB of the range, and the members that
 * the range touches. Errors as sg_unwrap_start() has them, as sg_range_fit(), and as payload and
 * sink.
 */
SG_CHECKED enum sg_err sg_envelope_range(struct sg_sink *out, struct sg_view *payload,
                                         const struct sg_unwrap_how *how, struct sg_range range,
                                         struct sg_error *err);

#endif
