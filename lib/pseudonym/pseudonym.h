/*
 * pseudonym - the room of many identities that nobody can link unless their owner does.
 *
 *     root.h        32 random bytes, and the file they may be in
 *     name.h        what a pseudonym may be called
 *     derive.h      the keys of a name
 *     public.h      the forms that its public key is given in;  onion.h: its onion service
 *     digest.h      a message as signatures see it
 *     sshsig.h, minisign.h, signature.h    signatures of one key
 *     link.h        proofs that two keys have one owner; retirements
 *     ring.h, ring_proof.h    signatures of one of many, and claims of them afterwards
 *     token.h       anonymous tokens;  ledger.h: which were spent
 *     book.h        what a store keeps of all this
 *
 * All but the last two hold nothing: what they give is a function of what they are given and, where
 * the headers say so, of fresh randomness. Formats: signet-formats(5).
 */
#ifndef SG_PSEUDONYM_PSEUDONYM_H
#define SG_PSEUDONYM_PSEUDONYM_H

#include "pseudonym/book.h"
#include "pseudonym/derive.h"
#include "pseudonym/digest.h"
#include "pseudonym/ledger.h"
#include "pseudonym/link.h"
#include "pseudonym/minisign.h"
#include "pseudonym/name.h"
#include "pseudonym/onion.h"
#include "pseudonym/public.h"
#include "pseudonym/ring.h"
#include "pseudonym/ring_proof.h"
#include "pseudonym/root.h"
#include "pseudonym/signature.h"
#include "pseudonym/sshsig.h"
#include "pseudonym/statement.h"
#include "pseudonym/token.h"

#endif
