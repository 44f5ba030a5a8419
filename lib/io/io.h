/*
 * io - the room of bytes on the move: where they come from (source) and where they go (sink); and
 * the text of stanzas.
 */
#ifndef SG_IO_IO_H
#define SG_IO_IO_H

#include "io/sink.h"
#include "io/source.h"
#include "io/stanza.h"

#endif
