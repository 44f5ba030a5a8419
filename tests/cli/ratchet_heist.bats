#!/usr/bin/env bats
# ratchet heist: a theft, played.

load helper

setup() {
    prepare
}

@test "ratchet heist: every design has its answer, and no home is made" {
    export SIGNET_HOME=$BATS_TEST_TMPDIR/home
    for at in 1 7 30 59; do
        works ratchet heist --at "$at" --json bob
        node -e '
            const r = JSON.parse(require("fs").readFileSync(0)), assert = require("assert"), at = r.at;
            assert.equal(r.tried.length, 120);
            assert.equal(r.name, "bob");
            for (const m of r.tried) {
                const after = m.message > at;
                assert(m.static_key && m.dh_ratchet_quantum);
                assert.equal(m.hash_chain, after);
                assert(after || !(m.dh_ratchet || m.pq_ratchet_quantum));
            }
            // healed within one round trip: nothing of the next chain that the victim begins
            const turn = r.tried.findIndex((m, i) => i >= at && m.from === "you" && r.tried[i - 1].from === "peer");
            assert(r.tried.slice(turn).every((m) => !m.dh_ratchet));
            // and from a quantum computer once an epoch begun since is absorbed
            const epoch = r.tried[at - 1].epoch;
            assert(r.tried.filter((m) => m.epoch > epoch + 1).length > 0);
            assert(r.tried.every((m) => m.epoch <= epoch + 2 || !m.pq_ratchet_quantum));
            for (const d of r.designs) {
                const opened = r.tried.filter((m) => m[d.design]);
                assert.equal(opened.length, d.opened_before + d.opened_after);
            }
        ' <"$OUT"
    done
    [ ! -e "$SIGNET_HOME" ]
}

@test "ratchet heist: the table says the same, in rows of equal answers" {
    works ratchet heist --at 10 --messages 40 bob
    [[ $(head -n 1 "$OUT") == '40 messages between you and bob, made up for this'* ]]
    grep -Eq '^1-10 +opened +- +- +opened +- +<- theft$' "$OUT"
    # rows without a gap or an overlap, from the first message to the last
    awk -F'[- ]' '/^[0-9]+(-[0-9]+)? +opened/ { if ($1 != last + 1) exit 1; last = $2 == "" ? $1 : $2; rows++ }
        END { exit !(last == 40 && rows >= 2) }' "$OUT"
}

@test "ratchet heist: what it cannot play" {
    fails 2 '*the name of a contact is missing' '*' ratchet heist
    fails 2 '--at takes a number*' - ratchet heist --at 0 bob
    fails 2 '--at takes a number*' - ratchet heist --at 41 --messages 40 bob
    fails 2 '--messages takes a number*' - ratchet heist --messages 1001 bob
    run -1 sh -c 'ratchet heist bob >/dev/full'
}
