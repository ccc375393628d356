#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion offers what the programs print, and files of the kind that
# is wanted.
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
# Values, and files of the kind that is wanted.
like "the steps of the set-up" "$(complete setup '')" '^language name .* slip '
is "and one more" "$(complete setup scan tem)" "temperature "
is "a language" "$(complete policy explain x.conf --lang '')" "vi en "
is "words of words" "$(complete key trust '')" "import list distrust restore "
mkdir "$work/files" "$work/files/dir"
cd "$work/files" || exit 1
touch a.conf a.cases a.csv a.bundle a.key a.db a.txt
for case in 'chot -c:a.conf dir' 'judge -p:a.conf dir' 'decode -k:a.key dir' \
    'outbox show --file:a.db dir' 'config check:a.conf a.cases a.db dir' \
    'policy test:a.conf a.cases a.db dir' 'register import:a.csv a.bundle dir' \
    'outbox import:a.bundle dir' 'outbox export:dir' 'sync --state:dir'; do
	# shellcheck disable=SC2086
	is "the kind of files of ${case%%:*}" "$(complete ${case%%:*} '')" "${case#*:} "
done
is "any file where any is good" "$(complete support -o a | wc -w)" 7
is "and none where none is" "$(complete read -n '')" " "

hub() {
	bash -c '. "$SRCDIR/contrib/completion/chot-hub"; COMP_WORDS=("$@")
	    COMP_CWORD=$(($# - 1)); _chot_hub; printf "%s\n" "${COMPREPLY[@]}"' \
	    bash chot-hub "$@" | tr '\n' ' '
}
if command -v chot-hub >/dev/null; then
	for word in $(chot-hub --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'); do
		like "chot-hub $word is completed" " $(hub "$word")" " $word "
	done
	is "every option of chot-hub is" "$(hub - | tr ' ' '\n' | sort -u)" \
	    "$(chot-hub --help | grep -oE -- '--?[a-z][a-z-]*' | sort -u)"
	is "what a station can be" "$(hub station '')" "add revoke watch list audience "
	is "a list" "$(hub publish --list pa)" "packs "
	is "and files of a kind" "$(hub enrol --csv '')" "a.csv dir "
fi
unlike "internal commands are not offered" "$(complete '')" 'recorder|lookup'
done_testing
