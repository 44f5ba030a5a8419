# complete.zsh FOLDER LINE - prints what zsh offers at the end of LINE, one candidate a line, with the
# completions in FOLDER. It types the line into a zsh of its own and presses Tab.

zmodload zsh/zpty || exit 1

cat > $TMPDIR/rc.zsh <<'END'
PS1= RPS1= PS2=
unsetopt beep prompt_cr prompt_sp
setopt extendedglob
fpath=($FOLDER $fpath)
autoload -Uz compinit
compinit -u -D
# In place of offering candidates, write them down.
compadd() {
    local -a hits
    if [[ -n ${argv[(r)-[a-zA-Z]#[OAD]*]} && ${argv[(i)-[a-zA-Z]#[OAD]*]} -lt ${argv[(i)-(|-)]} ]]; then
        builtin compadd "$@"
        return
    fi
    builtin compadd -O hits "$@"
    print -rl -- $hits >> $TMPDIR/offers
    (( $#hits ))
}
listing() { _main_complete; compstate[insert]= compstate[list]= }
zle -C listing complete-word listing
show() { zle listing; print DONE }
zle -N show
bindkey '^I' show
print READY
END

: > $TMPDIR/offers
export FOLDER=$1
zpty shell "TERM=dumb zsh -f -i"
zpty -w shell "source $TMPDIR/rc.zsh"
zpty -r -m shell reply $'*READY\r*'
zpty -w -n shell "$2"$'\t'
zpty -r -m shell reply $'*DONE*'
zpty -d shell
grep -v '^$' $TMPDIR/offers || :
