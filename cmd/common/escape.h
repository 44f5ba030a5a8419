/*
 * escape - text that somebody else wrote, made fit for a terminal.
 */
#ifndef COMMON_ESCAPE_H
#define COMMON_ESCAPE_H

#include <stddef.h>

/*
 * Copies text to out (size bytes, 1 or more), with a NUL, and cuts it off when it is longer. What
 * could steer a terminal or change how the rest of a line looks is written as \xNN: control
 * characters (ASCII's and Unicode's), characters that turn the direction of writing, and bytes that
 * are not UTF-8. Returns the length.
 */
size_t escape_text(char *out, size_t size, const char *text);

#endif
