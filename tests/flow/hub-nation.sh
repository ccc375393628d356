#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two provinces with a hub each, and the nation's, which gets what they hold by
# logical replication: three PostgreSQL, cut off from each other for a while.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_flags='-F -c wal_level=logical'
db_begin
post=$BUILDDIR/tests/tools/hubpost
trap 'hub_stop KILL; for db in db p1 p2; do
	[ ! -d "$work/$db" ] || db_ctl -m immediate stop 2>/dev/null
done; clean_up' EXIT
mkdir "$work/keys" && chot-hub seal-key "$work/keys/site" >/dev/null || exit 1

in_db() { # DIRECTORY COMMAND...
	PGHOST=$work/$1
	shift
	"$@"
	in_status=$?
	PGHOST=$work/db
	return $in_status
}

wait_sql() { # QUERY WANT: at the nation
	[ "$(sql "$1")" = "$2" ]
}

chot-hub migrate >/dev/null
for n in 1 2; do
	db=p$n
	db_make || exit 1
	in_db p$n chot-hub migrate >/dev/null
	fails "province $n: 0 is none" in_db p$n sql \
	    "select hub.set_province(0)" 2>/dev/null
	is "province $n has its numbers" "$(in_db p$n sql \
	    "select hub.set_province($n); select hub.publish()")" ""
	in_db p$n chot-hub station add ST-$n
	mkdir "$work/post$n"
	"$post" fill "$work/post$n/outbox.db" ST-$n "$work/keys/site.pub" 50 ||
		exit 1
	sql "create subscription province_$n connection
	'host=$work/p$n user=hub dbname=postgres'
	publication hub_records, hub_state"
done
db=db
sql "select hub.make_day(hub.today() + i) from generate_series(0, 1) i" >/dev/null

as=
post_sends() { # PROVINCE AFTER COUNT
	in_db "p$1" hub_start --proxy 127.0.0.1 --workers 1 || return 1
	url=http://${url#https://}
	"$post" batch "$work/post$1/outbox.db" "$2" "$3" >"$work/batch"
	code=$(send "$work/batch" -H "X-Client-Subject: CN=ST-$1")
	hub_stop
	[ "$code" = 200 ]
}
ok "a post of the first" post_sends 1 0 30
ok "a post of the second" post_sends 2 0 30
ok "the nation has the records of both" until_ok wait_sql \
    "select count(*) from hub.record" 60
ok "the nation goes away" db_ctl -m immediate stop
ok "the first goes on" post_sends 1 30 20
ok "the second too" post_sends 2 30 20
ok "the nation is back" db_start
ok "it gets what it missed" until_ok wait_sql \
    "select count(*) from hub.record" 100
ok "and the heads" until_ok wait_sql "select string_agg(id || ' ' || seq, ','
order by id) from hub.stations" "ST-1 50,ST-2 50"
for n in 1 2; do
	is "post $n: once, in order, as the post has it" "$(sql "select r.seq,
	encode(r.hash, 'hex') from hub.record r join hub.station s
	on s.no = r.station where s.id = 'ST-$n' order by r.seq")" \
	    "$("$post" list "$work/post$n/outbox.db")"
done
in_db p1 chot-hub station revoke ST-1 stolen
ok "the nation learns who is revoked" until_ok wait_sql \
    "select count(*) from hub.station where revoked is not null" 1
for n in 1 2; do
	sql "drop subscription province_$n"
done
done_testing
