#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# An emulator of each device that is read, at the end of a pty: what `chot
# read` says of it, and what it is told.
. "$SRCDIR/tests/flow/lib.sh"

# ROLE PROTOCOL OPTIONS: $work/PROTOCOL is such a device, and is read; commands
# for the reader go to $work/PROTOCOL.in.
plug_in() {
	mkfifo "$work/$2.commands" "$work/$2.in"
	"$BUILDDIR/tests/tools/serialdevice" "$work/$2" "$1" "$2" \
	    <>"$work/$2.commands" >"$work/$2.answers" 2>"$work/$2.lost" &
	pids="$pids $!"
	until_ok grep -qs '^ok' "$work/$2.answers"
	chot read "$1" "serial:$work/$2,protocol=$3" <>"$work/$2.in" \
	    >"$work/$2.out" 2>"$work/$2.err" &
	pids="$pids $!"
}
answers() { grep -Ec '^(ok|error)' "$work/$1.answers"; }
obeyed() { [ "$(answers "$1")" -gt "$2" ]; }
tell() { # PROTOCOL COMMAND: obeyed when this returns
	told=$(answers "$1")
	printf '%s\n' "$2" >"$work/$1.commands"
	until_ok obeyed "$1" "$told"
}
seen() { grep -Eqs -e "$2" "$work/$1.out"; }
comes() { until_ok seen "$1" "$2"; }
says() { until_ok grep -Eqs -e "$2" "$work/$1.answers"; }
count() { grep -Ec -e "$2" "$work/$1.out"; }
hex() { printf '%s' "$1" | od -An -tx1 -v | tr -d ' \n' | tr a-f A-F; }

# ---- thermometers -----------------------------------------------------------------

# Each with what it makes of a skin of 36.5 degrees, and whether it tells the
# room.
cat >"$work/kinds" <<-'E2'
	gy-mcu90614 36500 room ,continuous=1
	gy-mcu90615 36500 room ,baud=115200
	cjmcu-90614 36500 room ,continuous=1
	gy-614v 36500 room ,value=object
	gd60914 36500 - -
	rqvk002 36500 room -
	haiman 36500 - -
	htpa 36500 room -
	tn9 36475 room -
	optris 36500 - ,emissivity=0.98
	modbus 36500 - ,emissivity=0.98,emissivity_register=4,emissivity_scale=100
	mlx90621 36500 room -
	chuwo 36500 room -
	ym32a 36500 - -
	gy-mcu90640 36500 room -
	ascii 36500 room -
E2
kinds=$(cut -d ' ' -f 1 "$work/kinds")
is "there is one for each protocol" "$kinds" \
    "$(sed -n 's/.*\.name = "\(.*\)", .roles = THERMOMETER.*/\1/p' "$SRCDIR/src/reader/drivers.c")"
while read -r kind raw room options; do
	plug_in thermometer "$kind" "$kind${options#-}"
done <"$work/kinds"
for kind in $kinds; do comes "$kind" '^ok$'; done
for kind in $kinds; do tell "$kind" 'see 36500'; done
while read -r kind raw room options; do
	ambient=
	[ $room = - ] || ambient=' ambient=28[01][0-9]*'
	case $options in
	*emissivity*) ambient="$ambient emissivity=980" ;;
	esac
	ok "$kind: somebody is measured" comes "$kind" \
	    "^temp $raw raw=$raw$ambient samples=[0-9]+.* quality=ok\$"
done <"$work/kinds"
for kind in $kinds; do tell "$kind" 'see 0'; done
sleep 1 # half of it is what tells them that nobody is there
for kind in $kinds; do tell "$kind" 'damage 2'; done
for kind in $kinds; do tell "$kind" 'see 38200'; done
for kind in $kinds; do
	case $kind in
	gy-mcu*|cjmcu*|gy-614v|modbus|tn9)
		ok "$kind: the next, after two damaged frames" \
		    comes "$kind" '^temp 38(200|162) '
		ok "with no other number" test "$(count "$kind" '^temp')" -eq 2
		;;
	ascii) tell ascii 'see 38200' ;; # the first was damaged
	esac
done
is "the emissivity was told, once" "$(grep -h '^learnt' "$work/optris.answers" "$work/modbus.answers")" \
    "learnt 8403D453
learnt 01060004006249E2"
is "none is told what it does not know" \
    "$(grep "^noise" "$work"/*.answers)" ""
tell gy-mcu90614 quiet
tell gy-mcu90614 close
ok "unplugged is said" comes gy-mcu90614 '^fault thermometer: lost'
tell gy-mcu90614 open
ok "plugged in again it is told to send" \
    until_ok eval '[ "$(count gy-mcu90614 "^ok\$")" -ge 2 ]'
tell gy-mcu90614 'see 0'
sleep 1
tell gy-mcu90614 'see 37000'
ok "and measures" comes gy-mcu90614 '^temp 37000 '
for kind in $kinds; do tell "$kind" mute; done

# ---- Zebra's packets ------------------------------------------------------------------

card='094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu, Xã Thử Nghiệm, Mỹ Xuyên, Sóc Trăng|10052021'
long=$(awk 'BEGIN { for (i = 0; i < 4296; i++) printf "%02X", 32 + i * 7 % 90 }')
plug_in scanner ssi ssi,end=cr
ok "ssi: packets are asked for" says ssi '^packets$'
tell ssi "scan $card"
ok "a card" comes ssi "^scan qr $(hex "$card")\$"
tell ssi "hex $long"
ok "the longest QR, in 18 packets" comes ssi "^scan qr $long\$"
tell ssi "damage 1"
tell ssi "scan DAMAGED"
ok "a damaged packet is asked for again" comes ssi "^scan qr $(hex DAMAGED)\$"
tell ssi "deaf 1"
tell ssi "scan UNHEARD"
ok "an answer that was lost" comes ssi "^scan qr $(hex UNHEARD)\$"
tell ssi "hold HELD"
echo trigger >"$work/ssi.in"
ok "the host's trigger reads what lies there" comes ssi "^scan qr $(hex HELD)\$"
is "none came twice" "$(count ssi "^scan qr $(hex UNHEARD)\$")" 1
echo beep >"$work/ssi.in"
ok "it beeps" says ssi '^beep$'
echo identity >"$work/ssi.in"
ok "it says what it is" comes ssi '^identity PAABLS00-001-R00 DS4308$'
tell ssi refuse
echo trigger >"$work/ssi.in"
ok "a refusal is said" comes ssi '^fault the scanner refused the command$'
tell ssi obey
tell ssi raw
tell ssi "hex $(hex "$card")0D"
ok "raw codes are read" comes ssi "^scan unknown $(hex "$card")\$"
echo beep >"$work/ssi.in"
ok "and still commands" until_ok eval '[ "$(grep -c "^beep" "$work/ssi.answers")" -eq 2 ]'
fails "but not acknowledged; no command came to a sleeping one" \
    grep -E '^(stray|asleep|given up)' "$work/ssi.answers"

# ---- Honeywell and Newland --------------------------------------------------------------

for kind in honeywell newland; do
	plug_in scanner $kind $kind
	comes $kind '^ok$'
	tell $kind "scan $card"
	ok "$kind: a card" comes $kind "^scan unknown $(hex "$card")\$"
	tell $kind "hold HELD"
	echo trigger >"$work/$kind.in"
	ok "the trigger reads what lies there" comes $kind "^scan unknown $(hex HELD)\$"
	echo beep >"$work/$kind.in"
	ok "it beeps" says $kind '^beep$'
	echo identity >"$work/$kind.in"
	ok "it says what it is" comes $kind '^identity Product Name: .*, .*: '
	tell $kind refuse
	echo identity >"$work/$kind.in"
	ok "a refusal is said" comes $kind '^fault the scanner refused the command$'
	is "and no answer is a scan" "$(count $kind '^scan')" 2
	fails "all of it was known" grep '^stray' "$work/$kind.answers"
done

# ---- behind a network converter ------------------------------------------------------------

# NAME ROLE PROTOCOL: such a device at a port of ours, $port.
at_network() {
	mkfifo "$work/$1.commands" "$work/$1.in"
	"$BUILDDIR/tests/tools/serialdevice" "tcp:$work/$1.port" "$2" "$3" \
	    <>"$work/$1.commands" >"$work/$1.answers" 2>"$work/$1.lost" &
	pids="$pids $!"
	until_ok grep -qs '^ok' "$work/$1.answers"
	port=$(cat "$work/$1.port")
}
read_network() { # NAME ROLE PROTOCOL
	chot read "$2" "tcp:127.0.0.1:$port,protocol=$3" <>"$work/$1.in" \
	    >"$work/$1.out" 2>"$work/$1.err" &
	pids="$pids $!"
	comes "$1" '^ok$'
}
at_network far scanner ssi
read_network far scanner ssi
ok "tcp: packets are asked for" says far '^packets$'
tell far "scan FAR"
ok "a code comes" comes far "^scan qr $(hex FAR)\$"
echo beep >"$work/far.in"
ok "commands go" says far '^beep$'
tell far close
ok "a connection that ends is said" comes far '^fault scanner: lost'
ok "and made again" until_ok eval '[ "$(grep -c "^packets" "$work/far.answers")" -eq 2 ]'
tell far "scan AGAIN"
ok "for the next code" comes far "^scan qr $(hex AGAIN)\$"
at_network warm thermometer modbus
read_network warm thermometer modbus
tell warm 'see 36600'
ok "a thermometer is asked and answers" comes warm '^temp 36600 '
at_network street scanner line
read_network street plate line
tell street 'scan 51F-678.90'
ok "a source of plates" comes street '^plate 51F-678\.90$'

# ---- documents -----------------------------------------------------------------------------

card='IDVNM3000001237094300000123<<8 0003159F4003157VNM<<<<<<<<<<<2 NGUYEN<<THI<MAU<<<<<<<<<<<<<<<'
passport='P<VNMNGUYEN<<THI<MAU<<<<<<<<<<<<<<<<<<<<<<<< C0000001<7VNM0003159F3103153094300000123<<82'
other='I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<< D231458907UTO7408122F1204159<<<<<<<6'
for kind in mrz mrz-block mrz-rows; do
	plug_in scanner $kind mrz
	comes $kind '^ok$'
	for zone in "$card" "$passport" "$other"; do
		tell $kind "scan $zone"
		ok "$kind: ${zone%%<*}" comes $kind \
		    "^scan mrz $(hex "$(printf '%s' "$zone" | tr ' ' '\r')")\$"
	done
	is "no more" "$(grep -Evc '^(hello|ok)' "$work/$kind.out")" 3
	sed -n 's/^scan mrz //p' "$work/$kind.out" | while read -r code; do
		env printf "$(printf '%s' "$code" | sed 's/../\\x&/g')\\0"
	done >"$work/zones"
	is "whose check digits hold" \
	    "$(chot decode -0 "$work/zones" | grep -c '"kind":"mrz"')" 3
done
done_testing
