# SPDX-License-Identifier: GPL-3.0-or-later
# A day of work in a minute: memory and the write-ahead log stay where they
# were, and every crossing is there; the same where the disk takes its time.
# CHOT_LONG=1 plays all of a day with ten events a second, 864,000, on a disk in
# memory if there is one.
. "$SRCDIR/tests/flow/lib.sh"

scans=${SCANS:-2000} scans_slow=20 sync_ms=150
if [ -n "${CHOT_LONG:-}" ]; then
	scans=864000 scans_slow=500
	[ ! -w /dev/shm ] || {
		fast=$(mktemp -d /dev/shm/chot-day.XXXXXX) || exit 1
		trap 'rm -rf "$fast"; clean_up' EXIT
	}
fi
post=${fast:-$work}/post
conf=$post/chot.conf
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$work/site.key"
cat >"$post/pack.conf" <<-EOF2
	version = "day"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "never" { verdict = "stop"  when = "id_kind = 'dcc'"  reason = "x" }
	otherwise = "pass"
EOF2
post_for() { # COUNT: of cards
	cat >"$conf" <<-EOF2
		station { id = "ST-DAY"  name = "Day"  language = "en" }
		policy = "$post/pack.conf"
		state = "$post/state"
		run = "$post/run"
		lane "1" { scanner = { "exec:$BUILDDIR/tests/tools/scans $1 $work/said" } }
	EOF2
	: >"$work/said"
}

# [VARIABLE=VALUE...]: what it says, in short: a day of it is long.
mkfifo "$work/keyboard"
exec 4<>"$work/keyboard"
start_post() {
	env "$@" chot --plain -c "$conf" <"$work/keyboard" 2>"$work/err" 4>&- |
		sed -un 's/^Recorded.*/Taken/p; s/^\(Ready\|NOT RECORDED\).*/\1/p' \
		    >"$work/said" 4>&- &
	until_ok grep -q '^Ready' "$work/said" || return 1
	station=$(pgrep -f "chot --plain -c $conf" | head -n 1)
	recorder=$(pgrep -P "$station" -f recorder | head -n 1)
	pids="$pids $station"
}

end_post() {
	kill "$station"
	until_ok sh -c "! kill -0 $station 2>/dev/null"
}

# Persons whose crossing the screen calls recorded.
taken() {
	grep -c '^Taken' "$work/said"
}

reached() { # COUNT
	[ "$(taken)" -ge "$1" ]
}

count() {
	chot outbox count -c "$conf" 2>/dev/null || echo 0
}

of_type() { # TYPE: records of it, opened
	chot outbox show -c "$conf" --key "$work/site.key" |
		grep -c "\"type\": *\"$1\""
}

private_kb() { # PID: what is its alone
	awk '/^Private_(Clean|Dirty):/ { sum += $2 } END { print sum }' \
	    "/proc/$1/smaps_rollup"
}

size_of() { # FILE: in KiB
	stat -c '%s' "$1" 2>/dev/null | awk '{ print int($1 / 1024) }'
}

# As long as it takes: the test has an end of its own.
PATIENCE=1000000
post_for "$scans"
ok "the post starts" start_post
# What is busy at first is warm after a fifth of the day.
until_ok reached $((scans / 5))
station_before=$(private_kb "$station")
recorder_before=$(private_kb "$recorder")
all_there() { # COUNT: of crossings, and of all outcomes but the last one's
	[ "$(count)" -ge $(($1 * 2 - 1)) ] && [ "$(of_type crossing)" -eq "$1" ]
}
until_ok reached "$scans"
ok "every crossing is there" until_ok all_there "$scans"
ok "and every outcome, but the last may be open" test "$(of_type outcome)" -ge \
    $((scans - 1))
ok "nobody was called recorded twice" test "$(taken)" -eq "$scans"
diag "$(count) records; station $station_before then $(private_kb "$station") KiB,\
 recorder $recorder_before then $(private_kb "$recorder") KiB,\
 log $(size_of "$post/state/outbox.db-wal") KiB"
ok "the station is no larger" test "$(private_kb "$station")" -le \
    $((station_before * 11 / 10 + 100))
# SQLite keeps pages until its cache is full, 2 MB.
ok "nor the recorder, but for its cache" test "$(private_kb "$recorder")" -le \
    $((recorder_before * 11 / 10 + 2200))
ok "the write-ahead log is bounded" test \
    "$(size_of "$post/state/outbox.db-wal")" -le 8192
ok "nothing was refused" sh -c "! grep -q 'NOT RECORDED' $work/said"
ok "the post ends" end_post
ok "and the chain holds" chot outbox verify -c "$conf"

# A disk that takes its time: the post is slower, and that is all.
rm -rf "$post/state/outbox.db"*
post_for "$scans_slow"
lib=$BUILDDIR/tests/tools/faultlib.so
ok "a post whose disk is slow starts" start_post LD_PRELOAD="$lib" \
    FAULT_SYNC_MS=$sync_ms FAULT_NAME=recorder
until_ok reached "$scans_slow"
ok "every crossing is there" until_ok all_there "$scans_slow"
ok "nobody was called recorded twice" test "$(taken)" -eq "$scans_slow"
ok "it ends" end_post
ok "and the chain holds" chot outbox verify -c "$conf"
done_testing
