#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A hub that is set back to last night's backup gets again what posts still
# have; databases of older programs are brought up, of later ones refused; the
# hub for trying things works.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_begin
post=$BUILDDIR/tests/tools/hubpost

# ---- migrations ------------------------------------------------------------------------

files=$(ls "$SRCDIR"/src/hub/sql/0*.sql)
last=$(printf '%s\n' "$files" | wc -l)
older() { # NUMBER: a database as an earlier program left it
	sql "drop schema if exists hub cascade; create schema hub;
	create table hub.schema_migrations (number integer primary key,
	name text not null, applied timestamptz not null default now())"
	for n in $(seq "$1"); do
		file=$(printf '%s\n' "$files" | sed -n "${n}p")
		"$pg_bin/psql" -X -q -v ON_ERROR_STOP=1 -f "$file" || return 1
		sql "insert into hub.schema_migrations
		values ($n, '$(basename "$file")')"
	done
}
sql "create schema hub" && sql "drop schema hub" || exit 1
for n in $(seq $((last - 1))); do
	ok "a database of version $n" older "$n"
	status "is brought up" 0 chot-hub migrate
	is "to this version" "$(sql "select count(*), max(number)
	from hub.schema_migrations")" "$last|$last"
done
sql "drop schema hub cascade"
migrants=
for _ in 1 2 3; do
	chot-hub migrate >/dev/null 2>>"$work/migrants" &
	migrants="$migrants $!"
done
for pid in $migrants; do
	ok "several at once take turns" wait "$pid"
done
is "and make it once" "$(cat "$work/migrants"; sql "select count(*), max(number)
from hub.schema_migrations")" "$last|$last"
sql "insert into hub.schema_migrations values (99, 'later')"
status "a later one is refused" 78 chot-hub migrate
mkdir "$work/keys"
chot-hub seal-key "$work/keys/site" >/dev/null
status "by all commands" 78 chot-hub station list
status "and not served" 78 chot-hub run --proxy 127.0.0.1 --keys "$work/keys" \
    --listen 127.0.0.1:0
sql "delete from hub.schema_migrations where number = 99"

# ---- last night's backup ------------------------------------------------------------------

mkdir "$work/p1"
"$post" fill "$work/p1/outbox.db" ST-1 "$work/keys/site.pub" 40 || exit 1
batch() { # AFTER COUNT [FROM]
	"$post" batch "$work/p1/outbox.db" "$@" >"$work/batch"
	echo "$work/batch"
}
chot-hub station add ST-1
as=
hub_begin() {
	hub_start --proxy 127.0.0.1 && url=http://${url#https://}
}
post_sends() {
	send "$(batch "$@")" -H 'X-Client-Subject: CN=ST-1'
}
hub_begin || exit 1
is "twenty in the evening" "$(post_sends 0 20)" 200
ok "a dump while it serves" sh -c '"$1" -Fc -n hub -f "$2"' - \
    "$pg_bin/pg_dump" "$work/dump"
is "ten more in the morning" "$(post_sends 20 10)" 200
hub_stop
ok "the disk is lost, the dump restored" "$pg_bin/pg_restore" --clean \
    --if-exists -d postgres "$work/dump"
hub_begin
is "the post goes on where it was" "$(post_sends 30 10)" 200
is "and is told where the hub is" "$(head_seq)" 20
is "goes back there" "$(post_sends 20 20)" 200
is "and all is held" "$(head_seq)" 40
is "once, in order" "$(sql "select string_agg(seq::text, ',' order by received,
seq) from hub.record")" "$(seq -s , 40)"
is "as the post has it" "$(sql "select seq, encode(hash, 'hex')
from hub.record order by seq")" "$("$post" list "$work/p1/outbox.db")"
is "nothing looked like a fork" "$(sql "select count(*) from hub.fork")" 0
hub_stop

# ---- for trying things ---------------------------------------------------------------------

CHOT_HUB_DEMO=$work/demo
export CHOT_HUB_DEMO
chot-hub run --demo --listen 127.0.0.1:0 >"$work/demo.out" 2>"$work/demo.log" &
demo=$!
until_ok grep -qs "serving on" "$work/demo.log" ||
	diag "$(cat "$work/demo.out" "$work/demo.log")"
port=$(sed -n 's/.*serving on [^,]*:\([0-9]*\),.*/\1/p' "$work/demo.log")
is "the demo's hub answers its post" "$(curl -s -o /dev/null \
    -w '%{http_code}' --cacert "$work/demo/ca.pem" \
    --cert "$work/demo/ST-QL1A.pem" --key "$work/demo/ST-QL1A.key" \
    "https://localhost:$port/v1/time")" 200
like "it says what to write" "$(cat "$work/demo.out")" '^hub { url = '
kill $demo
wait $demo
is "it ends" $? 0
fails "with its database" test -S "$work/demo/db/.s.PGSQL.5432"
done_testing
