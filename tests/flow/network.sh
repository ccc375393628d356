#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A bad road to the real hub: one packet of five is lost, connections break
# off in the middle of requests and replies. It takes longer, and afterwards
# each record is there once, in order.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
db_begin
post=$BUILDDIR/tests/tools/hubpost
box=$work/post/outbox.db
mkdir -p "$work/keys" "$work/post/run"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null
chot-hub station add ST-1
new_ca ca
new_certificate hub /CN=hub
new_certificate ST-1 /CN=ST-1
hub_start $(hub_tls) || exit 1
road=
finish() {
	[ -z "$road" ] || kill "$road" 2>/dev/null
	hub_stop KILL
	db_ctl -m immediate stop 2>/dev/null
	clean_up
}
trap finish EXIT

road_start() { # LOST-OF-100 CUT-OF-1000 SEED
	[ -z "$road" ] || kill "$road"
	rm -f "$work/road" # or the port of the last one would be read
	"$BUILDDIR/tests/tools/lossy" "${url##*:}" "$@" >"$work/road" 2>&1 &
	road=$!
	until_ok grep -qs '^port' "$work/road" || return 1
	cat >"$work/chot.conf" <<-CONF
		station { id = "ST-1" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$work/post"
		run = "$work/post/run"
		hub { url = "https://127.0.0.1:$(sed -n 's/^port //p' "$work/road")"
		  certificate = "$work/ST-1.pem"  key = "$work/ST-1.key"
		  ca = "$work/ca.pem"  seal = "$work/keys/site.pub" }
	CONF
}
sync() { chot sync --now --json -c "$work/chot.conf" >"$work/out" 2>"$work/err"; }
sound() {
	sql "select seq, encode(hash, 'hex') from hub.record
	    order by received, seq" >"$work/held"
	"$post" list "$box" >"$work/want"
	cmp -s "$work/held" "$work/want" && return
	diag "$(diff "$work/held" "$work/want" | head -n 5)"
	return 1
}
tries=0
arrives() { # within so many tries
	for _ in $(seq "$1"); do
		tries=$((tries + 1))
		sync && return
		like_trouble=$(sed -n 's/.*"trouble":"\([^"]*\)".*/\1/p' "$work/out")
		case $like_trouble in
		cut | time-out | hub-tls | other | refused | not-hub) ;;
		*) diag "$(cat "$work/out" "$work/err")"; return 1 ;;
		esac
	done
	return 1
}

"$post" fill "$box" ST-1 "$work/keys/site.pub" 1500
road_start 20 0 7
ok "one packet of five is lost: all arrives" arrives 1
ok "once, in order" sound
like "packets were lost" "$(tail -n 1 "$work/road")" 'lost [1-9]'
for seed in 1 2 3; do
	road_start 20 15 $seed
	"$post" fill "$box" ST-1 "$work/keys/site.pub" 600
	ok "and connections break off ($seed): all arrives" arrives 60
	ok "once, in order" sound
done
ok "they did break off ($tries tries)" test "$tries" -gt 4
is "nobody was taken for a clone" "$(sql 'select count(*) from hub.fork')" 0
is "no gap was seen" "$(sql 'select count(*) from hub.gap')" 0
done_testing
