# SPDX-License-Identifier: GPL-3.0-or-later
# kill -9 of the station or its recorder at any moment: whatever the screen
# called recorded is there, once, and the chain is whole. A recorder that keeps
# what it called recorded for the next commit must be found out.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
key=$work/site.key
ROUNDS=${ROUNDS:-12}

mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$key"
cat >"$post/pack.conf" <<-EOF2
	version = "kill"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "never" { verdict = "stop"  when = "id_kind = 'dcc'"  reason = "x" }
	otherwise = "pass"
EOF2
# STATE: a post of its own.
configure() {
	mkdir -p "$post/$1/keys"
	cp "$post/state/keys/site.pub" "$post/$1/keys/" 2>/dev/null
	cat >"$post/chot.conf" <<-EOF2
		station { id = "ST-KILL"  name = "Kill"  language = "en" }
		policy = "$post/pack.conf"
		state = "$post/$1"
		run = "$post/run"
		lane "1" { scanner = { "serial:$work/scanner,baud=115200,protocol=line" } }
	EOF2
	: >"$work/promised"
}

card() { # NUMBER
	pty scanner hex "$(printf '094300%06d||Nguyen Thu|15032000|Nam|x|10052021\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

station_pid() {
	chot status -c "$post/chot.conf" --json | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p'
}

# What the screen called recorded, as "ID ROUND"; kept in $work/promised.
promised() {
	capture | sed -n "s|.*RECORDED \(ST-KILL/[0-9a-f]*/[0-9]*\).*|\1 $round|p" \
	    >>"$work/promised"
}

kill_station() {
	kill -KILL "$station"
}

kill_recorder() {
	pkill -KILL -P "$station" -f 'chot.* recorder'
}

begin() { # [NAME=VALUE...]
	start_tmux 80x24 "exec env ${1:-} chot -c $post/chot.conf"
	wait_for 'READY' && wait_for_devices "$post/chot.conf" &&
		station=$(station_pid)
}

# Its recorder may just be putting its things away.
verified() {
	chot outbox verify -c "$post/chot.conf" >/dev/null 2>"$work/err" &&
		chot outbox list -c "$post/chot.conf" >"$work/list" 2>"$work/err"
}

# "RUN N" of each record; the station counts those of a run without a gap.
numbers() {
	chot outbox show -c "$post/chot.conf" --key "$key" 2>/dev/null | sed -n \
	    's/.*"run": *"\([0-9a-f]*\)","n": *\([0-9]*\).*/\1 \2/p' |
		sort -k1,1 -k2,2n
}

# What is wrong with the records, in words; nothing if nothing is.
losses() {
	until_ok verified || cat "$work/err"
	awk '{ print $1 }' "$work/list" | sort >"$work/kept"
	sort -u "$work/promised" >"$work/shown"
	cut -d' ' -f1 "$work/shown" | sort >"$work/ids"
	uniq "$work/ids" | comm -23 - "$work/kept" | sed 's/$/ is not there/'
	uniq -d "$work/ids" | sed 's/$/ was promised to two runs/'
	uniq -d "$work/kept" | sed 's/$/ is there twice/'
	numbers | awk '$1 != run { run = $1; n = 0 }
	    $2 != ++n { print "of run " run " " $2 " is in the place of " n; n = $2 }'
}

pty_start scanner
number=1000
configure state
for round in $(seq "$ROUNDS"); do
	begin || break
	# Somewhere in the middle of the work, never at the same place.
	for i in 1 2 3 4; do
		number=$((number + 1))
		card $number
		promised
	done &
	watcher=$!
	sleep "0.$((round * 37 % 90 + 10))"
	if [ $((round % 2)) -eq 0 ]; then
		kill_recorder
		wait $watcher
		sleep 0.4
		promised
	else
		promised
		kill_station
		wait $watcher
	fi
	number=$((number + 4))
	stop_tmux
done
is "after $ROUNDS kills all is there, once, in one chain" "$(losses)" ""
ok "something was called recorded" test -s "$work/promised"

# The same must find records that were called recorded and were not.
promised_more() { # COUNT
	promised
	[ "$(sort -u "$work/promised" | wc -l)" -gt "$1" ]
}
recorded_next() {
	number=$((number + 1))
	card $number
	until_ok promised_more "$(sort -u "$work/promised" | wc -l)"
}
broken_begins() {
	begin "LD_PRELOAD=$faulty LAZY_RECORDS=1 \
	    FAULT_RECORDER=$BUILDDIR/tests/tools/recorder-broken"
}
station_killed() {
	configure by-station && round=1 && broken_begins && recorded_next &&
		recorded_next && kill_station && stop_tmux &&
		round=2 && begin && recorded_next && stop_tmux
}
recorder_killed() {
	configure by-recorder && broken_begins && recorded_next &&
		recorded_next && kill_recorder && stop_tmux
}
if faulty=$(preloaded faultlib.so); then
	ok "a recorder that commits late, its station killed" station_killed
	like "is found out" "$(losses)" 'promised to two runs'
	ok "the same recorder, killed itself" recorder_killed
	like "is found out, too" "$(losses)" 'is not there'
else
	diag "a broken recorder cannot be put in place in this build"
fi
done_testing
