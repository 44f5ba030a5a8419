/*
 * base - the ground floor: errors, secret memory, buffers, text and its encodings, time.
 *
 * Call sg_secret_init() once before anything else in the library.
 */
#ifndef SG_BASE_BASE_H
#define SG_BASE_BASE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/time.h"
#include "base/utf8.h"

#endif
