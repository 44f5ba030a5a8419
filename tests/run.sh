#!/usr/bin/env bash
# Runs every test, a part at a time, and ends with a line that counts them: "N passed, N failed". One
# that is skipped, because this machine or build does not allow it, is told and counts as neither.
# `make check` calls it with BUILD (where the library, the unit tests and the logs are), SIGNET_BIN
# (the tools) and SIGNET_TEST_BUILD (plain, asan or valgrind). Arguments choose parts by name.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

: "${BUILD:=$PWD/build}" "${SIGNET_BIN:=$BUILD/bin}" "${SIGNET_TEST_BUILD:=plain}"
export BUILD SIGNET_BIN SIGNET_TEST_BUILD SIGNET_LIBRARY=$BUILD/libsignet.a
logs=$BUILD/log
mkdir -p "$logs"
[[ $SIGNET_TEST_BUILD == plain ]] || export SG_TEST_QUICK=1
passed=0 failed=0
chosen=("$@")

# One part: its name, and the command that runs it. What it prints tells how many tests there were:
# TAP, cmocka's lines, or a last line "N passed, N failed"; a command that prints none of these is
# one test.
part() {
    local name=$1 log=$logs/${1//\//-}.log status good bad start=$SECONDS
    shift
    if ((${#chosen[@]})) && [[ " ${chosen[*]} " != *" ${name%%/*} "* ]]; then
        return
    fi
    "$@" >"$log" 2>&1 </dev/null
    status=$?
    good=$(grep -E '^(ok |\[       OK )' "$log" | grep -cvE '^ok [^#]* # skip')
    bad=$(grep -E '^(not ok |\[  FAILED  \] [a-z_0-9]+$)' "$log" | sort -u | wc -l) # cmocka lists them twice
    if [[ $(tail -n 1 "$log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        good=${BASH_REMATCH[1]}
        bad=${BASH_REMATCH[2]}
    fi
    if ((good + bad == 0 && status == 0)); then
        good=1
    elif ((status != 0 && bad == 0)); then
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    printf '  %-24s %4d passed %3d failed  %3d s\n' "$name" "$good" "$bad" $((SECONDS - start))
    sed -nE -e 's/^ok [0-9]+ (.*) # skip ?(.*)/    | skipped: \1: \2/p' \
        -e 's/^\[  SKIPPED \] ([a-z_0-9]+)$/    | skipped: \1/p' "$log" | sort -u
    if ((bad)); then
        sed 's/^/    | /' "$log" | tail -n 200
    fi
}

valgrind=()
if [[ $SIGNET_TEST_BUILD == valgrind ]]; then
    valgrind=(valgrind --quiet --error-exitcode=99 --leak-check=full
        --errors-for-leak-kinds=definite --child-silent-after-fork=yes)
fi

for test in "$BUILD"/tests/test_*; do
    [[ -x $test && $test != *.d ]] && part "unit/${test##*/test_}" "${valgrind[@]}" "$test"
done
part rules bats --formatter tap tests/lint
part cctv node tests/vectors/cctv.mjs
for peer in tests/peers/*.mjs; do
    [[ -e $peer ]] && part "peers/$(basename "$peer" .mjs)" node "$peer"
done
for file in tests/cli/*.bats tests/docs/*.bats; do
    [[ -e $file ]] && part "cli/$(basename "$file" .bats)" bats --formatter tap "$file"
done
if [[ $SIGNET_TEST_BUILD == plain ]]; then # the other builds bring allocators of their own
    part memory tests/faults/scan.sh
    part crash tests/faults/ratchet_crash.sh
fi

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
