# SPDX-License-Identifier: GPL-3.0-or-later
# A post on machines whose clock is anything: no battery (1970), old, far
# ahead, in a wrong time zone, and set by somebody in the middle of a shift.
# Nothing is lost, no time is believed before an officer vouched for it, and
# afterwards the machine's clock may jump as it likes.
. "$SRCDIR/tests/flow/lib.sh"

command -v faketime >/dev/null || skip_all "faketime is missing"
fake=$(find /usr/lib -name 'libfaketime.so.1' 2>/dev/null | head -n 1)
[ -n "$fake" ] || skip_all "libfaketime is missing"
LD_PRELOAD=$fake chot --version >/dev/null 2>&1 ||
	skip_all "this build is not to be preloaded"

post=$work/post
conf=$post/chot.conf
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$work/site.key"
cat >"$post/pack.conf" <<-EOF2
	version = "clock"  effective = "1970-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "old" { verdict = "check"  when = "now < 1000000000"  reason = "Cũ"  reason_en = "Time before 2001" }
	otherwise = "pass"
EOF2
cat >"$conf" <<-EOF2
	station { id = "ST-CLOCK"  name = "Clock"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "serial:$work/scanner,protocol=line" } }
EOF2

number=1000
scan() {
	number=$((number + 1))
	pty scanner hex "$(printf '094300%06d||Nguyen Thu|15032000|Nữ|x|10052021\r' \
	    "$number" | od -An -v -tx1 | tr -d ' \n')"
}

# The machine's clock is what $work/time says, also after it was changed.
start_post() { # TIME ZONE
	echo "$1" >"$work/time"
	rm -f "$post/run/clock"
	start_tmux 100x30 "LD_PRELOAD=$fake FAKETIME_TIMESTAMP_FILE=$work/time \
	    FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 TZ=$2 chot -c $conf"
	wait_for 'READY' && wait_for_devices "$conf"
}

last() { # the last record, opened
	chot outbox show -c "$conf" --key "$work/site.key" 2>/dev/null | tail -n 1
}

fails_quietly() {
	! "$@"
}

pty_start scanner
records=0
while IFS='|' read -r time zone; do
	ok "$time in $zone: the post starts" start_post "$time" "$zone"
	ok "and says that the clock is unknown" wait_for 'Clock unknown'
	scan
	ok "a rule about time is undecided, not wrong" wait_for '^.*CHECK'
	ok "and its record is kept" wait_for 'RECORDED ST-CLOCK/'
	like "without a time that nobody vouched for" "$(last)" '"clock": ?"unconfirmed"'
	keys q
	keys C-q
	keys C-q
	tmux_status >/dev/null
done <<'TIMES'
@1970-01-01 00:00:10|UTC
@2018-06-01 12:00:00|America/New_York
@2151-03-01 08:00:00|Asia/Ho_Chi_Minh
TIMES

# An officer vouches for the time; then the clock of the machine goes its way.
# (A day before this program was built is not believed.)
day=$(date -u -d '+1 day' +%Y-%m-%d)
start_post "@$day 07:00:00" UTC
keys o
ok "an officer confirms the time" wait_for 'time|clock'
keys Enter
ok "which is known from then on" until_ok fails_quietly on_screen 'Clock unknown'
for jump in "@1970-01-01 00:00:00" "@2151-01-01 00:00:00" "@$day 07:00:00"; do
	echo "$jump" >"$work/time"
	scan
	ok "with the machine at $jump a person passes" wait_for 'PASS'
	like "at the time of the shift" "$(wait_for RECORDED >/dev/null; last)"  "\"at\": ?\"$day"
	sleep 0.5 # Enter acts 400 ms after the screen changed
	keys Enter
	wait_for 'READY'
done
keys C-q
keys C-q
tmux_status >/dev/null
ok "and the chain holds through all of it" chot outbox verify -c "$conf"
done_testing
