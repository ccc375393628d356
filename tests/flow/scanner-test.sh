#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The test page for scanners: its codes are read by the camera, and what a
# scanner makes of them tells what is wrong with its settings.
. "$SRCDIR/tests/flow/lib.sh"

export CHOT_LOCALE="$BUILDDIR/locale"
page=$BUILDDIR/contrib/scanner-test.svg
(cd "$BUILDDIR" && make -s contrib/scanner-test.svg >/dev/null 2>&1)
[ -s "$page" ] || skip_all "no test page"

# ---- the page -------------------------------------------------------------------

like "the page speaks Vietnamese" "$(cat "$page")" 'Trang thử máy quét'
like "and English" "$(cat "$page")" 'Cover the other codes'
like "it is A4" "$(cat "$page")" 'width="210mm" height="297mm"'
mkdir "$work/codes"
for n in 1 2 3 4; do
	ok "code $n can be drawn" \
	    eval '"$BUILDDIR/tests/tools/svgcode" $n <"$page" >"$work/codes/$n.pgm"'
done
if [ -x "$BUILDDIR/chot-camera" ]; then
	for n in 1 2 3 4; do
		mkdir "$work/one"
		cp "$work/codes/$n.pgm" "$work/one/"
		"$BUILDDIR/chot-camera" "images:$work/one" >"$work/read"
		rm -r "$work/one"
		eval "code$n=\$(sed -n 's/^scan qr //p' '$work/read')"
	done
else
	skip_all "no chot-camera to read the page"
fi
text() { printf '%s' "$1" | sed 's/../\\x&/g' | xargs -0 printf '%b'; }
like "the camera reads the first" "$code1" "^$(printf 'CHOT-TEST-1' | od -An -tx1 | tr -d ' \n' | tr a-f A-F)"
like "byte for byte: the second holds Vietnamese" "$code2" \
    '4E677579E1BB856E20C490E1BAA174'
ok "the last is as long as a certificate" test ${#code4} -ge 1600

# ---- the test -------------------------------------------------------------------

pty_start gun
run=0
tester() { # [OPTION...]
	run=$((run + 1))
	out=$work/test.$run
	chot read scanner "serial:$work/gun,baud=115200" --test -t 30 "$@" \
	    >"$out" 2>"$out.err" &
	tester=$!
	pids="$pids $!"
}
asks() { until_ok grep -q "code $1 of the test page" "$out"; }
said() { until_ok grep -q "^  $1: " "$out"; }
# HEX HEX HEX HEX [END]: the four codes, as the scanner sends them.
play() {
	number=0
	end=${5-0D}
	for hex in "$1" "$2" "$3" "$4"; do
		number=$((number + 1))
		asks $number || return 1
		pty gun hex "$hex$end"
		said $number || return 1
	done
}
ends() { # STATUS
	wait $tester
	[ $? -eq "$1" ]
}

tester
play "$code1" "$code2" "$code3" "$code4"
ok "a scanner that is set up right" ends 0
like "is told so" "$(cat "$out")" 'set up right'
like "with the line to configure" "$(cat "$out")" \
    "^scanner = \{ \"serial:$work/gun,baud=115200,protocol=line,end=cr\" \}"

faulty() { # NAME PATTERN HEX HEX HEX HEX [END]
	name=$1
	pattern=$2
	shift 2
	tester
	play "$@"
	ok "$name: it is not all right" ends 65
	like "$name is said" "$(cat "$out")" "$pattern"
}
lower() { text "$1" | LC_ALL=C tr A-Za-z a-zA-Z | od -An -v -tx1 | tr -d ' \n'; }
map() { text "$1" | LC_ALL=C sed "$2" | od -An -v -tx1 | tr -d ' \n'; }

faulty "no terminator" 'nothing ends a scan' "$code1" "$code2" "$code3" "$code4" ""
faulty "a prefix" 'before each code: 4B 4D' "4B4D$code1" "4B4D$code2" "4B4D$code3" "4B4D$code4"
faulty "case" 'capital and small letters are exchanged' "$(lower "$code1")" "$code2" "$code3" "$code4"
faulty "a keyboard layout" 'another keyboard layout' "$code1" "$(map "$code2" 's/y/z/g')" "$code3" "$code4"
faulty "letters left out" 'Vietnamese letters are left out' "$code1" \
    "$(text "$code2" | LC_ALL=C tr -d '\200-\377' | od -An -v -tx1 | tr -d ' \n')" "$code3" "$code4"
faulty "a code page" 'changes the character set' "$code1" \
    "$(map "$code2" 's/\xe1\xbb\x85/\xd4/; s/\xc4\x90/\xd0/; s/\xe1\xba\xa1/\xb9/; s/\xe1\xbb\xb9/\xfc/; s/\xe1\xbb\xb1/\xf9/; s/\xe1\xba\xb7/\xb6/')" "$code3" "$code4"
faulty "bytes lost" 'bytes are lost' "$code1" "$code2" "$code3" \
    "$(printf %s "$code4" | cut -c1-600,641-)"

# Pauses: the code comes in two pieces with more than idle_ms between.
tester
asks 1
pty gun hex "$(printf %s "$code1" | cut -c1-20)"
sleep 0.4
pty gun hex "$(printf %s "$code1" | cut -c21-)0D"
ok "pauses within a code are said" until_ok grep -q 'pauses within a code' "$out"
kill $tester

# The same in Vietnamese.
LANGUAGE=vi tester
asks_vi() { until_ok grep -q 'Quét mã số 1' "$out"; }
ok "it asks in Vietnamese" asks_vi
pty gun hex "$code1"
ok "and says what to do" until_ok grep -q -- '-> đặt' "$out"
kill $tester

status "silence is no verdict" 75 timeout 20 chot read scanner "serial:$work/gun" --test -t 1
like "and what to look at is said" "$(cat "$work/err")" 'cable'
status "for scanners alone" 64 chot read thermometer "serial:$work/gun" --test
status "nor with a program" 78 chot read scanner exec:cat --test

# ---- behind a network converter ---------------------------------------------------

mkfifo "$work/far.commands"
"$BUILDDIR/tests/tools/serialdevice" "tcp:$work/far.port" scanner line \
    <>"$work/far.commands" >"$work/far.answers" 2>"$work/far.lost" &
pids="$pids $!"
until_ok grep -qs '^ok' "$work/far.answers"
far=127.0.0.1:$(cat "$work/far.port")
out=$work/test.far
chot read scanner "tcp:$far" --test -t 30 >"$out" 2>"$out.err" &
tester=$!
pids="$pids $!"
until_ok grep -qs '^connected' "$work/far.answers"
number=0
for hex in "$code1" "$code2" "$code3" "$code4"; do
	number=$((number + 1))
	asks $number
	echo "hex $hex" >"$work/far.commands"
	said $number
done
ok "a scanner behind a converter is tested too" ends 0
like "with the line to configure" "$(cat "$out")" \
    "^scanner = \{ \"tcp:$far,protocol=line,end=cr\" \}\$"
status "a converter that is not there" 75 timeout 20 chot read scanner tcp:127.0.0.1:1 --test
like "is told by name" "$(cat "$work/err")" '127\.0\.0\.1:1: no connection: '
done_testing
