#!/usr/bin/env bats
# pseudonym: ring signatures, over SSH keys and pseudonyms, and tokens.

load helper

setup() {
    prepare
    keygen -t root -q -o root
    echo 'Dear diary' >notes.txt
    local i
    for i in 1 2 3; do
        ssh-keygen -q -t ed25519 -N '' -C "user$i@example.org" -f "user$i"
    done
    cat user1.pub user2.pub user3.pub >ring
    pseudonym show work -i root --as ssh >>ring
}

# signed FILE KEY [OPTION...]: a ring signature in FILE, by the SSH key or the pseudonym "work".
signed() {
    local out=$1 who=$2
    shift 2
    if [ "$who" = work ]; then
        pseudonym ring-sign work -i root --ring ring "$@" notes.txt >"$out"
    else
        pseudonym ring-sign -i "$who" --ring ring "$@" notes.txt >"$out"
    fi
}

@test 'ring: each member signs, and the verifier sees one of four' {
    local who
    for who in $(count 'user1 user2 user3 work' 'user2 work'); do
        signed sig "$who"
        try pseudonym ring-verify --ring ring -s sig notes.txt
        [ "$status" = 0 ] && [ ! -s "$OUT" ]
        [ "$(cat "$ERR")" = 'pseudonym: good signature by one of 4 keys' ]
        works pseudonym ring-verify -q --ring ring -s sig <notes.txt
    done
    # One length, whoever signs.
    signed a user1
    signed b work
    [ "$(wc -lc <a)" = "$(wc -lc <b)" ]
}

@test 'ring: authorized_keys, allowed_signers and other orders are the same ring' {
    signed sig user2
    {
        echo '# team'
        printf 'restrict,command="echo a b" '
        cat user3.pub
        echo
        cat user1.pub
        pseudonym show work -i root --as did
        cat user2.pub
    } >authorized_keys
    works pseudonym ring-verify -q --ring authorized_keys -s sig notes.txt
    {
        printf 'user1@example.org,u1 namespaces="file,git" %s\n' "$(cat user1.pub)"
        printf '*@example.org %s\n' "$(cat user2.pub)"
        printf '"user three" valid-after="20200101" %s\n' "$(cut -d ' ' -f 1-2 user3.pub)"
        pseudonym show work -i root --as minisign
    } >allowed_signers
    works pseudonym ring-verify -q --ring allowed_signers -s sig notes.txt
}

@test 'ring: message, scope, ring and signature changed are refused' {
    signed sig user2 --scope vote
    echo 'Dear Diary' >other.txt
    fails 4 'sig: not authentic: the content, the scope or the signature was changed' - \
        pseudonym ring-verify --ring ring -s sig --scope vote other.txt
    fails 4 'sig: not authentic: the content, the scope or the signature was changed' - \
        pseudonym ring-verify --ring ring -s sig --scope Vote notes.txt
    fails 4 'sig: not authentic: it was made in a scope, which must be named' - \
        pseudonym ring-verify --ring ring -s sig notes.txt
    head -n 3 ring >fewer
    fails 4 'sig: not authentic: it was made for another ring: of 4 keys, not of these 3' - \
        pseudonym ring-verify --ring fewer -s sig --scope vote notes.txt
    pseudonym show home -i root --as ssh >>fewer
    fails 4 'sig: not authentic: it was made for another ring' - \
        pseudonym ring-verify --ring fewer -s sig --scope vote notes.txt
    sed '2s/./#/' sig >bad
    fails 4 'bad: malformed: its lines are not canonical base64' - \
        pseudonym ring-verify --ring ring -s bad --scope vote notes.txt
    head -n 3 sig >bad
    fails 4 'bad: malformed: it is cut off*' - \
        pseudonym ring-verify --ring ring -s bad --scope vote notes.txt
    signed sig user1
    fails 4 'sig: not authentic: it was made in no scope' - \
        pseudonym ring-verify --ring ring -s sig --scope vote notes.txt
}

@test 'ring: one person, one vote: a scope shows who signs twice, and not who' {
    local who i=0
    for who in user1 user2 work user2 user3 work; do
        i=$((i + 1))
        echo "choice $((i % 2))" >ballot$i
        if [ $who = work ]; then
            pseudonym ring-sign work -i root --ring ring --scope 'board 2026' ballot$i >vote$i
        else
            pseudonym ring-sign -i $who --ring ring --scope 'board 2026' ballot$i >vote$i
        fi
        works pseudonym ring-verify -q --ring ring -s vote$i --scope 'board 2026' ballot$i
        cat "$OUT" >>tags
    done
    grep -cqE '^tag: [0-9a-f]{64}$' tags
    [ "$(sort tags | uniq | wc -l)" = 4 ]
    [ "$(sort tags | uniq -d | wc -l)" = 2 ]
    # Another scope, other tags; and without one, never the same.
    signed again user2 --scope 'board 2027'
    works pseudonym ring-verify -q --ring ring -s again --scope 'board 2027' notes.txt
    run ! grep -qxFf "$OUT" tags
    works pseudonym ring-verify -q --json --ring ring -s again --scope 'board 2027' notes.txt
    grep -q '"keys": 4' "$OUT" && grep -q '"scope": "board 2027"' "$OUT"
}

@test 'ring: a key outside the ring cannot sign, claim or disavow' {
    ssh-keygen -q -t ed25519 -N '' -f stranger
    fails 3 'ring: the key is not in this ring' '*' \
        pseudonym ring-sign -i stranger --ring ring notes.txt
    fails 3 'ring: the key is not in this ring' '*' \
        pseudonym ring-sign home -i root --ring ring notes.txt
    signed sig user1
    fails 3 'ring: the key is not in this ring' '*' \
        pseudonym ring-claim -i stranger --ring ring -s sig notes.txt
    fails 3 'ring: the key is not in this ring' '*' \
        pseudonym ring-disavow -i stranger --ring ring -s sig notes.txt
}

@test 'ring: who signed can claim it, the others can disavow it, and neither can do the other' {
    local scope
    for scope in '--scope=vote' ''; do
        [ -n "$scope" ] || [ "$BUILD" != valgrind ] || continue
        signed sig user2 ${scope:+"$scope"}
        works pseudonym ring-claim -i user2 --ring ring ${scope:+"$scope"} -s sig -o claim notes.txt
        works pseudonym ring-verify -q --ring ring ${scope:+"$scope"} -s sig --proof claim notes.txt
        grep -qxF "signed by: $(cut -d ' ' -f 1-2 user2.pub)" "$OUT"
        works pseudonym ring-disavow work -i root --ring ring ${scope:+"$scope"} -s sig -o not notes.txt
        works pseudonym ring-verify -q --ring ring ${scope:+"$scope"} -s sig --proof not notes.txt
        grep -qxF "not signed by: $(pseudonym show work -i root --as ssh)" "$OUT"
        fails 1 'sig: this key made the signature' '*' \
            pseudonym ring-disavow -i user2 --ring ring ${scope:+"$scope"} -s sig notes.txt
        fails 1 'sig: this key did not make the signature' '*' \
            pseudonym ring-claim work -i root --ring ring ${scope:+"$scope"} -s sig notes.txt
        sed "s|^key: .*|key: $(cut -d ' ' -f 1-2 user1.pub)|" claim >bad
        fails 4 'bad: not authentic: its proof does not fit what it says' - \
            pseudonym ring-verify --ring ring ${scope:+"$scope"} -s sig --proof bad notes.txt
        sed '1s/claim/disavowal/' claim >bad
        fails 4 'bad: *' - pseudonym ring-verify --ring ring ${scope:+"$scope"} -s sig --proof bad notes.txt
        signed other user2 ${scope:+"$scope"}
        fails 4 'claim: not authentic: it is about another signature' - \
            pseudonym ring-verify --ring ring ${scope:+"$scope"} -s other --proof claim notes.txt
    done
    fails 4 'claim: it is a claim of a ring signature, which ring-verify*' - pseudonym check claim
}

@test 'ring: a broken line is named, and so are keys that are none' {
    : >empty
    fails 4 'empty: there is no key in it*' '*' pseudonym ring-sign work -i root --ring empty notes.txt
    { cat ring; echo nonsense; } >bad
    fails 4 'bad: line 5: it is neither ssh-ed25519*' '*' pseudonym ring-sign work -i root --ring bad notes.txt
    sed '3s/AAAA/AAAB/' ring >bad
    fails 4 'bad: line 3: *' '*' pseudonym ring-sign work -i root --ring bad notes.txt
    { cat ring user1.pub; } >bad
    fails 4 'bad: line 5: the key is in the ring already, in line 1' '*' \
        pseudonym ring-sign work -i root --ring bad notes.txt
    ssh-keygen -q -t rsa -N '' -f rsa
    cat ring rsa.pub >bad
    fails 4 'bad: line 5: it is an SSH key of another type than ssh-ed25519' '*' \
        pseudonym ring-sign work -i root --ring bad notes.txt
    { printf 'ca cert-authority '; cat user1.pub; } >bad
    fails 4 'bad: line 1: the key of a certificate authority*' '*' \
        pseudonym ring-verify --ring bad -s ring notes.txt
    new_key age.txt
    fails 4 'age.txt: line 3: it is a secret key' '*' pseudonym ring-verify --ring age.txt -s ring notes.txt
    # A key with a part of order 2: libsodium has let such pass.
    node --input-type=module -e '
        import { ed25519 } from "'"$REPOSITORY"'/tests/peers/node_modules/@noble/curves/ed25519.js"
        const P = ed25519.Point, order2 = P.fromBytes(Buffer.from("ec" + "ff".repeat(30) + "7f", "hex"))
        const b = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from("ssh-ed25519"), Buffer.from([0, 0, 0, 32]),
            P.BASE.multiply(77n).add(order2).toBytes()])
        console.log("ssh-ed25519 " + b.toString("base64"))' >mixed
    cat ring mixed >bad
    fails 4 'bad: line 5: it is no point that *' '*' pseudonym ring-sign work -i root --ring bad notes.txt
    head -n 1 ring >alone
    try pseudonym ring-sign -i user1 --ring alone notes.txt
    [ "$status" = 0 ]
    [ "$(cat "$ERR")" = 'pseudonym: warning: there is one key in the ring, so everybody knows who signed' ]
}

@test 'ring: keys of other kinds, and words too many' {
    ssh-keygen -q -t rsa -N '' -f rsa
    fails 4 'rsa: not an identity: of SSH keys, ssh-ed25519 can sign in a ring' '*' \
        pseudonym ring-sign -i rsa --ring ring notes.txt
    ssh-keygen -q -t ed25519 -N secret -f locked
    fails 4 'locked: not an identity: the SSH private key is encrypted with a passphrase' '*' \
        pseudonym ring-sign -i locked --ring ring notes.txt
    new_key age.txt
    fails 4 'age.txt: line 3: not a root: it is an identity, one key and not a root' '*' \
        pseudonym ring-sign work -i age.txt --ring ring notes.txt
    fails 2 'there is something left over on the command line: notes.txt' '*' \
        pseudonym ring-sign -i user1 --ring ring work notes.txt
    fails 2 "the file of the ring's keys is missing: --ring" '*' pseudonym ring-sign work -i root notes.txt
    fails 2 '--scope takes a text of 1 to 1024 bytes' - \
        pseudonym ring-sign work -i root --ring ring --scope '' notes.txt
}

# A door that lets in whoever has a token.
door() {
    pseudonym token issuer-key door -i root >door.issuer
    pseudonym token request --issuer door.issuer --state "$1.state" -n "$2" >"$1.request"
    pseudonym token issue -q door -i root --most "$2" "$1.request" >"$1.response"
    pseudonym token finalize --state "$1.state" "$1.response" >"$1.tokens"
}

@test 'token: asked for, issued, made and redeemed, once' {
    door me 3
    [ "$(wc -l <me.tokens)" = 3 ]
    [ "$(mode_of me.state)" = 600 ]
    run ! grep -qFf <(grep -o ': .*' me.request | cut -c 3-) me.tokens
    head -n 1 me.tokens >one
    works pseudonym token redeem -q door -i root --ledger spent one
    [ "$(mode_of spent)" = 600 ]
    fails 4 'one: line 1: the token was spent before' - pseudonym token redeem door -i root --ledger spent one
    # All or none: the first is spent, so the second stays good.
    head -n 2 me.tokens >two
    fails 4 'two: line 1: the token was spent before' - pseudonym token redeem door -i root --ledger spent two
    sed -n 2p me.tokens >second
    works pseudonym token redeem -q door -i root --ledger spent second
    { sed -n 3p me.tokens; echo '# again'; sed -n 3p me.tokens; } >twice
    fails 4 'twice: line 3: the token was spent before' - \
        pseudonym token redeem door -i root --ledger spent twice
    sed -n 3p me.tokens | works pseudonym token redeem -q door -i root --ledger spent
    [ "$(wc -l <spent)" = 4 ]
}

@test 'token: two at once spend it once' {
    door me 1
    local i good=0
    for i in 1 2 3 4 5 6; do
        pseudonym token redeem -q door -i root --ledger spent me.tokens 2>/dev/null &
        pids[i]=$!
    done
    for i in 1 2 3 4 5 6; do wait "${pids[i]}" && good=$((good + 1)) || true; done
    [ $good = 1 ]
}

@test 'token: what another issuer made, what nobody made, and what was changed' {
    door me 1
    fails 4 'me.tokens: line 1: not authentic: it is a token of another issuer' - \
        pseudonym token redeem gate -i root --ledger spent me.tokens
    # One letter of it: the checksum. Made anew with a right checksum: nobody's token.
    sed 's/q/p/2' me.tokens >bad
    cmp -s bad me.tokens && sed 's/p/q/2' me.tokens >bad
    fails 4 'bad: line 1: it is a token that was mistyped or cut off' - \
        pseudonym token redeem door -i root --ledger spent bad
    node --input-type=module -e '
        import { bech32 } from "'"$REPOSITORY"'/tests/peers/node_modules/@scure/base/index.js"
        import { readFileSync } from "node:fs"
        const { words } = bech32.decode(readFileSync("me.tokens", "utf8").trim(), false)
        const b = bech32.fromWords(words)
        b[Number(process.argv[1])] ^= 1
        console.log(bech32.encode("signet-token", bech32.toWords(b), false))' 5 >forged
    fails 4 'forged: line 1: not authentic: this issuer did not make it' - \
        pseudonym token redeem door -i root --ledger spent forged
    : >empty
    fails 4 'empty: it is empty: there is no token in it' - \
        pseudonym token redeem door -i root --ledger spent empty
    [ ! -e spent ]
    fails 4 'notes.txt: line 1: it is no token: one begins with signet-token1' - \
        pseudonym token redeem door -i root --ledger spent notes.txt
    fails 4 'notes.txt: it is no ledger of spent tokens' - \
        pseudonym token redeem door -i root --ledger notes.txt me.tokens
    [ "$(cat notes.txt)" = 'Dear diary' ]
    fails 2 'with -i nothing is stored, so a token could be spent twice' '*--ledger*' \
        pseudonym token redeem door -i root me.tokens
}

@test 'token: requests and responses that do not belong together' {
    door me 1
    door you 1
    fails 4 'you.response: not authentic: its proof does not fit*' - \
        pseudonym token finalize --state me.state you.response
    fails 4 'me.request: not authentic: it asks another issuer' - \
        pseudonym token issue gate -i root me.request
    pseudonym token request --issuer door.issuer --state five.state -n 5 >five.request
    fails 1 'five.request: it asks for 5 tokens, and 1 is allowed' '--most 5 gives as many' \
        pseudonym token issue door -i root five.request
    fails 1 'five.state exists, and is not replaced' '*' \
        pseudonym token request --issuer door.issuer --state five.state
    fails 4 'me.request: line 1: malformed: *' - pseudonym token finalize --state me.state me.request
    fails 4 'me.request: line 1: malformed: *' - pseudonym token finalize --state me.request me.response
    sed "3s|: .*|: $(zeros 43)=|" me.request >bad # the neutral element
    fails 4 'bad: line 3: malformed: it is no element of the group' - pseudonym token issue door -i root bad
    fails 2 "not a public key: the issuer's key was mistyped or cut off*" '*' \
        pseudonym token request --issuer signet-issuer1qqq --state x
    fails 4 'notes.txt: not a public key: *' '*issuer-key*' pseudonym token request --issuer notes.txt --state x
    [ ! -e x ]
    fails 2 '--count takes a number from 1 to 1000, not 1001' - \
        pseudonym token request --issuer door.issuer --state x -n 1001
}

@test 'token: an issuer with two keys is found out' {
    door me 1
    pseudonym token issuer-key marked -i root >marked.issuer
    sed "2s/.*/issuer: $(cat marked.issuer)/" me.request >marked.request
    pseudonym token issue -q marked -i root marked.request >marked.response
    fails 4 'marked.response: not authentic: it is by another issuer than was asked' - \
        pseudonym token finalize --state me.state marked.response
    sed "2s/.*/issuer: $(cat door.issuer)/" marked.response >hidden.response
    fails 4 'hidden.response: not authentic: its proof does not fit*' - \
        pseudonym token finalize --state me.state hidden.response
}

@test 'token: a ledger that a crash cut off goes on with what was reported' {
    door me 2
    head -n 1 me.tokens | works pseudonym token redeem -q door -i root --ledger spent
    printf '0123456789abcdef' >>spent
    sed -n 2p me.tokens | works pseudonym token redeem -q door -i root --ledger spent
    [ "$(wc -l <spent)" = 3 ] && [ "$(wc -c <spent)" = 153 ]
    head -n 1 me.tokens >one
    fails 4 'one: line 1: the token was spent before' - pseudonym token redeem door -i root --ledger spent one
    sed -i '2s/./x/' spent
    fails 4 'spent: it is a ledger of spent tokens that is damaged' - \
        pseudonym token redeem door -i root --ledger spent one
}
