/*
 * heist - a theft, played on a conversation made up for it: which messages a thief could open who
 * got one side's whole state, under designs old and new. Nothing here is looked up in a table;
 * every answer comes of trying to open the recorded bytes.
 *
 * The talk is held three times, with the same turns: under one static key; under one chain of
 * hashes for each direction; and in a session as conversations use it, recorded once and listened
 * to by three thieves. Thieves of the session differ in what they are told beside what they stole:
 *
 *     HEIST_DH            every ML-KEM secret, so that a DH ratchet is all that protects
 *     HEIST_DH_QUANTUM    that, and every X25519 secret, as a quantum computer would find them
 *     HEIST_PQ_QUANTUM    every X25519 secret, and no ML-KEM secret
 *
 * They only listen. A thief who also writes is not played.
 */
#ifndef RATCHET_HEIST_H
#define RATCHET_HEIST_H

#include "ratchet/ratchet.h"

#define HEIST_MESSAGES_MIN 2U
#define HEIST_MESSAGES_MAX 1000U
#define HEIST_MESSAGES_USUAL 120U
#define HEIST_TEXT_BYTES 48

enum heist_design {
    HEIST_STATIC,
    HEIST_CHAIN,
    HEIST_DH,
    HEIST_DH_QUANTUM,
    HEIST_PQ_QUANTUM,
    HEIST_DESIGNS
};

/* A message of the talk, and who could open it. */
struct heist_message {
    bool from_victim;
    uint32_t epoch; /* post-quantum secrets in the session's root when it was made */
    size_t bytes;   /* of the session's, on the wire */
    bool opened[HEIST_DESIGNS];
};

struct heist {
    unsigned messages; /* the talk's; numbered from 1 */
    unsigned at;       /* the state was stolen when this one had been handled */
    struct heist_message message[HEIST_MESSAGES_MAX + 1];
    size_t state[HEIST_DESIGNS]; /* bytes of the state that was stolen */
};

/* Plays it, with keys drawn for it alone. messages: 2 to the most; at: 1 to messages. now: ms. */
SG_CHECKED enum sg_err heist_play(struct heist *h, unsigned messages, unsigned at, uint64_t now,
                                  struct sg_error *err);

/* The text of message i, with a NUL; returns its length. And whose turn it is. */
size_t heist_text(char out[static HEIST_TEXT_BYTES], unsigned i);
bool heist_from_victim(unsigned i);

/* The two talks of schemes that have no session, and the one of the session. */
void heist_play_static(struct heist *h, struct sg_hedge *hedge);
SG_CHECKED enum sg_err heist_play_chain(struct heist *h, struct sg_hedge *hedge,
                                        struct sg_error *err);
SG_CHECKED enum sg_err heist_play_session(struct heist *h, struct sg_hedge *hedge, uint64_t now,
                                          struct sg_error *err);

#endif
