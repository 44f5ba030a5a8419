/*
 * name - what a pseudonym may be called.
 *
 * A name goes into the derivation of keys, so two spellings of what looks the same would be two
 * people. It is UTF-8 in Unicode's Normalization Form C, taken as it is: text that might not be in
 * that form is refused and never changed, and so are characters that cannot be seen. Upper and
 * lower case are different names.
 */
#ifndef SG_PSEUDONYM_NAME_H
#define SG_PSEUDONYM_NAME_H

#include "base/error.h"

#define SG_PSEUDONYM_NAME_MAX_BYTES 128

/*
 * Judges a text: 1 to SG_PSEUDONYM_NAME_MAX_BYTES of UTF-8 (RFC 3629); no control or format
 * characters, no private use, no line separators; no space at either end, and no "-" at the start;
 * no character whose NFC_Quick_Check is not Yes, and no two in a row whose combining class is not 0
 * (Unicode 14.0, UAX #15). SG_ERR_NAME, with err->what and err->name.
 */
SG_CHECKED enum sg_err sg_pseudonym_name_check(const char *name, struct sg_error *err);

#endif
