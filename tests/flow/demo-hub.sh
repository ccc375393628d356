#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot demo --hub: what the demo's people do is in the hub's database while
# they do it, and nothing is left behind.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
command -v chot-hub >/dev/null || skip_all "chot-hub is not built"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
[ -n "$(find_postgres)" ] || skip_all "PostgreSQL is missing"
for tool in openssl tmux; do
	command -v $tool >/dev/null || skip_all "$tool is missing"
done
pg_bin=$(find_postgres)
sock=chot-demo-hub-$$
trap 'tmux -L $sock kill-server 2>/dev/null; clean_up' EXIT
chmod 711 "$work"
mkdir "$work/tmp"
chmod 711 "$work/tmp"
TMPDIR=$work/tmp
export TMPDIR

tmux -L $sock -f /dev/null new-session -d -x 80 -y 24 \
    "chot demo --hub --keep $work/demo; echo ended \$? >$work/ended; sleep 60"
grown() { grep -qs '^hub {' "$work/demo/chot.conf"; }
ok "a hub comes up" until_ok grown
[ -s "$work/demo/hub.log" ] || exit 1
PGHOST=$(sed -n 's/.*psql -h \([^ ]*\) .*/\1/p' "$work/demo/hub.log")
PGUSER=hub PGDATABASE=postgres
export PGHOST PGUSER PGDATABASE
arrived() {
	[ "$(sql "select count(*) from hub.record where body ->> 'type' =
	    'crossing'" 2>/dev/null)" -gt 0 ] 2>/dev/null
}
# People take their time: the first one is there after some seconds.
for _ in $(seq 120); do
	! arrived || break
	sleep 0.5
done
ok "a crossing arrives" arrived
like "on the demo's day" "$(sql "select body ->> 'at' from hub.record
limit 1")" '^2021-10-22T'
paged() { [ "$(sql "select page ->> 'station' from hub.status")" = running ]; }
ok "with the post's page" until_ok paged
is "it has lists for posts" "$(sql "select string_agg(list, ' ' order by list)
from hub.in_force")" "messages statuses zones"
listed() { chot status -c "$work/demo/chot.conf" | grep -Eq "$1"; }
ok "its message is there" until_ok listed '^messages_new *1'
shown() { tmux -L $sock capture-pane -p | grep -q "$1"; }
ok "and on the screen" until_ok shown '(M)'
tmux -L $sock send-keys C-c
for _ in $(seq 100); do
	[ ! -e "$work/ended" ] || break
	tmux -L $sock send-keys C-q
	sleep 0.3
done
is "it ends" "$(cat "$work/ended" 2>/dev/null)" "ended 0"
is "and takes its database along" "$(ls "$work/tmp")" ""
done_testing
