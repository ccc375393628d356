#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Capture by Video4Linux from a camera that tests/tools/fakecam.c, preloaded,
# plays: good and bad frames, changes of format, silence, a pulled plug.
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
look "GREY:640x480@10 YUYV:1280x720@10" c. -n 1 v4l2:/dev/video-fake
ok "a format that changes in mid-stream is followed" test "$(scans)" -eq 1
ok "from a new start" asked 'YUYV 1280 720'

look "GREY:640x480@10" ...u v4l2:/dev/video-fake
ok "a pulled plug ends the reader" test $? -eq 75
ok "with a fault line" grep -q '^fault .*No such device' "$work/out"
ok "after what it had read, once" test "$(scans)" -eq 1
look "GREY:640x480@10" .h v4l2:/dev/video-fake
ok "a camera that hangs ends the reader" test $? -eq 75
ok "and it says so" grep -q '^fault .*no frame for 5 s' "$work/out"
look "XXXX:640x480@10" . v4l2:/dev/video-fake
ok "a camera without a format we know is a matter of set-up" test $? -eq 78
look "GREY:640x480@10" . v4l2:/dev/video-fake,focus=far
ok "and so is a wrong option" test $? -eq 78
done_testing
