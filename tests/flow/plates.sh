#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Cameras send plates by HTTP: JSON, XML, forms. A plate opens a vehicle, is
# shown as it stands on the vehicle, and can be corrected.
. "$SRCDIR/tests/flow/lib.sh"
command -v curl >/dev/null || skip_all "curl is missing"
[ -x "$BUILDDIR/chot-plates" ] || skip_all "chot-plates was not built"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale" CHOT_LIBEXEC="$BUILDDIR"
port=$((20000 + $$ % 20000))
url=http://127.0.0.1:$port/anpr
seen() { grep -Eqs -e "$1" "$work/out"; }
listening() { curl -s -o /dev/null -m 2 "$url"; }
post() { curl -s -m 5 -o "$work/answer" -w '%{http_code}' "$@" "$url"; }

# As many as may connect send a header line now and then, and come to no end.
slow=$((port + 2))
trickle() {
	printf 'POST /anpr HTTP/1.1\r\n'
	while sleep 0.5 && printf 'A: b\r\n'; do
		:
	done
}
chot read plate "http:127.0.0.1:$slow" >"$work/slow" 2>&1 &
slow_reader=$!
pids="$pids $slow_reader"
until_ok curl -s -o /dev/null -m 2 "http://127.0.0.1:$slow"
for _ in 1 2 3 4 5 6 7 8; do
	trickle | curl -s "telnet://127.0.0.1:$slow" >/dev/null &
	pids="$pids $!"
done

chot read plate "http:127.0.0.1:$port" >"$work/out" 2>"$work/err" &
reader=$!
pids="$pids $reader"
until_ok listening
ok "hello" until_ok seen '^hello 1 plate$'
is "JSON is taken" "$(post --json '{"TrafficCar":{"PlateNumber":"51F-678.90"}}')" 200
ok "its plate comes" until_ok seen '^plate 51F-678.90$'
post --json '{"TrafficCar":{"PlateNumber":"51F-678.90"}}' >/dev/null
is "XML is taken" "$(post -H 'Content-Type: text/xml' -d '<A><ANPR><licensePlate>83A12345</licensePlate></ANPR></A>')" 200
ok "its plate comes, too" until_ok seen '^plate 83A12345$'
is "the same within 10 s came once" "$(grep -c '^plate 51F' "$work/out")" 1
is "a form is taken" "$(post -d 'plate=30A11111&color=w')" 200
ok "with its plate" until_ok seen '^plate 30A11111$'
printf '\377\330picture' >"$work/p.jpg"
printf '<A><licensePlate>29C22222</licensePlate></A>' >"$work/anpr.xml"
is "so is an event with its picture" \
    "$(post -F "picture=@$work/p.jpg" -F "anpr=@$work/anpr.xml")" 200
ok "plate and all" until_ok seen '^plate 29C22222$'
is "a heartbeat is thanked for" "$(post -d 'heartbeat=1')" 200
is "what is not sent as an event is refused" "$(post -X GET)" 405
head -c 5000000 /dev/zero | tr '\0' x >"$work/long"
is "too long an event is refused" "$(post --data-binary "@$work/long")" 413
printf 'garbage\r\n\r\n' | curl -s -m 5 "telnet://127.0.0.1:$port" >"$work/x"
is "and the next is heard" "$(post -d 'plate=65A33333')" 200
is "nothing else came" "$(grep -c '^plate' "$work/out")" 5
status "a second listener is told" 69 chot read plate "http:127.0.0.1:$port"
kill -TERM $reader
wait $reader
is "SIGTERM ends it" $? 0
status "a name is no address" 78 chot read plate http:localhost:80
status "of plates alone" 78 chot read scanner http:127.0.0.1:80

chot read plate "http:127.0.0.1:$port,from=192.0.2.1" >"$work/out" 2>&1 &
pids="$pids $!"
until_ok seen '^ok$'
elsewhere() { post -d 'plate=30A11111' >/dev/null; }
fails "another than the camera is not heard" elsewhere
kill $!

heard() { # PLATE
	curl -s -m 1 -o /dev/null -d "plate=$1" "http://127.0.0.1:$slow"
	grep -q "^plate $1" "$work/slow"
}
ok "slow ones do not keep a camera out" until_ok heard 92A44444
full() { ! curl -s -m 1 -o /dev/null "http://127.0.0.1:$slow"; }
crowd=
for _ in 1 2 3 4 5 6 7 8; do
	trickle | curl -s "telnet://127.0.0.1:$slow" >/dev/null &
	crowd="$crowd $!"
done
pids="$pids $crowd"
ok "as many as may connect keep it" until_ok full
kill -STOP $slow_reader
# shellcheck disable=SC2086
kill -KILL $crowd
# shellcheck disable=SC2086
wait $crowd 2>/dev/null
kill -CONT $slow_reader
ok "when all of them go at once it hears again" until_ok heard 92A55555

# ---- in the station ----------------------------------------------------------------

station=$work/post
mkdir -p "$station/state/keys" "$station/run"
chot key seal "$station/state/keys/site" >/dev/null
cat >"$station/pack.conf" <<-END
	version = "plates"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "odd" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ" }
	otherwise = "pass"
END
port=$((port + 1))
url=http://127.0.0.1:$port/anpr
cat >"$station/chot.conf" <<-END
	station { id = "ST-PLATE"  name = "Plate"  language = "en" }
	policy = "$station/pack.conf"
	state = "$station/state"
	run = "$station/run"
	lane "1" { plate = "http:127.0.0.1:$port" }
END
start_tmux 80x24 "exec chot -c $station/chot.conf"
wait_for READY
until_ok listening
wait_for_devices "$station/chot.conf"
post --json '{"plate":"51F67B90"}' >/dev/null
ok "a plate is shown for correction" wait_for 'Plate read: 51F67B90 \(B corrects\)'
keys b
ok "B has it to correct" wait_for '51F67B90_'
keys BSpace
keys BSpace
keys BSpace
type_text 890
sleep 0.3
keys Enter
ok "corrected, and as it stands on the vehicle" wait_for '51F-678\.90'
type_text 094300000123
ok "who comes next is aboard" wait_for 'PASS'
ok "of the vehicle" on_screen '51F-678\.90'
done_testing
