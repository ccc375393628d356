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
status "no such command" 64 chot bogus
done_testing
