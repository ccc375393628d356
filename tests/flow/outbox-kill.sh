#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The recorder is killed, or an error is put in its way, at every system call:
# what it answered with "done" is there, once, and the chain holds. A recorder
# that answers before it commits must be found out. CHOT_LONG=1 has every fault
# at every call from its start to its end; otherwise only at those that write,
# and one of the four at a sample of the others.
. "$SRCDIR/tests/flow/lib.sh"

command -v strace >/dev/null || skip_all "strace is missing"
strace -o /dev/null -e trace=none -e inject=getpid:error=EIO true \
    2>/dev/null || skip_all "strace is not permitted"

good=$BUILDDIR/tests/tools/recorder
broken=$BUILDDIR/tests/tools/recorder-broken
state=$work/state
records=4
calls_max=1000
"$good" keys "$work/site" || exit 1

lines() { # TIMES: a hello, and every record so many times over
	echo "hello 1 5eed"
	for _ in $(seq "$1"); do
		for n in $(seq $records); do
			echo "put $n {\"n\":$n,\"name\":\"Nguyễn Văn $n\"}"
		done
	done
}
lines 1 >"$work/once"
lines 2 >"$work/twice"

serve() { # PROGRAM
	"$1" serve "$state/outbox.db" ST-1 "$work/site.pub"
}

# PROGRAM CALL INJECTION INPUT: status of strace; answers in $work/answers
disturbed() {
	rm -rf "$state"
	mkdir "$state"
	strace -f -o "$work/trace" -e trace="$2" -e inject="$2:$3" \
	    "$1" serve "$state/outbox.db" ST-1 "$work/site.pub" \
	    <"$4" >"$work/answers" 2>"$work/errors"
}

# "done N ID" of a file as "ID N", without repetition.
answered() {
	awk '$1 == "done" && NF == 3 { print $3, $2 }' "$1" | sort -u
}

held() {
	"$good" check "$state/outbox.db" "$work/site.key" \
	    >"$work/held" 2>"$work/check-errors" || {
		# Before the first record there may be no outbox yet.
		grep -q -e 'No such file' -e 'nothing was recorded' \
		    "$work/check-errors" || return 1
		: >"$work/held"
	}
	sed 's/ {"n":\([0-9]*\),.*/ \1/' "$work/held" | sort
}

# What was answered is held; nothing is held twice; after a resend of all
# every record is held once, under the id it had before.
sound() {
	held >"$work/a" || return 1
	answered "$work/answers" >"$work/b"
	[ -z "$(comm -13 "$work/a" "$work/b")" ] || return 1
	serve "$good" <"$work/once" >"$work/resent" 2>>"$work/errors" || return 1
	held >"$work/c" || return 1
	[ -z "$(comm -23 "$work/a" "$work/c")" ] || return 1
	[ "$(cut -d' ' -f2 "$work/c" | tr '\n' ' ')" = "1 2 3 4 " ] || return 1
	[ ! -e "$state/outbox.db.damaged-1" ]
}

# PROGRAM CALL INJECTION INPUT: at each call until the program is undisturbed.
# Leaves how many were tried in $tried and how many were unsound in $unsound.
at_every_call() {
	tried=0 unsound=0
	while [ $tried -lt $calls_max ]; do
		disturbed "$1" "$2" "$3:when=$((tried + 1))${5-}" "$4"
		grep -q -e INJECTED -e 'killed by' "$work/trace" || return 0
		tried=$((tried + 1))
		sound && continue
		unsound=$((unsound + 1))
		[ "$1" = "$broken" ] && continue
		diag "$2 $3 at call $tried"
		diag "$(cat "$work/answers" "$work/errors" "$work/held")"
	done
	diag "more than $calls_max calls"
	return 1
}

all_sound() { # at_every_call's arguments
	at_every_call "$@" && [ $unsound -eq 0 ] && [ $tried -gt 0 ]
}

for call in pwrite64 fdatasync fsync write ftruncate unlink openat; do
	ok "killed at every $call" all_sound "$good" $call signal=KILL \
	    "$work/once"
done

at_every_call "$broken" fdatasync signal=KILL "$work/once"
ok "done before the commit is found out ($unsound of $tried)" \
    test "$unsound" -gt 0

# One error, then all is well: it is told, and the resend on the same line is
# taken, unless it could not even be opened.
recovers() {
	at_every_call "$good" "$1" "error=$2" "$work/twice" && [ $unsound -eq 0 ]
}
for call in pwrite64 fdatasync ftruncate; do
	for error in EIO ENOSPC; do
		ok "$error at any $call" recovers $call $error
	done
done
ok "EIO at any pread64" recovers pread64 EIO
ok "a disk that fails for good" all_sound "$good" pwrite64 error=EIO \
    "$work/twice" +
ok "a disk that is full for good" all_sound "$good" pwrite64 error=ENOSPC \
    "$work/twice" +

# ---- whatever it calls --------------------------------------------------------------

# "CALL COUNT" of each system call of an undisturbed run.
calls() {
	rm -rf "$state"
	mkdir "$state"
	strace -f -o "$work/trace" "$good" serve "$state/outbox.db" ST-1 \
	    "$work/site.pub" <"$work/twice" >"$work/answers" 2>"$work/errors"
	sed -n 's/^[0-9]* *\([a-z][a-z0-9_]*\)(.*/\1/p' "$work/trace" | sort |
		uniq -c | awk '{ print $2, $1 }'
}

# CALL NTH INJECTION
sound_at() {
	input=$work/twice
	[ "$3" != signal=KILL ] || input=$work/once
	disturbed "$good" "$1" "$3:when=$2" "$input"
	sound && return
	diag "$3 at call $2 of $1"
	diag "$(cat "$work/answers" "$work/errors" "$work/held" "$work/resent")"
	return 1
}

# INJECTION EVERY: at each EVERY-th call, the four kinds at four different.
# An address sanitizer whose own munmap() fails waits for ever.
sound_at_any() {
	tried=0
	while read -r call count <&5; do
		[ "$call:$1" = munmap:signal=KILL ] ||
			[ "$call" != munmap ] || continue
		for at in $(seq "$count"); do
			turn=$(((turn + 1) % $2))
			[ $turn -eq 0 ] || continue
			sound_at "$call" "$at" "$1" || return 1
			tried=$((tried + 1))
		done
	done 5<"$work/calls"
	diag "$1: $tried tried"
	[ $tried -gt 0 ]
}
calls >"$work/calls"
start=0 every=32
[ -z "${CHOT_LONG:-}" ] || every=1
for injection in error=EIO error=ENOSPC error=EINTR signal=KILL; do
	turn=$start
	ok "$injection at any call" sound_at_any $injection $every
	start=$((start + every / 4))
done

words() { # CALL ERROR: what is said of it once the outbox is open
	for i in $(seq 10 60); do
		disturbed "$good" "$1" "error=$2:when=$i+" "$work/once"
		grep '^fault 1 ' "$work/answers" && return
	done
}
is "a full disk has a name" "$(words pwrite64 ENOSPC)" "fault 1 disk full"
is "an error has a name" "$(words pwrite64 EIO)" "fault 1 disk error"
done_testing
