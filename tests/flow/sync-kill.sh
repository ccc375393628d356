#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot-sync is killed at its system calls, one after the other, while it talks
# to the real hub: what left the queue is at the hub, and the hub has each
# record once, in order, as the post has it. CHOT_LONG=1 takes every call that
# a sync makes, otherwise some of those by which anything changes.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
command -v strace >/dev/null || skip_all "strace is missing"
strace -o /dev/null -e trace=none -e inject=getpid:error=EIO true \
    2>/dev/null || skip_all "strace is not permitted"
db_begin
post=$BUILDDIR/tests/tools/hubpost
box=$work/post/state/outbox.db
mkdir -p "$work/keys" "$work/post/state/keys" "$work/post/run"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null
chot-hub station add ST-1
new_ca ca
new_certificate hub /CN=hub
new_certificate ST-1 /CN=ST-1
hub_start $(hub_tls) || exit 1
cat >"$work/post/chot.conf" <<-CONF
	station { id = "ST-1" }
	state = "$work/post/state"
	run = "$work/post/run"
	$(hub_section ST-1)
CONF

records() { # COUNT: more of them
	"$post" fill "$box" ST-1 "$work/keys/site.pub" "$1"
}

sync() { # STRACE OPTION...
	strace -o "$work/trace" "$@" chot-sync --now -c "$work/post/chot.conf" \
	    >"$work/out" 2>"$work/err"
}

# The hub has the first of what the post has, once, in order, and all that
# the post takes for acknowledged.
sound() {
	sql "select seq, encode(hash, 'hex') from hub.record
	    order by received, seq" >"$work/held"
	"$post" list "$box" >"$work/made"
	head -n "$(wc -l <"$work/held")" "$work/made" >"$work/want"
	waiting=$(chot outbox count --json -c "$work/post/chot.conf" |
		sed -n 's/.*"waiting":\([0-9]*\).*/\1/p')
	cmp -s "$work/held" "$work/want" && [ -n "$waiting" ] &&
		[ $(($(wc -l <"$work/made") - waiting)) -le \
		    "$(wc -l <"$work/held")" ] && return
	diag "at the hub $(wc -l <"$work/held") of $(wc -l <"$work/made")," \
	    "waiting ${waiting:-?}"
	diag "$(diff "$work/held" "$work/want" | head -n 5)"
	return 1
}

# CALL STEP: at the first, then each STEP-th, until a sync comes to its end. Now
# and then one does, or more and more would wait, and each have more calls.
killed_at_every() {
	deaths=0 n=1
	while [ $n -lt 2000 ]; do
		records 2
		sync -e trace="$1" -e inject="$1:signal=KILL:when=$n"
		grep -q 'killed by' "$work/trace" || return 0
		deaths=$((deaths + 1))
		sound || {
			diag "killed at $1 number $n"
			return 1
		}
		[ $((deaths % 20)) -ne 0 ] || sync -e trace=none
		n=$((n + $2))
	done
	return 1 # there is no end to it
}

# Name and step. Descriptors and memory come and go many times, and nothing
# depends on them.
calls="sendto,1 recvfrom,2 poll,3 connect,1 pwrite64,2 fdatasync,1 ftruncate,1
unlink,1 write,1"
[ -z "${CHOT_LONG:-}" ] || {
	records 3
	sync -e trace=all
	calls=$(sed -n 's/^\([a-z0-9_]*\)(.*/\1,1/p' "$work/trace" | sort -u |
		grep -v -e '^execve,' -e '^exit_group,')
}
for call in $calls; do
	ok "killed at every ${call%,*}" killed_at_every "${call%,*}" "${call#*,}"
	diag "$deaths deaths"
done
records 5
status "then well" 0 sync -e trace=none
ok "all is there" sound
is "and nothing waits" "$waiting" 0
is "all of it" "$(wc -l <"$work/held")" "$(wc -l <"$work/made")"
is "nobody was taken for a clone" "$(sql "select count(*) from hub.fork")" 0
ok "the chain is whole" chot outbox verify -c "$work/post/chot.conf"

# ---- what is looked for would be seen -----------------------------------------------

sql "insert into hub.record select * from hub.record where seq = 7"
fails "one that was doubled" sound
sql "delete from hub.record where seq in (7, 8)"
fails "one that was lost" sound
sql "delete from hub.record where seq >= 7"
fails "one that left the queue and is not there" sound
hub_stop
done_testing
