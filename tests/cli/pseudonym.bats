#!/usr/bin/env bats
# pseudonym with a root in a file: identities, signatures of others' tools, onion services, links.

load helper

setup() {
    prepare
    keygen -t root -q -o root
    secret "$(grep -o 'SIGNET-ROOT-1.*' root | cut -c 20-50)"
    echo 'Dear diary' >notes.txt
}

@test 'pseudonym: keygen -t root makes a root, for its owner alone' {
    [ "$(mode_of root)" = 600 ]
    [ "$(wc -l <root)" = 2 ]
    grep -qE '^SIGNET-ROOT-1[02-9AC-HJ-NP-Z]{58}$' root
    run ! cmp -s root <(keygen -t root -q)
    fails 1 'root exists, and is not replaced' '*-f*' keygen -t root -o root
    try keygen -t root -o other
    [ "$status" = 0 ] && [ ! -s "$ERR" ]
}

@test 'pseudonym: a pure function of root and name, whatever the place and time' {
    pseudonym show work -i root --json >one
    cp root elsewhere
    (mkdir sub && cd sub && HOME=/nowhere TZ=Asia/Tokyo pseudonym show work -i ../elsewhere --json >../two)
    cmp one two
    pseudonym show home -i root --json >three
    keygen -t root -q -o other
    pseudonym show work -i other --json >four
    local form
    for form in recipient x25519 ssh minisign onion did words; do
        [ "$(sort <(grep "\"$form\"" one) <(grep "\"$form\"" three) <(grep "\"$form\"" four) |
            uniq | wc -l)" = 3 ]
    done
}

@test 'pseudonym: the published vectors, from the root on' {
    sed -n 's/^root: //p' "$REPOSITORY/tests/vectors/pseudonym" | head -n 1 >hex
    node --input-type=module -e '
        import { bech32 } from "'"$REPOSITORY"'/tests/peers/node_modules/@scure/base/index.js"
        console.log(bech32.encodeFromBytes("signet-root-", Buffer.from("'"$(cat hex)"'", "hex")).toUpperCase())
    ' >known
    local name form value seen=0
    while IFS='|' read -r name form value; do
        seen=$((seen + 1))
        [ "$(pseudonym show "$name" -i known --as "$form")" = "$value" ] || flunk "$name as $form"
    done < <(awk -F': ' '
        $1 == "name" { name = $2 }
        $1 ~ /^(x25519|ssh|onion|did|words)$/ { print name "|" $1 "|" $2 }' \
        "$REPOSITORY/tests/vectors/pseudonym")
    [ "$seen" -ge 10 ]
}

@test 'pseudonym: age reads the keys, both ways' {
    pseudonym show work -i root --as x25519 >to
    age -R to notes.txt | age -d -i <(pseudonym key work -i root --as x25519) | cmp - notes.txt
    pseudonym show work -i root --as ssh >ssh.pub
    pseudonym key work -i root --as ssh -o ssh
    age -R ssh.pub notes.txt | age -d -i ssh | cmp - notes.txt
    [ "$(age-keygen -y <(pseudonym key work -i root --as x25519))" = "$(cat to)" ]
}

@test 'pseudonym: seal and open take the keys: open -i <(pseudonym key work)' {
    seal -r "$(pseudonym show work -i root)" notes.txt >sealed
    works open -i <(pseudonym key work -i root) sealed
    cmp notes.txt "$OUT"
    seal -r "$(pseudonym show work -i root --as x25519)" notes.txt >sealed
    works open -i <(pseudonym key work -i root) sealed
    cmp notes.txt "$OUT"
    fails 3 '*' '*' open -i <(pseudonym key home -i root) sealed
    fails 4 'root: line 2: not an identity: it is a root of pseudonyms' '*pseudonym key NAME -i*' \
        open -i root sealed
}

@test 'pseudonym: ssh-keygen -l and -y read the keys' {
    pseudonym show work -i root --as ssh >work.pub
    pseudonym key work -i root --as ssh -o work
    [ "$(mode_of work)" = 600 ]
    [ "$(ssh-keygen -y -f work)" = "$(cat work.pub)" ]
    [ "$(ssh-keygen -l -f work | cut -d " " -f 2)" = "$(ssh-keygen -l -f work.pub | cut -d " " -f 2)" ]
    ssh-keygen -l -f work.pub | grep -q '^256 SHA256:.*(ED25519)$'
}

# A change in the one place: tampered FILE
tampered() {
    local middle
    middle=$(($(wc -c <"$1") / 2))
    { head -c $middle "$1"; printf '\x01'; tail -c +$((middle + 2)) "$1"; } >"$1.bad"
    run ! cmp -s "$1" "$1.bad"
}

@test 'pseudonym: ssh-keygen -Y verify takes our signatures, and refuses changed ones as we do' {
    pseudonym show work -i root --as ssh >work.pub
    echo "me $(cat work.pub)" >allowed
    local n
    for n in $(count "0 1 65535 65536 65537 3000000" "0 65537"); do
        bytes "$n" >content
        works pseudonym sign work -i root content
        cp "$OUT" sig
        ssh-keygen -Y verify -f allowed -I me -n signet -s sig <content
        try pseudonym verify -k work.pub -s sig content
        [ "$status" = 0 ] && [ ! -s "$OUT" ] && [ "$(cat "$ERR")" = 'pseudonym: good signature' ]
        works pseudonym verify -q -k work.pub -s sig <content
    done
    tampered content
    run ! ssh-keygen -Y verify -f allowed -I me -n signet -s sig <content.bad
    fails 4 'sig: not authentic: the content or the signature was changed' - \
        pseudonym verify -k work.pub -s sig content.bad
    works pseudonym sign work -i root --namespace file -o sig content
    ssh-keygen -Y verify -f allowed -I me -n file -s sig <content
    fails 4 'sig: not authentic: it was made for another purpose: its namespace differs' - \
        pseudonym verify -k work.pub -s sig content
    works pseudonym verify -q --namespace file -k work.pub -s sig content
    pseudonym show home -i root --as ssh >home.pub
    fails 4 'sig: not authentic: it was made with another key' - \
        pseudonym verify --namespace file -k home.pub -s sig content
}

@test 'pseudonym: long streams are signed and verified in little memory' {
    local size=300000000
    [ "$BUILD" = plain ] || size=3000000
    bytes $size | command time -f %M -o sign.peak pseudonym sign work -i root >sig
    bytes $size | command time -f %M -o verify.peak \
        pseudonym verify -q -k "$(pseudonym show work -i root --as did)" -s sig
    cat sign.peak verify.peak
    if [ "$BUILD" = plain ]; then
        [ "$(cat sign.peak)" -lt 16384 ] && [ "$(cat verify.peak)" -lt 16384 ]
    fi
}

@test 'pseudonym: signatures of ssh-keygen -Y sign are taken, and refused once changed' {
    ssh-keygen -q -t ed25519 -N '' -C them -f theirs
    local hash
    for hash in sha512 sha256; do
        ssh-keygen -Y sign -n signet -O hashalg=$hash -f theirs <notes.txt >sig
        works pseudonym verify -q -k theirs.pub -s sig notes.txt
        tampered notes.txt
        fails 4 'sig: not authentic: *' - pseudonym verify -k theirs.pub -s sig notes.txt.bad
    done
    ssh-keygen -q -t rsa -N '' -f rsa
    ssh-keygen -Y sign -n signet -f rsa <notes.txt >sig
    fails 4 'sig: it is an SSH signature by a key of another type than ssh-ed25519' - \
        pseudonym verify -k theirs.pub -s sig notes.txt
}

@test 'pseudonym: every byte of an SSH signature counts' {
    pseudonym show work -i root --as ssh >work.pub
    pseudonym sign work -i root notes.txt >sig
    local at size
    size=$(wc -c <sig)
    for ((at = 0; at < size - 1; at += $(count 3 40))); do
        { head -c "$at" sig; printf '#'; tail -c +$((at + 2)) sig; } >bad
        try pseudonym verify -k work.pub -s bad notes.txt
        [ "$status" = 4 ] || flunk "byte $at"
    done
}

@test 'pseudonym: minisign -V takes our signatures, and refuses changed ones as we do' {
    pseudonym show work -i root --as minisign >work.pub
    works pseudonym sign work -i root --as minisign -o sig notes.txt
    minisign -V -q -p work.pub -x sig -m notes.txt
    minisign -V -q -P "$(tail -n 1 work.pub)" -x sig -m notes.txt
    works pseudonym verify -q -k work.pub -s sig notes.txt
    works pseudonym verify -q -k "$(tail -n 1 work.pub)" -s sig notes.txt
    works pseudonym sign work -i root --as minisign --comment 'as agreed' -o sig notes.txt
    [ "$(minisign -V -Q -p work.pub -x sig -m notes.txt)" = 'as agreed' ]
    try pseudonym verify -k work.pub -s sig notes.txt
    [ "$(cat "$ERR")" = 'pseudonym: good signature; its trusted comment: as agreed' ]
    tampered notes.txt
    run ! minisign -V -q -p work.pub -x sig -m notes.txt.bad
    fails 4 'sig: not authentic: the content or the signature was changed*' - \
        pseudonym verify -k work.pub -s sig notes.txt.bad
    sed 's/as agreed/as AGREED/' sig >sig.bad
    run ! minisign -V -q -p work.pub -x sig.bad -m notes.txt
    fails 4 'sig.bad: not authentic: its trusted comment was changed' - \
        pseudonym verify -k work.pub -s sig.bad notes.txt
}

@test 'pseudonym: signatures of minisign are taken, of both kinds; its keys and ours are the same' {
    minisign -G -W -p their.pub -s their.key >/dev/null
    minisign -S -s their.key -t theirs -m notes.txt -x sig
    works pseudonym verify -q -k their.pub -s sig notes.txt
    minisign -S -l -s their.key -m notes.txt -x old
    works pseudonym verify -q -k their.pub -s old notes.txt
    tampered notes.txt
    fails 4 'old: not authentic: *' - pseudonym verify -k their.pub -s old notes.txt.bad
    pseudonym key work -i root --as minisign -o ours.key
    [ "$(mode_of ours.key)" = 600 ]
    minisign -R -s ours.key -p ours.pub >/dev/null
    [ "$(tail -n 1 ours.pub)" = "$(pseudonym show work -i root --as minisign | tail -n 1)" ]
    minisign -S -s ours.key -m notes.txt -x sig
    works pseudonym verify -q -k "$(pseudonym show work -i root --as did)" -s sig notes.txt
}

@test 'pseudonym: a signature of another kind is named' {
    pseudonym show work -i root --as ssh >work.pub
    gpg --batch --quiet --passphrase '' --quick-generate-key me@example.org ed25519 sign never
    gpg --batch --quiet --armor --detach-sign -o pgp notes.txt
    gpg --batch --quiet --detach-sign -o pgp.bin notes.txt
    gpgconf --kill gpg-agent || true
    fails 4 'pgp: it is a PGP signature' - pseudonym verify -k work.pub -s pgp notes.txt
    fails 4 'pgp.bin: it is binary: a PGP signature, perhaps' - \
        pseudonym verify -k work.pub -s pgp.bin notes.txt
    openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -subj /CN=x 2>/dev/null
    openssl smime -sign -in notes.txt -signer tls.crt -inkey tls.key -outform PEM -out smime
    fails 4 'smime: it is an S/MIME (PKCS #7) signature' - \
        pseudonym verify -k work.pub -s smime notes.txt
    fails 4 'work.pub: it is an SSH public key' - pseudonym verify -k work.pub -s work.pub notes.txt
    fails 4 'notes.txt: it is no signature that is known here' - \
        pseudonym verify -k work.pub -s notes.txt notes.txt
    : >empty
    fails 4 'empty: it is empty' - pseudonym verify -k work.pub -s empty notes.txt
    pseudonym ring-sign work -i root --ring work.pub -q notes.txt >ring 2>/dev/null
    fails 4 'ring: it is a ring signature, by one key of several' '*ring-verify*' \
        pseudonym verify -k work.pub -s ring notes.txt
    pseudonym prove work home -i root >linked
    fails 4 'linked: it is a link proof, which pseudonym check judges' - \
        pseudonym verify -k work.pub -s linked notes.txt
    fails 4 'pgp: it is a PGP signature' - pseudonym check pgp
    fails 4 'pgp: it is a PGP signature' - pseudonym ring-verify --ring work.pub -s pgp notes.txt
}

@test 'pseudonym: keys of the wrong type, and what is no key' {
    pseudonym sign work -i root notes.txt >sig
    ssh-keygen -q -t rsa -N '' -f rsa
    fails 4 'rsa.pub: line 1: not a public key: it is an SSH key of another type than ssh-ed25519' '*' \
        pseudonym verify -k rsa.pub -s sig notes.txt
    fails 2 'not a public key: it is a recipient, which can be sealed to*' '*--as ssh*' \
        pseudonym verify -k "$(pseudonym show work -i root --as x25519)" -s sig notes.txt
    pseudonym key work -i root --as ssh -o id
    fails 4 'id: line 1: not a public key: it is a secret key' '*' \
        pseudonym verify -k id -s sig notes.txt
    fails 2 'not a public key: its did:key is of a type other than Ed25519' '*' \
        pseudonym verify -k did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc -s sig notes.txt
    fails 2 'not a public key: of DIDs, did:key:z... is accepted' '*' \
        pseudonym verify -k did:web:example.org -s sig notes.txt
    fails 1 'cannot open nowhere: *' '*' pseudonym verify -k nowhere -s sig notes.txt
    new_key age.txt
    fails 4 'age.txt: line 3: not a root: it is an identity, one key and not a root' '*' \
        pseudonym show work -i age.txt
    cat root root >two
    fails 4 'two: line 4: not a root: more follows the root*' '*' pseudonym show work -i two
    tr 2-9 3-92 <root >bad
    fails 4 'bad: line 2: not a root: *' '*' pseudonym show work -i bad
    : >empty
    fails 4 'empty: not a root: there is no root in it' '*' pseudonym show work -i empty
    fails 2 '--for: the verifier is one of the two' - \
        pseudonym prove work home -i root --for "$(pseudonym show home -i root --as did)"
}

@test 'pseudonym: a sealed root asks for its password' {
    password_file pw 'correct horse'
    keygen -t root -p --work 8 --password-file pw -o sealed -q
    works pseudonym show work -i sealed --as did --password-file pw
    pseudonym show work -i <(open --password-file pw sealed) --as did | cmp - "$OUT"
    password_file wrong 'incorrect horse'
    fails 3 'sealed: the password does not fit' '*' \
        pseudonym show work -i sealed --as did --password-file wrong
}

@test 'pseudonym: names: what can be one, and what cannot' {
    local name
    for name in work 'night owl' 'élan' '名前' 'नाम' 'a/b' "$(printf '%0128d' 0)" 'Ωmega'; do
        works pseudonym show "$name" -i root --as did
    done
    run ! cmp -s <(pseudonym show work -i root --as did) <(pseudonym show Work -i root --as did)
    fails 2 '(no name): a name cannot be empty' - pseudonym show '' -i root
    fails 2 '*: a name has at most 128 bytes' - pseudonym show "$(printf '%0129d' 0)" -i root
    fails 2 $'e\u0301lan: a character in the name has another spelling*' - \
        pseudonym show $'e\u0301lan' -i root
    fails 2 '*: there is a character in the name that cannot be seen' - \
        pseudonym show $'a\u200bb' -i root
    fails 2 '*: there is a character in the name that cannot be seen' - \
        pseudonym show $'a\nb' -i root
    fails 2 '*: a name is text in UTF-8, and this is not' - pseudonym show $'a\xff' -i root
    fails 2 ' a: a name cannot begin or end with a space' - pseudonym show ' a' -i root
    fails 2 '-a: a name cannot begin with a minus sign' - pseudonym show -i root -- -a
}

@test 'pseudonym: did:key is the multicodec of an Ed25519 key in base58btc' {
    local did hex
    did=$(pseudonym show work -i root --as did)
    [[ $did == did:key:z6Mk* ]]
    hex=$(pseudonym show work -i root --as ssh | cut -d ' ' -f 2 | base64 -d | tail -c 32 | xxd -p -c 64)
    # Decoded anew: the digits of base58btc as one number.
    [ "$(node -e '
        const a = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
        let n = 0n
        for (const c of process.argv[1].slice(9)) n = n * 58n + BigInt(a.indexOf(c))
        console.log(n.toString(16))' "$did")" = "ed01$hex" ]
}

@test 'pseudonym: a QR code is what a scanner reads' {
    pseudonym show work -i root --as qr >code || skip 'built without libqrencode'
    pseudonym show work -i root --as did | tr -d '\n' | qrencode -t UTF8 -l M -m 4 >theirs
    sed 's/\x1b\[[0-9;]*m//g' theirs | cmp code -
}

@test "pseudonym: Debian's tor takes the onion folder, and writes the same hostname" {
    works pseudonym onion -q work -i root service
    [ "$(mode_of service)" = 700 ]
    [ "$(mode_of service/hs_ed25519_secret_key)" = 600 ]
    [ "$(cat service/hostname)" = "$(pseudonym show work -i root --as onion)" ]
    [ "$(wc -c <service/hs_ed25519_secret_key) $(wc -c <service/hs_ed25519_public_key)" = '96 64' ]
    cp -r service ours
    rm service/hostname
    mkdir -m 700 data
    : >torrc
    tor -f torrc --defaults-torrc torrc --DisableNetwork 1 --SocksPort 0 --DataDirectory "$PWD/data" \
        --HiddenServiceDir "$PWD/service" --HiddenServicePort '80 127.0.0.1:80' --Log 'notice file tor.log' \
        >tor.out 2>&1 &
    local tor=$!
    await test -s service/hostname || { kill $tor; cat tor.log tor.out; false; }
    kill $tor
    wait $tor || true
    cmp service/hostname ours/hostname
    cmp service/hs_ed25519_secret_key ours/hs_ed25519_secret_key
    cmp service/hs_ed25519_public_key ours/hs_ed25519_public_key
    run ! grep -iE '\[(err|warn)\].*(hidden|service|key)' tor.log
}

@test 'pseudonym: an onion folder is one identity, and tells not when it was made' {
    works pseudonym onion -q work -i root service
    [ "$(find service -newermt 1970-01-02)" = '' ]
    works pseudonym onion -q work -i root service
    fails 1 'service: it holds the onion service *.onion, another*' '*each its own*' \
        pseudonym onion home -i root service
    [ "$(cat service/hostname)" = "$(pseudonym show work -i root --as onion)" ]
    echo changed >service/hs_ed25519_public_key
    fails 1 'service/hs_ed25519_public_key exists, and is not replaced' '*' \
        pseudonym onion work -i root service
    : >file
    fails 1 'cannot make the folder file: *' '*' pseudonym onion work -i root file
    fails 1 'cannot make the folder no/where: *' '*' pseudonym onion work -i root no/where
}

@test 'pseudonym: prove and check: everybody is convinced, of just what it says' {
    works pseudonym prove work home -i root --message 'it is me' --date 2026-11-25 --audience bob
    cp "$OUT" link
    works pseudonym check link
    grep -qx 'proved: one owner' "$OUT"
    grep -qxF "key: $(pseudonym show work -i root --as ssh)" "$OUT"
    grep -qxF "key: $(pseudonym show home -i root --as ssh)" "$OUT"
    grep -qx 'message: it is me' "$OUT" && grep -qx 'date: 2026-11-25' "$OUT"
    works pseudonym check --audience bob link
    fails 4 'link: not authentic: it is meant for somebody else' - pseudonym check --audience eve link
    works pseudonym check --json link
    node -e 'const j = JSON.parse(require("fs").readFileSync(0)); if (j.proved !== "one owner" ||
        j.keys.length !== 2 || j.audience !== "bob" || j.for !== null) process.exit(1)' <"$OUT"
    local change
    # shellcheck disable=SC2016 # sed's dollars
    for change in s/it/It/ s/bob/Bob/ s/2026/2025/ 2d 3d '2{h;d};3G' 4d '4{h;d};5G' 's/: /:  /' \
        '$s/.$/A/' '$s/[A-Z]/a/' '$d' '$p' '1s/1/2/'; do
        sed "$change" link >bad
        run ! cmp -s link bad
        try pseudonym check bad
        [ "$status" = 4 ] || flunk "$change"
    done
    works pseudonym prove work home -i root
    [ "$(wc -l <"$OUT")" = 4 ] # nothing but the keys: no date, no name
    fails 2 'the two names are one' - pseudonym prove work work -i root
    fails 2 '--date takes a date, not 2026-02-30' '*' \
        pseudonym prove work home -i root --date 2026-02-30
    fails 2 '--message takes one line*' - pseudonym prove work home -i root --message $'a\nb'
}

@test 'pseudonym: prove --for convinces one person' {
    ssh-keygen -q -t ed25519 -N '' -C '' -f judge
    works pseudonym prove work home -i root --for judge.pub
    cp "$OUT" link
    works pseudonym check link
    grep -qx 'proved: one owner, to the owner of the last key alone' "$OUT"
    grep -qxF "for: $(cut -d ' ' -f 1-2 judge.pub)" "$OUT"
    ssh-keygen -q -t ed25519 -N '' -C '' -f other
    sed "s|^for: .*|for: $(cut -d ' ' -f 1-2 other.pub)|" link >bad
    fails 4 'bad: not authentic: its proof does not fit what it says' - pseudonym check bad
    sed /^for/d link >bad
    fails 4 'bad: *' - pseudonym check bad
    fails 2 'not a public key: it is a recipient*' '*' \
        pseudonym prove work home -i root --for "$(pseudonym show friend -i root)"
}

@test 'pseudonym: retire prints a statement that is signed and dated by the day' {
    works pseudonym retire work -i root --message 'the key was copied'
    cp "$OUT" gone
    grep -qE '^date: [0-9]{4}-[0-9]{2}-[0-9]{2}$' gone
    works pseudonym check gone
    grep -qx 'proved: this key is retired' "$OUT"
    sed s/copied/Copied/ gone >bad
    fails 4 'bad: not authentic: *' - pseudonym check bad
    sed 's/retirement/link/' gone >bad
    fails 4 'bad: line 3: malformed: *' - pseudonym check bad
}

@test 'pseudonym: what leaves carries no name, host, time or file' {
    pseudonym show work -i root --as ssh >out
    {
        pseudonym show work -i root --json
        pseudonym sign work -i root notes.txt
        pseudonym sign work -i root --as minisign notes.txt
        pseudonym key work -i root --as minisign
        pseudonym prove work home -i root
        pseudonym ring-sign work -i root --ring out notes.txt
        pseudonym token issuer-key work -i root
        pseudonym key work -i root --as ssh
    } >all
    # Without what is bytes in letters, in which any word may stand by chance.
    sed -e '/^-----BEGIN/,/^-----END/{/^-----/!d}' -e 's/[A-Za-z0-9+/=]\{16,\}//g' all >said
    grep -q 'trusted comment: hashed' said
    run ! grep -iE "$(hostname)|$(id -un)|$(date +%Y)|notes|work" said
    # And in the comment of an SSH key, which is such bytes.
    pseudonym key work -i root --as ssh -o id
    [ "$(ssh-keygen -y -f id | wc -w)" = 2 ]
}

@test 'pseudonym: two names share nothing that two roots do not' {
    keygen -t root -q -o other
    local form
    for form in $(count "recipient x25519 ssh minisign onion did" "ssh onion"); do
        pseudonym show work -i root --as "$form" >a
        pseudonym show home -i root --as "$form" >b
        pseudonym show work -i other --as "$form" >c
        [ "$(wc -lc <a)" = "$(wc -lc <b)" ] && [ "$(wc -lc <a)" = "$(wc -lc <c)" ]
    done
    for form in ssh minisign; do
        pseudonym sign work -i root --as $form notes.txt >a
        pseudonym sign home -i root --as $form notes.txt >b
        pseudonym sign work -i other --as $form notes.txt >c
        [ "$(wc -lc <a)" = "$(wc -lc <b)" ] && [ "$(wc -lc <a)" = "$(wc -lc <c)" ]
        # The characters that both have in one place are those that any two have.
        [ "$(cmp -l a b | wc -l)" -gt 60 ] && [ "$(cmp -l a c | wc -l)" -gt 60 ]
    done
}

@test 'pseudonym: warned before two pseudonyms leave in one file' {
    pseudonym show work -i root --as ssh >both
    try pseudonym show work -i root --as ssh # nothing to warn of
    [ "$status" = 0 ] && [ ! -s "$ERR" ]
    pseudonym show work -i root --as did >>both 2>err # the same one, again
    [ ! -s err ]
    pseudonym show home -i root --as ssh >>both 2>err
    grep -q '^pseudonym: warning: the file that this is appended to holds another key' err
    pseudonym show home -i root --as ssh -o both 2>err # replaced, so alone in it
    [ ! -s err ]
}

@test 'pseudonym: warned before two pseudonyms leave from one environment or pipeline' {
    SIGNET_PSEUDONYM=work works pseudonym show work -i root --as did
    SIGNET_PSEUDONYM=work try pseudonym show home -i root --as did
    [ "$status" = 0 ]
    grep -q '^pseudonym: warning: this environment belongs to work' "$ERR"
    [ "$BUILD" = valgrind ] && return # which is another program's name
    bash -c 'set +m; (sleep 2; echo x) | pseudonym sign work -i root >first 2>/dev/null &
        sleep 1; pseudonym sign home -i root notes.txt >second 2>second.err; wait'
    grep -q '^pseudonym: warning: work is at work in this pipeline too' second.err
}

@test 'pseudonym: secret keys go to new files for their owner alone, and full disks are told' {
    works pseudonym key work -i root -o key
    [ "$(mode_of key)" = 600 ]
    fails 1 'key exists, and is not replaced' '*-f*' pseudonym key work -i root -o key
    works pseudonym key home -i root -f -o key
    local verb
    for verb in 'show work' 'key work' 'sign work' 'prove work home' 'retire work' \
        'token issuer-key work'; do
        # shellcheck disable=SC2086
        run -1 bash -c "pseudonym $verb -i root <notes.txt >/dev/full"
    done
    run -1 bash -c 'pseudonym sign work -i root notes.txt >/dev/full'
    rm -f out
    try with_tmpfs 4k sh -c 'pseudonym sign work -i root -o small/a notes.txt && head -c 4000 /dev/zero >small/b &&
        pseudonym sign work -i root -o small/c notes.txt'
    [ "$status" != 0 ]
}

@test 'pseudonym: wrong usage ends with 2 and a hint' {
    fails 2 'which verb?' '*--help*' pseudonym
    fails 2 'pseudonym has no verb shwo' 'did you mean pseudonym show?' pseudonym shwo
    fails 2 'pseudonym token needs a verb after it' 'there are: token issuer-key, *' pseudonym token
    fails 2 'a name is missing' '*show --help*' pseudonym show -i root
    fails 2 'a folder is missing' '*' pseudonym onion work -i root
    fails 2 "the signer's key is missing: --key" '*' pseudonym verify -s sig notes.txt
    fails 2 'the signature is missing: --signature' '*' pseudonym verify -k x notes.txt
    fails 2 '--as cannot be pgp' '*' pseudonym show work -i root --as pgp
    fails 2 '--comment is for signatures of minisign' '*' \
        pseudonym sign work -i root --comment x notes.txt
    fails 2 '--namespace is for signatures of ssh' '*' \
        pseudonym sign work -i root --as minisign --namespace x notes.txt
    fails 2 'with -i nothing is stored, so there is no list' '*' pseudonym list -i root
    fails 2 'two things cannot both be read from standard input' '*' \
        pseudonym verify -k - -s - notes.txt < <(pseudonym show work -i root --as ssh)
}
