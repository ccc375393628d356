# SPDX-License-Identifier: GPL-3.0-or-later
# A day of work in a minute: memory and the write-ahead log stay where they
# were, and every crossing is there. CHOT_LONG=1 plays all of a day with ten
# events a second, 864,000.
. "$SRCDIR/tests/flow/lib.sh"

scans=${SCANS:-2000}
[ -z "${CHOT_LONG:-}" ] || scans=864000
rate=50
post=$work/post
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
cat >"$conf" <<-EOF2
	station { id = "ST-DAY"  name = "Day"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "exec:$BUILDDIR/tests/tools/scans $scans $rate" } }
EOF2

# Verdicts drawn: one person may wait behind another, and who comes third is
# told to come again; that many there are not.
verdicts() {
	grep -c '^PASS' "$work/said"
}

drawn() { # COUNT
	[ "$(verdicts)" -ge "$1" ]
}

count() {
	chot outbox count -c "$conf" 2>/dev/null || echo 0
}

# Nothing more comes, and the last is answered.
quiet() {
	before=$(count)
	sleep 2
	[ "$(count)" -eq "$before" ]
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

sleep 100000 | chot --plain -c "$conf" >"$work/said" 2>"$work/err" &
pids="$pids $!"
until_ok grep -q '^Ready' "$work/said"
station=$(pgrep -f "chot --plain -c $conf" | head -n 1)
recorder=$(pgrep -P "$station" -f recorder | head -n 1)
# What is busy at first is warm after a fifth of the day.
PATIENCE=$((scans * 3)) until_ok drawn $((scans / 5))
station_before=$(private_kb "$station")
recorder_before=$(private_kb "$recorder")
PATIENCE=$((scans * 3)) until_ok drawn $((scans / 2))
# A crossing and its outcome are two records, but the last one's is open.
PATIENCE=$((scans / 50 + 60)) until_ok quiet
# A disk that stood still for longer than that may go on meanwhile.
all_there() {
	[ "$(of_type crossing)" -eq "$(verdicts)" ]
}
PATIENCE=30
ok "every crossing is there" until_ok all_there
ok "and every outcome, but the last may be open" test "$(of_type outcome)" -ge \
    $(($(verdicts) - 1))
ok "most persons were taken at once" drawn $((scans / 2))
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
pkill -TERM -P $$ sleep
kill "$station"
until_ok sh -c "! kill -0 $station 2>/dev/null"
ok "and the chain holds" chot outbox verify -c "$conf"
done_testing
