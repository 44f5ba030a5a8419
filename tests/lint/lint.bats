#!/usr/bin/env bats
# The checks of the house's rules can fail: each is shown a house that breaks its rule.
bats_require_minimum_version 1.5.0

setup() {
    here=$BATS_TEST_DIRNAME
    house=$BATS_TEST_TMPDIR/house
    mkdir -p "$house"/lib/{base,io,crypto,key,sealed} "$house"/cmd/seal
    echo '#include "base/base.h"' >"$house/lib/io/io.c"
    echo '#include "base/base.h"' >"$house/cmd/seal/main.c"
    touch "$house/lib/base/base.h" "$house/lib/key/text.h"
}

@test "the rooms of this house are in order" {
    run -0 "$here/rooms.sh"
    [ -z "$output" ]
}

@test "a house in order passes" {
    run -0 "$here/rooms.sh" "$house"
}

@test "a room that reaches up a floor is found" {
    echo '#include "sealed/header.h"' >"$house/lib/key/key.c"
    run -1 "$here/rooms.sh" "$house"
    [[ $output == *"key (floor 2) reaches up to sealed (floor 3)"* ]]
}

@test "a room that reaches sideways is found" {
    echo '#include "crypto/random.h"' >"$house/lib/io/sink.c"
    run -1 "$here/rooms.sh" "$house"
}

@test "a primitive used outside lib/crypto is found" {
    echo '#include <sodium.h>' >"$house/lib/key/key.c"
    run -1 "$here/rooms.sh" "$house"
}

@test "standard I/O in the library is found" {
    echo '#include <stdio.h>' >"$house/lib/key/key.c"
    run -1 "$here/rooms.sh" "$house"
    echo 'void f(void) { printf("x"); }' >"$house/lib/key/key.c"
    run -1 "$here/rooms.sh" "$house"
}

@test "a tool that includes a private header is found" {
    echo '#include "key/text.h"' >"$house/cmd/seal/main.c"
    run -1 "$here/rooms.sh" "$house"
}

@test "the library exports nothing without its prefix" {
    run -0 "$here/exports.sh" "${SIGNET_LIBRARY:-$here/../../build/libsignet.a}"
}

@test "an unprefixed export is found" {
    echo 'int sg_fine; int stray;' >"$BATS_TEST_TMPDIR/a.c"
    cc -c -o "$BATS_TEST_TMPDIR/a.o" "$BATS_TEST_TMPDIR/a.c"
    ar rcs "$BATS_TEST_TMPDIR/a.a" "$BATS_TEST_TMPDIR/a.o"
    run -1 "$here/exports.sh" "$BATS_TEST_TMPDIR/a.a"
    [[ $output == *stray* ]]
}
