/*
 * session - one conversation's state: a double ratchet with header encryption, a deferred DH step
 * and epochs (signet-ratchet(7), "Session").
 *
 * A session is made by sg_session_start() from somebody's offer, or by sg_session_find_opening()
 * from an opening that arrived. Then, each in one transaction of the caller's:
 *
 *     sg_session_decode()  what is stored  ->  the session
 *     sg_session_send()    a text          ->  wire bytes; or
 *     sg_session_receive() wire bytes      ->  a text
 *     sg_session_encode()  the session     ->  what is stored; only then is the result let out
 *
 * Time is given as unix milliseconds; randomness is drawn from the hedge alone. Nothing is
 * allocated but by sg_session_new(). What is not authentic changes nothing but `suspect` and `bad`.
 */
#ifndef SG_RATCHET_SESSION_H
#define SG_RATCHET_SESSION_H

#include "ratchet/epoch.h"
#include "ratchet/identity.h"
#include "ratchet/offer.h"
#include "ratchet/padding.h"
#include "ratchet/siv.h"
#include "ratchet/word.h"

#include "base/buffer.h"

#define SG_SID_BYTES 32
#define SG_ENVELOPE_BYTES 1281
#define SG_ENVELOPES 16
#define SG_OPENING_MIN_BYTES 1389 /* an envelope and the least that may follow it */
#define SG_SKIPPED_MAX 1000       /* keys kept for messages that have not come */
#define SG_OLD_CHAINS_MAX 32      /* and chains they belong to */
#define SG_CHAIN_MAX 20000        /* messages of a chain */
#define SG_BAD_MAX 3
#define SG_TEXT_MAX_BYTES 64119
#define SG_DAY_MS UINT64_C(86400000)
#define SG_KEEP_MS (30 * SG_DAY_MS) /* how long skipped keys and old chains live */

/* A receiving chain that the peer has left. Its keys are those skipped[] with its serial. */
struct sg_old_chain {
    struct sg_siv_key header;
    uint8_t dh[SG_X25519_BYTES];
    uint32_t serial;
    uint32_t ep;
    uint64_t time; /* when it was left */
};

/* The key of a message that has not come. */
struct sg_skipped {
    uint32_t serial; /* its chain */
    uint32_t n;
    uint64_t time; /* when it was kept */
    uint8_t mk[32];
};

/* All of it is secret. Kept in a block of sg_session_new(). */
struct sg_session {
    enum sg_role role;
    uint8_t sid[SG_SID_BYTES];
    uint64_t opened;      /* OPENED, unix ms */
    bool opened_known;    /* false only in B before the first body opened */
    bool suspect;         /* a FORK was seen: sending wants force */
    struct sg_party peer; /* its `sign` is proven only where the peer's offer was seen */
    uint8_t root[32];     /* RK */
    bool need_send;       /* the next message begins a chain */

    bool have_dhs; /* not in A before the first message, nor while need_send */
    uint8_t dhs[SG_X25519_BYTES], dhs_public[SG_X25519_BYTES];
    uint8_t dhr[SG_X25519_BYTES];

    bool sending; /* HKs and CKs are there */
    struct sg_siv_key hks, nhks;
    uint8_t cks[32];
    uint32_t ns, pn, ep_s;

    bool receiving; /* HKr and CKr are there */
    struct sg_siv_key hkr, nhkr;
    uint8_t ckr[32];
    uint32_t nr, ep_r, serial_r;

    struct sg_epoch pq;

    uint8_t bad[SG_BAD_MAX][8]; /* H("bad", hdr)[0..7] of corrupt messages since the last success */
    uint32_t bad_count;

    uint32_t old_count, skipped_count;
    struct sg_old_chain old[SG_OLD_CHAINS_MAX]; /* oldest first */
    struct sg_skipped skipped[SG_SKIPPED_MAX];  /* oldest first */

    uint32_t envelopes;     /* left in env; only in A before the first answer */
    uint32_t envelopes_out; /* messages that took one, up to SG_ENVELOPES */
    uint8_t env[SG_ENVELOPES]
               [SG_ENVELOPE_BYTES]; /* the next one is env[SG_ENVELOPES - envelopes] */
};

/* A session's memory, zeroed, of the guarded heap; s->data is a struct sg_session. */
SG_CHECKED enum sg_err sg_session_new(struct sg_secret *s, struct sg_error *err);

/* ---- opening ----------------------------------------------------------------------------------
 */

/*
 * Begins a session with the maker of an offer that sg_offer_check() accepted. opened: the greater
 * of now and 1 + the greatest OPENED known for that contact. Draws e0, r, then for each of 16
 * envelopes e and the encapsulation's coins. SG_WORD_MALFORMED for an offer with a key of low
 * order, or one's own; *s is zeros then. The session has not sent anything yet.
 */
SG_CHECKED enum sg_word sg_session_start(struct sg_session *s,
                                         const struct sg_ratchet_identity *self,
                                         const uint8_t offer[static SG_OFFER_BYTES],
                                         uint64_t opened, uint64_t now, struct sg_hedge *hedge);

/* What an opening is tried against, and what it told. */
struct sg_opening {
    size_t offer;     /* the index of the offer that it answers */
    uint8_t seen[16]; /* H("seen", sid)[0..15]: what a tombstone holds */
};

/*
 * Tries wire bytes, in which no session's key opened a header, as an opening to one of `count` live
 * offers. SG_WORD_OK: *s is a new session as B, s->peer who opened it, and the caller looks
 * (blocked? the offer for another? a tombstone: SG_WORD_DUPLICATE) before it goes on with
 * sg_session_receive() of the same bytes, and stores the session only when that returns SG_WORD_OK.
 * SG_WORD_NOT_FOR_US; SG_WORD_UNSUPPORTED for a later version. *s is zeros unless OK.
 */
SG_CHECKED enum sg_word sg_session_find_opening(struct sg_session *s, struct sg_opening *found,
                                                const struct sg_ratchet_identity *self,
                                                const struct sg_offer_secret *const *offers,
                                                size_t count, const uint8_t *wire, size_t len,
                                                uint64_t now);

/* ---- sending ----------------------------------------------------------------------------------
 */

struct sg_outgoing {
    const uint8_t *text;  /* secret; or NULL for a message without text */
    size_t text_len;      /* 1 to SG_TEXT_MAX_BYTES; 0 without text */
    size_t floor;         /* the least length on the wire, or 0 */
    bool with_time;       /* send `now` along */
    bool force;           /* send although suspect, or with an envelope that was used before */
    const uint8_t *offer; /* a fresh offer of one's own to send along, or NULL */
};

/*
 * Makes the next message: *len bytes at wire, which has room for SG_WIRE_MAX_BYTES and is best
 * secret memory, as the text stands there until it is sealed in place. Draws a DH key when
 * s->need_send, then a seed (2 blocks) or coins when an epoch wants them. SG_WORD_OK;
 * SG_WORD_TOO_LONG, SG_WORD_SUSPECT, SG_WORD_UNANSWERED, SG_WORD_CHAIN_FULL change nothing.
 * *offer_sent (may be NULL): whether the offer fitted beside the text.
 *
 * Whether this is the session to send on, decide.h says. Store the session before the bytes leave;
 * a session that sent and was not stored must be thrown away with its bytes.
 */
SG_CHECKED enum sg_word sg_session_send(struct sg_session *s, uint8_t *wire, size_t *len,
                                        bool *offer_sent, const struct sg_outgoing *m, uint64_t now,
                                        struct sg_hedge *hedge);

/* Asks for fresh post-quantum secrets: `rekey`. */
void sg_session_rekey(struct sg_session *s);

/* ---- receiving --------------------------------------------------------------------------------
 */

struct sg_received {
    uint32_t n;          /* the message's number in its chain */
    uint32_t ep;         /* secrets that its chain's root had absorbed */
    uint32_t gap;        /* messages before it that are now known to be missing */
    bool late;           /* SG_WORD_LATE */
    bool with_time;      /* the sender said when: */
    uint64_t time;       /* unix ms */
    const uint8_t *text; /* in `plain`; NULL when there is none */
    size_t text_len;
    const uint8_t *offer; /* in `plain`: a good offer of this peer's, or NULL */
    bool offer_dropped;   /* there was one that is not good, or not his */
    bool header_known;    /* n and ep are set, although the message was refused */
    bool advise_reopen;   /* three messages in a row with good headers were corrupt */
};

/*
 * Opens a message. plain: secret memory, SG_WIRE_MAX_BYTES. SG_WORD_OK (and *got), with the session
 * advanced; SG_WORD_NOT_FOR_US when no header key fits: go on with the next session; SG_WORD_CLOCK
 * for a new session dated more than a day ahead; SG_WORD_UNSUPPORTED; or a word of status 4. After
 * those the session is as it was, but for `suspect` after FORK and `bad` after CORRUPT, which are
 * worth storing. plain holds nothing unless OK.
 */
SG_CHECKED enum sg_word sg_session_receive(struct sg_session *s, struct sg_received *got,
                                           uint8_t plain[static SG_WIRE_MAX_BYTES],
                                           const uint8_t *wire, size_t len, uint64_t now);

/*
 * A session's header keys on their own, for trying bytes against many sessions without reading
 * these: at most SG_SESSION_KEYS_MAX_BYTES at out; returns how many. Secret. Store them beside the
 * session each time.
 */
#define SG_SESSION_KEYS_MAX_BYTES (1 + SG_SID_BYTES + (2 + SG_OLD_CHAINS_MAX) * 64)
size_t sg_session_keys(uint8_t out[static SG_SESSION_KEYS_MAX_BYTES], const struct sg_session *s);

/* Whether one of these keys opens a header of the message. False also when `keys` is malformed. */
SG_CHECKED bool sg_session_keys_match(const uint8_t *keys, size_t n, const uint8_t *wire,
                                      size_t len);

/* ---- keeping ----------------------------------------------------------------------------------
 */

/* Forgets skipped keys and old chains after their 30 days. Whether there were any. */
bool sg_session_expire(struct sg_session *s, uint64_t now);

/* `accept`: the user trusts the session again. */
void sg_session_trust(struct sg_session *s);

#define SG_SESSION_MAX_BYTES 81920

/* Appends the one encoding of a session to a secret buffer. SG_ERR_MEMORY, SG_ERR_LIMIT. */
SG_CHECKED enum sg_err sg_session_encode(struct sg_buffer *out, const struct sg_session *s,
                                         struct sg_error *err);

/* Reads it back. False, with *s zeros, for anything but an encoding that sg_session_encode() makes.
 */
SG_CHECKED bool sg_session_decode(struct sg_session *s, const uint8_t *bytes, size_t n);

/* What the user may want to be told; sums of these. */
#define SG_ADVICE_REPLY 1U        /* 50 messages have come without an answer */
#define SG_ADVICE_NO_EPOCH 2U     /* 32 messages and no post-quantum refresh yet */
#define SG_ADVICE_STALLED 4U      /* a refresh is under way since 128 messages or 30 days */
#define SG_ADVICE_REOPEN 8U       /* three corrupt messages in a row */
#define SG_ADVICE_FIRST_EPOCH 16U /* the first post-quantum refresh is not yet done */
unsigned sg_session_advice(const struct sg_session *s, uint64_t now);

#endif
