#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot drive, byte by byte through ptys: a relay board with a state, a printer
# that draws what it would print.
. "$SRCDIR/tests/flow/lib.sh"

seen() { grep -Eqs -e "$2" "$work/$1.out"; }
# NAME PATTERN: a line of the actuator NAME comes.
comes() { until_ok seen "$1" "$2"; }
# NAME ROLE DEVICE [OPTION...]: an actuator in the background.
actuator() {
	name=$1
	shift
	rm -f "$work/$name.in" "$work/$name.out" # of the one before
	mkfifo "$work/$name.in"
	chot drive "$@" <>"$work/$name.in" >"$work/$name.out" \
	    2>"$work/$name.err" &
	actuator_pid=$!
	pids="$pids $!"
}
order() { # NAME ORDER
	echo "$2" 1<>"$work/$1.in"
}
# TOOL NAME ARGUMENT...: an emulated device behind $work/NAME.
device() {
	tool=$1
	name=$2
	shift 2
	mkfifo "$work/$name.commands"
	"$BUILDDIR/tests/tools/$tool" "$work/$name" "$@" \
	    <>"$work/$name.commands" >"$work/$name.out" 2>"$work/$name.err" &
	pids="$pids $!"
	comes "$name" '^ok'
}
tell() { # NAME COMMAND: obeyed when this returns
	tell_before=$(wc -l <"$work/$1.out")
	echo "$2" 1<>"$work/$1.commands"
	until_ok tell_done "$1" "$2" || diag "$1: no $2"
}
tell_done() {
	tail -n "+$((tell_before + 1))" "$work/$1.out" | grep -Fqx "ok $2"
}
relay_is() { # on|off: what the board's channel 1 was switched to last
	[ "$(sed -n 's/^relay 1 \([a-z]*\) .*/\1/p' "$work/board.out" | tail -n 1)" = "$1" ]
}

# ---- a gate ------------------------------------------------------------------

device relayboard board lcus
actuator gate relay "serial:$work/board,protocol=lcus"
ok "a relay says hello" comes gate '^hello 1 relay$'
ok "off is sent at the start" comes board '^same 1 off$'
order gate 'open 1 reason=pass'
ok "a gate opens" comes gate '^switch 1 on channel=1 reason=pass$'
ok "and closes" comes gate '^done 1$'
took=$(awk '/^relay 1/ { if ($3 == "on") on = $4; else print $4 - on }' "$work/board.out")
ok "after 700 ms ($took ms)" test "$took" -ge 690 -a "$took" -lt 1500
order gate "$(printf 'open 2 reason=\033[2J')"
ok "a reason is a word" comes gate '^fault 2 a reason'
order gate "open 3 $(printf '%09500d' 0)"
ok "an order that is too long is dropped whole" comes gate '^fault 0 an order that is too long'
order gate 'on 4 20000 reason=booth'
ok "a booth is on" until_ok relay_is on
order gate 'open 5'
ok "and locks the gate" comes gate '^fault 5 interlock'
tell board close
ok "a board that is pulled out is told" comes gate '^fault 4 the relay was lost$'
like "in words" "$(cat "$work/gate.out")" '^fault 0 relay: lost'
order gate 'open 6'
ok "and opens nothing later" comes gate '^fault 6 no relay$'
tell board open
ok "back again it is switched off first" until_ok relay_is off
until_ok eval '[ "$(grep -c "^status ready" "$work/gate.out")" -eq 2 ]'

# ---- whatever becomes of us ------------------------------------------------------

booth_on() {
	order gate 'on 9 20000 reason=booth'
	until_ok relay_is on
}
booth_on
kill -TERM $actuator_pid
wait $actuator_pid
is "SIGTERM ends it" $? 0
ok "with the booth off" relay_is off
for signal in KILL ABRT SEGV HUP; do
	actuator gate relay "serial:$work/board,protocol=lcus"
	comes gate '^status ready'
	booth_on
	kill -$signal $actuator_pid
	ok "after SIG$signal the guard switches off" until_ok relay_is off
	wait $actuator_pid 2>/dev/null
done
# Its parent dies: a shell between us and the actuator is killed.
cat >"$work/parent.sh" <<END
chot drive relay "serial:$work/board,protocol=lcus" <"$work/gate.in" >"$work/gate.out" &
sleep 60 >"$work/gate.in"
END
rm -f "$work/gate.out" # what the one before said is no sign of this one
sh "$work/parent.sh" &
parent=$!
pids="$pids $parent"
comes gate '^switch 0 off'
echo 'on 9 20000' 1<>"$work/gate.in"
ok "a booth of another station" until_ok relay_is on
pkill -P $parent sleep # the end of its orders
ok "is off when nobody can order any more" until_ok relay_is off
kill $parent 2>/dev/null

actuator gate relay "serial:$work/board,protocol=lcus"
comes gate '^status ready'
order gate 'on 9 1500'
until_ok relay_is on
kill -STOP $actuator_pid
ok "the guard ends what an actuator that hangs does not" until_ok relay_is off
kill -CONT $actuator_pid
kill -TERM $actuator_pid
wait $actuator_pid
printf 'open 1 200\n' | chot drive relay "serial:$work/board" >"$work/once.out"
ok "one order by hand" grep -q '^done 1$' "$work/once.out"
is "nothing was sent that is no frame" "$(grep -c '^noise' "$work/board.out")" 0

device relayboard modbus modbus
actuator coil relay "serial:$work/modbus,protocol=modbus"
comes coil '^switch 0 off'
order coil 'open 1 300'
ok "modbus answers are awaited" comes coil '^done 1$'
tell modbus mute
order coil 'open 2 300'
ok "and missed" comes coil '^fault 2 the relay does not answer$'
tell modbus speak
ok "off is sent until it is confirmed" comes coil '^switch 0 off channel=1 reason=fault$'
kill $actuator_pid

for kind in hw667 kmtronic; do
	device relayboard $kind $kind
	actuator gate relay "serial:$work/$kind,protocol=$kind"
	comes gate '^switch 0 off'
	order gate 'open 1 300'
	ok "$kind opens and closes" comes gate '^done 1$'
	like "once" "$(grep -c '^relay 1 on' "$work/$kind.out")" '^1$'
	kill $actuator_pid
done

# ---- a printer -------------------------------------------------------------------

slip() { # N SERIAL [MORE]
	printf 'slip %s {"title":"PHIẾU QUA CHỐT","station":"Chốt Quốc lộ 1A","time":"22/10/2021 14:03","verdict":"MỜI GẶP CÁN BỘ","id":"******000123","serial":"%s","public":"Sốt 38,2 (ngưỡng 37,5).","advice":"Mời ra ghế chờ 5 phút.","token":"CHOT:S:7f3a91c2:123"%s}\n' "$1" "$2" "${3:-}"
}
device slipprinter paper 384 "$work/paper.pbm"
actuator prn --log "$work/prints" printer "serial:$work/paper,baud=115200,protocol=escpos"
ok "a printer that answers is ready" comes prn '^status ready$'
slip 1 ST/1/1 1<>"$work/prn.in"
ok "a slip is printed" comes prn '^done 1$'
tell paper save
is "dot for dot" "$(cksum <"$work/paper.pbm")" "$(cksum <"$SRCDIR/tests/slips/officer-58.pbm")"
if [ -x "$BUILDDIR/chot-camera" ]; then
	mkdir "$work/pictures"
	cp "$work/paper.pbm" "$work/pictures/"
	like "its code is read again" \
	    "$("$BUILDDIR/chot-camera" "images:$work/pictures")" \
	    "^scan qr $(printf 'CHOT:S:7f3a91c2:123' | od -An -tx1 -v | tr -d ' \n' | tr a-f A-F)\$"
else
	ok "its code is read again # SKIP no chot-camera" true
fi
slip 2 ST/1/1 1<>"$work/prn.in"
ok "once" comes prn '^fault 2 already printed$'
slip 3 ST/1/1 ',"again":true' 1<>"$work/prn.in"
ok "unless asked" comes prn '^done 3$'
tell paper "paper low"
ok "paper low is told" comes prn '^status paper-low$'
tell paper "paper out"
slip 4 ST/1/4 1<>"$work/prn.in"
ok "paper out refuses a slip" comes prn '^fault 4 the printer is out of paper$'
tell paper "paper ok"
tell paper "cover open"
slip 5 ST/1/5 1<>"$work/prn.in"
ok "so does an open cover" comes prn '^fault 5 the printer.s cover is open$'
tell paper "cover shut"
slip 6 ST/1/5 1<>"$work/prn.in"
ok "what was refused can be tried again" comes prn '^done 6$'
like "the log has serial numbers" "$(cat "$work/prints")" \
    '^20..-..-..T..:..:..Z refused ST/1/5$'
unlike "and no persons" "$(cat "$work/prints")" '000123|Sốt'
slip 7 ST/1/7 ',"id":"094300000123"' | sed 's/"id":"\*[^,]*,//' 1<>"$work/prn.in"
ok "a number that is not masked is refused" comes prn '^fault 7 the id is not masked$'
echo 'slip 8 {"title":' 1<>"$work/prn.in"
ok "so is what is no slip" comes prn '^fault 8 a slip is one JSON object$'
tell paper close
ok "a printer that is pulled out is told" comes prn '^fault 0 printer: lost'
slip 9 ST/1/9 1<>"$work/prn.in"
ok "and takes no slip" comes prn '^fault 9 no printer$'
tell paper open
until_ok eval 'tail -n 1 "$work/prn.out" | grep -q "^status ready"'
slip 11 ST/1/11 1<>"$work/prn.in"
ok "back again it prints" comes prn '^done 11$'
is "nothing was sent that it does not know" "$(grep -c '^noise' "$work/paper.out")" 0
kill -TERM $actuator_pid
wait $actuator_pid
is "SIGTERM ends it too" $? 0
actuator prn --log "$work/prints" printer "serial:$work/paper,baud=115200"
comes prn '^status ready$'
slip 1 ST/1/11 1<>"$work/prn.in"
ok "a restart does not print twice" comes prn '^fault 1 already printed$'
kill $actuator_pid

# The kernel's own printer, /dev/usb/lp0, is a character device, as a pty is.
device slipprinter lp 384 "$work/lp.pbm"
actuator lpr printer "lp:$work/lp"
ok "a printer of the kernel is ready" comes lpr '^status ready$'
slip 1 ST/1/1 1<>"$work/lpr.in"
ok "and prints" comes lpr '^done 1$'
tell lp save
is "the same dots" "$(cksum <"$work/lp.pbm")" "$(cksum <"$SRCDIR/tests/slips/officer-58.pbm")"
tell lp "paper out"
ok "it is heard when its paper is out" comes lpr '^status paper-out$'
slip 2 LP/1/2 1<>"$work/lpr.in"
ok "and refuses a slip" comes lpr '^fault 2 the printer is out of paper$'
tell lp "paper ok"
tell lp close
ok "switched off it is told" comes lpr '^fault 0 printer: lost'
slip 3 LP/1/3 1<>"$work/lpr.in"
ok "and takes none" comes lpr '^fault 3 no printer$'
tell lp open
ok "switched on again it is ready" until_ok eval 'tail -n 1 "$work/lpr.out" | grep -q "^status ready"'
slip 4 LP/1/2 1<>"$work/lpr.in"
ok "and prints again" comes lpr '^done 4$'
kill $actuator_pid

# ---- files, commands, sound ----------------------------------------------------------

slip 1 A/1 | chot drive printer "lp:$work/slip80,width=80" >"$work/out"
ok "a file takes a slip" grep -q '^done 1$' "$work/out"
"$BUILDDIR/tests/tools/slipprinter" - 576 "$work/slip80.pbm" <"$work/slip80" >"$work/out"
is "of 80 mm" "$(cksum <"$work/slip80.pbm")" "$(cksum <"$SRCDIR/tests/slips/officer-80.pbm")"
like "that is cut" "$(cat "$work/out")" '^cut '
slip 1 A/1 | chot drive printer "lp:$work/text,mode=tcvn3" >/dev/null
"$BUILDDIR/tests/tools/slipprinter" - 384 "$work/text.pbm" <"$work/text" >"$work/out"
is "and one in TCVN-3" "$(cksum <"$work/text.pbm")" "$(cksum <"$SRCDIR/tests/slips/officer-tcvn3.pbm")"
unlike "without noise" "$(cat "$work/out")" noise
slip 1 A/1 | chot drive printer "exec:cat >$work/spooled" >"$work/out"
ok "a command takes one" grep -q '^done 1$' "$work/out"
ok "whole" test "$(wc -c <"$work/spooled")" -gt 10000
slip 1 A/1 | chot drive printer "exec:exit 3" >"$work/out"
ok "and its failure is told" grep -q '^fault 1 the program ended with status 3$' "$work/out"
echo 'tone 1' | chot drive sound "exec:cat >$work/tone.wav" >"$work/out"
ok "a tone is played" grep -q '^done 1$' "$work/out"
is "as a WAV file" "$(head -c 4 "$work/tone.wav")" RIFF
mkdir "$work/sounds"
echo spoken >"$work/sounds/officer.wav"
printf 'words 1 officer\n' |
	chot drive --sounds "$work/sounds" sound "exec:cat >$work/said" >"$work/out"
is "words are a file of their name" "$(cat "$work/said")" spoken
printf 'words 1 ../officer\n' |
	chot drive --sounds "$work/sounds" sound "exec:true" >"$work/out"
ok "and no path" grep -q '^fault 1 words are one name' "$work/out"
status "no such role" 64 chot drive gun serial:x
status "no device" 64 chot drive relay
status "no such protocol" 78 chot drive relay serial:x,protocol=ssi
status "--help" 0 chot drive --help
like "names the boards" "$(cat "$work/out")" 'protocol=kmtronic'
done_testing
