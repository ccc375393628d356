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
part() { # NAME: of a health card over two codes
	sed -n "s/^ *\"$1\": \"\(shc:[^\"]*\)\".*/\1/p" \
	    "$SRCDIR/tests/credentials/shc-made.json"
}
{ part 2; echo 094300000123; part 1; } >"$work/in"
chot decode $now "$work/in" >"$work/out"
is "a card over two codes is no error" 0 $?
is "a part is told as one" '{"kind":"shc","part":2,"parts":2,' \
	"$(sed -n 1p "$work/out" | cut -c 1-33)"
is "and with the last the card is there" 1 "$(sed -n 3p "$work/out" |
	grep -c '"name":"Nguyễn Thị Mẫu".*"readable":true')"

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

# The last second of 2021 in Vietnam and the first of 2022, as programs write
# them: somebody born in 2022 is not born yet, and then is.
born() {
	echo 094222000123 | chot decode --at "$1" | grep -c birth-future
}
for at in 16:59:59Z 16:59:59.999Z 16:59:59 16:59:59.123456 23:59:59+07:00 \
	23:59:59+0700 23:59:59.9+0700 23:59+07 15:59:59-01; do
	is "before: $at" 1 "$(born "2021-12-31T$at")"
done
for at in 2021-12-31T17:00:00Z 2021-12-31T17:00:00.5Z 2021-12-31T17:00:00 \
	2022-01-01T00:00:00+07:00 2022-01-01T00:00:00.123+0700 \
	2022-01-01T00:00+07 2022-01-01 1640970000; do
	is "after: $at" 0 "$(born "$at")"
done
for at in 2021-12-31T17:00:00. 2021-12-31T17:00:00+7 2021-12-31T17:00:00+070 \
	2021-12-31T17:00:00+07000 2021-12-31T17 2021-12-31T17:00:00.5x 2021-12-31. ""; do
	chot decode --at "$at" </dev/null 2>/dev/null
	is "no clock: $at" 64 $?
done
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
# What codes stand for is data beside the program.
mkdir -p "$work/data/contrib/value-sets"
cp "$SRCDIR"/contrib/value-sets/*.json "$work/data/contrib/value-sets"
sets=$work/data/contrib/value-sets
named() { # what is said of a number, with the sets that are there
	echo 094300000123 | CHOT_DATA=$work/data chot decode $now 2>"$work/err" |
	    grep -o '"province[^,]*,' | tr -d '\n'
}
is "a code is named" '"province_code":"094","province":"Sóc Trăng",' "$(named)"
is "and nothing is complained of" "" "$(cat "$work/err")"
sed -i 's/"Sóc Trăng"/"Sóc Trăng mới"/' "$sets/vn-provinces.json"
is "as the set says" '"province_code":"094","province":"Sóc Trăng mới",' "$(named)"
sed -i '/"094"/s/display/word/' "$sets/vn-provinces.json"
is "of a broken set codes stay as they are" '"province_code":"094",' "$(named)"
line=$(grep -n '"094"' "$sets/vn-provinces.json" | cut -d: -f1)
is "which is told in one line, with file and line" \
	"chot decode: $sets/vn-provinces.json:$line: the code has no display, or a long one" \
	"$(cat "$work/err")"
rm -r "$sets"
is "without any sets too" '"province_code":"094",' "$(named)"
is "said once" "1 chot decode: $sets: No such file or directory" \
	"$(wc -l <"$work/err") $(cat "$work/err")"
echo "1..$n"
