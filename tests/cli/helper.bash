# helper - what every file of the command-line tests loads.
#
# The tools come from $SIGNET_BIN (default: build/bin of this repository). $SIGNET_TEST_BUILD says how
# they were built: plain, asan, or valgrind (wrappers that run slowly). Every test works in a folder of
# its own, with a HOME of its own.
#
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

REPOSITORY=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BUILD=${SIGNET_TEST_BUILD:-plain}
BIN=$(cd "${SIGNET_BIN:-$REPOSITORY/build/bin}" && pwd) || exit 1
[ -x "$BIN/open" ] || exit 1
NOBODY=65534

setup() {
    prepare
}

teardown() {
    clean_up
}

prepare() {
    unset SIGNET_IDENTITY SIGNET_PASSWORD_FILE SIGNET_HOME XDG_DATA_HOME XDG_STATE_HOME NO_COLOR
    export LC_ALL=C TZ=UTC TERM=xterm
    export PATH="$BIN:$PATH"
    export HOME="$BATS_TEST_TMPDIR/.home"
    umask 022
    mkdir "$HOME" "$BATS_TEST_TMPDIR/.run"
    OUT=$BATS_TEST_TMPDIR/.run/out
    ERR=$BATS_TEST_TMPDIR/.run/err
    SECRETS=$BATS_TEST_TMPDIR/.run/secrets
    : >"$SECRETS"
    FOLDERS=()
    # A process that cannot be traced cannot look for its own leaks, except as root.
    if [ "$BUILD" = asan ] && [ "$(id -u)" != 0 ]; then
        export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
    fi
    cd "$BATS_TEST_TMPDIR" || return 1
}

# No test, passed or failed, may leave a temporary file of the tools.
clean_up() {
    local left
    left=$(find "$BATS_TEST_TMPDIR" "${FOLDERS[@]}" -name '.signet-*')
    cd /
    [ "${#FOLDERS[@]}" = 0 ] || rm -rf "${FOLDERS[@]}"
    [ -z "$left" ] || flunk "temporary files are left: $left"
}

# Fails the test with a message.
flunk() {
    printf '%s\n' "$*"
    if [ -s "$ERR" ]; then
        echo '--- standard error of the command was:'
        cat -v "$ERR"
    fi
    return 1
}

# Remembers a text that no message may ever show.
secret() {
    printf '%s\n' "$1" >>"$SECRETS"
}

no_secrets_in() {
    [ -s "$SECRETS" ] || return 0
    if grep -aqiFf "$SECRETS" "$1"; then
        flunk "a secret is shown in $1"
    fi
}

# try COMMAND...: runs it; its status is in $status, its streams in the files $OUT and $ERR.
try() {
    status=0
    "$@" >"$OUT" 2>"$ERR" || status=$?
    no_secrets_in "$ERR"
}

# works COMMAND...: it must exit with 0 and say nothing. Its standard output is in $OUT.
works() {
    try "$@" || return 1
    [ "$status" = 0 ] || flunk "exit status $status of: $*" || return 1
    [ ! -s "$ERR" ] || flunk "it was not silent: $*"
}

# fails STATUS ERROR HINT COMMAND...: it must exit with STATUS, write nothing to standard output, and say
# exactly one line "TOOL: error: ERROR" and one "TOOL: hint: HINT" (none when HINT is "-"). ERROR and
# HINT are shell patterns. Its output files are for the caller to look at.
fails() {
    local want=$1
    failed_with "$@" || return 1
    [ ! -s "$OUT" ] || flunk "standard output is not empty after status $want"
}

# The same for a command whose standard output is judged by the caller.
failed_with() {
    local want=$1 error=$2 hint=$3 lines tool
    shift 3
    try "$@" || return 1
    [ "$status" = "$want" ] || flunk "exit status $status and not $want of: $*" || return 1
    mapfile -t lines <"$ERR"
    tool=${lines[0]%%:*}
    case $tool in
    keygen | seal | open | vault | ratchet | pseudonym | signet) ;;
    *) flunk "the first line does not begin with the tool's name" || return 1 ;;
    esac
    # shellcheck disable=SC2053 # the right side is a pattern
    [[ ${lines[0]} == "$tool: error: "$error ]] || flunk "the error is not: $error" || return 1
    if [ "$hint" = - ]; then
        [ "${#lines[@]}" = 1 ] || flunk 'there is more than one line'
    else
        [ "${#lines[@]}" = 2 ] || flunk 'these are not two lines, error and hint' || return 1
        # shellcheck disable=SC2053
        [[ ${lines[1]} == "$tool: hint: "$hint ]] || flunk "the hint is not: $hint"
    fi
}

# new_key FILE: an identity file made by keygen; its recipient is in $RECIPIENT.
# shellcheck disable=SC2034 # for the tests
new_key() {
    keygen -t x25519 -q -o "$1" || return 1
    RECIPIENT=$(keygen public "$1")
    secret "$(secret_part "$1")"
}

# The middle of the secret line of an identity file, which no message may show.
secret_part() {
    grep '^AGE-SECRET-KEY-' "$1" | cut -c 24-44
}

# password_file FILE TEXT: a file whose first line is the password.
password_file() {
    printf '%s\n' "$2" >"$1"
    secret "$2"
}

# bytes N [SEED]: N bytes that look random, the same ones for the same seed.
bytes() {
    head -c "$1" /dev/zero |
        openssl enc -aes-128-ctr -K "$(printf '%032x' "${2:-1}")" -iv 00000000000000000000000000000000
}

# count PLAIN SLOW: the first number, or the second where tools run slowly.
count() {
    if [ "$BUILD" = valgrind ]; then echo "$2"; else echo "$1"; fi
}

mode_of() {
    stat -c %a "$1"
}

# user_folder: a folder in $U that an ordinary user owns; removed after the test.
user_folder() {
    U=$(mktemp -d /tmp/signet-cli.XXXXXX) || return 1
    FOLDERS+=("$U")
    chmod 755 "$U"
    if [ "$(id -u)" = 0 ]; then
        chown "$NOBODY:$NOBODY" "$U"
    fi
    user_path=$PATH
    if [ "$(id -u)" = 0 ] && ! setpriv --reuid=$NOBODY --regid=$NOBODY --clear-groups \
        test -x "$BIN/open"; then
        U_BIN=$(mktemp -d /tmp/signet-cli.XXXXXX) || return 1
        FOLDERS+=("$U_BIN")
        chmod 755 "$U_BIN"
        cp "$BIN"/* "$U_BIN"
        user_path="$U_BIN:$PATH"
    fi
}

# as_user COMMAND...: runs it as an ordinary user, in the folder of user_folder.
as_user() {
    (become_user "$@")
}

# The same in place of the shell, for (...) and for the background.
become_user() {
    cd "$U" || exit 125
    if [ "$(id -u)" != 0 ]; then
        exec "$@"
    fi
    export HOME=$U TMPDIR=$U PATH=$user_path
    if [ "$BUILD" = asan ]; then
        export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
    fi
    exec setpriv --reuid=$NOBODY --regid=$NOBODY --clear-groups "$@"
}

# private_mounts: the flags in $private with which unshare lets this user mount: as root, as root of a
# user namespace, or, in a chroot, without making the mounts of the outside private first. False when
# nothing may be mounted, as in most containers.
private_mounts() {
    local flags
    mkdir -p .run/probe
    for flags in -m -r '--propagation unchanged'; do # and -m, always
        read -ra private <<<"$flags"
        if (privately 'mount -t tmpfs none .run/probe && umount .run/probe') 2>/dev/null; then
            return
        fi
    done
    return 1
}

# with_tmpfs SIZE COMMAND...: runs it with a small file system at ./small, empty and gone afterwards.
with_tmpfs() {
    local size=$1
    shift
    if ! private_mounts; then
        with_shared_memory "$size" "$@"
        return
    fi
    mkdir -p small
    # shellcheck disable=SC2016 # expanded by the inner shell
    (privately 'mount -t tmpfs -o "size=$1" none small || exit 125
        shift; "$@"; status=$?; umount small; exit $status' "$size" "$@")
}

# The same where nothing may be mounted: in the small tmpfs that containers have at /dev/shm, filled up
# to the size.
with_shared_memory() {
    local size left folder filler status=0
    size=$(numfmt --from=iec "${1^^}")
    shift
    left=$(df --output=avail -B1 /dev/shm | tail -n 1)
    if [ "$(stat -f -c %T /dev/shm)" != tmpfs ] || [ "$left" -gt 300000000 ]; then
        flunk 'there is no small file system, and none may be mounted' || return 125
    fi
    folder=$(mktemp -d /dev/shm/signet-cli.XXXXXX)
    filler=$(mktemp -d /dev/shm/signet-cli.XXXXXX)
    FOLDERS+=("$folder" "$filler")
    ln -sfn "$folder" small
    head -c $((left - size)) /dev/zero >"$filler/filler"
    "$@" || status=$?
    rm -rf "$folder" "$filler" small
    return $status
}

# privately SCRIPT ARGUMENT...: becomes a shell that runs the script where mounts are its own, or fails.
privately() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    exec unshare -m "${private[@]}" sh -c '
        [ "$(readlink /proc/self/ns/mnt)" != "$1" ] || exit 125
        script=$2; shift 2; eval "$script"' sh "$(readlink /proc/self/ns/mnt)" "$@"
}

# without_proc COMMAND...: becomes the command where there is no /proc, by way of which a file without a
# name is given one: so the tools' temporaries have names from the start, as on file systems that cannot
# do otherwise. Only in the plain build, for what the others add needs /proc itself. The caller looks
# first whether can_hide_proc.
without_proc() {
    [ "$BUILD" = plain ] || exec "$@"
    # shellcheck disable=SC2016 # expanded by the inner shell
    privately 'mount -t tmpfs none /proc && exec "$@"' "$@"
}

# In a chroot the mount would be seen, and stay, outside.
can_hide_proc() {
    private_mounts && [ "${#private[@]}" = 1 ]
}

# header LINE...: a sealed file by hand: version line, the lines given, a MAC line, 64 bytes.
header() {
    printf 'age-encryption.org/v1\n'
    [ $# = 0 ] || printf '%s\n' "$@"
    printf -- '--- %s\n' "$(zeros 43)"
    head -c 64 /dev/zero
}

# zeros N: N characters of base64 that stand for zero bytes.
zeros() {
    printf "%${1}s" '' | tr ' ' A
}

# await COMMAND...: waits until it succeeds, 20 seconds at most.
await() {
    local i
    for ((i = 0; i < 400; i++)); do
        if "$@" 2>/dev/null; then return 0; fi
        sleep 0.05
    done
    flunk "waited too long for: $*"
}

# expect_script [ARGUMENT...]: runs expect on the script of standard input, after these words:
#   want TEXT      waits for the exact text
#   unseen TEXT    fails when the text has been shown so far
#   finish STATUS  waits for the end, which must be with STATUS (a number, or a signal's name)
#   $seen          all that was shown
expect_script() {
    {
        cat <<'PROLOGUE'
log_user 0
set timeout 60
set seen ""
match_max 200000
proc oops {text} {
    global seen
    puts "$text; so far was shown:\n$seen"
    exit 99
}
proc want {text} {
    global seen spawn_id
    expect {
        -exact $text { append seen $expect_out(buffer) }
        timeout { append seen $expect_out(buffer); oops "waited in vain for: $text" }
        eof { append seen $expect_out(buffer); oops "it ended before: $text" }
    }
}
proc unseen {text} {
    global seen
    if {[string first $text $seen] >= 0} { oops "this was shown: $text" }
}
proc finish {status} {
    global seen spawn_id
    expect {
        eof { append seen $expect_out(buffer) }
        timeout { oops "it does not end" }
    }
    set end [wait]
    set got [lindex $end 3]
    if {[llength $end] > 5} { set got [lindex $end 5] }
    if {$got ne $status} { oops "status $got and not $status" }
}
PROLOGUE
        cat
    } >.run/script.exp
    expect -f .run/script.exp -- "$@" >.run/expect 2>&1 ||
        flunk "the dialogue ended otherwise: $(cat -v .run/expect)"
}
