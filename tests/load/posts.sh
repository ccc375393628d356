#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Posts of a nation after an outage, all at the same moment: no time-out; and
# with outages, when the hub is killed under them and comes back.
#
#   make load-posts [POSTS=6616] [RECORDS=20] [WORKERS=8] [OUTAGES=2]
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_flags=-c\ synchronous_commit=on
db_begin
posts=${POSTS:-6616}
records=${RECORDS:-20}
mkdir "$work/keys"
chot-hub migrate >/dev/null
chot-hub seal-key "$work/keys/site" >/dev/null
sql "insert into hub.station (id) select 'L-' || i
from generate_series(0, $posts - 1) i"
hub_start --proxy 127.0.0.1 --workers "${WORKERS:-8}" || exit 1
port=${url##*:}
is_there() { sql "select count(*) from hub.record"; }
"$BUILDDIR/tests/load/posts" "$port" "$work/keys/site.pub" "$posts" \
    "$records" &
playing=$!
pids="$pids $playing"
gone() { ! kill -0 "$1" 2>/dev/null; }
more() { # than so many are there, or nobody sends any more
	[ "$(is_there)" -gt "$1" ] || ! kill -0 $playing 2>/dev/null
}
for n in $(seq "${OUTAGES:-2}"); do
	until_ok more $((posts * records * n / (${OUTAGES:-2} + 2)))
	kill -0 $playing 2>/dev/null || break
	hub_stop KILL
	for pid in $hub_kin; do
		until_ok gone "$pid" # it holds the port
	done
	echo "the hub is gone, with $(is_there) records"
	hub_start --proxy 127.0.0.1 --workers "${WORKERS:-8}" \
	    --listen "127.0.0.1:$port" || exit 1
done
wait $playing
status=$?
is_there=$(is_there)
echo "$is_there of $((posts * records)) records are held"
hub_stop
[ "$is_there" -eq $((posts * records)) ] || status=1
exit $status
