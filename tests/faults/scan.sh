#!/usr/bin/env bash
# Looks, after each thing that keygen, seal, open, vault and pseudonym do, and after each way they fail, whether a
# secret is left in their memory. The looking is done by scan.c, preloaded; see there. BUILD names
# the folder with scan.so (or SIGNET_SCAN the file), SIGNET_BIN the tools.
#
#     tests/faults/scan.sh [-v]    -v: also show the finds of scans that ought to find something
#
# Before anything else it is shown that a needle left on purpose is found, and that without wiping
# every needle is: so "clean" means wiped, and not that the needles were wrong.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

: "${BUILD:=$PWD/build}" "${SIGNET_BIN:=$BUILD/bin}" "${SIGNET_SCAN:=$BUILD/scan.so}"
verbose=${1:-}
passed=0 failed=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

# A key that is known beforehand: scan.so hands it to keygen as if it were random.
key_hex=8b7c5e1fd2a903b4461ce87f90ad3325b1d70e68c4f25a9917e38b0d62f4ac51
key_text=AGE-SECRET-KEY-13D79U87J4YPMG3SUAPLEPTFNYKCAWRNGCNE94XGHUW9S6CH543GSMEAXSW
pq_key_text=AGE-SECRET-KEY-PQ-13D79U87J4YPMG3SUAPLEPTFNYKCAWRNGCNE94XGHUW9S6CH543GSPHA87X
recipient=age12e8an48vhw7hnsaqteuqx6xllyuw5570myafypcdfxuarzgx3evswy9gtz
file_key_hex=6f1d93a82be7504c8e35f16ad049b27c
ephemeral_hex=c4a90177de5b368f12f06e9bd83345aa5c187e29f3b0641dcae752380fb196ed
coins_hex=${ephemeral_hex:32}9d02e6417fc85b3a${ephemeral_hex:0:32}11be74a8d09c6235${ephemeral_hex:8:32}
password='a password with spaces, long enough to be told from others'
wrong_password='another password, which is as long as the one that fits'

hex_of() {
    printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'
}

# needle NAME HEX: a line of the needles' file, each byte masked
needle() {
    local masked='' i
    for ((i = 0; i < ${#2}; i += 2)); do
        printf -v masked '%s%02x' "$masked" $((16#${2:i:2} ^ 0xa5))
    done
    printf '%s %s\n' "$1" "$masked"
}

# A secret of several forms, and the middle of each: clamping changes the ends of a key.
key_needles() {
    needle "$1" "$key_hex"
    needle key-middle "${key_hex:12:40}"
    needle text "$(hex_of "$key_text")"
    needle text-middle "$(hex_of "${key_text:30:24}")"
    needle text-end "$(hex_of "${key_text:50}")"
    needle pq-text "$(hex_of "$pq_key_text")"
}

plain_needles() {
    needle plain-first "$(hex_of 'the first thing that the plaintext says')"
    needle plain-middle "$(hex_of 'what stands in the middle of the plaintext')"
    needle plain-last "$(hex_of 'the last thing that the plaintext says')"
}

{
    key_needles random32
    needle random16 "$file_key_hex"
} >needles.keygen
{
    key_needles key
    needle random32 "$ephemeral_hex"
    needle ephemeral-middle "${ephemeral_hex:12:40}"
    needle random64 "$coins_hex"
    needle coins-middle "${coins_hex:40:48}"
    needle random16 "$file_key_hex"
    needle password "$(hex_of "$password")"
    needle password-middle "$(hex_of "${password:10:30}")"
    needle wrong-password "$(hex_of "$wrong_password")"
    plain_needles
} >needles.all
needle password "$(hex_of "$password")" >>needles.keygen
needle password-middle "$(hex_of "${password:10:30}")" >>needles.keygen
plain_needles >needles.plain

printf '%s\n' "$password" >password
printf '%s\n' "$wrong_password" >wrong
{
    printf 'the first thing that the plaintext says\n'
    head -c 100000 /dev/zero
    printf '\nwhat stands in the middle of the plaintext\n'
    head -c 40000 /dev/zero
    printf '\nthe last thing that the plaintext says\n'
} >plain

# run NEEDLES TOOL ARGS: runs it with the scanner; $status is the tool's, `verdict` what was found
run() {
    local needles=$1 tool=$2
    shift 2
    rm -f verdict
    SIGNET_SCAN_NEEDLES=$folder/needles.$needles SIGNET_SCAN_REPORT=$folder/verdict \
        LD_PRELOAD=$SIGNET_SCAN "$SIGNET_BIN/$tool" "$@" >out 2>message
    status=$?
}

# verdict_is clean|found NAME: counts a test
verdict_is() {
    local last
    last=$(tail -n 1 verdict 2>/dev/null)
    if [[ $last == "$1 "* ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not ok %s: %s\n' "$2" "${last:-no verdict, status $status: $(cat message)}"
    fi
    if [[ $last == found* && ($1 == clean || -n $verbose) ]]; then
        sed 's/^/  /' verdict
    fi
}

# clean NAME STATUS NEEDLES TOOL ARGS: ends with this status, and leaves nothing
clean() {
    local name=$1 want=$2
    shift 2
    run "$@"
    if ((status != want)); then
        failed=$((failed + 1))
        printf 'not ok %s: status %d: %s\n' "$name" "$status" "$(cat message)"
        return
    fi
    verdict_is clean "$name"
}

# found NAME NEEDLE... -- NEEDLES TOOL ARGS: without wiping, each of these needles is found
found() {
    local name=$1 wanted=() one
    shift
    while [[ $1 != -- ]]; do
        wanted+=("$1")
        shift
    done
    shift
    export SIGNET_SCAN_NO_WIPE=1
    run "$@"
    unset SIGNET_SCAN_NO_WIPE
    for one in "${wanted[@]}"; do
        if grep -q "^$one at " verdict; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            printf 'not ok control: %s without wiping leaves no %s\n' "$name" "$one"
        fi
    done
}

# A needle planted on purpose.
export SIGNET_SCAN_PLANT=1
run all keygen --version
unset SIGNET_SCAN_PLANT
verdict_is found 'control: needles that were planted'
while read -r name _; do
    if grep -q "^$name at " verdict; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not ok control: the planted %s was not found\n' "$name"
    fi
done <needles.all
clean 'control: nothing done' 0 all keygen --version

# Making keys.
cheap=(--work 8 --password-file password)
clean 'keygen' 0 keygen keygen -t x25519
clean 'keygen -o' 0 keygen keygen -t x25519 -o key.txt
clean 'keygen -t pq' 0 keygen keygen -t pq -o pq.txt
clean 'keygen -p' 0 keygen keygen -t x25519 -p "${cheap[@]}" -o key.age
clean 'keygen -p --kdf scrypt' 0 keygen keygen -t x25519 -p --kdf scrypt "${cheap[@]}" -o scrypt.age
clean 'keygen to an existing file' 1 keygen keygen -t x25519 -o key.txt
clean 'keygen to a full disk' 1 keygen keygen -t x25519 -o /dev/full
clean 'keygen -p to a full disk' 1 keygen keygen -t x25519 -p "${cheap[@]}" -o /dev/full
clean 'keygen public' 0 all keygen public key.txt
clean 'keygen public, pq' 0 all keygen public -o pq.pub pq.txt
clean 'keygen public, with a password' 0 all keygen public --password-file password key.age
clean 'keygen public, wrong password' 3 all keygen public --password-file wrong key.age
clean 'keygen public to a full disk' 1 all keygen public -o /dev/full key.txt
if [[ $(<key.txt) != *"$key_text"* || $(<key.txt) != *"$recipient"* ]]; then
    failed=$((failed + 1))
    printf 'not ok control: keygen made another key than it was given\n'
fi
if [[ $(<pq.txt) != *"$pq_key_text"* ]]; then
    failed=$((failed + 1))
    printf 'not ok control: keygen -t pq made another key than it was given\n'
fi
found 'keygen -t pq' random32 key-middle pq-text -- keygen keygen -t pq
found 'keygen' random32 key-middle text text-middle text-end -- keygen keygen -t x25519
found 'keygen -p' random32 random16 text password -- keygen keygen -t x25519 -p "${cheap[@]}"
found 'keygen public' key text -- all keygen public key.txt

# Sealing.
printf '# a comment\n%s\n' "$recipient" >friends
cp key.txt broken
printf 'AGE-SECRET-KEY-1%s\n' "${key_text:17}Q" >>broken
clean 'seal -r' 0 all seal -r "$recipient" -o key.sealed plain
clean 'seal -R -a' 0 all seal -R friends -a -o armored plain
clean 'seal -R, pq' 0 all seal -R pq.pub -o pq.sealed plain
clean 'seal -i, pq' 0 all seal -i pq.txt -o also plain
clean 'seal -i' 0 all seal -i key.txt -o also plain
tag=age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e # the specification's
ssh-keygen -q -t rsa -b 2048 -N '' -f rsa
clean 'seal -r, in hardware' 0 all seal -r "$tag" -o also plain
clean 'seal -R, ssh-rsa' 0 all seal -R rsa.pub -o rsa.sealed plain
clean 'seal -i, with a password' 0 all seal -i key.age --password-file password -o also plain
clean 'seal -p' 0 all seal -p "${cheap[@]}" -o argon2id.sealed plain
clean 'seal -p --kdf scrypt' 0 all seal -p --kdf scrypt "${cheap[@]}" -o scrypt.sealed plain
clean 'seal -p, default cost' 0 all seal -p --password-file password -o also plain
clean 'seal to a full disk' 1 all seal -r "$recipient" -o /dev/full plain
clean 'seal -p to a full disk' 1 all seal -p "${cheap[@]}" -o /dev/full plain
clean 'seal -i, a broken line' 4 all seal -i broken -o not plain
clean 'seal -R with a secret key in it' 4 all seal -R key.txt -o not plain
clean 'seal what does not exist' 1 all seal -i key.txt -o not nowhere
clean 'seal into a folder that does not exist' 1 all seal -i key.txt -o no/where plain
found 'seal -r' random16 -- all seal -r "$recipient" plain
found 'seal -i' key text -- all seal -i key.txt plain
found 'seal -r, in hardware' random16 -- all seal -r "$tag" plain
found 'seal -R, ssh-rsa' random16 -- all seal -R rsa.pub plain
found 'seal -p' password random16 -- all seal -p "${cheap[@]}" plain
found 'seal -p --kdf scrypt' password random16 -- all seal -p --kdf scrypt "${cheap[@]}" plain

# Opening.
size=$(stat -c %s key.sealed)
{
    head -c $((size - 1)) key.sealed
    tail -c 1 key.sealed | tr '\000-\377' '\001-\377\000'
} >tampered
head -c 120000 key.sealed >short
head -c 250 key.sealed | tail -c +100 >damaged
{
    head -c 60 key.sealed
    cat damaged
} >malformed
sed '1,/^---/s/^\(---.*\)./\1x/' key.sealed >forged
clean 'open -i' 0 all open -i key.txt key.sealed
cmp -s out plain || {
    failed=$((failed + 1))
    printf 'not ok control: open did not give the plaintext\n'
}
clean 'open -i -o' 0 all open -i key.txt -o also key.sealed
clean 'open -i, armored' 0 all open -i key.txt armored
clean 'open -i, identity with a password' 0 all open -i key.age --password-file password key.sealed
clean 'open -i, identity with scrypt' 0 all open -i scrypt.age --password-file password key.sealed
clean 'open -i, pq' 0 all open -i pq.txt pq.sealed
clean 'open -i, pq, a key that does not fit' 3 all open -i pq.txt key.sealed
clean 'open -i, ssh-rsa' 0 all open -i rsa rsa.sealed
clean 'open -i, ssh-rsa, a key that does not fit' 3 all open -i rsa key.sealed
clean 'open -p' 0 all open --password-file password argon2id.sealed
clean 'open -p, scrypt' 0 all open --password-file password scrypt.sealed
clean 'open -p, wrong password' 3 all open --password-file wrong argon2id.sealed
clean 'open -p, scrypt, wrong password' 3 all open --password-file wrong scrypt.sealed
clean 'open -i, wrong password of the identity' 3 all open -i key.age --password-file wrong key.sealed
clean 'open -i, tampered payload' 4 all open -i key.txt -o not tampered
clean 'open -i, truncated' 4 all open -i key.txt -o not short
clean 'open -i, malformed header' 4 all open -i key.txt -o not malformed
clean 'open -i, forged header' 4 all open -i key.txt -o not forged
clean 'open -i to a full disk' 1 all open -i key.txt -o /dev/full key.sealed
clean 'open -p to a full disk' 1 all open --password-file password -o /dev/full scrypt.sealed
clean 'open -i, a broken line' 4 all open -i broken key.sealed
clean 'open -i, not a sealed file' 4 all open -i key.txt plain
clean 'open an identity file' 4 all open -i key.txt key.txt
"$SIGNET_BIN/keygen" -q -o stranger.txt 2>/dev/null
clean 'open -i, a key that does not fit' 3 all open -i stranger.txt key.sealed
"$SIGNET_BIN/seal" -i stranger.txt -o strange plain
clean 'open -i, sealed to another' 3 all open -i key.txt strange
# A chunk is opened where the one before it was, so each part of the plaintext needs its own end.
# (Sealing leaves no plaintext even so: it happens in place.)
found 'open -i' key text random16 plain-last -- all open -i key.txt key.sealed
found 'open -i, tampered payload' key plain-middle -- all open -i key.txt tampered
found 'open -i to a full disk' key plain-first -- all open -i key.txt -o /dev/full key.sealed
found 'open -p' password random16 plain-last -- all open --password-file password argon2id.sealed
found 'open -p, scrypt' password random16 -- all open --password-file password scrypt.sealed

# What is inside: two pieces and more, so that threads are at work.
{
    cat plain
    head -c 700000 /dev/zero
    cat plain
} >large
clean 'keygen -t sign' 0 keygen keygen -t sign -o signer
signer=$("$SIGNET_BIN/keygen" public signer)
clean 'seal -z --pad --sign' 0 all seal -r "$recipient" -z --pad --sign signer -o signed large
clean 'seal -z' 0 all seal -r "$recipient" -z -o compressed large
clean 'seal --pad' 0 all seal -r "$recipient" --pad -o also large
clean 'seal --sign to a full disk' 1 all seal -r "$recipient" --sign signer -o /dev/full large
clean 'seal --sign, a key that does not sign' 4 all seal -r "$recipient" --sign key.txt -o not large
clean 'seal --rewrap, signed' 1 all seal --rewrap -i key.txt -r "$recipient" -o not signed
clean 'open --from' 0 all open -i key.txt --from "$signer" signed
cmp -s out large || {
    failed=$((failed + 1))
    printf 'not ok control: open did not give the plaintext\n'
}
clean 'open what is compressed' 0 all open -i key.txt compressed
clean 'open --range' 0 all open -q -i key.txt --range 0:200000 signed
clean 'open --range of the plain' 0 all open -q -i key.txt --range 0:200000 key.sealed
clean 'open --max-output' 1 all open -q -i key.txt --max-output 300000 -o not signed
clean 'open what is signed to a full disk' 1 all open -q -i key.txt -o /dev/full signed
head -c 600 signed >short
clean 'open what is signed, truncated' 4 all open -q -i key.txt -o not short
clean 'open --from, not signed' 4 all open -i key.txt --from "$signer" -o not compressed
found 'seal --sign' key plain-first -- all seal -r "$recipient" --sign signer large
found 'open --from' key plain-first -- all open -i key.txt --from "$signer" signed

# Keeping. SQLite has the plaintext in pages of its own, which are wiped, too.
# The 16 random bytes are the store's name here, which is public.
grep -v '^random16 ' needles.all >needles.vault
export SIGNET_HOME=$folder/home XDG_STATE_HOME=$folder/state
clean 'vault init' 0 vault vault init -q -i key.txt -p "${cheap[@]}"
clean 'vault put' 0 vault vault put -i key.txt a plain
clean 'vault put, with a password' 0 vault vault put --password-file password b plain
clean 'vault append' 0 vault vault append -i key.txt a plain
clean 'vault get' 0 vault vault get -i key.txt -o also a
clean 'vault get, with a password' 0 vault vault get --password-file password b
cmp -s out plain || {
    failed=$((failed + 1))
    printf 'not ok control: vault get did not give the plaintext\n'
}
clean 'vault get, wrong password' 3 vault vault get --password-file wrong b
clean 'vault get, a key that does not fit' 3 vault vault get -i stranger.txt b
clean 'vault get to a full disk' 1 vault vault get -i key.txt -o /dev/full a
clean 'vault get what is not there' 1 vault vault get -i key.txt c
clean 'vault put what is not there' 1 vault vault put -i key.txt c nowhere
printf '%s\n' 'the first thing that the plaintext says, in a text' >text
clean 'vault put of text' 0 vault vault put -i key.txt c text
clean 'vault search' 0 vault vault search -i key.txt first thing
clean 'vault list' 0 vault vault list -l -i key.txt
clean 'vault export' 0 vault vault export -q -r "$recipient" --unlock-identity key.txt -o archive
clean 'vault import' 0 vault vault import -q -i key.txt --existing add archive
clean 'vault rekey' 0 vault vault rekey -q -i key.txt "${cheap[@]}"
clean 'vault check' 0 vault vault check -i key.txt
found 'vault put' key plain-first -- vault vault put -i key.txt a plain
found 'vault get' key plain-first -- vault vault get -i key.txt a
found 'vault get, with a password' password -- vault vault get --password-file password b

# Pseudonyms of a root that is the known key, and what is made of it.
derived() {
    openssl kdf -keylen 32 -kdfopt digest:SHA512 -kdfopt hexkey:"$key_hex" -kdfopt salt:signet/pseudonym/v1 \
        -kdfopt hexinfo:"$(hex_of "signet/pseudonym/v1/$1")00$(hex_of work)" -binary HKDF | od -An -v -tx1 | tr -d ' \n'
}
root_text=SIGNET-ROOT-13D79U87J4YPMG3SUAPLEPTFNYKCAWRNGCNE94XGHUW9S6CH543GS
{
    needle root "$key_hex"
    needle root-text "$(hex_of "$root_text")"
    needle root-text-middle "$(hex_of "${root_text:30:24}")"
    for purpose in sign pq x25519 onion token; do
        seed=$(derived $purpose)
        expanded=$(xxd -r -p <<<"$seed" | openssl dgst -sha512 -binary | od -An -v -tx1 | tr -d ' \n')
        needle $purpose-seed "$seed"
        needle $purpose-scalar "${expanded:4:56}" # clamping changes its ends
        needle $purpose-prefix "${expanded:64}"
    done
} >needles.pseudonym
run keygen keygen -t root -o root
if [[ $(<root) != *"$root_text"* ]]; then
    failed=$((failed + 1))
    printf 'not ok control: keygen -t root made another root than it was given\n'
fi
"$SIGNET_BIN/pseudonym" show work -i root --as ssh >ring
"$SIGNET_BIN/pseudonym" show home -i root --as ssh >>ring 2>/dev/null
"$SIGNET_BIN/pseudonym" token issuer-key work -i root >issuer
"$SIGNET_BIN/pseudonym" token request --issuer issuer --state asked -o request
"$SIGNET_BIN/pseudonym" sign work -i root plain >signature
"$SIGNET_BIN/pseudonym" ring-sign work -i root --ring ring -o ringed plain
clean 'keygen -t root' 0 pseudonym keygen -t root -o another-root
clean 'pseudonym show' 0 pseudonym pseudonym show work -i root --json
clean 'pseudonym key' 0 pseudonym pseudonym key work -i root
clean 'pseudonym key --as ssh' 0 pseudonym pseudonym key work -i root --as ssh
clean 'pseudonym key --as minisign' 0 pseudonym pseudonym key work -i root --as minisign
clean 'pseudonym key to a full disk' 1 pseudonym pseudonym key work -i root -o /dev/full
clean 'pseudonym onion' 0 pseudonym pseudonym onion work service -i root
clean 'pseudonym sign' 0 pseudonym pseudonym sign work -i root plain
clean 'pseudonym sign --as minisign' 0 pseudonym pseudonym sign work -i root --as minisign plain
clean 'pseudonym sign, no such file' 1 pseudonym pseudonym sign work -i root nowhere
clean 'pseudonym prove' 0 pseudonym pseudonym prove work home -i root
clean 'pseudonym prove --for' 0 pseudonym pseudonym prove work home -i root \
    --for "$("$SIGNET_BIN/pseudonym" show judge -i root --as did)"
clean 'pseudonym retire' 0 pseudonym pseudonym retire work -i root
clean 'pseudonym ring-sign' 0 pseudonym pseudonym ring-sign work -i root --ring ring plain
clean 'pseudonym ring-sign, outside' 3 pseudonym pseudonym ring-sign other -i root --ring ring plain
clean 'pseudonym ring-claim' 0 pseudonym pseudonym ring-claim work -i root --ring ring -s ringed plain
clean 'pseudonym ring-disavow' 0 pseudonym pseudonym ring-disavow home -i root --ring ring -s ringed plain
clean 'pseudonym ring-disavow, not so' 1 pseudonym pseudonym ring-disavow work -i root --ring ring -s ringed plain
clean 'pseudonym token issue' 0 pseudonym pseudonym token issue work -i root request
"$SIGNET_BIN/pseudonym" token issue work -i root request >response 2>/dev/null
"$SIGNET_BIN/pseudonym" token finalize --state asked response >tokens
clean 'pseudonym token redeem' 0 pseudonym pseudonym token redeem work -i root --ledger spent tokens
clean 'pseudonym token redeem, again' 4 pseudonym pseudonym token redeem work -i root --ledger spent tokens
sed '2s/^.*G/SIGNET-ROOT-1G/' root >broken-root
clean 'pseudonym, a broken root' 4 pseudonym pseudonym sign work -i broken-root plain
found 'pseudonym show' root root-text sign-seed -- pseudonym pseudonym show work -i root --json
found 'pseudonym sign' root root-text sign-seed -- pseudonym pseudonym sign work -i root plain
found 'pseudonym ring-sign' root sign-seed -- pseudonym pseudonym ring-sign work -i root --ring ring plain
found 'pseudonym onion' onion-seed onion-scalar onion-prefix -- pseudonym pseudonym onion work service2 -i root
found 'pseudonym token issue' token-seed -- pseudonym pseudonym token issue work -i root request

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
