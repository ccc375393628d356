#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The tools of the other flows do what the others believe they do.
. "$SRCDIR/tests/flow/lib.sh"

pty_start port
ok "the device is there" test -c "$work/port"
cat "$work/port" >"$work/heard" &
reader=$!
has_heard() { [ "$(wc -c <"$work/heard")" -ge "$1" ]; }
ok "bytes are sent" pty port hex 30 41 00 FF
ok "text is sent" pty port 'text B\r\\\x41'
ok "bytes are repeated" pty port repeat 3 1 5A
until_ok has_heard 11
is "as they are" "$(od -An -tx1 "$work/heard" | tr -d ' \n')" \
    "304100ff420d5c415a5a5a"
fails "an unknown command is an error" pty port dance
printf 'trigger\n' >"$work/port"
is "what the device received" "$(pty port drain)" "747269676765720A"
is "is drained once" "$(pty port drain)" ""
pty port close
wait $reader
is "unplugged: end of file or error" "$(test -e "$work/port"; echo $?)" 1
fails "nothing is sent then" pty port hex 00
pty port open
ok "plugged in again under the same name" test -c "$work/port"

if command -v tmux >/dev/null; then
	start_tmux 60x10 "stty size; read line; echo \"read \$line\"; exit 7"
	ok "the terminal has its size" wait_for '^10 60$'
	type_text "ĐƯỢC QUA"
	keys Enter
	ok "keys arrive and the screen is seen" wait_for '^read ĐƯỢC QUA$'
	is "the exit status is told" "$(tmux_status)" 7
	fails "what is not there is not seen" on_screen 'read KIỂM'
fi
done_testing
