/*
 * io - the room of bytes on the move: where they come from (source), where they go (sink), and from
 * the one to the other as they are (copy), or worked on by several threads (pipeline); bytes at any
 * place (view); and the text of stanzas.
 */
#ifndef SG_IO_IO_H
#define SG_IO_IO_H

#include "io/copy.h"
#include "io/pipeline.h"
#include "io/sink.h"
#include "io/source.h"
#include "io/stanza.h"
#include "io/view.h"

#endif
