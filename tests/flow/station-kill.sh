# SPDX-License-Identifier: GPL-3.0-or-later
# kill -9 of the station or its recorder at any moment: whatever the screen
# called recorded is there, once, and the chain is whole.
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
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-KILL"  name = "Kill"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "serial:$work/scanner,baud=115200,protocol=line" } }
EOF2


card() { # NUMBER
	pty scanner hex "$(printf '094300%06d||Nguyen Thu|15032000|Nam|x|10052021\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

station_pid() {
	chot status -c "$post/chot.conf" --json | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p'
}

# What the screen called recorded, as ids; kept in $work/promised.
promised() {
	capture | sed -n 's/.*RECORDED \(ST-KILL\/[0-9a-f]*\/[0-9]*\).*/\1/p' >>"$work/promised"
}

pty_start scanner
: >"$work/promised"
number=1000
for round in $(seq "$ROUNDS"); do
	start_tmux 80x24 "exec chot -c $post/chot.conf"
	wait_for 'READY' || break
	wait_for_devices "$post/chot.conf"
	station=$(station_pid)
	# Somewhere in the middle of the work, never at the same place.
	for i in 1 2 3 4; do
		number=$((number + 1))
		card $number
		promised
	done &
	watcher=$!
	sleep "0.$((round * 37 % 90 + 10))"
	if [ $((round % 2)) -eq 0 ]; then
		pkill -KILL -P "$station" -f 'chot.* recorder'
		wait $watcher
		number=$((number + 4))
		sleep 0.4
		promised
	else
		promised
		kill -KILL "$station"
		wait $watcher
		number=$((number + 4))
	fi
	stop_tmux
done
verified() {
	chot outbox verify -c "$post/chot.conf" >/dev/null 2>"$work/err"
}
ok "after $ROUNDS kills the chain is whole" until_ok verified
chot outbox list -c "$post/chot.conf" | awk '{print $1}' | sort >"$work/kept"
sort -u "$work/promised" >"$work/shown"
ok "something was called recorded" test -s "$work/shown"
is "all that was called recorded is there" "$(comm -23 "$work/shown" "$work/kept")" ""
is "and nothing is there twice" "$(uniq -d "$work/kept")" ""
chot outbox show -c "$post/chot.conf" --key "$key" 2>/dev/null |
    sed -n 's/.*"run": *"\([0-9a-f]*\)","n": *\([0-9]*\).*/\1 \2/p' | sort >"$work/numbers"
is "and no record of a run twice" "$(uniq -d "$work/numbers")" ""
done_testing
