/*
 * wordlist - 2048 words that are easily told apart, for numbers that people say or write down: the
 * English list of BIP-39, in its order.
 */
#ifndef SG_KEY_WORDLIST_H
#define SG_KEY_WORDLIST_H

#include <stddef.h>

#define SG_KEY_WORDS 2048U
#define SG_KEY_WORD_BITS 11
#define SG_KEY_WORD_MAX 8 /* characters of the longest */

/* The i-th word, from 0; others are a mistake of the caller and abort. */
const char *sg_key_word(size_t i);

#endif
