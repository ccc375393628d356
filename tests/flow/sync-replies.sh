#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Replies that come late, twice, one for another, or are lies, in any order:
# nothing counts as acknowledged that the hub does not have, and in the end it
# has each record once, in order. ROUNDS of them by chance, the same each time.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/sync-lib.sh"

command -v openssl >/dev/null || skip_all "openssl is missing"
hub_make || skip_all "no certificates"
hub_start || exit 1
made=0
more() { # COUNT
	records $((made + 1)) $((made + $1))
	made=$((made + $1))
}

# What left the queue is at the hub.
honest() {
	waiting=$(chot outbox count --json -c "$work/chot.conf" |
		sed -n 's/.*"waiting":\([0-9]*\).*/\1/p')
	at_hub=0
	[ ! -e "$work/hub/held" ] || at_hub=$(wc -l <"$work/hub/held")
	[ -n "$waiting" ] && [ $((made - waiting)) -le "$at_hub" ] && return
	diag "made $made, waiting ${waiting:-?}, at the hub $at_hub"
	return 1
}

well() {
	sync >/dev/null 2>&1
}

# NAME SCRIPT STATUS: more records under that script, then without one.
replies() {
	more 20
	script "$2"
	status "$1" "$3" sync
	ok "$1: no more is acknowledged than is there" honest
	script
	ok "$1: then well" until_ok well
	held_all "$1: once and in order" "$made"
}
replies "the same answer again" "ok
again
again" 0
replies "an answer too late" "behind" 75
replies "each answer to the request behind it" "behind
behind
behind
behind" 0
replies "an answer two times" "twice
twice" 0
replies "two times, and the next one late" "twice
behind" 0
replies "an error that was for another" "status 503
again" 75
replies "an old answer after a backup" "again
lower
again
nothing
again" 0

# ---- by chance ------------------------------------------------------------------------

# SEED: a line of a script for each of 30 requests.
chance() {
	awk -v seed="$1" 'BEGIN {
		srand(seed)
		n = split("ok ok ok ok again behind behind twice drop lower " \
		    "ahead other epoch stray nothing short string", verbs)
		for (i = 0; i < 30; i++) {
			v = verbs[int(rand() * n) + 1]
			print rand() < 0.1 ? "cut " int(rand() * 300) : v
		}
	}'
}
false_words=0
for seed in $(seq "${ROUNDS:-25}"); do
	script "$(chance "$seed")"
	more 60
	well
	honest || {
		false_words=$((false_words + 1))
		diag "by script $seed"
	}
done
is "no more was ever acknowledged than was there" $false_words 0
ok "answers did come late or twice" grep -Eq '^(behind|again|twice)' \
    "$work/hub/log"
script
ok "then well" until_ok well
ok "nothing waits" honest
is "nothing at all" "$waiting" 0
held_all "each is there once, in order" "$made"
ok "the chain is whole" chot outbox verify -c "$work/chot.conf"
done_testing
