#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot decode: one result a line, in order, whatever the input is.
n=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# is NAME EXPECTED GOT
is() {
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf 'wanted: %s\ngot: %s\n' "$2" "$3" | sed 's/^/# /'
	fi
}
kinds() {
	sed 's/^{"kind":"\([a-z-]*\)".*/\1/' | tr '\n' ' '
}
now="--at 2021-10-15T12:00+07:00"

printf '094300000123\n\nopaque\n51F-123.45' >"$work/in"
is "one result a line, in order, also of an empty line" \
	"number error opaque plate " "$(chot decode $now "$work/in" | kinds)"
chot decode $now "$work/in" >/dev/null
is "a broken one makes 65" 65 $?
printf '094300000123\nopaque\n' | chot decode $now >/dev/null
is "unknown codes are no error" 0 $?
is "standard input is the default" "number " \
	"$(echo 094300000123 | chot decode $now | kinds)"
is "NUL ends an input, a line feed does not" "opaque number " \
	"$(printf 'a\nb\000365000123' | chot decode -0 $now | kinds)"
is "base64" "number opaque error " \
	"$(printf 'MDk0MzAwMDAwMTIz\nAP8=\n*\n' | chot decode --base64 $now | kinds)"
is "JSON Lines with --json too" \
	'{"kind":"number","identity":"VNM:CMND:365000123","id":"365000123","warnings":[]}' \
	"$(echo 365000123 | chot decode --json)"
is "the clock is given" "" \
	"$(echo 094221000123 | chot decode $now | grep -o birth-future)"
is "and used" "birth-future" \
	"$(echo 094222000123 | chot decode --at 2021-10-15T12:00:00.5Z | grep -o birth-future)"
{ head -c 100000 /dev/zero | tr '\0' A; echo; echo 365000123; } >"$work/long"
is "an endless line is refused whole, the next one is read" "error number " \
	"$(chot decode $now "$work/long" | kinds)"
is "no byte of a terminal's comes out raw" 0 \
	"$(printf '001098012345||A\033[31m\302\233\342\200\256|15081998|Nam|X|25052021\n' |
	chot decode $now | LC_ALL=C grep -c -e "$(printf '\033')" \
	-e "$(printf '\302\233')" -e "$(printf '\342\200\256')")"
chot decode --at yesterday </dev/null 2>"$work/err"
is "no time is a wrong use" 64 $?
is "said in one line" 1 "$(wc -l <"$work/err")"
chot decode "$work/none" 2>/dev/null
is "no file" 65 $?
is "every sample of a card" 247 "$(cut -f2 "$SRCDIR/tests/credentials/cccd.tsv" |
	tail -n +2 | chot decode $now | grep -c '"kind"')"
echo "1..$n"
