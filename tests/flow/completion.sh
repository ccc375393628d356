#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion offers what chot itself prints.
. "$SRCDIR/tests/flow/lib.sh"
command -v bash >/dev/null || skip_all "bash is missing"

complete() { # WORD...: completes the last
	bash -c '. "$SRCDIR/contrib/completion/chot"; COMP_WORDS=("$@")
	    COMP_CWORD=$(($# - 1)); _chot; printf "%s\n" "${COMPREPLY[@]}"' \
	    bash chot "$@" | tr '\n' ' '
}

is "a command" "$(complete po)" "policy "
like "every command of --help" "$(complete '')" 'station .*decode .*demo'
like "a command's words" "$(complete config '')" 'check print template'
is "a reader's role" "$(complete read th)" "thermometer "
like "a command's options" "$(complete decode --)" '--base64'
unlike "internal commands are not offered" "$(complete '')" 'recorder|lookup'
done_testing
