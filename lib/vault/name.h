/*
 * name - what an entry may be called.
 *
 * A name is a path: parts separated by "/", such as chats/bob. It is UTF-8 text of 1 to
 * SG_NAME_MAX_BYTES bytes without control characters, no part is empty or "." or "..", so it
 * neither begins nor ends with "/". Names are compared byte for byte. A name may go on where
 * another ends: chats can be an entry and chats/bob another.
 */
#ifndef SG_VAULT_NAME_H
#define SG_VAULT_NAME_H

#include "base/base.h"

#define SG_NAME_MAX_BYTES 1024

/* SG_ERR_NAME, with err->what saying why and err->name being the name, when it cannot be one. */
SG_CHECKED enum sg_err sg_name_check(const char *name, struct sg_error *err);

/* The same for n bytes, which need not end with a NUL. */
SG_CHECKED enum sg_err sg_name_check_bytes(const char *name, size_t n, struct sg_error *err);

#endif
