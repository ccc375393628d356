#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A card that rots, and nobody there who types a command: the outbox is set
# aside whole, a new epoch begins at once, what can be read goes to the hub by
# network or stick under the numbers it had, and the loss is told in numbers.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
db_begin
post=$BUILDDIR/tests/tools/hubpost
state=$work/post
box=$state/outbox.db
mkdir -p "$work/keys" "$state/keys" "$work/run" "$work/usb"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null
chot-hub sign-key "$work/sign" >/dev/null
cp "$work/sign.pub" "$state/keys/hub-sign.pub"
chot-hub station add ST-1
new_ca ca
new_certificate hub /CN=hub
new_certificate ST-1 /CN=ST-1
hub_start $(hub_tls) --sign "$work/sign.key" || exit 1
configure() { # the hub is where it came up
	cat >"$work/chot.conf" <<-CONF
		station { id = "ST-1" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$state"
		run = "$work/run"
		$(hub_section ST-1)
	CONF
}
configure

records() { # COUNT
	"$post" fill "$box" ST-1 "$work/keys/site.pub" "$1"
}
sync() {
	chot sync --now --json -c "$work/chot.conf" >"$work/out" 2>"$work/err"
}
held() { # of all epochs: how many, how many different ones
	sql "select count(*), count(distinct (epoch, seq)) from hub.record"
}
rot() { # two pages of the last ones
	dd if=/dev/urandom of="$box" bs=4096 conv=notrunc count=2 \
	    seek=$(($(stat -c %s "$box") / 4096 - 40)) 2>/dev/null
}

# LINE...: a recorder that is told these, until it says what it found.
recorder() {
	rm -f "$work/to" "$work/answers" # what it said last time
	mkfifo "$work/to"
	chot recorder "$box" ST-1 "$work/keys/site.pub" <"$work/to" \
	    >"$work/answers" 2>"$work/log" &
	recorder=$!
	exec 9>"$work/to"
	printf '%s\n' "$@" >&9
	until_ok grep -qs '^notice outbox salvaged' "$work/answers"
	told=$?
	exec 9>&-
	wait $recorder
	return $told
}
body='{"schema":1,"type":"crossing","run":"000000000000000b","n":1,"station":"ST-1","lane":"1","direction":"in","at":"2021-10-15T03:04:05Z","boot":"b","monotonic_ms":1,"clock":"confirmed","documents":[],"facts":{},"verdict":"pass","reasons":[],"pack":"t"}'

# ---- by network -----------------------------------------------------------------------

records 300
ok "the first are sent" sync
records 400
"$post" list "$box" >"$work/had"
sum=$(cksum <"$box")
rot
is "it did rot" "$([ "$(cksum <"$box")" != "$sum" ] && echo yes)" yes
rotten=$(cksum <"$box")
ok "the recorder starts, and says what it found" recorder \
    "hello 1 b" "put 1 $body"
like "it was set aside" "$(cat "$work/answers")" '^notice outbox .*set aside'
like "and goes on at once" "$(cat "$work/answers")" \
    '^done 1 ST-1/[0-9a-f]{8}/1$'
is "set aside whole" "$(cksum <"$box.damaged-1")" "$rotten"
saved=$(sed -n 's/^notice outbox salvaged \([0-9]*\) .*/\1/p' "$work/answers")
lost=$(sed -n 's/^notice outbox salvaged [0-9]* //p' "$work/answers")
ok "something is lost ($lost)" test "$lost" -gt 0
is "the sum is what was not sent" $((saved + lost)) 400
chot status -c "$work/chot.conf" --json >"$work/status" 2>&1
like "the status tells both" "$(cat "$work/status")" \
    "\"outbox_damaged_saved\": ?$saved,.*\"outbox_damaged_lost\": ?$lost[,}]"
ok "a sync, as any other" sync
like "brings them, and the new one" "$(cat "$work/out")" \
    "\"sent\": ?$((saved + lost + 1)),"
is "each is there once" "$(held)" "$((300 + saved + 1))|$((300 + saved + 1))"
is "under the numbers they had" "$(sql "select count(*) from hub.record
where epoch = (select min(epoch) from hub.gap)" )" $((300 + saved))
is "the gap is noted" "$(sql "select count(*) > 0 from hub.gap")" t
ok "the next sync" sync
like "has nothing to send" "$(cat "$work/out")" '"sent": ?0,'
ok "the file stays" test -s "$box.damaged-1"
hello() {
	echo "hello 1 c" | chot recorder "$box" ST-1 "$work/keys/site.pub"
}
unlike "it is told once" "$(hello)" '^notice'

# ---- by stick -----------------------------------------------------------------------------

hub_stop
records 500
rot
ok "it rots again" recorder "hello 1 d" "put 1 $body"
saved=$(sed -n 's/^notice outbox salvaged \([0-9]*\) .*/\1/p' "$work/answers")
before=$(held)
status "onto a stick" 0 chot outbox export "$work/usb" -c "$work/chot.conf"
is "with what was set aside" "$(find "$work/usb" -name '*.bundle' | wc -l)" 2
status "the hub takes both" 0 chot-hub import --keys "$work/keys" \
    --sign "$work/sign.key" --ca "$work/ca.pem" --answers "$work/usb" \
    "$work/usb"/chot-ST-*
is "each is there once" "$(held)" "$((${before%|*} + saved + 1))|$((${before%|*} + saved + 1))"
status "the answers" 0 chot outbox import "$work/usb"/chot-answers-* \
    -c "$work/chot.conf"
status "then" 0 chot outbox export "$work/usb" -c "$work/chot.conf"
like "nothing waits" "$(cat "$work/out")" '^nothing waits$'

# ---- its head is gone ------------------------------------------------------------------------

salvaged() { # the numbers that the recorder told
	sed -n 's/^notice outbox salvaged //p' "$work/answers"
}
had=$(held)
records 20
head -c 8192 /dev/urandom | dd of="$box" conv=notrunc 2>/dev/null
ok "a file that no program opens" recorder "hello 1 e" "put 1 $body"
is "its records are in its pages" "$(salvaged)" "20 0"
like "and the post goes on" "$(cat "$work/answers")" '^done 1 '

# ---- changed before what a start looks at -------------------------------------------------------

records 1500
printf '\377' | dd of="$box" bs=1 seek=$((4096 * 40 + 3000)) conv=notrunc \
    2>/dev/null
ok "a record is changed in the middle" recorder "hello 1 f" "put 1 $body"
like "it is found beside the work" "$(cat "$work/answers")" \
    '^notice outbox damaged .record [0-9]* was changed'
# Both that were put by hand were not sent either.
is "that one is lost" "$(salvaged)" "1501 1"
hub_start $(hub_tls) --sign "$work/sign.key" || exit 1
configure
ok "a sync brings them all" sync
is "each is there once" "$(held)" \
    "$((${had%|*} + 1521))|$((${had%|*} + 1521))"

# ---- nothing of it can be read -----------------------------------------------------------------

head -c 65536 /dev/urandom >"$box"
ok "a file that is none any more" recorder "hello 1 9" "put 1 $body"
is "nothing is in it" "$(salvaged)" "0 0"
like "and the post goes on" "$(cat "$work/answers")" '^done 1 '
done_testing
