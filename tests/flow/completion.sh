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
# What --help tells is what is completed: every option, every word.
for command in $(chot --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	like "$command is completed" " $(complete "$command")" " $command "
	is "$command: every option of it is" \
	    "$(complete "$command" - | tr ' ' '\n' | sort -u)" \
	    "$(chot "$command" --help | grep -oE -- '--?[a-z0][a-z0-9-]*' | sort -u)"
	words=$(chot "$command" --help |
	    sed -n 's/^usage: chot [a-z]* \([a-z|]*|[a-z]*\).*/\1/p' | tr '|' ' ')
	for word in $words; do
		like "$command: $word is a word of it" \
		    " $(complete "$command" '')" " $word "
	done
done
unlike "internal commands are not offered" "$(complete '')" 'recorder|lookup'
done_testing
