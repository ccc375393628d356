#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The hub is killed at every system call of a batch, requests are cut off at
# every byte, several posts and retries come at once: afterwards each record
# is there once, in order, and as the post has it.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
command -v strace >/dev/null || skip_all "strace is missing"
strace -o /dev/null -e trace=none -e inject=getpid:error=EIO true \
    2>/dev/null || skip_all "strace is not permitted"
# Attaching to a process that is no child may be forbidden where making one
# is not.
sleep 30 &
pids="$pids $!"
strace -o /dev/null -e trace=none -p $! 2>"$work/probe" &
pids="$pids $!"
until_ok grep -qs -e attached -e attach: "$work/probe"
grep -q attached "$work/probe" || skip_all "strace may not attach"
db_begin
post=$BUILDDIR/tests/tools/hubpost
mkdir "$work/keys" "$work/p1" "$work/p2"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null
for n in 1 2; do
	chot-hub station add ST-$n
	"$post" fill "$work/p$n/outbox.db" ST-$n "$work/keys/site.pub" 1500 ||
		exit 1
done
new_ca ca
new_certificate hub /CN=hub
new_certificate ST-1 /CN=ST-1
step=4
sent=0

batch() { # POST AFTER COUNT
	"$post" batch "$work/p$1/outbox.db" "$2" "$3" >"$work/batch"
	echo "$work/batch"
}

# What the hub holds of a post, in the order in which it was stored.
held() { # POST
	sql "select r.seq, encode(r.hash, 'hex') from hub.record r
	join hub.station s on s.no = r.station where s.id = 'ST-$1'
	order by r.received, r.seq"
}

sound() { # POST COUNT: that many, once each, in order, as they are there
	held "$1" >"$work/held"
	"$post" list "$work/p$1/outbox.db" | head -n "$2" >"$work/want"
	cmp -s "$work/held" "$work/want" && return
	diag "$(diff "$work/held" "$work/want" | head -n 5)"
	return 1
}

# CALL N: a batch during which the worker dies at its n-th CALL, then the same
# batch again. Fails when it did not die.
killed_at() {
	hub_start $(hub_tls) --workers 1 || return 2
	: >"$work/strace"
	strace -o "$work/trace" -p "$(pgrep -P "$hub_pid")" -e trace="$1" \
	    -e inject="$1:signal=KILL:when=$2" 2>"$work/strace" &
	tracer=$!
	until_ok grep -qs attached "$work/strace"
	as=ST-1 send "$(batch 1 $sent $step)" >/dev/null
	hub_stop
	wait $tracer 2>/dev/null
	grep -q 'killed by' "$work/trace" || return 1
	hub_start $(hub_tls) --workers 1 || return 2
	[ "$(as=ST-1 send "$(batch 1 $sent $step)")" = 200 ] &&
		[ "$(head_seq)" -eq $((sent + step)) ] || return 2
	hub_stop KILL
	sent=$((sent + step))
	[ "$(sql "select count(*) from hub.record")" -eq $sent ] || return 2
}

killed_everywhere() { # CALL
	deaths=0
	while [ $deaths -lt 60 ]; do
		killed_at "$1" $((deaths + 1))
		case $? in
		0) ;;
		1)
			# It was told and stored: that is the next one then.
			sent=$(sql "select coalesce(max(seq), 0) from hub.record")
			[ $deaths -gt 0 ]
			return
			;;
		*)
			diag "$(cat "$work/hub.log" "$work/trace")"
			return 1
			;;
		esac
		deaths=$((deaths + 1))
	done
	return 1 # there is no end to it
}

# All that a worker asks of the kernel for a batch, connection and all, but
# what comes by chance.
calls_of_a_batch() {
	hub_start $(hub_tls) --workers 1 || return 1
	strace -o "$work/trace" -p "$(pgrep -P "$hub_pid")" 2>"$work/strace" &
	tracer=$!
	until_ok grep -qs attached "$work/strace"
	as=ST-1 send "$(batch 1 $sent $step)" >/dev/null
	hub_stop
	wait $tracer 2>/dev/null
	sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$work/trace" | sort -u |
		grep -vx -e exit_group -e futex -e madvise -e restart_syscall
}

# The calls of libpq and of TLS; what they return is what the worker knows.
# CHOT_LONG=1 takes all others, too.
calls="sendto recvfrom poll sendmsg"
[ -z "${CHOT_LONG:-}" ] || { calls_of_a_batch >"$work/calls" &&
	calls=$(cat "$work/calls") sent=$step; }
for call in $calls; do
	ok "killed at every $call" killed_everywhere $call; diag "$deaths of them"
done
ok "each record is there once, in order" sound 1 "$sent"

# ---- many at once ------------------------------------------------------------------

# The same batches from four sides, in no order, while workers are killed.
new_certificate ST-2 /CN=ST-2
hub_start $(hub_tls) --workers 3
for n in $(seq 0 60 840); do
	"$post" batch "$work/p2/outbox.db" "$n" 100 >"$work/many-$n"
done
as=ST-2
hammer() { # SEED
	for n in $(seq 0 60 840 | awk -v seed="$1" 'BEGIN { srand(seed) }
	    { print rand(), $1 }' | sort | cut -d' ' -f2) $(seq 0 60 840); do
		curl -s -m 10 -o /dev/null --cert "$work/ST-2.pem" \
		    --key "$work/ST-2.key" --cacert "$work/ca.pem" \
		    --data-binary "@$work/many-$n" "$url/v1/records"
	done
}
hammers=
for seed in 1 2 3 4; do
	hammer $seed &
	hammers="$hammers $!"
done
for _ in 1 2 3 4 5; do
	sleep 0.5
	kill -KILL "$(pgrep -P "$hub_pid" | head -n 1)" 2>/dev/null
done
# shellcheck disable=SC2086
wait $hammers
for n in $(seq 0 60 840); do
	send "$work/many-$n" >/dev/null
done
is "many at once, workers killed: the head" "$(head_seq)" 940
ok "and each record once, in order" sound 2 940
is "nobody was taken for a clone" "$(sql "select count(*) from hub.fork")" 0
like "workers were killed" "$(cat "$work/hub.log")" 'signal 9'
hub_stop

# ---- cut off ---------------------------------------------------------------------------

hub_start --proxy 127.0.0.1 --workers 1
port=${url##*:}
"$post" batch "$work/p2/outbox.db" 940 2 >"$work/body"
{
	printf 'POST /v1/records HTTP/1.1\r\nHost: hub\r\n'
	printf 'X-Client-Subject: CN=ST-2\r\nContent-Length: %d\r\n\r\n' \
	    "$(wc -c <"$work/body")"
	cat "$work/body"
} >"$work/request"
ok "cut off at every byte" "$post" cut "$port" "$work/request"
is "nothing was taken" "$(sql "select max(seq) from hub.head h
join hub.station s on s.no = h.station where s.id = 'ST-2'")" 940
as= url=http://127.0.0.1:$port
is "whole it is" "$(send "$work/body" -H 'X-Client-Subject: CN=ST-2')" 200
ok "and there" sound 2 942
hub_stop
done_testing
