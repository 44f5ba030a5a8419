#!/usr/bin/env bats
# pseudonym with the store: the root and the names in it, retired ones, the ledger.

load helper

setup() {
    prepare
    new_key key.txt
    export SIGNET_IDENTITY=$PWD/key.txt
    export SIGNET_HOME=$BATS_TEST_TMPDIR/home
    vault init -q -i key.txt
    echo 'Dear diary' >notes.txt
}

@test 'pseudonym: new makes a root when there is none, and a name once' {
    try pseudonym new work
    [ "$status" = 0 ] && [ ! -s "$OUT" ]
    grep -q '^pseudonym: work is there now' "$ERR"
    works pseudonym new -q 'night owl'
    fails 1 'work: there is such a pseudonym already' '*list*' pseudonym new work
    works pseudonym list
    [ "$(cat "$OUT")" = $'night owl\nwork' ]
    works pseudonym list --json
    node -e 'const j = JSON.parse(require("fs").readFileSync(0)).pseudonyms; if (j.length !== 2 ||
        j[0].name !== "night owl" || j[1].retired !== null) process.exit(1)' <"$OUT"
}

@test 'pseudonym: the root in the store and the same one in a file are the same people' {
    pseudonym new -q work
    works pseudonym root
    cp "$OUT" root
    secret "$(grep -o 'SIGNET-ROOT-1.*' root | cut -c 20-50)"
    cmp <(pseudonym show work --json) <(pseudonym show work -i root --json)
    works pseudonym root -o saved
    cmp root saved && [ "$(mode_of saved)" = 600 ]
    # Another device.
    export SIGNET_HOME=$BATS_TEST_TMPDIR/other
    vault init -q -i key.txt
    fails 1 'there is no root in the store yet' '*--import*' pseudonym root
    works pseudonym root --import root
    works pseudonym root --import root # the same again is fine
    works pseudonym new -q work
    cmp <(pseudonym show work --json) <(pseudonym show work -i root --json)
    keygen -t root -q -o another
    fails 1 '*: there is another root in the store already' '*' pseudonym root --import another
    password_file pw 'correct horse'
    seal -p --work 8 --password-file pw -o root.age root
    works pseudonym root --import root.age --password-file pw
}

@test 'pseudonym: a name that is not there, and one that is retired' {
    fails 1 'work: there is no such pseudonym' - pseudonym show work
    pseudonym new -q work
    fails 1 'wrok: there is no such pseudonym' - pseudonym sign wrok notes.txt
    fails 1 'home: there is no such pseudonym' - pseudonym prove work home
    pseudonym key work -o key >/dev/null
    seal -r "$(pseudonym show work)" -o notes.age notes.txt
    works pseudonym retire work --date 2026-11-25
    cp "$OUT" gone
    works pseudonym check gone
    fails 1 'work: the pseudonym is retired' '*' pseudonym sign work notes.txt
    fails 1 'work: the pseudonym is retired' '*' pseudonym onion work service
    fails 1 'work: the pseudonym is retired' '*' pseudonym token issue work notes.txt
    pseudonym new -q home
    pseudonym show home --as ssh >ring
    fails 1 'work: the pseudonym is retired' '*' pseudonym ring-sign work --ring ring notes.txt
    fails 1 'work: the pseudonym is retired' '*' pseudonym new work
    works pseudonym list
    [ "$(cat "$OUT")" = $'home\nwork\tretired 2026-11-25' ]
    # What was sealed to it can be read still, and what it signed be proved.
    open -i <(pseudonym key -q work) notes.age | cmp - notes.txt
    works pseudonym prove -q work home
    try pseudonym show work --as did
    [ "$status" = 0 ] && grep -qx 'pseudonym: work is retired since 2026-11-25' "$ERR"
    # Said again, it says the same.
    works pseudonym retire -q work
    cmp "$OUT" gone
}

@test 'pseudonym: without a vault, and with a key that does not fit' {
    SIGNET_HOME=$PWD/none fails 1 '*: there is no vault here' '*vault init*' pseudonym new work
    SIGNET_HOME=$PWD/none fails 1 '*: there is no vault here' '*' pseudonym list
    new_key wrong.txt
    unset SIGNET_IDENTITY
    try pseudonym list --unlock-identity wrong.txt
    [ "$status" = 3 ]
    works pseudonym list --unlock-identity key.txt
    # With -i, no store is looked at.
    keygen -t root -q -o root
    SIGNET_HOME=$PWD/none works pseudonym show work -i root --as did
    [ ! -e none ]
}

@test 'pseudonym: nothing of it is in the files of the store' {
    pseudonym new -q 'my secret name'
    pseudonym root | grep -o 'SIGNET-ROOT-1.*' >text
    run ! grep -rqa 'my secret name' home
    run ! grep -rqaiFf text home
    run ! grep -rqaF pseudonym home
}

@test 'pseudonym: the ledger in the store takes a token once' {
    pseudonym new -q door
    pseudonym token issuer-key door >door.issuer
    pseudonym token request --issuer door.issuer --state state -n 3 -o request
    pseudonym token issue -q door --most 3 request >response
    works pseudonym token finalize --state state -o tokens response
    head -n 1 tokens >one
    works pseudonym token redeem -q door one
    fails 4 'one: line 1: the token was spent before' - pseudonym token redeem door one
    fails 4 'tokens: line 1: the token was spent before' - pseudonym token redeem door tokens
    tail -n 2 tokens >rest
    works pseudonym token redeem -q door rest
    fails 2 'the store has a ledger of its own' '*' pseudonym token redeem door --ledger x one
    works vault check -q
}

@test 'pseudonym: two at once spend a token in the store once' {
    pseudonym new -q door
    pseudonym token issuer-key door >door.issuer
    pseudonym token request --issuer door.issuer --state state -o request
    pseudonym token issue -q door request >response
    pseudonym token finalize --state state response >tokens
    local i good=0
    for i in 1 2 3 4 5; do
        pseudonym token redeem -q door tokens 2>/dev/null &
        pids[i]=$!
    done
    for i in 1 2 3 4 5; do wait "${pids[i]}" && good=$((good + 1)) || true; done
    [ $good = 1 ]
}

@test 'pseudonym: warned before two names of the store leave together' {
    pseudonym new -q work
    pseudonym new -q home
    local form
    for form in $(count "recipient x25519 ssh minisign onion did" "ssh"); do
        pseudonym show work --as "$form" >both
        pseudonym show home --as did >>both 2>err
        grep -q '^pseudonym: warning: the file that this is appended to holds a key of work: ' err ||
            flunk "$form"
        # A friend's key beside it is nothing to warn of.
        pseudonym show friend -i <(keygen -t root -q) --as "$form" >friends
        pseudonym show home --as did >>friends 2>err
        [ ! -s err ]
    done
    TO=$(pseudonym show work) try pseudonym sign home notes.txt
    [ "$status" = 0 ]
    grep -q '^pseudonym: warning: TO in the environment holds a key of work' "$ERR"
    TO=$(pseudonym show home) works pseudonym sign home notes.txt
    works pseudonym onion -q work service
    fails 1 'service: it holds the onion service *.onion, of your pseudonym work' '*' \
        pseudonym onion home service
}
