#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The way through libserialport, which refuses ptys: tests/tools/portshim.c,
# preloaded, makes it take one.
. "$SRCDIR/tests/flow/lib.sh"

shim=$(preloaded portshim.so) || skip_all "nothing can be preloaded here"
PORTSHIM_LOG=$work/lines
export PORTSHIM_LOG
: >"$work/lines" # a confined reader makes no files

seen() { grep -Eqs -e "$2" "$work/$1.out"; }
comes() { until_ok seen "$1" "$2"; }
reader() { # NAME OPTIONS
	LD_PRELOAD=$shim chot read scanner "serial:$work/port$2" </dev/null \
	    >"$work/$1.out" 2>"$work/$1.err" &
	pids="$pids $!"
	reader_pid=$!
}

pty_start port
reader one ",rts=off"
ok "a port is opened through a symbolic link" comes one '^ok$'
ok "by libserialport: it asked for the modem lines" test -s "$work/lines"
pty port hex 41 11 42 13 43 0D
ok "XON and XOFF are bytes like others" comes one '^scan unknown 4111421343$'
# Nobody but root may look at the descriptors of a confined process.
[ "$(id -u)" -ne 0 ] ||
	is "nothing raw is left to a child" "$(find "/proc/$reader_pid/fd" -lname '/dev/pts/*' |
    sed 's/fd/fdinfo/' | xargs awk '/^flags:/ { print ($2 ~ /2......$/) ? "cloexec" : "open" }')" cloexec
status "a second reader" 124 env LD_PRELOAD="$shim" timeout 1 \
    chot read scanner "serial:$work/port"
like "is told of the first" "$(cat "$work/out")" 'another program reads it$'
pty port close
ok "unplugged" comes one '^fault scanner: '
pty port open
ok "plugged in again" until_ok eval '[ "$(grep -c "^ok\$" "$work/one.out")" -ge 2 ]'
pty port text 'BACK\r'
ok "and read" comes one '^scan unknown 4241434B$'
kill $reader_pid
wait $reader_pid
is "SIGTERM ends it" $? 0

# OPTIONS LINES: with these a port has its modem lines so.
modem() {
	: >"$PORTSHIM_LOG"
	reader lines "$1"
	comes lines '^ok$'
	is "modem lines by '$1'" "$(tail -n 1 "$PORTSHIM_LOG")" "$2"
	kill $reader_pid
	wait $reader_pid
	rm "$work/lines.out" # what it said is no sign of the next
}
modem "" "dtr=1 rts=1"
modem ",dtr=off" "dtr=0 rts=1"
modem ",rts=off" "dtr=1 rts=0"
modem ",dtr=off,rts=off" "dtr=0 rts=0"
modem ",dtr=on,rts=on" "dtr=1 rts=1"
done_testing
