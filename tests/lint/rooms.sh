#!/usr/bin/env bash
# The rooms of the house: no room of lib/ includes one on its own floor or above, primitives are
# included by lib/crypto alone, lib/ has no standard I/O, and cmd/ uses public headers only.
# With a folder as argument it judges that tree instead, which is how it is itself tested.
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

declare -A floor=(
    [base]=0
    [io]=1 [crypto]=1
    [key]=2
    [sealed]=3 [envelope]=3
    [store]=4
    [ratchet]=5 [pseudonym]=5 [vault]=5
)

# What cmd/ may include besides its own headers.
public="base/base.h io/io.h key/key.h sealed/sealed.h sealed/keyfile.h sealed/inspect.h sealed/view.h \
    envelope/envelope.h \
    store/store.h store/slot.h store/query.h store/keyring.h vault/vault.h ratchet/ratchet.h \
    ratchet/book.h pseudonym/pseudonym.h"

bad=0
complain() {
    printf '%s\n' "$1"
    bad=1
}

while IFS=: read -r file line text; do
    room=${file#lib/}
    room=${room%%/*}
    header=$(sed -n 's/^# *include *["<]\([^">]*\)[">].*/\1/p' <<<"$text")
    if [[ -z ${floor[$room]+set} ]]; then
        complain "$file:$line: $room is no room of the house"
        continue
    fi
    case $header in
    sodium.h)
        [[ $room == crypto || $file == lib/base/secret.c ]] ||
            complain "$file:$line: only lib/crypto uses libsodium's primitives"
        ;;
    argon2.h | openssl/*)
        [[ $room == crypto ]] || complain "$file:$line: only lib/crypto includes $header"
        ;;
    sqlite3.h | keyutils.h)
        [[ $room == store ]] || complain "$file:$line: only lib/store includes $header"
        ;;
    stdio.h)
        [[ $text == *"for renameat() alone"* ]] ||
            complain "$file:$line: the library has no standard I/O"
        ;;
    termios.h | pwd.h | locale.h)
        complain "$file:$line: the library knows no terminal and no user"
        ;;
    */*)
        other=${header%%/*}
        [[ -n ${floor[$other]+set} && $text == *'"'* ]] || continue
        [[ $other == "$room" ]] && continue
        ((floor[$other] < floor[$room])) ||
            complain "$file:$line: $room (floor ${floor[$room]}) reaches up to $other (floor ${floor[$other]})"
        ;;
    esac
done < <(grep -nHE '^# *include' lib/*/*.[ch])

while IFS=: read -r file line text; do
    complain "$file:$line: the library has no standard I/O, exit or environment: $text"
done < <(grep -nHE '\b(printf|fprintf|fopen|getenv|exit)\(' lib/*/*.c)

while IFS=: read -r file line text; do
    header=$(sed -n 's/^# *include *"\([^"]*\)".*/\1/p' <<<"$text")
    [[ -n $header && -e lib/$header ]] || continue
    [[ " $public " == *" $header "* ]] ||
        complain "$file:$line: cmd/ includes $header, which is private to its room"
done < <(grep -nHE '^# *include' cmd/*/*.[ch])

exit $bad
