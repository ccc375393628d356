#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot judge: one verdict a line, and no guess about what was meant.
n=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pack=$SRCDIR/tests/policy/contract.conf

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
good='"now":1634256000,"clock":"confirmed","temperature":36.5,"status":"none","declaration":"valid","declaration_age_h":5'

is "the line of the contract" \
	'{"verdict":"check","reasons":["fever"],"unknown":[]}' \
	"$(echo "{${good},\"lane\":\"1\"}" | sed 's/36.5/38.2/' | chot judge -p "$pack")"
printf '{%s}\n{}\n{%s,"mode":"kiosk"}' "$good" "$good" >"$work/in"
is "a line out for a line in, the last without its end" \
	'pass check pass' "$(chot judge -p "$pack" "$work/in" |
	sed 's/{"verdict":"\([a-z]*\)".*/\1/' | tr '\n' ' ' | sed 's/ $//')"
is "missing facts are named" \
	'"unknown":["now","temperature","declaration","status","status_ends"]}' \
	"$(echo '{}' | chot judge -p "$pack" | grep -o '"unknown.*')"
is "nothing in, nothing out" "0 " "$(chot judge -p "$pack" </dev/null; echo "$? ")"
is "--json and - are allowed" '{"verdict":"pass","reasons":[],"unknown":[]}' \
	"$(echo "{$good}" | chot judge --json --policy="$pack" -)"

# refused NAME STATUS WORDS: the run of "$work/in" ends so
refused() {
	chot judge -p "$pack" "$work/in" >"$work/out" 2>"$work/err"
	is "$1: status" "$2" $?
	is "$1: one line" 1 "$(wc -l <"$work/err")"
	is "$1: words" "$3" "$(sed "s,$work/,," "$work/err")"
}
printf '{%s}\n{"temprature":38.2}\n{%s}\n' "$good" "$good" >"$work/in"
refused "unknown name" 65 'chot: in:2: no such fact: "temprature"'
is "what came before stands" 1 "$(wc -l <"$work/out")"
printf '{"temperature":"38.2"}\n' >"$work/in"
refused "wrong type" 65 'chot: in:1: temperature: must be a number'
printf '{"hour":25}\n' >"$work/in"
refused "out of range" 65 'chot: in:1: hour: out of range 0 to 23'
printf '{}\n\n' >"$work/in"
refused "empty line" 65 "$(sed -n 1p <<X
chot: in:2: not JSON: '[' or '{' expected near end of file
X
)"
{ printf '{"lane":"'; head -c 20000 /dev/zero | tr '\0' a; echo '"}'; } >"$work/in"
refused "too long" 65 'chot: in:1: longer than 16384 bytes'
printf '{"a\033[2J":1}\n' >"$work/in"
chot judge -p "$pack" "$work/in" 2>"$work/err"
is "no escape sequence reaches the terminal" 0 "$(grep -c "$(printf '\033')" "$work/err")"
chot judge -p "$pack" "$work/none" 2>/dev/null
is "no such file" 65 $?
chot judge <"$work/in" 2>/dev/null
is "no pack is a wrong use" 64 $?
chot judge -p "$work/none" <"$work/in" 2>/dev/null
is "a pack that is not there" 78 $?
chot judge -p "$pack" a b 2>/dev/null
is "two files are a wrong use" 64 $?
chot judge -x 2>/dev/null
is "unknown option" 64 $?
chot judge --help >"$work/out"
is "help" "0 1" "$? $(grep -c 'usage: chot judge' "$work/out")"
if [ -c /dev/full ]; then
	echo "{$good}" | chot judge -p "$pack" >/dev/full 2>/dev/null
	is "a full disk is noticed" 75 $?
fi
echo "1..$n"
