/*
 * inspect - what a sealed file tells anyone, without a key.
 *
 * Everything here is computed from the file's bytes alone, and nothing of it is authentic: whoever
 * can write to the file can make it look otherwise. The length of the content is exact for a file
 * that is whole; that it is whole, and what the content is, only a key can tell.
 *
 * Order of calls: sg_inspect(), any reading of the struct and sg_inspection_stanza(), then
 * sg_inspection_free().
 */
#ifndef SG_SEALED_INSPECT_H
#define SG_SEALED_INSPECT_H

#include "sealed/sealed.h"

/* What a stanza is, by its type. */
enum sg_kind {
    SG_KIND_PQ,          /* mlkem768x25519 */
    SG_KIND_X25519,      /* X25519 */
    SG_KIND_SSH_ED25519, /* ssh-ed25519 */
    SG_KIND_SSH_RSA,     /* ssh-rsa */
    SG_KIND_SCRYPT,      /* scrypt */
    SG_KIND_ARGON2ID,    /* signet/argon2id */
    SG_KIND_TAG,         /* p256tag */
    SG_KIND_PQ_TAG,      /* mlkem768p256tag */
    SG_KIND_PIV,         /* piv-p256, of age-plugin-yubikey */
    SG_KIND_GREASE,      /* ends in -grease: by its name, there to be ignored */
    SG_KIND_OTHER,       /* any other: a plugin's, or a newer program's */
    SG_KIND_COUNT
};

enum sg_answer { SG_ANSWER_NO, SG_ANSWER_YES, SG_ANSWER_UNKNOWN };

#define SG_STANZA_TAG_CHARS 6 /* four bytes of base64 */

/* One stanza as an outsider sees it. */
struct sg_inspected {
    enum sg_kind kind;
    const char *type; /* visible ASCII characters, no NUL; owned by the inspection */
    size_t type_len;
    uint64_t bytes;              /* that it takes in the header */
    enum sg_answer recognisable; /* by whoever has the recipient's public key */
    enum sg_answer linkable;     /* whether files to the same recipient can be seen to be so */
    enum sg_answer post_quantum; /* passwords are: nothing in them is for Shor to break */
    char tag[SG_STANZA_TAG_CHARS + 1]; /* what it is recognised by, or "" */
};

/* What a guess at the password costs: `passes` over 2^work KiB, in `lanes`. */
struct sg_inspected_password {
    enum sg_kdf kdf;
    uint32_t passes, work, lanes;
};

struct sg_inspection {
    struct sg_header header; /* its MAC is not verified */
    bool armored;
    bool password;                      /* it opens with a password, and with nothing else */
    struct sg_inspected_password guess; /* of that password */
    enum sg_answer post_quantum;        /* yes: so is every stanza */
    size_t kinds[SG_KIND_COUNT];        /* how many stanzas of each */

    /* bytes: total = armor + header_bytes + payload, payload = nonce + size.tags + size.content */
    uint64_t total, armor, header_bytes, payload, nonce;
    uint64_t stanza_bytes, mac_bytes; /* of the header: its stanzas, and the line of its MAC */
    struct sg_payload_size size;

    /*
     * What is wrong behind the header; its code is SG_OK for nothing. As sg_payload_measure(), and
     * then nonce and size are zeros; or SG_ERR_ARMOR, and then armor and payload are, too.
     */
    struct sg_error fault;
};

/*
 * Inspects all of `in`, in constant memory; a regular file is not read behind its header. Errors as
 * sg_sealed_read() or as `in` fails; *found is released then. A file that is wrong behind its
 * header is no error here: see `fault`. progress: told the bytes read; NULL for none.
 */
SG_CHECKED enum sg_err sg_inspect(struct sg_inspection *found, struct sg_source *in,
                                  const struct sg_progress *progress, struct sg_error *err);

/* The i-th of sg_header_count(&found->header) stanzas. */
struct sg_inspected sg_inspection_stanza(const struct sg_inspection *found, size_t i);

/* Safe on a zeroed struct, and twice. */
void sg_inspection_free(struct sg_inspection *found);

#endif
