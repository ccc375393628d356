# SPDX-License-Identifier: GPL-3.0-or-later
# A fault at each system call that the station, its recorder, look-up and reader
# make from the scan to `done`, until none is left to try: the call fails, comes
# up short, or the process is killed there. What was called recorded is there,
# once; the chain holds; and the post goes on. A recorder that answers before it
# commits must be found out. CHOT_LONG=1 has every fault at every call, each in
# a post of its own; otherwise each call has one of them, in turn.
. "$SRCDIR/tests/flow/lib.sh"

command -v strace >/dev/null || skip_all "strace is missing"
strace -o /dev/null -e trace=none -e inject=getpid:error=EIO true \
    2>/dev/null || skip_all "strace is not permitted"
lib=$BUILDDIR/tests/tools/faultlib.so
faults= # what faultlib is told; empty: it is not there
awaited=true # what must have happened before a process is let go
calls_max=1000 some_max=12

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

child_of() { # STATION WORD
	pgrep -P "$1" -f "chot $2 "
}

# Its outbox is open, its loop begins.
recorder_ready() {
	ls -l "/proc/$(child_of "$station" recorder)/fd" 2>/dev/null |
		grep -q signalfd
}

# As it was after its start: alive, with the same children, and trusted.
unharmed() {
	[ -z "${CHOT_LONG:-}$faults" ] && [ -n "$station" ] &&
		kill -0 "$station" 2>/dev/null &&
		[ "$(pgrep -P "$station")" = "$children" ] &&
		! said 'NOT RECORDED'
}

station=
start_post() {
	unharmed && return
	end_post || return 1
	rm -f "$work/log"
	# shellcheck disable=SC2086
	(exec env ${faults:+LD_PRELOAD="$lib" FAULT_LOG="$work/log"} $faults \
	    chot --plain -c "$conf" <"$work/keyboard" >"$work/said" \
	    2>"$work/err") 3>&- 4>&- &
	station=$!
	until_ok said '^Ready' &&
		until_ok recorder_ready &&
		until_ok child_of "$station" lookup >/dev/null || return 1
	children=$(pgrep -P "$station")
	echo "hello 1 scanner" >&3
	echo ok >&3
}

# It has seen the first Ctrl-Q: two that it reads at once are no person's.
asked_once_more() {
	said '^Ctrl-Q once more' || ! kill -0 "$station" 2>/dev/null
}

# Two Ctrl-Q; what does not obey within 10 s hangs.
end_post() {
	[ -n "$station" ] || return 0
	ended=0
	if kill -0 "$station" 2>/dev/null; then
		printf '\021' >&4
		PATIENCE=30 until_ok asked_once_more # what it says may be lost
		printf '\021' >&4
	fi
	PATIENCE=100 until_ok sh -c "! kill -0 $station 2>/dev/null" || {
		kill -KILL "$station"
		ended=1
	}
	wait "$station" 2>/dev/null
	station=
	ids_said >>"$work/promised"
	: >"$work/said"
	return $ended
}

ids_said() {
	sed -n 's/^Recorded \(ST-FAULT[^ ]*\).*/\1/p' "$work/said"
}

scan() { # NUMBER
	printf 'scan qr %s\n' "$(printf '094300%06d||Nguyen Thu|15032000|Nam|x|10052021' \
	    "$1" | od -An -v -tx1 | tr -d ' \n')" >&3
}

recorded() {
	grep -c '^Recorded' "$work/said"
}

# It went well, or nothing is to be waited for.
answered() {
	[ "$(recorded)" -gt "$before" ] || said 'NOT RECORDED' ||
		! kill -0 "$station" 2>/dev/null
}

scanned() { # TENTHS: as long as it may take
	number=$((number + 1))
	before=$(recorded)
	scan $number
	PATIENCE=$1 until_ok answered
}

victim_of() { # station|recorder|lookup|read
	if [ "$1" = station ]; then echo "$station"; else child_of "$station" "$1"; fi
}

# WHO [strace's ARGUMENT...]: one scan, looked at or with a fault in its way.
number=1000
traced() {
	start_post || return 1
	victim=$(victim_of "$1")
	shift
	rm -f "$work/trace"
	strace -p "$victim" -o "$work/trace" "$@" 2>"$work/strace" 3>&- 4>&- &
	tracer=$!
	until_ok grep -q attached "$work/strace"
	scanned 15 # it may be lost with its reader
	until_ok $awaited
	kill "$tracer" 2>/dev/null
	wait "$tracer" 2>/dev/null
	return 0
}

disturbed() { # WHO CALL INJECTION
	traced "$1" -e trace="$2" -e inject="$2:$3"
}

# The same, with writes of which one byte is taken: the NTH of the process, or
# "1+", all of them.
shortened() { # station|recorder NTH
	faults="FAULT_SHORT=$2 FAULT_NAME=$(second_word "$1")"
	rm -f "$work/trace"
	start_post || return 1
	scanned "$PATIENCE"
	return 0
}

second_word() { # station|recorder: of its command
	if [ "$1" = station ]; then echo --plain; else echo recorder; fi
}

# The reader may just be started again: it wants a hello, and a scan that was
# sent to the one before is gone. A record that was refused is tried again.
recorded_again() {
	echo "hello 1 scanner" >&3
	scan $number
	PATIENCE=10 until_ok sh -c \
	    "[ \$(grep -c '^Recorded' $work/said) -gt $before ]"
}

# The recorder of a station that was killed may just be putting its things away.
listed() {
	chot outbox verify -c "$conf" >/dev/null 2>"$work/verify" &&
		chot outbox list -c "$conf" >"$work/list" 2>"$work/verify" &&
		awk '{ print $1 }' "$work/list" | sort >"$work/kept"
}

# All that was promised is there, once, and the chain holds; what was promised
# for two is a loss of one. A post that lives records the next one as if nothing
# had been.
sound() {
	if kill -0 "$station" 2>/dev/null; then
		before=$(recorded)
		number=$((number + 1))
		PATIENCE=40 until_ok recorded_again || {
			diag "it records no more: $(tail -n 5 "$work/said")"
			end_post
			return 1
		}
	fi
	unharmed || end_post || {
		diag "it does not end"
		return 1
	}
	ids_said | sort - "$work/promised" >"$work/shown"
	PATIENCE=100 until_ok listed || {
		diag "$(cat "$work/verify")"
		return 1
	}
	[ -z "$(comm -23 "$work/shown" "$work/kept")" ] &&
		[ -z "$(uniq -d "$work/shown")" ] &&
		[ -z "$(uniq -d "$work/kept")" ] &&
		[ ! -e "$post/state/outbox.db.damaged-1" ]
}

fault_met() {
	[ -s "$work/log" ] ||
		grep -qs -e INJECTED -e 'killed by' "$work/trace"
}

# WHO: "CALL COUNT" of each system call from the scan to `done`.
calls_of() {
	traced "$1" || return 1
	sed -n 's/^\([a-z][a-z0-9_]*\)(.*/\1/p' "$work/trace" | sort | uniq -c |
		awk '{ print $2, $1 }'
}

# WHO CALL INJECTION|short NTH: leaves 1 in $struck if that call was made.
one_fault() {
	struck=
	if [ "$3" = short ]; then
		shortened "$1" "$4" || return 1
	else
		disturbed "$1" "$2" "$3:when=$4" || return 1
	fi
	! fault_met || struck=1
	sound || {
		diag "$1: $3 at call $4 of $2"
		return 1
	}
}

# WHO CALL INJECTION|short: until the run is undisturbed.
at_every_call() {
	at=1
	while [ $at -lt $calls_max ]; do
		one_fault "$1" "$2" "$3" $at || return 1
		[ -n "$struck" ] || return 0
		tried=$((tried + 1))
		at=$((at + 1))
	done
	diag "more than $calls_max calls"
	return 1
}

# WHO CALL COUNT INJECTION: one of as many calls as there are kinds of faults.
at_some_calls() {
	for at in $(seq $(($3 < some_max ? $3 : some_max))); do
		turn=$(((turn + 1) % 4))
		[ $turn -eq 0 ] || continue
		one_fault "$1" "$2" "$4" "$at" || return 1
		tried=$((tried + ${struck:-0}))
	done
}

# WHO INJECTION
fails_anywhere() {
	tried=0
	[ -s "$work/calls" ] || return 1
	while read -r call count <&5; do
		if [ -n "${CHOT_LONG:-}" ]; then
			at_every_call "$1" "$call" "$2" || return 1
		else
			at_some_calls "$1" "$call" "$count" "$2" || return 1
		fi
	done 5<"$work/calls"
	diag "$1, $2: $tried met"
	met=$((met + tried))
}

: >"$work/promised"
# The shell would tell of each that was killed.
exec 2>"$work/killed"
met=0
for who in station recorder lookup read; do
	calls_of $who >"$work/calls"
	diag "$who: $(tr '\n' ' ' <"$work/calls")"
	start=0
	for injection in error=EIO error=ENOSPC error=EINTR signal=KILL; do
		turn=$start
		ok "$who: $injection at any call" fails_anywhere $who $injection
		start=$((start + 1))
	done
done

faults=
never_whole() { # station|recorder
	end_post && shortened "$1" 1+ && fault_met && said '^Recorded' && sound
}
comes_up_short() { # station|recorder
	tried=0
	end_post && at_every_call "$1" write short && [ $tried -gt 0 ]
}
ok "station: each write of it comes up short" comes_up_short station
ok "station: no write of it is taken whole" never_whole station
ok "recorder: no write of it is taken whole" never_whole recorder
faults=

# Between its answer and its commit: the next record is promised the same place.
promised_and_killed() {
	said '^Recorded' && fault_met
}
found_out() {
	end_post
	awaited=promised_and_killed # it answers first, and writes some time after
	faults="FAULT_RECORDER=$BUILDDIR/tests/tools/recorder-broken"
	disturbed recorder pwrite64 signal=KILL:when=1 || return 1
	promised_and_killed && ! sound >"$work/why" &&
		[ ! -s "$work/why" ] # it is the records, nothing else
}
ok "faults were met" test $met -gt 30
ok "something was called recorded" test -s "$work/promised"
ok "done before the commit is found out" found_out
done_testing
