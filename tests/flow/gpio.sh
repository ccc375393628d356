#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A gate and a booth at two lines of a GPIO chip, through the calls that the
# kernel's character device takes (tests/tools/gpioshim.c, preloaded).
. "$SRCDIR/tests/flow/lib.sh"

shim=$(preloaded gpioshim.so) || skip_all "nothing can be preloaded here"
export GPIOSHIM_CHIP="$work/gpiochip0" GPIOSHIM_LOG="$work/pins"
: >"$GPIOSHIM_CHIP"
: >"$work/levels"
mkfifo "$GPIOSHIM_LOG"
cat <>"$GPIOSHIM_LOG" >>"$work/levels" &
pids="$pids $!"

comes() { until_ok grep -Eqs -e "$1" "$work/gate.out"; }
level() { # LINE: what is at the pin
	sed -n "s/^$1 //p" "$work/levels" | tail -n 1
}
level_is() { [ "$(level "$1")" = "$2" ]; }
gate() { # OPTIONS: a relay is driven in the background
	rm -f "$work/gate.in" "$work/gate.out" # of the one before
	mkfifo "$work/gate.in"
	LD_PRELOAD=$shim chot drive relay "serial:$GPIOSHIM_CHIP,protocol=gpio$1" \
	    <>"$work/gate.in" >"$work/gate.out" 2>"$work/gate.err" &
	gate_pid=$!
	pids="$pids $!"
}
order() { echo "$1" 1<>"$work/gate.in"; }

gate ,line=17:27
ok "lines are outputs" comes '^status ready'
comes '^switch 0 off channel=2' # until then the interlock holds
until_ok level_is 27 0
is "and off from the first moment" "$(head -n 2 "$work/levels" | tr '\n' ' ')" "17 0 27 0 "
: >"$work/levels"
order 'open 1 300 reason=pass'
ok "a gate opens and closes" comes '^done 1$'
pulsed() { [ "$(grep '^17' "$work/levels" | uniq | tr '\n' ' ')" = "17 1 17 0 " ]; }
ok "by one pulse of its line" until_ok pulsed
is "the other line stays off" "$(grep -c '^27 1' "$work/levels")" 0
order 'on 2 20000 channel=2 reason=booth'
ok "a booth at the other" until_ok level_is 27 1
order 'open 3'
ok "locks the gate" comes '^fault 3 interlock'
kill -KILL $gate_pid
ok "the guard switches off what a killed one left on" until_ok level_is 27 0
wait $gate_pid 2>/dev/null

gate ,line=17,active=low
comes '^switch 0 off'
ok "a board that is active at low: off is 1" until_ok level_is 17 1
order 'on 4 20000'
ok "on is 0" until_ok level_is 17 0
kill -TERM $gate_pid
wait $gate_pid
is "SIGTERM ends it" $? 0
ok "with all off" until_ok level_is 17 1

gate ,line=99
ok "a line that the chip does not have is said" comes '^fault 0 relay: .*line: '
kill $gate_pid
status "a line twice" 78 chot drive relay "serial:$GPIOSHIM_CHIP,protocol=gpio,line=4:4"
done_testing
