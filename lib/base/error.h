/*
 * error - what went wrong, told so that a person can mend it.
 *
 * Every function that can fail returns an enum sg_err and, on failure, fills a struct sg_error with
 * the particulars. There is one code for each thing the *user* would do differently; the library
 * never prints. The struct holds no secret: it names files, lines and expectations, never content.
 *
 * Order of calls: declare `struct sg_error err = {0};`, pass &err down, read it when a call does
 * not return SG_OK. The last failure recorded wins.
 */
#ifndef SG_BASE_ERROR_H
#define SG_BASE_ERROR_H

#include <stddef.h>
#include <stdint.h>

#define SG_CHECKED __attribute__((warn_unused_result))

enum sg_err {
    SG_OK = 0,

    /* could not: the machine or a limit stood in the way */
    SG_ERR_IO,     /* a system call on `name` failed; `sys` holds errno */
    SG_ERR_MEMORY, /* `value` bytes of memory could not be had */
    SG_ERR_LIMIT,  /* something is larger than `limit` allows */
    SG_ERR_WORK,   /* a password stanza asks for more work than allowed: `value` over `limit` */
    SG_ERR_EXISTS, /* `name` exists and may not be replaced */
    SG_ERR_KIND,   /* `name` is a folder; `sys` is EISDIR when it was to be written */
    SG_ERR_BINARY, /* what is in `name` must not be shown on a terminal */
    SG_ERR_RANGE,  /* a part is asked for from byte `value` on, and there are `limit` */
    SG_ERR_BOUND,  /* it is signed for its recipients, and cannot be given others */

    /* the store of a home (lib/store) */
    SG_ERR_NO_STORE,    /* there is none at `name` */
    SG_ERR_IN_USE,      /* another process has it, and did not let go in time */
    SG_ERR_CHANGED,     /* it was given a new key since it was opened: open it again */
    SG_ERR_ROLLED_BACK, /* it is an older state, or a copy, and what is to be done does not bear it
                         */
    SG_ERR_NO_KEYRING,  /* the kernel keeps no keys for this process; `sys` holds errno */
    SG_ERR_NAME,        /* `name` cannot be the name of what is to be made; `what` says why */
    SG_ERR_NOT_FOUND,   /* there is no `name` in it */
    SG_ERR_GONE,        /* `name` went away while it was used; `what` says how */
    SG_ERR_QUERY,       /* what is searched for cannot be; `what` and `column` say why and where */
    SG_ERR_LAST_SLOT,   /* nothing would unlock it any more */
    SG_ERR_DATABASE,    /* the database says `what`, and in `untrusted_words` more of it */

    /* a key that belongs to a plugin, whose name is in `plugin` */
    SG_ERR_NO_PLUGIN,     /* it is not installed */
    SG_ERR_PLUGIN,        /* it reported an error (`untrusted_words`), or misbehaved (`what`) */
    SG_ERR_PLUGIN_PUBLIC, /* only it knows the public half of the key */

    /* what the user wrote is not a key */
    SG_ERR_RECIPIENT, /* not a recipient; `what`, `line` and `column` say why and where */
    SG_ERR_IDENTITY,  /* not an identity; likewise */
    SG_ERR_NO_SIGNER, /* not the key of a signer; likewise */
    SG_ERR_MIXED,     /* post-quantum recipients (`value` of `limit`) beside others; or those of
                         `plugin`, `what` they are */
    SG_ERR_NO_KEYS,   /* a key file without a key in it */
    SG_ERR_PASSWORD,  /* no usable password: empty, too long or not given */

    /* pseudonyms (lib/pseudonym) */
    SG_ERR_ROOT,    /* `name` holds no root; `what` and `line` say why and where */
    SG_ERR_PUBLIC,  /* not a public key that signatures are checked with; likewise */
    SG_ERR_RING,    /* `name` names no ring; `what` and `line` say why and where */
    SG_ERR_RETIRED, /* the pseudonym `name` is no longer used; `what` is the day, or NULL */
    SG_ERR_OUTSIDE, /* the key is in no place of the ring `name` */

    /* nothing fits */
    SG_ERR_NO_MATCH,       /* no identity opens the file */
    SG_ERR_WRONG_PASSWORD, /* the password does not open the file */

    /* not authentic */
    SG_ERR_NOT_SEALED, /* not a sealed file at all; `what` says what it looks like, or NULL */
    SG_ERR_VERSION,    /* a sealed file of a version this program does not know */
    SG_ERR_ARMOR,      /* the text armor is malformed */
    SG_ERR_HEADER,     /* the header is malformed */
    SG_ERR_MAC,        /* the header was changed after it was sealed */
    SG_ERR_PAYLOAD,    /* a chunk of the payload is not authentic */
    SG_ERR_TRUNCATED,  /* the payload ends too early */
    SG_ERR_ENVELOPE, /* member `value` (0: none in particular) of what is inside is not authentic */
    SG_ERR_FOREIGN,  /* what is inside was made for another file; `what` is set when it is signed */
    SG_ERR_UNSIGNED, /* it has no signature, and should have */
    SG_ERR_SIGNER,   /* it is signed by `key`, who is none of those who should have signed */
    SG_ERR_SIGNATURE, /* `name` is no signature, proof or token of the kind wanted: `what` it is */
    SG_ERR_FORGED,    /* `name` is not what it says it is; `what` does not fit */
    SG_ERR_SPENT,     /* the token in line `line` of `name` was spent before */
    SG_ERR_STORE,     /* `name` is not what belongs in a store; `what` says how */
    SG_ERR_BLOCK,     /* block `value` of `name` in a store is not authentic; `what` says how */
    SG_ERR_ARCHIVE,   /* `name` is not what was exported; `what` says why */

    SG_ERR_COUNT
};

#define SG_ERROR_NAME_BYTES 512
#define SG_ERROR_PLUGIN_BYTES 80
#define SG_ERROR_WORDS_BYTES 512
#define SG_ERROR_KEY_BYTES 32

struct sg_error {
    enum sg_err code;
    int sys;                        /* errno of the failed system call, or 0 */
    uint64_t line;                  /* line in the named file, from 1, or 0 when there is none */
    uint64_t column;                /* character in that line or text, from 1, or 0 */
    uint64_t value;                 /* the size, count or cost that was met */
    uint64_t limit;                 /* the bound that it broke */
    const char *what;               /* static text: what was done, found or expected; or NULL */
    char name[SG_ERROR_NAME_BYTES]; /* the file concerned, or ""; cut off when longer */
    char plugin[SG_ERROR_PLUGIN_BYTES]; /* the plugin concerned, as "age-plugin-NAME"; or "" */
    char untrusted_words[SG_ERROR_WORDS_BYTES]; /* what that plugin, or the database, said; or "" */
    uint8_t key[SG_ERROR_KEY_BYTES];            /* the public key concerned */
};

/*
 * Records a failure and returns its code, so that a caller can write `return sg_fail(...)`.
 * Clears every particular but `name`, which the reader of the file has usually set already.
 * what: static text or NULL; the pointer is kept.
 */
enum sg_err sg_fail(struct sg_error *err, enum sg_err code, const char *what);

/* The same for a failed system call on the file `name` (may be NULL); sys is its errno. */
enum sg_err sg_fail_sys(struct sg_error *err, int sys, const char *what, const char *name);

/* The same for a bound that was broken. */
enum sg_err sg_fail_limit(struct sg_error *err, enum sg_err code, const char *what, uint64_t value,
                          uint64_t limit);

/* Sets the name of the file concerned; NULL clears it. A name too long is cut off. */
void sg_error_name(struct sg_error *err, const char *name);

/* Sets the plugin concerned, by its NAME, and what it said (or NULL); after sg_fail(). */
void sg_error_plugin(struct sg_error *err, const char *name, const char *untrusted_words);

/* Sets what the database said (or NULL); after sg_fail(). */
void sg_error_words(struct sg_error *err, const char *untrusted_words);

#endif
