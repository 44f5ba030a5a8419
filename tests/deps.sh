#!/usr/bin/env bash
# Installs what building and testing need where it is missing: Debian's packages by apt-get, with
# sudo when not root. On other systems it says what is missing and leaves it to their tools.
set -euo pipefail

# command or header or pkg-config module that shows it is there, then Debian's package
needs="
cmd:cc                gcc
cmd:make              make
cmd:pkg-config        pkg-config
hdr:stdlib.h          libc6-dev
mod:libsodium         libsodium-dev
mod:libargon2         libargon2-dev
mod:zlib              zlib1g-dev
mod:libcrypto         libssl-dev
mod:sqlite3           libsqlite3-dev
mod:libkeyutils       libkeyutils-dev
mod:cmocka            libcmocka-dev
cmd:bats              bats
cmd:age               age
cmd:gpg               gpg
cmd:gpg-agent         gpg-agent
cmd:minisign          minisign
cmd:tor               tor
mod:libqrencode       libqrencode-dev
cmd:qrencode          qrencode
cmd:ssh-keygen        openssh-client
cmd:node              nodejs
cmd:npm               npm
cmd:expect            expect
cmd:setpriv           util-linux
cmd:script            bsdutils
cmd:/usr/bin/time     time
cmd:valgrind          valgrind
cmd:clang             clang
cmd:clang-format      clang-format
cmd:clang-tidy        clang-tidy
cmd:shellcheck        shellcheck
cmd:mandoc            mandoc
cmd:man               man-db
cmd:zsh               zsh
cmd:fish              fish
cmd:strace            strace
cmd:git               git
cmd:openssl           openssl
cmd:xxd               xxd
cmd:perl              perl-base
cmd:pigz              pigz
cmd:ps                procps
cmd:mount             mount
"

there() {
    case $1 in
    cmd:*) command -v "${1#cmd:}" >/dev/null ;;
    mod:*) pkg-config --exists "${1#mod:}" 2>/dev/null ;;
    hdr:*) echo "#include <${1#hdr:}>" | cc -E - >/dev/null 2>&1 ;;
    esac
}

missing=()
while read -r sign package; do
    [[ -n $sign ]] || continue
    there "$sign" || missing+=("$package")
done <<<"$needs"

((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null; then
    echo "These are missing, by the names of Debian's packages; please install them:" >&2
    printf '  %s\n' "${missing[@]}" >&2
    exit 1
fi

as_root=()
if (($(id -u) != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing, and only root can install them:" >&2
        echo "  apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing: ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
