/*
 * ratchet - the room of conversations: forward secrecy and post-quantum healing over any transport,
 * without a server (signet-ratchet(7)).
 *
 * The protocol, as one reads it here:
 *
 *     identity.h   who I am: two keys, one fingerprint
 *     offer.h      what lets somebody write to me first
 *     session.h    opening, sending, receiving, keeping: one conversation
 *     decide.h     several sessions with one contact, and strangers
 *     padding.h    how long a message may be
 *     token.h      messages as text, found in other text
 *     fragment.h   messages in pieces
 *     word.h       what became of each, in one word
 *     hedge.h      where randomness comes from
 *
 * From a stranger's first look to an answer:
 *
 *     B  sg_ratchet_identity_new()   once
 *     B  sg_offer_new()              ... and its bytes reach A somehow
 *     A  sg_offer_check(), sg_session_start(), sg_session_send()
 *     B  sg_session_receive() on each session he has; when all say SG_WORD_NOT_FOR_US,
 *        sg_session_find_opening() with his live offers, and sg_session_receive() on what that made
 *     B  sg_session_send()           A  sg_session_receive()   and so on
 *
 * None of this reads a clock, a file or a store; none of it prints. The caller keeps sessions by
 * sg_session_encode() and stores before he lets anything out: a message whose state was not stored
 * could be sent again with another text, and a text whose state was not stored be shown twice.
 *
 * What it protects, and against whom, and what it does not, signet-ratchet(7) says at length. In
 * short: it does not hide that it is used, when, or how much; it does not authenticate against a
 * quantum computer; and whoever holds the state of a session now can speak in it.
 */
#ifndef SG_RATCHET_RATCHET_H
#define SG_RATCHET_RATCHET_H

#include "ratchet/decide.h"
#include "ratchet/fragment.h"
#include "ratchet/hedge.h"
#include "ratchet/identity.h"
#include "ratchet/offer.h"
#include "ratchet/padding.h"
#include "ratchet/session.h"
#include "ratchet/token.h"
#include "ratchet/word.h"

#endif
