#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot-camera from pictures and video to event lines, as a post runs it.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
camera=$CHOT_LIBEXEC/chot-camera
count=0

check() { # NAME STATUS
	count=$((count + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
	fi
}

# Signs of life and hints come when they come.
events() {
	grep -v -e '^ok$' -e '^hint '
}

# The frames of a Y4M stream from a binary PGM: y4m PGM COUNT
y4m_head() {
	printf 'YUV4MPEG2 W%s H%s F5:1 Cmono\n' "$1" "$2"
}
y4m_frames() {
	i=0
	while [ "$i" -lt "$2" ]; do
		printf 'FRAME\n'
		tail -c "$3" "$1"
		i=$((i + 1))
	done
}

pictures=$SRCDIR/tests/camera
{ echo "hello 1 camera"; cat "$pictures/expected"; } >"$work/want"

"$camera" "images:$pictures" >"$work/all" 2>"$work/err"
status=$?
events <"$work/all" | cmp -s - "$work/want"
check "every picture once, in order, byte for byte" $?
check "the end of the pictures is a good end" $status
test ! -s "$work/err"
check "nothing on standard error" $?

n=$("$camera" -n 2 "images:$pictures" | grep -c '^scan ')
test "$n" -eq 2
check "-n ends after so many readings" $?

mkdir "$work/bad" "$work/none"
head -c 3000 "$pictures/cccd-easy.png" >"$work/bad/1$(printf '\033')[2J.png"
printf 'P5 99999 99999 255\n' >"$work/bad/2.pgm"
: >"$work/bad/3.jpg"
cp "$pictures/zxing-1.png" "$work/bad/4.png"
echo 'no picture' >"$work/bad/README"
"$camera" "images:$work/bad" | events >"$work/got"
test "$(grep -c '^fault ' "$work/got")" -eq 3 &&
	test "$(grep -c '^scan ' "$work/got")" -eq 1
check "damaged pictures are a fault line each, the next is read" $?
if grep -q "$(printf '\033')" "$work/got"; then false; else true; fi
check "a name cannot carry an escape sequence" $?

test "$("$camera" "images:$work/none" | events)" = "hello 1 camera"
check "an empty folder is an end at once" $?
"$camera" "images:$work/missing" >/dev/null 2>"$work/err"
test $? -eq 78 && test "$(wc -l <"$work/err")" -eq 1
check "a missing folder is one line and exit 78" $?
"$camera" "images:$pictures,size=3x3" >/dev/null 2>"$work/err"
test $? -eq 78
check "an unknown option is refused" $?
"$camera" v4l2:/dev/null >/dev/null 2>"$work/err"
test $? -eq 78 && grep -q 'not a camera' "$work/err"
check "what is no camera is said" $?
"$camera" v4l2:/dev/video99 >/dev/null 2>&1
test $? -eq 69
check "a missing camera is exit 69" $?
"$camera" >/dev/null 2>&1
test $? -eq 64
check "no device is wrong usage" $?

# The last bytes of a PGM and of two.y4m are pixels: frames need no tool.
code=$pictures/code.pgm
size=$((116 * 116))
head -c $size /dev/zero >"$work/black"
{
	y4m_head 116 116
	y4m_frames "$code" 10 $size
	y4m_frames "$work/black" 10 $size
	y4m_frames "$code" 3 $size
} >"$work/short.y4m"
n=$("$camera" "y4m:$work/short.y4m" | grep -c '^scan ')
test "$n" -eq 1
check "a code that leaves for two seconds is one scan" $?
{
	y4m_head 116 116
	y4m_frames "$code" 3 $size
	y4m_frames "$work/black" 30 $size
	y4m_frames "$code" 3 $size
} >"$work/long.y4m"
n=$("$camera" "y4m:$work/long.y4m" | grep -c '^scan ')
test "$n" -eq 2
check "a code that comes back after six seconds is two scans" $?
{
	y4m_head 260 132
	y4m_frames "$pictures/two.y4m" 5 $((260 * 132))
} >"$work/two.y4m"
n=$("$camera" "y4m:$work/two.y4m" | grep -c '^scan ')
test "$n" -eq 2
check "two codes in view are both reported, once" $?
head -c 20000 "$work/long.y4m" >"$work/cut.y4m"
"$camera" "y4m:$work/cut.y4m" | grep -q '^fault .*cut short'
check "a file cut short is said" $?
echo 'YUV4MPEG2 W9999999 H4' >"$work/bad.y4m"
"$camera" "y4m:$work/bad.y4m" | grep -q '^fault '
check "a damaged header is a fault line" $?

# Three writers one after another, the second with rubbish: the FIFO heals.
mkfifo "$work/fifo"
timeout 60 "$camera" -n 2 "y4m:$work/fifo" >"$work/got" &
pid=$!
cat "$work/short.y4m" >"$work/fifo"
head -c 5000 /dev/zero >"$work/fifo"
# Who opens it before the camera has let go of the rubbish is cut off with it.
sleep 1
# -n 2 may end the camera before the last frame is out: that ends only them.
(
	y4m_head 260 132
	y4m_frames "$pictures/two.y4m" 2 $((260 * 132))
) >"$work/fifo"
wait $pid
status=$?
test "$(grep -c '^scan ' "$work/got")" -eq 2 && grep -q '^fault ' "$work/got"
check "a FIFO is opened again for the next writer" $?
check "and ended by -n" $status

"$camera" "y4m:$work/fifo" >"$work/got" &
pid=$!
exec 9>"$work/fifo"
kill -TERM $pid
wait $pid
check "SIGTERM is a good end" $?
exec 9>&-

"$camera" --explain "$pictures/cccd-easy.png" "$work/out.png" >"$work/got" &&
	grep -q 'version [0-9]* is read' "$work/got" &&
	test "$(head -c 4 "$work/out.png" | tail -c 3)" = PNG
check "--explain draws what the stages saw" $?
drawn=0
for stage in 1-dark 2-gate 3-geometry 4-sampling 5-read; do
	test "$(head -c 4 "$work/out-$stage.png" | tail -c 3)" = PNG &&
		! cmp -s "$work/out.png" "$work/out-$stage.png" &&
		drawn=$((drawn + 1))
done
test $drawn -eq 5
check "and each stage on a picture of its own" $?
mkdir "$work/sampled" && cp "$work/out-4-sampling.png" "$work/sampled/" &&
	"$camera" "images:$work/sampled" | grep '^scan ' >"$work/a" &&
	mkdir "$work/whole" && cp "$pictures/cccd-easy.png" "$work/whole/" &&
	"$camera" "images:$work/whole" | grep '^scan ' >"$work/b" &&
	cmp -s "$work/a" "$work/b"
check "the sampled modules are those of the code" $?
"$camera" --explain "$pictures/empty.png" "$work/nothing.png" >"$work/nothing" &&
	test -s "$work/nothing-4-sampling.png" &&
	grep -q "^codes 0" "$work/nothing"
check "a frame without a code is explained as well" $?
if grep -q -e '|' -e 'scan' "$work/got"; then false; else true; fi
check "and tells nothing of the payload" $?

echo "1..$count"
