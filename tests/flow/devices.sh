#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot devices tells what is plugged in by what it sends.
. "$SRCDIR/tests/flow/lib.sh"

for name in gun thermo mute noise; do pty_start $name; done
chot devices -t 10 "$work/gun" "$work/thermo" "$work/mute" "$work/noise" \
    "$work/none" >"$work/found" 2>&1 &
finder=$!
sleep 0.5
pty gun text '094300000123\r'
pty thermo repeat 8 70 5A5A45040DF20AFA00
pty noise hex FFFE80F00FA5E1FF
wait $finder
is "it ends by itself" $? 0
found=$(cat "$work/found")
like "a scanner's line" "$found" "^scanner = \\{ \"serial:$work/gun,baud=9600,protocol=line\" \\}\$"
like "a thermometer's line" "$found" \
    "^thermometer = \\{ \"serial:$work/thermo,baud=9600,protocol=gy-mcu90614\" \\}\$"
like "a silent port" "$found" '^#   silent'
like "bytes that are not known" "$found" '^#   sent 8 bytes that no protocol knows'
like "a port that is not there" "$found" "^#   $work/none: No such file"
is "nothing was sent to any" "$(pty mute drain)$(pty thermo drain)" ""
{
	echo 'station { id = "A" }'
	echo 'lane 1 {'
	cat "$work/found"
	echo '}'
} >"$work/chot.conf"
status "the lines can be pasted" 0 chot config check "$work/chot.conf"
status "no time" 64 chot devices -t 0
status "--help" 0 chot devices --help
status "this machine's ports" 0 chot devices -t 1

if ! shim=$(preloaded fakecam.so) || ! ports=$(preloaded portshim.so); then
	ok "what is plugged in # SKIP nothing can be preloaded here" true
	done_testing
	exit
fi

# ---- what may hang on the lines of a port -----------------------------------------

lines() { # OPTION...: how DTR and RTS of a port stood, each once in a row
	: >"$work/lines"
	env LD_PRELOAD="$ports" PORTSHIM_LOG="$work/lines" \
	    chot devices -t 1 "$@" "$work/mute" >/dev/null
	uniq "$work/lines" | tr '\n' ' '
}
like "DTR and RTS are lowered at once, and stay so for all speeds" "$(lines)" \
    '^dtr=1 rts=1 (dtr=0 rts=1 )?dtr=0 rts=0 $'
is "unless somebody wants them" "$(lines --lines)" "dtr=1 rts=1 "

# ---- ports of the bus ---------------------------------------------------------

# NAME SOCKET SERIAL: a serial adapter of the bus, as the kernel tells of one.
adapter() {
	usb=$work/sys/devices/usb1/$2
	mkdir -p "$work/sys/tty" "$usb/$2:1.0/$1/tty/$1"
	ln -s ../../../"$1" "$usb/$2:1.0/$1/tty/$1/device"
	ln -s "../devices/usb1/$2/$2:1.0/$1/tty/$1" "$work/sys/tty/$1"
	echo 1 >"$usb/busnum"
	echo 7 >"$usb/devnum"
	echo 1a86 >"$usb/idVendor"
	echo 7523 >"$usb/idProduct"
	printf 'USB\033[2J Serial\n' >"$usb/product"
	[ -z "$3" ] || echo "$3" >"$usb/serial"
}
adapter ttyUSB97 1-1 ""
adapter ttyUSB98 1-2 ""
adapter ttyUSB99 1-3 A9007UX
status "with ports" 0 env LD_PRELOAD="$ports" PORTSHIM_SYS="$work/sys/tty" \
    chot devices -t 1
found=$(cat "$work/out")
about() { # NAME: what is told of that port
	awk -v name="/dev/$1" '/^# \// { on = $2 == name } on' "$work/out"
}
like "a port has the identity of its adapter" "$found" \
    '^# /dev/ttyUSB99  USB.* Serial .*1a86:7523 A9007UX$'
unlike "and nothing that its maker hid in there" "$found" "$(printf '\033')"
unlike "one with a number of its own has no twin" "$(about ttyUSB99)" 'another like it'
like "one without has a twin" "$(about ttyUSB97)" 'there is another like it'
like "and so has the other" "$(about ttyUSB98)" 'there is another like it'
like "one that is gone by now is told" "$found" \
    '^#   /dev/ttyUSB97: No such file'
unlike "and there are ports" "$found" 'no serial ports'

# ---- cameras ------------------------------------------------------------------

FAKECAM_MODES="YUYV:640x480@30 MJPG:1920x1080@30 MJPG:1280x720@30 H264:800x600@30"
export FAKECAM_MODES
status "with a camera" 0 env LD_PRELOAD="$shim" chot devices -t 1
found=$(cat "$work/out")
like "a camera is named, without what its maker hid in there" "$found" \
    '^# /dev/video63  Fake [^[:cntrl:]]*camera$'
like "with its formats" "$found" '^#   YUYV 640x480$'
like "and their sizes" "$found" '^#   MJPG 1920x1080 1280x720$'
like "one that is not read is told" "$found" '^#   H264 \(not read\) 800x600$'
like "the line has the size that is enough for a card" "$found" \
    '^camera = \{ "v4l2:/dev/video63,size=1280x720" \}$'
unlike "and there are cameras" "$found" 'no cameras'
FAKECAM_MODES=H264:800x600@30
status "with a camera of no use" 0 env LD_PRELOAD="$shim" chot devices -t 1
like "which is told" "$(cat "$work/out")" '^#   no format that chot-camera reads$'
done_testing
