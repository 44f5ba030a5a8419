#!/usr/bin/env bats
# make install and uninstall, and the front door from where it was installed to.
# shellcheck disable=SC2154 # stderr: set by run
bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    stage=$BATS_TEST_TMPDIR/stage
    export HOME=$BATS_TEST_TMPDIR
}

install_to() {
    run -0 make -s -C "$root" BUILD="${BUILD:-build}" install DESTDIR="$stage" PREFIX=/opt/signet
}

@test "install puts everything in its place and uninstall takes it away" {
    install_to
    [ -x "$stage/opt/signet/bin/signet" ]
    [ -x "$stage/opt/signet/bin/age-plugin-signet" ]
    [ -f "$stage/opt/signet/share/man/man1/age-plugin-signet.1" ]
    for tool in keygen seal open vault; do
        [ -x "$stage/opt/signet/libexec/signet/$tool" ]
        [ ! -e "$stage/opt/signet/bin/$tool" ]
        [ -f "$stage/opt/signet/share/man/man1/signet-$tool.1" ]
    done
    [ -f "$stage/opt/signet/share/man/man1/signet.1" ]
    [ -f "$stage/opt/signet/share/man/man5/signet-formats.5" ]
    [ -f "$stage/opt/signet/share/bash-completion/completions/signet" ]
    [ -f "$stage/opt/signet/share/zsh/site-functions/_signet" ]
    [ -f "$stage/opt/signet/share/fish/vendor_completions.d/signet.fish" ]
    run -0 make -s -C "$root" BUILD="${BUILD:-build}" uninstall DESTDIR="$stage" PREFIX=/opt/signet
    run -0 find "$stage" ! -type d
    [ -z "$output" ]
}

@test "man pages do not take the names of the system's own" {
    install_to
    run -0 find "$stage/opt/signet/share/man" -type f ! -name 'signet*' ! -name age-plugin-signet.1
    [ -z "$output" ]
}

@test "the installed front door finds its tools, wherever the tree was moved" {
    install_to
    run -0 "$stage/opt/signet/bin/signet" --exec-path
    [ "$output" = "$stage/opt/signet/libexec/signet" ]
    mv "$stage/opt/signet" "$BATS_TEST_TMPDIR/moved"
    run -0 "$BATS_TEST_TMPDIR/moved/bin/signet" keygen -q -o "$BATS_TEST_TMPDIR/key"
    echo text >"$BATS_TEST_TMPDIR/f"
    "$BATS_TEST_TMPDIR/moved/bin/signet" seal -i "$BATS_TEST_TMPDIR/key" "$BATS_TEST_TMPDIR/f" |
        "$BATS_TEST_TMPDIR/moved/bin/signet" open -i "$BATS_TEST_TMPDIR/key" | cmp - "$BATS_TEST_TMPDIR/f"
}

@test "a front door without its tools says where they belong" {
    install_to
    rm -r "$stage/opt/signet/libexec"
    run -1 --separate-stderr "$stage/opt/signet/bin/signet" seal --help
    [[ $stderr == "signet: error: cannot run "*$'\n'"signet: hint: the tools belong in "* ]]
}
