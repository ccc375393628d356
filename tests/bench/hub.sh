#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bench hub - records a second from posts to committed rows: TLS, base64,
# hashes, unsealing, JSON, PostgreSQL (fsync on), with the clients (curl) on
# the same machine; beside it COPY and unnest of the same rows.
#
# And the queue of one post, by its own chot-sync.
#
#   make bench-hub [POSTS=8] [BATCHES=10] [WORKERS=3] [QUEUE=100000]
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_flags=-c\ synchronous_commit=on
db_begin
posts=${POSTS:-8}
batches=${BATCHES:-10}
workers=${WORKERS:-3}
post=$BUILDDIR/tests/tools/hubpost

mkdir "$work/keys"
chot-hub migrate >/dev/null
chot-hub seal-key "$work/keys/site" >/dev/null
new_ca ca
new_certificate hub /CN=hub
bytes=0
for p in $(seq "$posts"); do
	mkdir "$work/p$p"
	chot-hub station add "ST-$p"
	new_certificate "ST-$p" "/CN=ST-$p"
	"$post" fill "$work/p$p/outbox.db" "ST-$p" "$work/keys/site.pub" \
	    $((batches * 500)) || exit 1
	for b in $(seq 0 $((batches - 1))); do
		"$post" batch "$work/p$p/outbox.db" $((b * 500)) 500 |
			"$post" deflate >"$work/b-$p-$b"
		bytes=$((bytes + $(wc -c <"$work/b-$p-$b")))
	done
	rm -r "$work/p$p"
done
total=$((posts * batches * 500))
hub_start $(hub_tls) --workers "$workers" || exit 1

drain() { # POST: all its batches, in order, on one connection
	for b in $(seq 0 $((batches - 1))); do
		[ "$b" -eq 0 ] || echo next
		echo "url = $url/v1/records"
		echo "data-binary = @$work/b-$1-$b"
		echo 'header = "Content-Encoding: deflate"'
		echo "cert = $work/ST-$1.pem"
		echo "key = $work/ST-$1.key"
		echo "cacert = $work/ca.pem"
		echo 'write-out = "%{http_code}\n"'
		echo 'output = /dev/null'
	done >"$work/curl-$1"
	curl -s -K "$work/curl-$1" >"$work/codes-$1"
}

seconds() { # COMMAND...: how long it took
	begin=$(date +%s%N)
	"$@"
	echo $(($(date +%s%N) - begin)) | awk '{ printf "%.2f", $1 / 1e9 }'
}

ingest() {
	drains=
	for p in $(seq "$posts"); do
		drain "$p" &
		drains="$drains $!"
	done
	# shellcheck disable=SC2086
	wait $drains
}

say() { # WHAT SECONDS
	say_of "$total" "$@"
}

say_of() { # RECORDS WHAT SECONDS
	awk -v what="$2" -v n="$1" -v s="$3" 'BEGIN {
		printf "%-28s %8.0f records/s  (%d in %.2f s)\n", what, n / s, n, s }'
}

echo "hub: $posts posts, $total records, $((bytes / total)) bytes each on the wire, $workers workers, load $(cut -d' ' -f1 /proc/loadavg)"
took=$(seconds ingest)
[ "$(cat "$work"/codes-* | sort -u)" = 200 ] || {
	echo "bench: not all were taken" >&2
	cat "$work"/codes-* | sort | uniq -c >&2
	tail -n 3 "$work/hub.log" >&2
	exit 1
}
[ "$(sql 'select count(*) from hub.record')" -eq "$total" ] || exit 1
say "ingest, end to end" "$took"

queue=${QUEUE:-100000}
chot-hub station add ST-Q
new_certificate ST-Q /CN=ST-Q
mkdir -p "$work/q/run"
"$post" fill "$work/q/outbox.db" ST-Q "$work/keys/site.pub" "$queue" || exit 1
cat >"$work/q.conf" <<-CONF
	station { id = "ST-Q" }
	state = "$work/q"
	run = "$work/q/run"
	hub { url = "$url"  certificate = "$work/ST-Q.pem"
	  key = "$work/ST-Q.key"  ca = "$work/ca.pem"
	  seal = "$work/keys/site.pub" }
CONF
took=$(seconds sh -c 'chot-sync --now -c "$1" >"$2" 2>&1' - "$work/q.conf" \
    "$work/q.out")
grep -q "^$queue sent, 0 waiting" "$work/q.out" || {
	cat "$work/q.out" >&2
	exit 1
}
[ "$(sql 'select count(*) from hub.record')" -eq $((total + queue)) ] || exit 1
say_of "$queue" "one post's queue, chot-sync" "$took"
sql "delete from hub.record r using hub.station s
    where s.no = r.station and s.id = 'ST-Q'"

sql "create table public.r (like hub.record); create index on public.r (station, epoch, seq)"
chmod 777 "$work"
sql "copy (select * from hub.record) to '$work/rows'"
say "COPY of the same rows" "$(seconds sql "copy public.r from '$work/rows'")"
sql "truncate public.r; create table public.b as select station, seq / 501 as n,
    array_agg(seq) as seq, array_agg(hash) as hash, array_agg(body::text) as body
    from hub.record group by 1, 2"
say "unnest of the same rows" "$(seconds sql "insert into public.r
    select 1, u.seq, 1, now(), hub.today(), b.station, 1, u.hash, u.body::jsonb
    from public.b, unnest(b.seq, b.hash, b.body) as u(seq, hash, body)")"
hub_stop
