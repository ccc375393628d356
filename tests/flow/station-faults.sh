# SPDX-License-Identifier: GPL-3.0-or-later
# One fault at each system call of the station and of its recorder, from the
# scan to `done`, until none is left to try: the call fails, comes up short, or
# the process is killed there. What was called recorded is there, once; the
# chain holds; and the post goes on, or says why not. A recorder that answers
# before it commits must be found out.
. "$SRCDIR/tests/flow/lib.sh"

command -v strace >/dev/null || skip_all "strace is missing"
strace -o /dev/null -e trace=none -e inject=getpid:error=EIO true \
    2>/dev/null || skip_all "strace is not permitted"
lib=$BUILDDIR/tests/tools/faultlib.so
faults= # what faultlib is told; empty: it is not there
calls_max=400

export TZ=UTC
post=$work/post
conf=$post/chot.conf
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$work/site.key"
cat >"$post/pack.conf" <<-EOF2
	version = "faults"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "never" { verdict = "stop"  when = "id_kind = 'dcc'"  reason = "x" }
	otherwise = "pass"
EOF2
mkfifo "$work/scanner" "$work/keyboard"
cat >"$conf" <<-EOF2
	station { id = "ST-FAULT"  name = "Fault"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "exec:cat $work/scanner" } }
EOF2
# Held open, so that nobody sees an end before it is meant.
exec 3<>"$work/scanner" 4<>"$work/keyboard"

said() { # PATTERN
	grep -Eq -e "$1" "$work/said"
}

recorder_of() { # STATION
	pgrep -P "$1" -f 'recorder' | head -n 1
}

start_post() {
	: >"$work/said"
	rm -f "$work/log" "$work/trace"
	# shellcheck disable=SC2086
	(exec env ${faults:+LD_PRELOAD="$lib" FAULT_LOG="$work/log"} $faults \
	    chot --plain -c "$conf" <"$work/keyboard" >"$work/said" \
	    2>"$work/err") 3>&- 4>&- &
	station=$!
	until_ok said '^Ready' && until_ok recorder_of "$station" >/dev/null
	recorder=$(recorder_of "$station")
	echo "hello 1 scanner" >&3
	echo ok >&3
}

# Two Ctrl-Q; what does not obey within 10 s hangs.
end_post() {
	kill -0 "$station" 2>/dev/null && printf '\021' >&4 && sleep 0.1 &&
		printf '\021' >&4
	PATIENCE=100 until_ok sh -c "! kill -0 $station 2>/dev/null" || {
		kill -KILL "$station"
		wait "$station" 2>/dev/null
		return 1
	}
	wait "$station" 2>/dev/null
	return 0
}

scan() { # NUMBER
	printf 'scan qr %s\n' "$(printf '094300%06d||Nguyen Thu|15032000|Nam|x|10052021' \
	    "$1" | od -An -v -tx1 | tr -d ' \n')" >&3
}

answered() {
	said '^Recorded' || said 'NOT RECORDED' || ! kill -0 "$station" 2>/dev/null
}

# station|recorder CALLS INJECTION: one scan with the fault in its way.
number=1000
disturbed() {
	number=$((number + 1))
	start_post || return 1
	if [ "$1" = station ]; then victim=$station; else victim=$recorder; fi
	strace -p "$victim" -o "$work/trace" -e trace="$2" -e inject="$2:$3" \
	    2>"$work/strace" 3>&- 4>&- &
	tracer=$!
	until_ok grep -q attached "$work/strace"
	scan $number
	PATIENCE=30 until_ok answered
	kill "$tracer" 2>/dev/null
	wait "$tracer" 2>/dev/null
	return 0
}

# The same, with writes of which one byte is taken: the NTH of the process, or
# "1+", all of them.
shortened() { # station|recorder NTH
	number=$((number + 1))
	faults="FAULT_SHORT=$2 FAULT_NAME=$(second_word "$1")"
	start_post || return 1
	scan $number
	PATIENCE=30 until_ok answered
	return 0
}

second_word() { # station|recorder: of its command
	if [ "$1" = station ]; then echo --plain; else echo recorder; fi
}

# The reader may just be started again: it wants a hello, and a scan that was
# sent to the one before is gone.
recorded_again() {
	echo "hello 1 scanner" >&3
	scan $number
	PATIENCE=10 until_ok sh -c \
	    "[ \$(grep -c '^Recorded' $work/said) -gt $before ]"
}

# All that was promised is there, once, and the chain holds; what was promised
# for two is a loss of one. A post that lives records the next one as if nothing
# had been.
sound() {
	alive=
	kill -0 "$station" 2>/dev/null && alive=1
	if [ -n "$alive" ] && ! said 'NOT RECORDED'; then
		before=$(grep -c '^Recorded' "$work/said")
		number=$((number + 1))
		PATIENCE=40 until_ok recorded_again || {
			diag "it records no more: $(tail -n 5 "$work/said")"
			end_post
			return 1
		}
	fi
	end_post || {
		diag "it does not end"
		return 1
	}
	sed -n 's/^Recorded \(ST-FAULT[^ ]*\).*/\1/p' "$work/said" >>"$work/promised"
	chot outbox verify -c "$conf" >/dev/null 2>"$work/verify" || {
		diag "$(cat "$work/verify")"
		return 1
	}
	chot outbox list -c "$conf" | awk '{ print $1 }' | sort >"$work/kept"
	sort "$work/promised" >"$work/shown"
	[ -z "$(comm -23 "$work/shown" "$work/kept")" ] &&
		[ -z "$(uniq -d "$work/shown")" ] &&
		[ -z "$(uniq -d "$work/kept")" ]
}

fault_met() {
	[ -s "$work/log" ] ||
		grep -qs -e INJECTED -e 'killed by' "$work/trace"
}

# Leaves how many were tried in $tried.
at_every_call() { # station|recorder CALL INJECTION
	tried=0 at=1
	while [ $at -lt $calls_max ]; do
		if [ "$2" = short ]; then
			shortened "$1" $at || return 1
		else
			disturbed "$1" "$2" "$3:when=$at" || return 1
		fi
		struck=
		fault_met && struck=1
		sound || {
			diag "$1, $2 $3 at call $at"
			return 1
		}
		[ -n "$struck" ] || break
		tried=$((tried + 1))
		at=$((at + 1))
	done
	diag "$1 $2${3:+ $3}: $tried tried"
	[ $tried -gt 0 ] && [ $at -lt $calls_max ]
}

: >"$work/promised"
# The shell would tell of each that was killed.
exec 2>"$work/killed"
while read -r who call injection; do
	ok "$who: $call $injection" at_every_call "$who" "$call" "$injection"
done <<'FAULTS'
station read error=EIO
station read error=EINTR
station write error=EIO
station write error=EINTR
station write error=ENOSPC
station poll error=EINTR
station poll error=ENOMEM
station write signal=KILL
station poll signal=KILL
recorder read error=EIO
recorder read error=EINTR
recorder write error=EIO
recorder write error=EINTR
recorder poll error=EINTR
recorder pwrite64 error=EINTR
recorder fdatasync error=EINTR
recorder pwrite64 signal=KILL
recorder write signal=KILL
FAULTS

faults=
never_whole() { # station|recorder
	shortened "$1" 1+ && fault_met && said '^Recorded' && sound
}
ok "station: each write of it comes up short" at_every_call station short ""
ok "station: no write of it is taken whole" never_whole station
ok "recorder: no write of it is taken whole" never_whole recorder
faults=

# Between its answer and its commit: the next record is promised the same place.
found_out() {
	faults="FAULT_RECORDER=$BUILDDIR/tests/tools/recorder-broken"
	disturbed recorder pwrite64 signal=KILL:when=1 || return 1
	fault_met && said '^Recorded' && ! sound >"$work/why" &&
		[ ! -s "$work/why" ] # it is the records, nothing else
}
ok "something was called recorded" test -s "$work/promised"
ok "done before the commit is found out" found_out
done_testing
