#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Memory of chot-camera over many frames, of all kinds that there are: with
# codes, empty, full of noise. FRAMES says how many; CHOT_LONG=1 plays a
# million, which takes an hour. Nothing is judged by the clock.
. "$SRCDIR/tests/flow/lib.sh"

camera=$CHOT_LIBEXEC/chot-camera
if nm "$camera" 2>/dev/null | grep -q __asan_init; then
	skip_all "a sanitizer keeps what is freed"
fi
frames=${FRAMES:-3000}
[ -z "${CHOT_LONG:-}" ] || frames=1000000
size=$((260 * 132))
block=20 # frames

# The last bytes of two.y4m are pixels.
frame() { # FILE
	printf 'FRAME\n'
	tail -c "$size" "$1"
}
head -c "$size" /dev/zero >"$work/black"
for i in 1 2 3; do
	head -c "$size" /dev/urandom >"$work/noise-$i"
done
i=0
while [ $i -lt $((block - 5)) ]; do
	frame "$SRCDIR/tests/camera/two.y4m"
	i=$((i + 1))
done >"$work/block"
for i in black noise-1 black noise-2 noise-3; do
	frame "$work/$i"
done >>"$work/block"

kb() { # FIELD: of the reader, in KiB
	sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$reader/status"
}

send() { # FRAMES
	n=$(($1 / block))
	while [ $n -gt 0 ]; do
		cat "$work/block"
		n=$((n - 1))
	done
}

mkfifo "$work/fifo"
"$camera" "y4m:$work/fifo" >"$work/out" 2>"$work/err" &
reader=$!
pids="$pids $reader"
exec 7>"$work/fifo"
printf 'YUV4MPEG2 W260 H132 F5:1 Cmono\n' >&7
# Until all has been used that will be used.
send $((frames / 4)) >&7
before=$(kb VmRSS)
send $((frames * 3 / 4)) >&7
after=$(kb VmRSS)
diag "$frames frames: $before kB after a quarter of them, $after kB at the end"
# zbar leaks until it is made anew, after some thousand codes: half a megabyte.
ok "memory stays where it was" test $((after - before)) -lt 700
exec 7>&-
ok "all that time the two codes were read" \
	test "$(grep -c '^scan ' "$work/out")" -ge 2
ok "and nothing was wrong" test "$(grep -c '^fault ' "$work/out")" -eq 0
kill "$reader"
wait "$reader"
ok "its end is a good one" test $? -eq 0

# What a post has: frames of 1280x720, each of them worth every pass.
"$camera" "y4m:$work/fifo" >"$work/out" 2>"$work/err" &
reader=$!
pids="$pids $reader"
exec 7>"$work/fifo"
printf 'YUV4MPEG2 W1280 H720 F10:1 Cmono\n' >&7
head -c 921600 /dev/urandom >"$work/wide"
i=0
while [ $i -lt 40 ]; do
	printf 'FRAME\n'
	cat "$work/wide"
	i=$((i + 1))
done >&7
most=$(kb VmHWM)
diag "$most kB at most at 1280x720"
ok "at 1280x720 it needs less than 40 MB" test "$most" -lt 40960
exec 7>&-
kill "$reader"
wait "$reader"
done_testing
