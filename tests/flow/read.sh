#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot read, byte by byte through real ptys, pipes and sockets.
. "$SRCDIR/tests/flow/lib.sh"

seen() { grep -Eqs -e "$2" "$work/$1.out"; }
# NAME PATTERN: an event line of the reader NAME comes.
comes() { until_ok seen "$1" "$2"; }
count() { grep -Ec -e "$2" "$work/$1.out"; }
# NAME ROLE DEVICE: a reader in the background, commands in $work/NAME.in.
reader() {
	mkfifo "$work/$1.in"
	chot read "$2" "$3" <>"$work/$1.in" >"$work/$1.out" 2>"$work/$1.err" &
	pids="$pids $!"
	reader_pid=$!
}
hex() { printf '%s' "$1" | od -An -tx1 -v | tr -d ' \n' | tr a-f A-F; }

# ---- a scanner ----------------------------------------------------------------

pty_start gun
reader scan scanner "serial:$work/gun"
ok "hello, then ok" comes scan '^ok$'
is "hello comes first" "$(head -n 1 "$work/scan.out")" "hello 1 scanner"
card='094300000123|094300123|Nguyễn Đạt|01012000|Nam|Ấp 1, Xã A|01052021'
want="^scan unknown $(hex "$card")\$"
for end in '\r' '\r\n' '\n' '\t' ''; do
	pty gun text "$card$end"
	sleep 0.4 # silence is what ends the last two
done
ok "CR, LF, CRLF, Tab and silence end a scan" \
    until_ok eval '[ "$(count scan "$want")" -eq 5 ]'
pty gun text "]Q1$card\\r"
ok "AIM tells the symbology" comes scan "^scan qr $(hex "$card")\$"
for byte in 41 42 00 43 0D; do pty gun hex $byte; done
ok "byte by byte, without the NUL" comes scan '^scan unknown 414243$'
before=$(count scan '^scan')
long=$(printf '%02000d' 0)
pty gun text "$long"; pty gun text "$long"; pty gun text "$long\\r"
ok "too long a code is said" comes scan '^fault a code that is too long'
pty gun text 'NEXT\r'
ok "and the next one is read" comes scan "^scan unknown $(hex NEXT)\$"
is "nothing of it was" "$(count scan '^scan')" $((before + 1))
pty gun text '\x1b[2J\x07\xff\xfe\r'
ok "escape sequences go as hexadecimal" comes scan '^scan unknown 1B5B324A07FFFE$'
is "and nothing raw comes out" "$(LC_ALL=C tr -d '\12\40-\176' <"$work/scan.out" | wc -c)" 0

echo trigger 1<>"$work/scan.in"
ok "it has no trigger, and says so" comes scan '^fault no such command$'

pty gun close
ok "unplugged is said" comes scan '^fault scanner: '
oks=$(count scan '^ok$')
start=$(date +%s%N)
pty gun open
ok "plugged in again it is read" until_ok eval '[ "$(count scan "^ok\$")" -gt "$oks" ]'
took=$((($(date +%s%N) - start) / 1000000))
ok "within 2 s ($took ms)" test $took -lt 2000
pty gun text 'BACK\r'
ok "under the same name" comes scan "^scan unknown $(hex BACK)\$"

status "a second reader of one port waits" 124 timeout 1 chot read scanner "serial:$work/gun"
like "and says why" "$(cat "$work/out")" '^fault scanner: .*another program reads it$'

ok "SIGTERM ends it" kill -TERM $reader_pid
wait $reader_pid
is "with status 0" $? 0

# ---- a thermometer --------------------------------------------------------------

pty_start thermo
reader temp thermometer "serial:$work/thermo,protocol=gy-mcu90614,offset=0.9,continuous=1"
comes temp '^ok$'
is "it is told to send" "$(until_ok eval '[ -n "$(pty thermo drain | tee "$work/drained")" ]'; cat "$work/drained")" A545EA
pty thermo repeat 8 70 5A5A450409920AFA9C
pty thermo repeat 20 70 5A5A45040DF20AFA00
is "a measurement, not the stream" "$(count temp '^temp')" 1
like "settled, with all that led to it" "$(cat "$work/temp.out")" \
    '^temp 36600 raw=35700 ambient=28100 offset=900 samples=10 spread=0 quality=ok$'
pty thermo hex 5A5A45040DF20AFA01
ok "a wrong sum is said" comes temp '^fault damaged data'
head -c 4096 /dev/urandom >"$work/noise"
pty thermo hex "$(od -An -tx1 -v "$work/noise" | tr -d ' \n')"
ok "noise is said" comes temp '^fault data of another device'
pty thermo repeat 9 70 5A5A450409920AFA9C
pty thermo repeat 20 70 5A5A45040DF20AFA00
is "the next person is measured" "$(count temp '^temp')" 2
dirty=$(awk '/^Private_/ { sum += $2 } END { print sum }' "/proc/$reader_pid/smaps_rollup")
if nm "$BUILDDIR/chot" 2>/dev/null | grep -q __asan_init; then
	ok "memory is not judged under a sanitizer # SKIP" true
else
	ok "under 2 MB of memory of its own ($dirty kB)" test "$dirty" -lt 2048
fi
ticks() { awk '{ print $14 + $15 }' "/proc/$reader_pid/stat"; }
before=$(ticks)
sleep 2
ok "idle it does nothing" test $(($(ticks) - before)) -le 1

# ---- pipes and sockets ---------------------------------------------------------------

mkfifo "$work/pipe"
reader fifo scanner "serial:$work/pipe"
comes fifo '^ok$'
printf 'ONE\r' >"$work/pipe"
printf 'TWO\r' >"$work/pipe"
ok "writers of a pipe come and go" comes fifo "^scan unknown $(hex TWO)\$"
is "the reader stays" "$(count fifo '^fault')" 0
reader away scanner "tcp:127.0.0.1:1"
ok "a server that is not there is said" comes away '^fault scanner: '
reader none thermometer "serial:$work/none"
ok "a port that is not there is said" comes none '^fault thermometer: .*No such file'
# Only where libc's own catalogues are installed can this fail.
LANGUAGE=vi
export LANGUAGE
reader words thermometer "serial:$work/none"
unset LANGUAGE
ok "the system's words stay what a station knows" comes words 'No such file'

# ---- programs -------------------------------------------------------------------------

status "a program's events pass" 0 chot read scanner \
    'exec:printf "hello 1 scanner\nscan qr 4142\nlater x\nscan qr 4\nhint dark\n"'
is "checked" "$(grep -v '^ok$' "$work/out")" "hello 1 scanner
scan qr 4142
fault a line that is no event line
hint dark"
status "-n ends after N readings" 0 timeout 10 chot read -n 2 thermometer \
    'exec:while :; do echo temp 36600; done'
is "exactly" "$(grep -c '^temp' "$work/out")" 2
status "a program that fails is a failure" 69 chot read scanner 'exec:exit 3'
like "and is told" "$(cat "$work/out")" '^fault the program ended with status 3$'
reader prog scanner 'exec:while read line; do echo "scan qr 4243"; echo "hint $line"; done'
comes prog '^ok$'
echo trigger 1<>"$work/prog.in"
ok "commands reach the program" comes prog '^hint trigger$'

# ---- the command line --------------------------------------------------------------------

status "no device" 64 chot read scanner
status "no such role" 64 chot read gun serial:x
status "no such transport" 78 chot read scanner usb:x
status "no such protocol" 78 chot read scanner serial:x,protocol=gy-mcu90614
status "no such recording" 78 chot read scanner trace:/nonexistent
echo '@5 4Z' >"$work/bad.trace"
status "a spoilt recording" 65 chot read scanner "trace:$work/bad.trace"
like "is told by line" "$(cat "$work/err")" 'bad.trace:1: neither bytes'
status "--help" 0 chot read --help
like "names the protocols" "$(cat "$work/out")" 'protocol=gy-mcu90614'

# ---- recordings, as fast as they go and through a pty --------------------------------------

bad=
for trace in "$SRCDIR"/tests/traces/*.trace; do
	case ${trace##*/} in drive-*) continue; esac # of what is driven
	play=$(sed -n '1s/^# play: //p' "$trace")
	chot read "${play%% *}" "trace:$trace,${play#* },speed=0" \
	    </dev/null 2>&1 | grep -Ev '^(hello|ok)' >"$work/played"
	cmp -s "$work/played" "${trace%.trace}.events" || bad="$bad $trace"
done
is "recordings give their events" "$bad" ""

trace=$SRCDIR/tests/traces/zebra-ssi.trace
pty_start ssi
reader ssi scanner "serial:$work/ssi,protocol=ssi"
comes ssi '^ok$'
sed -n 's/^@[0-9]* //p' "$trace" | while read -r bytes; do
	pty ssi hex "$bytes"
	sleep 0.05
done
ok "a Zebra scanner is read through a pty" comes ssi '^fault the scanner refused'
is "code for code" "$(grep '^scan' "$work/ssi.out")" \
    "$(grep '^scan' "${trace%.trace}.events")"
like "and gets its answers" "$(pty ssi drain)" \
    '^00(04D00400FF28)?07C60400FFEE01FD41|^0004D00400FF28.*07C60400FFEE01FD41'
done_testing
