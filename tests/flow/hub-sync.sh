#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The post's own chot sync against the real hub: what was recorded arrives
# once, in order, though workers are killed under it; a hub set back, a post
# revoked.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
db_begin
post=$BUILDDIR/tests/tools/hubpost
box=$work/post/state/outbox.db
mkdir -p "$work/keys" "$work/post/state/keys" "$work/post/run"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null
chot-hub station add ST-1
new_ca ca
new_certificate hub /CN=hub
new_certificate ST-1 /CN=ST-1

records() { # COUNT: more of them
	"$post" fill "$box" ST-1 "$work/keys/site.pub" "$1"
}

hub_begin() { # on the port it had before, which the post knows
	hub_start $(hub_tls) "$@" || exit 1
	cat >"$work/post/chot.conf" <<-CONF
		station { id = "ST-1"  name = "Chốt" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$work/post/state"
		run = "$work/post/run"
		$(hub_section ST-1)
	CONF
}

sync_now() {
	chot sync --now --json -c "$work/post/chot.conf"
}

sync_quietly() {
	sync_now >"$work/out" 2>"$work/err"
}

sound() { # all that the post has, once, in order, as it has them
	sql "select seq, encode(hash, 'hex') from hub.record
	    order by received, seq" >"$work/held"
	"$post" list "$box" >"$work/want"
	cmp -s "$work/held" "$work/want" && return
	diag "$(diff "$work/held" "$work/want" | head -n 5)"
	return 1
}

records 1200
hub_begin
status "a queue is sent" 0 sync_now
like "all of it" "$(cat "$work/out")" '"sent": ?1200,.*"acknowledged": ?1200'
ok "and is held" sound
status "nothing new is nothing sent" 0 sync_now
like "nothing" "$(cat "$work/out")" '"sent": ?0,'
hub_stop

sent_through_deaths() { # once a worker is gone the post tries again
	for delay in 0.05 0.1 0.15 0.2 0.3; do
		records 700
		hub_begin --workers 1
		(sleep $delay; pkill -KILL -P "$hub_pid" 2>/dev/null) &
		killer=$!
		sync_quietly
		wait $killer
		until_ok sync_quietly || return 1
		hub_stop
		sound || return 1
	done
}
ok "workers are killed under it" sent_through_deaths

hub_begin
"$pg_bin/pg_dump" -Fc -n hub -f "$work/dump"
records 100
status "more is sent" 0 sync_now
hub_stop
"$pg_bin/pg_restore" --clean --if-exists -d postgres "$work/dump"
hub_begin
records 10
ok "the hub is set back to a backup" until_ok sync_quietly
ok "and has all again" sound
is "no fork was seen" "$(sql "select count(*) from hub.fork")" 0

# What the hub cannot read it says again to a post that lost its memory of it.
chot outbox list --json -c "$work/post/chot.conf" | tail -n 1 >"$work/last"
records 5
mv "$work/keys/site.key" "$work/site.key"
chot-hub seal-key "$work/keys/other" >/dev/null
hub_stop
hub_begin
sync_quietly
refused() { chot outbox refused -c "$work/post/chot.conf" | wc -l; }
is "five are refused" "$(refused)" 5
rm "$work/post/state/sync.db"*
is "forgotten" "$(refused)" 0
ok "a sync" until_ok sync_quietly
is "asks the hub for them again" "$(refused)" 5
mv "$work/site.key" "$work/keys/site.key"
hub_stop
hub_begin

chot-hub station revoke ST-1 stolen
records 5
status "a revoked post is told so" 77 sync_now
is "and keeps its queue" "$("$post" list "$box" | wc -l)" 4820
hub_stop
done_testing
