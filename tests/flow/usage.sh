# SPDX-License-Identifier: GPL-3.0-or-later
# Every command: --help and --version, and one line for what it cannot take.
. "$SRCDIR/tests/flow/lib.sh"

for command in $(chot --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	status "$command --help" 0 chot "$command" --help
	status "$command --version" 0 chot "$command" --version
	like "$command tells its version" "$(cat "$work/out")" '^chot [0-9]'
	status "$command --bogus is a wrong command line" 64 \
	    chot "$command" --bogus
	is "$command says so in one line" "$(wc -l <"$work/err")" 1
	like "$command says so as chot" "$(cat "$work/err")" 'chot'
done
for words in --help --version 'config template' 'policy facts'; do
	status "$words onto a full disk is no success" 75 \
	    sh -c "chot $words >/dev/full"
	is "$words says so in one line" "$(wc -l <"$work/err")" 1
	status "$words with no output at all is no success" 75 \
	    sh -c "chot $words >&-"
done
status "who stops to read is no trouble" 0 sh -c 'chot --help | true'
is "who stops to read is told nothing" "$(wc -c <"$work/err")" 0
status "a watch without a post" 78 chot watch -c "$work/none.conf"
is "a watch without a post says so in one line" "$(wc -l <"$work/err")" 1
status "no such command" 64 chot bogus
evil=$(printf '\033[31mx')
for words in '' judge --at --lane; do
	case $words in
	--at) set -- decode --at "$evil" ;;
	--lane) set -- display --lane "$evil" ;;
	*) set -- $words "$evil" ;;
	esac
	chot "$@" >"$work/out" 2>"$work/err" </dev/null
	is "what was typed goes to no terminal raw: $words" \
	    "$(tr -d '\n -~' <"$work/err" | wc -c)" 0
done
done_testing
