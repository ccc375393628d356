#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Somebody with fever waits and is measured again: the time that is left
# counts down on the screen, the second measurement decides, and both are
# recorded with all that led to them. Scanner and thermometer are emulators.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$work/site.key"
cat >"$post/pack.conf" <<-E2
	version = "second"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity", "temperature" }
	set "fever" { value = 38.0 }
	set "second_minutes" { value = 0.25 }
	rule "fever" { verdict = "check"  outcome = "waiting"
	  when = "temperature >= :fever"  reason = "Sốt"  reason_en = "Fever" }
	otherwise = "pass"
E2
cat >"$post/chot.conf" <<-E2
	station { id = "ST-WAIT"  name = "Wait"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  scanner = { "serial:$work/gun,protocol=ssi" }
	  thermometer = { "serial:$work/eye,protocol=gy-mcu90614,offset=0.9,emissivity=1,sensor_emissivity=1.00" }
	}
E2
device() { # NAME ROLE PROTOCOL
	mkfifo "$work/$1.commands"
	"$BUILDDIR/tests/tools/serialdevice" "$work/$1" "$2" "$3" \
	    <>"$work/$1.commands" >"$work/$1.answers" &
	pids="$pids $!"
	until_ok grep -qs '^ok' "$work/$1.answers"
}
tell() { printf '%s\n' "$2" >"$work/$1.commands"; }
records() { chot outbox show -c "$post/chot.conf" --key "$work/site.key" 2>/dev/null; }
recorded() { records | grep -Eq -e "$1"; }
left_s() { capture | sed -n 's/.* in 0:\([0-9][0-9]\) .*/\1/p' | sed 's/^0//'; }
counted() { now_s=$(left_s); [ -n "$now_s" ] && [ "$now_s" -lt "$first_s" ]; }
measured() { # THOUSANDTHS: somebody stands there until he is measured
	tell eye "see $1"
	ok "$2" wait_for "$3"
	tell eye 'see 0'
}

device gun scanner ssi
device eye thermometer gy-mcu90614
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for READY
wait_for_devices "$post/chot.conf"
until_ok grep -q '^packets' "$work/gun.answers"
card='094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu, Mỹ Xuyên, Sóc Trăng|10052021'
tell gun "scan $card"
ok "somebody is there" wait_for 'WAITING FOR TEMPERATURE'
measured 37400 "with fever" '─ CHECK'
ok "the skin's 37.4 are 38.3" on_screen '38\.3'
keys d
ok "who waits is on the screen, with the time that is left" \
    wait_for '…123 +38\.3 +in 0:[01][0-9] +reading 2'
first_s=$(left_s)
ok "it counts down" until_ok counted
ok "until the second measurement is due" wait_for '…123 +38\.3 +DUE +reading 2'
tell gun "scan $card"
ok "the same card: measured again" wait_for 'WAITING FOR TEMPERATURE'
measured 35800 "the second decides" '─ PASS'
ok "who waited waits no more" until_ok eval '! on_screen "reading 2"'
passed() { on_screen '─ READY' || { keys Enter; false; }; }
ok "let pass" until_ok passed
ok "the first measurement is recorded, with all it was reckoned from" recorded \
    '"type":"crossing".*"number":1,"result_mc":38300,"raw_mc":37400,"ambient_mc":28100,"offset_mc":900,"emissivity_permille":1000,"sensor_emissivity_permille":1000'
ok "and the second, which names it" recorded \
    '"type":"measurement".*"number":2,"result_mc":36700,"raw_mc":35800,"ambient_mc":28100,"offset_mc":900.*"of":"ST-WAIT/'
done_testing
