/*
 * key - the room of keys: identities (secret), recipients (public), and the files they are kept in.
 *
 * An identity opens what was sealed to its recipient. sg_identity_new() makes one,
 * sg_recipient_of() gives its public half, sg_identity_file() the text to keep;
 * sg_identities_parse() and sg_recipients_parse() read such text back.
 *
 * Keys that another program keeps are in plugin.h; those of people who sign, in signer.h.
 *
 * Whoever reads an identity file opens everything sealed to it: sealed/keyfile.h keeps it under a
 * password.
 */
#ifndef SG_KEY_KEY_H
#define SG_KEY_KEY_H

#include "key/file.h"
#include "key/identity.h"
#include "key/plugin.h"
#include "key/recipient.h"
#include "key/signer.h"

#endif
