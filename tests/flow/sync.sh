#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Whatever the network and the hub do, each record is at the hub once and in
# order in the end, and nothing leaves the queue before it is there.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/sync-lib.sh"

command -v openssl >/dev/null || skip_all "openssl is missing"
hub_make || skip_all "no certificates"
records 1 20
post_make

# ---- the ordinary day ----------------------------------------------------------------
status "nothing answers" 75 sync
like "which has a name" "$(cat "$work/err")" 'no hub runs there'
status "in Vietnamese" 75 env LANGUAGE=vi chot-sync -c "$work/chot.conf" --now
unlike "too" "$(cat "$work/err")" 'no hub runs there'
like "with its letters" "$(cat "$work/err")" '[ạảãếệốộớợ]'
hub_start
status "all is sent" 0 sync
like "and said" "$(cat "$work/out")" '^20 sent, 0 waiting$'
held_all "in order, once" 20
status "again: nothing to send" 0 sync
like "which is said" "$(cat "$work/out")" '^0 sent, 0 waiting$'
records 21 30
status "as JSON" 0 sync --json
like "one object" "$(cat "$work/out")" \
    '^\{"result":0,"trouble":"none","words":"","sent":10,"waiting":0,"refused":0,"epoch":"[0-9a-f]{8}","acknowledged":30,.*\}$'
held_all "more of them" 30
status "chot sync is the same" 0 chot sync -c "$work/chot.conf" --now
status "it takes no arguments" 64 chot-sync -c "$work/chot.conf" --now x

# ---- replies -----------------------------------------------------------------------------
next=31
# SCRIPT STATUS WORDS: a record waits, the hub does that; the record stays,
# then goes with the next sync.
reply() {
	script "$1"
	records $next $next
	status "$1" "$2" sync
	like "$1 is said" "$(cat "$work/out" "$work/err")" "$3"
	script
	status "$1, then well" 0 sync
	held_all "$1: once and in order" $next
	next=$((next + 1))
}
reply "page 200" 75 'captive portal'
reply "redirect" 75 'captive portal'
reply "page 404" 75 'not the hub'
reply "page 401" 77 'refuses this post'
reply "page 403" 77 'refuses this post'
reply "page 502" 75 'busy'
reply "page 413" 75 'proxy'
reply "status 401" 77 'does not accept'
reply "status 403" 77 'refuses this post'
reply "status 426" 77 'too old'
reply "status 429 7" 75 'busy'
reply "status 503" 75 'busy'
reply "status 500" 75 'busy'
reply "status 418" 75 'not the hub'
reply "drop" 75 'broke off'
reply "big" 75 'longer than any'
reply "ahead" 75 'copied or restored'
reply "epoch" 75 'contradicts'
reply "stray" 75 'contradicts'
reply "short" 75 'contradicts'
reply "string" 75 'not the hub'
reply "status 415" 0 '^1 sent'
reply "lower" 0 'sent, 0 waiting'
reply "other" 0 'sent, 0 waiting'
reply "nothing" 0 '^1 sent'
reply "nothing
nothing
nothing
nothing" 75 'contradicts'
reply "lower
lower
lower
lower
lower
lower
lower
lower" 75 'contradicts'

# ---- Retry-After, back-off ------------------------------------------------------------------
script "status 503 100"
status "told to wait" 75 sync
status "it waits" 75 chot-sync -c "$work/chot.conf"
like "and says so" "$(cat "$work/err")" 'waiting after a failed try'
status "now is now" 0 sync

# ---- cut at every byte ---------------------------------------------------------------------------
bytes=0 bad=
while [ $bytes -lt 400 ]; do
	records $next $next
	next=$((next + 1))
	script "cut $bytes"
	sync >"$work/out" 2>"$work/err"
	got=$?
	[ $got -eq 0 ] && break
	[ $got -eq 75 ] || bad="$bad $bytes:$got"
	bytes=$((bytes + ${CUT_STEP:-1}))
done
is "a reply cut at every byte is an answer that did not come" "$bad" ""
ok "and there were many ($bytes)" test $bytes -gt 200
script
status "then all is well" 0 sync
held_all "all there once, in order" $((next - 1))

# ---- refused records -------------------------------------------------------------------------------
records $next $((next + 9))
bad=$((next + 4))
next=$((next + 10))
script "refuse $bad"
status "one into quarantine" 0 sync
like "is said" "$(cat "$work/out")" '^1 refused by the hub'
held_all "and acknowledged" $((next - 1))
records $next $((next + 9))
bad=$((next + 4))
next=$((next + 10))
script "reject $bad 422"
status "one that the hub will not have" 0 sync
like "waits here, and those behind it do" "$(cat "$work/out")" '6 waiting$'
ok "the rest went on" test "$(held_seqs | tail -n 1)" = $((next - 1))
ok "it did not" test "$(held_seqs | grep -cx $bad)" = 0
requests=$(wc -l <"$work/hub/log")
sync >/dev/null 2>&1
ok "and is not tried each time" \
    test "$(wc -l <"$work/hub/log")" = $((requests + 1))
for code in 400 404 413; do
	records $next $((next + 2))
	bad=$((next + 1))
	next=$((next + 3))
	script "reject $bad $code"
	status "the same by $code" 0 sync
	ok "the rest went on" test "$(held_seqs | tail -n 1)" = $((next - 1))
done
script

# ---- forks, lost files -----------------------------------------------------------------------------------
rm -f "$work/state/sync.db"*
requests=$(wc -l <"$work/hub/log")
status "sync.db lost" 0 sync
ok "no record twice" test -z "$(held_seqs | sort -n | uniq -d)"
echo junk >"$work/state/sync.db"
status "sync.db damaged" 0 sync
ok "it was set aside" test -e "$work/state/sync.db.damaged"
cp "$work/hub/held" "$work/held.all"
sed '$d' "$work/held.all" | sed '$d' >"$work/hub/held"
hub_stop
hub_start
status "a hub set back gets them again" 0 sync
is "all of them" "$(sort "$work/held.all" |
    comm -23 - "$(sort "$work/hub/held" >"$work/held.now"; echo "$work/held.now")")" ""
ok "and none twice" test -z "$(held_seqs | sort -n | uniq -d)"

# ---- revoked -------------------------------------------------------------------------------------------
mkdir -p "$work/state/keys"
echo secret >"$work/state/keys/register.key"
echo list >"$work/state/register.db"
script "word 403 revoked"
status "access taken away" 77 sync
ok "lists and key are gone" test ! -e "$work/state/keys/register.key" -a \
    ! -e "$work/state/register.db"
ok "the queue is not" test -s "$work/state/outbox.db"
script

# ---- killed at random ----------------------------------------------------------------------------------
new_post
hub_stop
rm -f "$work/hub/held"
hub_start
records 1 3000
for i in $(seq 25); do
	chot-sync -c "$work/chot.conf" --now >/dev/null 2>&1 &
	pid=$!
	sleep "0.0$((i % 10))$((i % 7))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ $i -ne 12 ] || { hub_stop; hub_start; }
done
status "killed again and again, then well" 0 sync
held_all "all there once, in order" 3000

# ---- one at a time, wake, watch ----------------------------------------------------------------------------
chot-sync -c "$work/chot.conf" --watch </dev/null \
    >"$work/lines" 2>"$work/errors" &
watch=$!
pids="$pids $watch"
until_ok grep -q '^link up' "$work/lines"
is "it begins with hello" "$(head -n 1 "$work/lines")" "hello 1 sync"
like "it tells how far the hub is" "$(cat "$work/lines")" \
    '^acknowledged 3000 [0-9a-f]{8}$'
records 3001 3005
status "a sync by hand wakes it" 0 sync
like "and tells what came of it" "$(cat "$work/out")" '^5 sent, 0 waiting$'
until_ok grep -q '^acknowledged 3005 ' "$work/lines"
like "the station hears it" "$(cat "$work/lines")" '^acknowledged 3005 '
hub_stop
status "without a hub" 75 sync
until_ok grep -q '^trouble refused' "$work/lines"
like "the station hears why" "$(cat "$work/lines")" '^trouble refused the hub'
sync >/dev/null 2>&1
until_ok grep -q '^link down' "$work/lines"
like "twice is down" "$(cat "$work/lines")" '^link down '
status "a second one waits for its turn" 75 \
    chot-sync -c "$work/chot.conf" --watch
like "naming the owner" "$(cat "$work/err")" "process $watch\$"
kill $watch
wait $watch
is "it ends when told" $? 0

# ---- who is who ------------------------------------------------------------------------------------------------
hub_start
other_ca
certificate "a hub of a stranger's CA" hub stranger localhost 75 'foreign CA'
certificate "a hub of another name" hub ca elsewhere 75 'another name'
certificate "a hub whose time is over" hub ca localhost 75 'expired' -1
certificate "a hub whose time has not come" hub ca localhost 75 'clock.*wrong' 0
certificate "the right one" hub ca localhost 0 'sent'
certificate "a post of a stranger's CA" post stranger ST-1 77 'does not accept'
certificate "a post whose time is over" post ca ST-1 77 \
    "post's certificate has expired" -1
certificate "the right one" post ca ST-1 0 'sent'
export FAKEHUB_TLS12=1
hub_stop
hub_start
status "no TLS 1.3" 75 sync
like "has a name" "$(cat "$work/err")" 'TLS 1.3'
unset FAKEHUB_TLS12
hub_stop
FAKEHUB_OFFSET=-300
export FAKEHUB_OFFSET
hub_start
status "a clock that is wrong" 0 sync
like "is told" "$(cat "$work/out")" 'clock of this post is (300|299|301) s ahead'
unset FAKEHUB_OFFSET
status "a proxy that is not there" 75 env https_proxy=http://127.0.0.1:9 \
    chot-sync -c "$work/chot.conf" --now
like "has a name" "$(cat "$work/err")" 'proxy'
conf_url https://hub.invalid
status "a name that is not there" 75 sync
like "has a name" "$(cat "$work/err")" '(DNS|no network)'
conf_url http://localhost
status "never without TLS" 78 sync
done_testing
