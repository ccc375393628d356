#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two posts that never see a network, a courier and a hub: the walk over sticks
# that are pulled, full, repeated, early, in the wrong order, and behind a hub
# that was set back. Lists, rules and revocations come with the answers. After
# each step the hub has what left a queue, once, in order, as the post has it.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
db_begin
post=$BUILDDIR/tests/tools/hubpost
mkdir "$work/keys" "$work/usb" "$work/home" "$work/old"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null
chot-hub sign-key "$work/sign" >/dev/null
new_ca ca
od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$work/register.key"
chmod 600 "$work/register.key"
for n in 1 2; do
	chot-hub station add ST-$n
	new_certificate ST-$n "/CN=ST-$n"
	mkdir -p "$work/p$n/keys/publishers" "$work/p$n/run"
	cp "$work/sign.pub" "$work/p$n/keys/hub-sign.pub"
	cp "$work/sign.pub" "$work/p$n/keys/publishers/"
	cp -p "$work/register.key" "$work/p$n/keys/"
	cat >"$work/p$n.conf" <<-CONF
		station { id = "ST-$n" unit = "941" province = "94" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$work/p$n"
		run = "$work/p$n/run"
		$(url=https://127.0.0.1:1; hub_section ST-$n)
	CONF
done

records() { # POST COUNT
	"$post" fill "$work/p$1/outbox.db" "ST-$1" "$work/keys/site.pub" "$2"
}
outbox() { # POST VERB...
	n=$1 verb=$2
	shift 2
	chot outbox "$verb" "$@" -c "$work/p$n.conf"
}
waiting() { # POST
	outbox "$1" count --json | sed 's/.*"waiting":\([0-9]*\).*/\1/'
}
import() { # FILE...: at the hub, with the answers onto the same stick
	chot-hub import --keys "$work/keys" --sign "$work/sign.key" \
	    --ca "$work/ca.pem" --answers "$work/usb" "$@"
}
answers() { # the newest
	find "$work/usb" -name 'chot-answers-*' -printf '%T@ %p\n' | sort -n |
		tail -n 1 | cut -d' ' -f2
}
publish() { # ARGUMENT...
	chot-hub --sign "$work/sign.key" --register-key "$work/register.key" \
	    publish "$@" >"$work/published" 2>&1
}
show() { # POST ID FIELD
	chot register show -c "$work/p$1.conf" "$2" 2>&1 |
	    sed -n "s/^$3  *//p"
}

# POST...: the hub has the first records of each, once, in order, as they lie
# there, and all that the post takes for acknowledged.
sound() {
	for p in "$@"; do
		sql "select r.seq, encode(r.hash, 'hex') from hub.record r
		    join hub.station s on s.no = r.station
		    where s.id = 'ST-$p' order by r.received, r.seq" \
		    >"$work/held"
		"$post" list "$work/p$p/outbox.db" >"$work/made"
		head -n "$(wc -l <"$work/held")" "$work/made" >"$work/want"
		left=$(($(wc -l <"$work/made") - $(waiting "$p")))
		cmp -s "$work/held" "$work/want" &&
			[ "$left" -le "$(wc -l <"$work/held")" ] && continue
		diag "ST-$p: hub $(wc -l <"$work/held")," \
		    "made $(wc -l <"$work/made"), acknowledged $left"
		return 1
	done
}
# What the hub says is in order by the second in which it says it.
later_than() { # SECOND
	[ "$(date +%s)" -gt "$1" ]
}
next_second() {
	until_ok later_than "$(date +%s)"
}
held() { # POST
	sql "select count(*) from hub.record r join hub.station s
	    on s.no = r.station where s.id = 'ST-$1'"
}

# ---- the first walk: records out; answers, lists and rules back ----------------------

ends=$(date -u -d '+9 days' +%F)
printf 'id,status,since,ends,source\n094300000123,F2,2026-11-01,%s,CDC\n' \
    "$ends" >"$work/statuses.csv"
ok "a list is published" publish "$work/statuses.csv"
cp "$SRCDIR/contrib/policy/event-door.conf" "$work/policy.conf"
ok "and rules" publish --list packs "$work/policy.conf"
records 1 620
records 2 30
for n in 1 2; do
	status "post $n onto the stick" 0 outbox $n export "$work/usb"
	like "post $n: it may be pulled" "$(cat "$work/out")" '^Safe to remove$'
done
status "the hub takes both" 0 import "$work/usb"/chot-ST-*
ok "once, in order" sound 1 2
for n in 1 2; do
	status "post $n takes its answers" 0 outbox $n import "$(answers)"
	like "post $n: all records" "$(cat "$work/out")" 'all records up to'
	like "post $n: lists and rules with them" "$(cat "$work/out")" \
	    '^2 new lists'
	is "post $n: nothing waits" "$(waiting $n)" 0
	is "post $n: the list is in force" "$(show $n 094300000123 status)" F2
	ok "post $n: so are the rules" test -s "$work/p$n/policy.hub.conf"
done
status "the same answers again" 0 outbox 1 import "$(answers)"
like "are nothing new" "$(cat "$work/out")" 'nothing new'
status "the same stick again" 0 import "$work/usb"/chot-ST-*
ok "doubles nothing" sound 1 2
records 1 10
rm "$work/usb"/*
outbox 1 export "$work/usb" >/dev/null
before=$(stat -c %s "$work/usb"/chot-ST-1*)
status "the next stick" 0 import "$work/usb"/chot-ST-*
ok "brings no list that is there already" test \
    "$(stat -c %s "$(answers)")" -lt "$before"
outbox 1 import "$(answers)" >/dev/null
is "and the answers" "$(waiting 1)" 0

# ---- pulled --------------------------------------------------------------------------------

records 1 100
outbox 1 export "$work/home" >/dev/null
whole=$(find "$work/home" -name 'chot-ST-1*')
head -c "$(($(stat -c %s "$whole") - 20))" "$whole" >"$work/usb/pulled.bundle"
status "a stick pulled before the end" 65 import "$work/usb/pulled.bundle"
like "is told" "$(cat "$work/err")" 'cut short'
ok "and nothing of it counts" sound 1 2
is "all of it waits" "$(waiting 1)" 100
rm "$work/usb"/*
chot outbox export "$work/usb" -c "$work/p1.conf" >/dev/null 2>&1 &
export=$!
kill -KILL $export
wait $export 2>/dev/null
status "killed while writing, then again" 0 outbox 1 export "$work/usb"
status "is taken" 0 import "$work/usb"/chot-ST-1-*[0-9].bundle
ok "once" sound 1 2

# ---- full ------------------------------------------------------------------------------------

if mount -t tmpfs -o size=64k tmpfs "$work/old" 2>/dev/null; then
	status "a full stick" 75 outbox 1 export "$work/old"
	like "is told" "$(cat "$work/err")" 'the stick is full'
	is "nothing lies on it" "$(find "$work/old" -type f | wc -l)" 0
	is "all of it waits" "$(waiting 1)" 100
	head -c 70000 /dev/zero >"$work/old/filled" 2>/dev/null
	status "answers do not fit either" 75 chot-hub import \
	    --keys "$work/keys" --sign "$work/sign.key" --ca "$work/ca.pem" \
	    --answers "$work/old" "$whole"
	is "nothing lies there" "$(find "$work/old" -name 'chot*' | wc -l)" 0
	ok "nothing is doubled by it" sound 1 2
	umount "$work/old"
fi

# ---- early, in the wrong order --------------------------------------------------------------------

outbox 1 import "$(answers)" >/dev/null
rm -f "$work/usb"/* "$work/home"/*
"$pg_bin/pg_dump" -Fc -n hub -f "$work/dump"
at_dump=$(held 1)
for stick in a b c; do
	records 1 50
	mkdir -p "$work/stick-$stick"
	outbox 1 export "$work/stick-$stick" >/dev/null
	import "$work/stick-$stick"/*.bundle >/dev/null
	outbox 1 import "$(answers)" >/dev/null
	rm "$work/usb"/*
done
is "three sticks, all answered" "$(waiting 1)" 0
"$pg_bin/pg_restore" --clean --if-exists -d postgres "$work/dump"
is "the hub is set back" "$(held 1)" "$at_dump"
next_second
status "the third stick comes first" 75 import "$work/stick-c"/*.bundle
like "it is ahead, which is told" "$(cat "$work/err")" '1 bundles are ahead'
is "and not taken" "$(held 1)" "$at_dump"
ahead=$(answers)
mv "$ahead" "$work/ahead.bundle"
status "all three in the wrong order" 0 import "$work/stick-c"/*.bundle \
    "$work/stick-a"/*.bundle "$work/stick-b"/*.bundle
ok "are taken in the right one" sound 1 2
is "all of them" "$(held 1)" $((at_dump + 150))
"$pg_bin/pg_restore" --clean --if-exists -d postgres "$work/dump"
is "set back again, and the sticks are lost" "$(held 1)" "$at_dump"
status "the post hears that the hub has less" 0 outbox 1 import \
    "$work/ahead.bundle"
like "which it says" "$(cat "$work/out")" 'set back to a backup'
is "and has them wait again" "$(waiting 1)" 150
outbox 1 export "$work/usb" >/dev/null
status "the next stick brings them" 0 import "$work/usb"/chot-ST-1*
ok "once, in order" sound 1 2
is "all of them" "$(held 1)" $((at_dump + 150))
outbox 1 import "$(answers)" >/dev/null
is "and that was it" "$(waiting 1)" 0
status "an answer of long ago" 0 outbox 1 import "$work/ahead.bundle"
is "takes nothing back" "$(waiting 1)" 0

# ---- revoked, by stick -------------------------------------------------------------------------------

rm "$work/usb"/*
chot-hub station revoke ST-2 stolen
records 1 5
records 2 5
outbox 1 export "$work/usb" >/dev/null
status "a stick of another post" 0 import "$work/usb"/chot-ST-1*
outbox 1 import "$(answers)" >/dev/null
ok "that post keeps its lists" test -d "$work/p1/lists"
sed 's/"station":"ST-2","version":1/"station":"ST-1","version":1/' \
    "$(answers)" >"$work/forged.bundle"
status "words that were changed" 65 outbox 1 import "$work/forged.bundle"
ok "harm nobody" test -s "$work/p1/keys/register.key"
: >"$work/p2/keys/badge-0011.key"
status "passes the one that is revoked" 77 outbox 2 import "$(answers)"
like "which is told" "$(cat "$work/err")" "took this post's access away"
ok "lists and keys are gone" test ! -e "$work/p2/lists" -a \
    ! -e "$work/p2/keys/register.key" -a ! -e "$work/p2/keys/badge-0011.key"
is "its queue is not" "$(waiting 2)" 5
chot-hub station add ST-2
rm "$work/usb"/*
status "served again" 0 outbox 2 export "$work/usb"
status "its records come" 0 import "$work/usb"/chot-ST-2*
ok "once, in order" sound 1 2
status "with them the lists" 0 outbox 2 import "$(answers)"
is "and nothing waits" "$(waiting 2)" 0
done_testing
