#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The whole USB road: posts that never see a network put their records on one
# stick, the hub takes them once and in order, and the answers come back.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
db_begin
post=$BUILDDIR/tests/tools/hubpost
mkdir "$work/keys" "$work/usb"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null
chot-hub sign-key "$work/sign" >/dev/null
new_ca ca
new_ca foreign
for n in 1 2 3; do
	chot-hub station add ST-$n
	new_certificate ST-$n /CN=ST-$n
	mkdir -p "$work/p$n/keys" "$work/p$n/run"
	cp "$work/sign.pub" "$work/p$n/keys/hub-sign.pub"
	"$post" fill "$work/p$n/outbox.db" ST-$n "$work/keys/site.pub" 700
	cat >"$work/p$n.conf" <<-CONF
		station { id = "ST-$n" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$work/p$n"
		run = "$work/p$n/run"
		$(url=https://127.0.0.1:1; hub_section ST-$n)
	CONF
done
outbox() { # POST VERB...
	n=$1 verb=$2
	shift 2
	chot outbox "$verb" "$@" -c "$work/p$n.conf"
}
import() {
	chot-hub import --keys "$work/keys" --sign "$work/sign.key" \
	    --ca "$work/ca.pem" --answers "$work/usb" "$@"
}
answers() { ls "$work/usb"/chot-answers-*.bundle | tail -n 1; }
waiting() { outbox "$1" count --json | sed 's/.*"waiting":\([0-9]*\).*/\1/'; }
held() { # POST: what the hub has of it is what it has, in order
	sql "select r.seq, encode(r.hash, 'hex') from hub.record r
	    join hub.station s on s.no = r.station where s.id = 'ST-$1'
	    order by r.received, r.seq" >"$work/held"
	"$post" list "$work/p$1/outbox.db" >"$work/want"
	cmp -s "$work/held" "$work/want"
}

for n in 1 2; do
	outbox $n export "$work/usb" >/dev/null
done
status "one stick of two posts" 0 import "$work/usb"/chot-ST-*.bundle
ok "the first is there" held 1
ok "the second, too" held 2
is "their status pages came along" "$(sql "select string_agg(s.id || ' ' ||
    (t.page->>'records') || ' ' || (t.said <= now()), ',' order by s.id)
    from hub.status t join hub.station s on s.no = t.station")" \
    "ST-1 700 true,ST-2 700 true"
sql "update hub.status set said = now() + interval '1 hour', page = '{}'
    where station = (select no from hub.station where id = 'ST-2')"
ok "there are answers" test -s "$(answers)"
for n in 1 2; do
	is "$n waits" "$(waiting $n)" 700
	status "$n takes its answer" 0 outbox $n import "$(answers)"
	is "and nothing waits" "$(waiting $n)" 0
done
status "one whose records were not there" 0 outbox 3 import "$(answers)"
is "still waits" "$(waiting 3)" 700

status "the same stick twice" 0 import "$work/usb"/chot-ST-*.bundle
is "its page takes no later one's place" "$(sql "select page from hub.status t
    join hub.station s on s.no = t.station where s.id = 'ST-2'")" '{}'
ok "doubles nothing" held 1

# ---- cut, foreign, replaced ----------------------------------------

outbox 3 export "$work/usb" >/dev/null
first=$(ls "$work/usb"/chot-ST-3-*.bundle)
mv "$first" "$work/late.bundle"
head -c 5000 "$work/late.bundle" >"$work/cut.bundle"
status "a stick that was pulled" 65 import "$work/cut.bundle"
like "is told" "$(cat "$work/err")" 'cut short'
is "nothing of it counts" "$(sql "select count(*) from hub.record r
join hub.station s on s.no = r.station where s.id = 'ST-3'")" 0
new_certificate stranger /CN=ST-3 foreign
sed "s#ST-3\.\(pem\|key\)#stranger.\1#" "$work/p3.conf" >"$work/p4.conf"
mkdir "$work/usb4"
chot outbox export "$work/usb4" -c "$work/p4.conf" >/dev/null
status "signed by a stranger's" 65 import "$work/usb4"/*.bundle
like "is told" "$(cat "$work/err")" 'no post of this hub'
status "a bad one beside a good one" 65 import "$work/cut.bundle" \
    "$work/late.bundle"
ok "does not hold it up" held 3
status "its answer" 0 outbox 3 import "$(answers)"
is "comes back" "$(waiting 3)" 0

new_certificate ST-1 /CN=ST-1 ca -1
"$post" fill "$work/p1/outbox.db" ST-1 "$work/keys/site.pub" 20
rm "$work/usb"/*
outbox 1 export "$work/usb" >/dev/null
status "of a post whose certificate has ended" 0 import "$work/usb"/chot-ST-1*
ok "nothing is lost" held 1
chot-hub station revoke ST-2 stolen
"$post" fill "$work/p2/outbox.db" ST-2 "$work/keys/site.pub" 20
outbox 2 export "$work/usb" >/dev/null
status "of a revoked one" 65 import "$work/usb"/chot-ST-2*
like "is told" "$(cat "$work/err")" 'revoked'
cp -r "$work/p1" "$work/p5"
"$post" fill "$work/p1/outbox.db" ST-1 "$work/keys/site.pub" 3
"$post" fill "$work/p5/outbox.db" ST-1 "$work/keys/site.pub" 3
sed 's#/p1#/p5#' "$work/p1.conf" >"$work/p5.conf"
mkdir "$work/usb5"
outbox 1 export "$work/usb" >/dev/null
outbox 5 export "$work/usb5" >/dev/null
import "$work/usb"/chot-ST-1* >/dev/null
status "of a card that was cloned" 65 import "$work/usb5"/*.bundle
like "is told" "$(cat "$work/err")" 'fork'
status "its answer" 0 outbox 5 import --json "$(answers)"
like "says so" "$(cat "$work/out")" '"forked":true'
chot-sync --now --json -c "$work/p5.conf" >"$work/out" 2>&1
like "its next try tells the recorder" "$(cat "$work/out")" \
    '"trouble":"fork",.*"epoch":"[0-9a-f]{8}",.*"fork":721'
epoch=$(sed 's/.*"epoch":"\([0-9a-f]*\)".*/\1/' "$work/out")
printf 'hello 1 a\nfork 721 %s\n' "$epoch" | chot recorder \
    "$work/p5/outbox.db" ST-1 "$work/keys/site.pub" >"$work/out" 2>&1
like "which begins a new epoch" "$(cat "$work/out")" 'notice outbox copied'
rm "$work/usb5"/*
outbox 5 export "$work/usb5" >/dev/null
before=$(sql 'select count(*) from hub.record')
status "the next stick" 0 import "$work/usb5"/*.bundle
is "brings what differed" "$(sql 'select count(*) from hub.record')" \
    $((before + 3))
chot-sync --now --json -c "$work/p5.conf" >"$work/out" 2>&1
unlike "and it is over" "$(cat "$work/out")" '"trouble":"fork"'
# ---- a card that rots: what can be read gets to the hub, the rest is counted --------

rm "$work/usb"/*
box=$work/p3/outbox.db
"$post" fill "$box" ST-3 "$work/keys/site.pub" 600
"$post" list "$box" >"$work/had"
dd if=/dev/urandom of="$box" bs=4096 seek=$(($(stat -c %s "$box") / 4096 - 40)) count=2 conv=notrunc 2>/dev/null
"$post" fill "$box" ST-3 "$work/keys/site.pub" 1 2>"$work/err"
aside=$(ls "$work/p3"/outbox.db.damaged-* | head -n 1)
ok "a damaged outbox is set aside" test -s "$aside"
status "what can be read of it" 0 chot outbox salvage "$aside" "$work/usb" \
    -c "$work/p3.conf"
like "is counted, and what is lost" "$(cat "$work/out")" \
    '^[0-9]+ records read, [1-9][0-9]* lost between them$'
lost=$(sed -n 's/.* read, \([0-9]*\) lost.*/\1/p' "$work/out")
status "the hub takes it" 0 import "$work/usb"/chot-ST-3*
saved() { sql "select count(*) from hub.record r join hub.station s
    on s.no = r.station where s.id = 'ST-3'"; }
is "all that was read, and once" "$(saved)" $((1300 - lost))
is "nothing else is missing" "$(sql "select count(*) from (select distinct
    r.epoch, r.seq from hub.record r join hub.station s on s.no = r.station
    where s.id = 'ST-3') x")" $((1300 - lost))
ok "the gap is noted" test "$(sql 'select count(*) from hub.gap')" -gt 0
status "again" 0 import "$work/usb"/chot-ST-3*
is "is nothing more" "$(saved)" $((1300 - lost))
status "no outbox at all" 65 sh -c 'chot outbox salvage "$1" "$2" -c "$3" ||
    exit 65' - "$work/ca.pem" "$work/usb" "$work/p3.conf"

db_ctl -m immediate stop
status "without a database" 75 import "$work/usb"/chot-ST-1*
db_start
status "without a key to sign with" 64 chot-hub import --keys "$work/keys" \
    --ca "$work/ca.pem" --answers "$work/usb" "$work/late.bundle"
done_testing
