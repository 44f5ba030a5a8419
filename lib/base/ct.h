/*
 * ct - what the constant-time check needs to be told.
 *
 * The check (tests/unit/ct_*.c, built with -DSG_CT and run under valgrind) marks secrets as
 * undefined memory; a branch or an index that depends on one is then reported. Values computed from
 * secrets but meant for everyone are declassified where they come into being, with the reason
 * beside the call. In any other build a declassification does nothing.
 */
#ifndef SG_BASE_CT_H
#define SG_BASE_CT_H

#include <stddef.h>
#include <stdint.h>

#ifdef SG_CT
#include <valgrind/memcheck.h>
#endif

/* Says that the n bytes at p are public from here on. */
static inline void sg_ct_declassify(const void *p, size_t n)
{
#ifdef SG_CT
    (void)VALGRIND_MAKE_MEM_DEFINED(p, n);
#else
    (void)p;
    (void)n;
#endif
}

/* Says that the n bytes at p are secret from here on: for the check itself. */
static inline void sg_ct_classify(const void *p, size_t n)
{
#ifdef SG_CT
    (void)VALGRIND_MAKE_MEM_UNDEFINED(p, n);
#else
    (void)p;
    (void)n;
#endif
}

/* x itself, of which the compiler now knows nothing, so that it makes no branch of a mask. */
static inline uint32_t sg_ct_hide(uint32_t x)
{
    __asm__("" : "+r"(x));
    return x;
}

#endif
