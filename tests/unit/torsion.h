/*
 * torsion - the points of edwards25519 that are in no group of prime order.
 */
#ifndef SG_TEST_TORSION_H
#define SG_TEST_TORSION_H

#include "unit/helper.h"

/* All points of order 1, 2, 4 and 8, in canonical form. */
static const char *const torsion[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
};
#define TORSION (sizeof torsion / sizeof *torsion)

#endif
