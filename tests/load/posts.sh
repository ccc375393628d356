#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Posts of a nation after an outage, all at the same moment: no time-out.
#
#   make load-posts [POSTS=6616] [RECORDS=20] [WORKERS=8]
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
"$BUILDDIR/tests/load/posts" "${url##*:}" "$work/keys/site.pub" "$posts" \
    "$records"
status=$?
is_there=$(sql "select count(*) from hub.record")
echo "$is_there of $((posts * records)) records are held"
hub_stop
[ "$is_there" -eq $((posts * records)) ] || status=1
exit $status
