#!/usr/bin/env bash
# The main job, shown: makes a key, seals a real file to it, opens it again and compares. Each command
# is printed as one would type it, then run.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
bin=${SIGNET_BIN:-$root/build/bin}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cp "$root/LICENSE" notes.txt
PATH=$bin:$PATH

show() {
    printf '\n$ %s\n' "$1"
    bash -euo pipefail -c "$1"
}

echo "In an empty folder with a file in it, notes.txt ($(wc -c <notes.txt) bytes):"
show 'keygen -o key.txt'
show 'keygen public key.txt > friends.pub'
show 'seal -R friends.pub -o notes.txt.age notes.txt'
show 'head -n 1 notes.txt.age'
show 'open -i key.txt -o opened.txt notes.txt.age'
show 'cmp notes.txt opened.txt && echo the same, to the byte'
show 'tar c notes.txt | seal -i key.txt | open -i key.txt | tar t'
if command -v age >/dev/null; then
    echo
    echo "Keys are post-quantum unless told otherwise, which age reads from version 1.3 on. With an X25519 key:"
    show 'keygen -t x25519 -o old.txt'
    show 'seal -i old.txt notes.txt | age -d -i old.txt | cmp - notes.txt && echo age reads it too'
fi
echo
echo "Secrets, notes and conversations are kept in a vault, where every word is found and none can be read on the disk:"
export SIGNET_HOME=$place/home XDG_STATE_HOME=$place/state SIGNET_IDENTITY=$place/key.txt
show 'vault init -i key.txt'
show 'vault put papers/license notes.txt'
show 'vault search "copyright notice"'
show 'vault get papers/license | cmp - notes.txt && echo the same, to the byte'
show '! grep -rqa -e license -e copyright home && echo nothing to be read on the disk'
printf '\nAll done: %s has the tools, and README.md goes on from here.\n' "${bin#"$root"/}"
