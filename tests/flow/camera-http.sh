#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A camera in the network, played by tests/tools/mjpegserver.c.
. "$SRCDIR/tests/flow/lib.sh"

camera=$CHOT_LIBEXEC/chot-camera
want='scan qr 3531462D3132332E3435'
serve() {
	exec "$BUILDDIR/tests/tools/mjpegserver" \
		"$SRCDIR/tests/camera/code.jpg" >"$work/port"
}
background serve
server=$!
until_ok test -s "$work/port"
port=$(cat "$work/port")

look() { # PATH
	timeout 30 "$camera" -n 1 "http://127.0.0.1:$port$1" >"$work/out" \
		2>"$work/err"
}
watch() { # PATH PATTERN: the reader goes on; wait for a line, then end it
	: >"$work/out" # not a line of the one before
	"$camera" "http://warden:secret@127.0.0.1:$port$1" >"$work/out" \
		2>"$work/err" &
	pid=$!
	until_ok grep -q "$2" "$work/out"
	kill -TERM $pid
	wait $pid
	status=$?
	grep -q "$2" "$work/out"
}

for path in /counted /searched /single; do
	look $path
	ok "$path: the code is read" grep -q "^$want" "$work/out"
done
"$camera" -n 1 "http://localhost:$port/counted,rate=5" >"$work/out" 2>&1
ok "a host by its name" grep -q "^$want" "$work/out"
ok "a page is no camera" watch /html '^fault .*no JPEG'
ok "SIGTERM is a good end" test "$status" -eq 0
ok "no password in a fault line" sh -c "! grep -q secret '$work/out' '$work/err'"
ok "a wrong path is told" watch /nothing '^fault .*404'
ok "a connection that ends is told" watch /close '^fault .*closed'
ok "after what it showed" grep -q "^$want" "$work/out"
ok "pictures that are none are told" watch /damaged '^fault .*no usable'
ok "a picture without an end is told" watch /huge '^fault .*no usable'
ok "and silence" watch /stall '^fault '

# The same code through a connection that ends and begins is one scan.
ok "it is asked again" watch /close '^fault .*closed'
kill "$server"
wait "$server" 2>/dev/null
ok "a camera that is off is told" watch /counted '^fault .*connect'

"$camera" http:nonsense >/dev/null 2>"$work/err"
ok "an address without a host is a matter of set-up" test $? -eq 78
done_testing
