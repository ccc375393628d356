#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Capture by Video4Linux from a camera that tests/tools/fakecam.c, preloaded,
# plays: good and bad frames, changes of format, silence, a pulled plug, a
# driver that keeps us, a process that a frame has taken over.
. "$SRCDIR/tests/flow/lib.sh"

camera=$CHOT_LIBEXEC/chot-camera
if nm "$camera" 2>/dev/null | grep -q __asan_init; then
	skip_all "nothing can be preloaded before a sanitizer"
fi
shim=$BUILDDIR/tests/tools/fakecam.so
[ -f "$shim" ] || skip_all "no fakecam.so"
FAKECAM_PICTURE=$SRCDIR/tests/camera/code.pgm
FAKECAM_JPEG=$SRCDIR/tests/camera/code.jpg
FAKECAM_LOG=$work/log
export FAKECAM_PICTURE FAKECAM_JPEG FAKECAM_LOG
want='scan qr 3531462D3132332E3435'

look() { # MODES SCRIPT ARGUMENTS: lines in $work/out, what was asked in log
	: >"$work/log"
	modes=$1 script=$2
	shift 2
	FAKECAM_MODES=$modes FAKECAM_SCRIPT=$script LD_PRELOAD=$shim \
		timeout 30 "$camera" "$@" >"$work/out" 2>"$work/err"
}
scans() { grep -c "^$want" "$work/out"; }
asked() { grep -q "^$1" "$work/log"; }

# It takes its time: beside the rest.
FAKECAM_MODES=GREY:640x480@10 FAKECAM_SCRIPT=.b FAKECAM_LOG=$work/stuck.log \
	LD_PRELOAD=$shim timeout 60 "$camera" v4l2:/dev/video-fake \
	>"$work/stuck" 2>&1 &
stuck=$!

for format in GREY NV12 YUYV UYVY MJPG; do
	look "$format:640x480@10" . -n 1 v4l2:/dev/video-fake
	ok "$format frames are read" test "$(scans)" -eq 1
done

look "YUYV:640x480@30 YUYV:1280x720@10 MJPG:1280x720@30" . -n 1 \
	v4l2:/dev/video-fake
ok "of equal sizes the format that costs least" asked 'YUYV 1280 720'
look "YUYV:1280x720@2 MJPG:1280x720@30" . -n 1 v4l2:/dev/video-fake
ok "unless its frames are too few" asked 'MJPG 1280 720'
look "GREY:320x240@60 MJPG:1920x1080@30 MJPG:640x480@30" . -n 1 \
	v4l2:/dev/video-fake,size=640x480
ok "the size that was asked for" asked 'MJPG 640 480'
ok "the lens is set near and does not hunt" asked 'focus-auto 0'
ok "to a place of its own scale" asked 'focus 150'
look "GREY:640x480@10" . -n 1 v4l2:/dev/video-fake,focus=35
ok "focus=N is taken as it is" asked 'focus 35'
look "GREY:640x480@10" . -n 1 v4l2:/dev/video-fake,focus=auto
ok "focus=auto leaves it to the camera" asked 'focus-auto 1'

look "YUYV:640x480@10" selssesl. -n 1 v4l2:/dev/video-fake
ok "short, damaged and lost frames are given back" test "$(scans)" -eq 1
ok "each time" test "$(grep -c '^frame ' "$work/log")" -ge 7
for to in NV12:800x600 YUYV:1280x720 UYVY:320x240 MJPG:640x480; do
	look "GREY:640x480@10 $to@10" c. -n 1 v4l2:/dev/video-fake,size=640x480
	ok "a format that changes to $to in mid-stream is followed" \
		test "$(scans)" -eq 1
	ok "from a new start" asked "$(echo $to | tr ':x' '  ')"
done

look "GREY:640x480@10" ...u v4l2:/dev/video-fake
ok "a pulled plug ends the reader" test $? -eq 75
ok "with a fault line" grep -q '^fault .*No such device' "$work/out"
ok "after what it had read, once" test "$(scans)" -eq 1
look "GREY:640x480@10" .h v4l2:/dev/video-fake
ok "a camera that hangs ends the reader" test $? -eq 75
ok "and it says so" grep -q '^fault .*no frame for 5 s' "$work/out"

# Two cameras of a lane: what one sees or suffers is nothing to the other.
FAKECAM_MODES=MJPG:640x480@10 FAKECAM_SCRIPT=sssh LD_PRELOAD=$shim \
	timeout 30 "$camera" v4l2:/dev/video-fake >"$work/other" 2>/dev/null &
other=$!
look "YUYV:640x480@10" .... -n 1 v4l2:/dev/video-fake
ok "a camera reads beside one that hangs" test "$(scans)" -eq 1
wait $other
ok "which ends by itself" test $? -eq 75

look "GREY:640x480@10" x. -n 1 v4l2:/dev/video-fake
tried() { # WHAT ERRNO...: that one, or a fence that this kernel lacks
	got=$(sed -n "s/^tried $1 \([0-9]*\) 0$/\1/p" "$work/log")
	shift
	for errno; do
		[ "$got" != "$errno" ] || return 0
	done
	echo "# $got"
	return 1
}
ok "a camera that is taken over still has what it needs" test "$(scans)" -eq 1
# 0 where this kernel has not all fences, as the reader has told.
none=
grep -q 'less confined' "$work/err" && none=0
ok "it reads no other file" tried read 13 $none
ok "and writes none" tried write 13 $none
ok "it connects to nobody" tried connect 1 13 $none
ok "it starts no program" tried exec 1 13 $none
ok "nor another process" tried fork 1 $none
ok "it has the memory for its work" tried '32 MB' 0
ok "but not the machine's" tried '200 MB' 12
rm -f /tmp/chot-intruder

look "XXXX:640x480@10" . v4l2:/dev/video-fake
ok "a camera without a format we know is a matter of set-up" test $? -eq 78
look "GREY:640x480@10" . v4l2:/dev/video-fake,focus=far
ok "and so is a wrong option" test $? -eq 78

wait $stuck
ok "a driver that does not come back from a call ends the reader" \
	test $? -eq 75
ok "with a fault line" grep -q '^fault the camera does not answer$' "$work/stuck"
done_testing
