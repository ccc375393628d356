#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot-sync against the real hub: what the two say to each other is the same
# thing; records come in once, forks and backups are seen, heads are signed.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_begin
new_ca ca
new_certificate hub /CN=127.0.0.1
new_certificate post /CN=ST-1
mkdir "$work/keys" "$work/state" "$work/state/keys"
chot-hub seal-key "$work/keys/site" >/dev/null || exit 1
mv "$work/keys/site.pub" "$work/site.pub"
chot-hub sign-key "$work/sign" >/dev/null || exit 1
chot-hub migrate >/dev/null || exit 1
chot-hub station add ST-1 >/dev/null || exit 1
run=0

# FIRST LAST: recorded under these numbers.
records() {
	run=$((run + 1))
	{
		echo "hello 1 $run"
		seq 1 $(($2 - $1 + 1)) | sed 's/.*/put & {"schema":1,"type":"crossing","run":"000000000000000a","n":&,"station":"ST-1","lane":"1","direction":"in","at":"2021-10-15T03:04:05Z","boot":"b","monotonic_ms":1,"clock":"confirmed","documents":[],"facts":{},"verdict":"pass","reasons":[],"pack":"t"}/'
	} | "$BUILDDIR/tests/tools/recorder" serve "$work/state/outbox.db" \
	    ST-1 "$work/site.pub" >"$work/answers"
}

configure_post() {
	cat >"$work/chot.conf" <<-EOC
		station { id = "ST-1" }
		state = "$work/state"
		run = "$work/run"
		hub { url = "$url" certificate = "post.pem" key = "post.key"
		  ca = "ca.pem" seal = "site.pub" every = 5 }
	EOC
}

sync() {
	chot-sync -c "$work/chot.conf" --now "$@"
}

held() {
	sql "SELECT count(*), count(DISTINCT seq), min(seq), max(seq) FROM record"
}

# shellcheck disable=SC2046
hub_start $(hub_tls) --sign "$work/sign.key" || exit 1
configure_post
records 1 1200
status "all is sent" 0 sync
like "and said" "$(cat "$work/out" "$work/err")" '^1200 sent, 0 waiting'
is "the hub has it once" "$(held)" "1200|1200|1|1200"
is "nothing is refused" "$(chot outbox refused -c "$work/chot.conf")" ""
status "again" 0 sync --json
like "nothing more" "$(cat "$work/out")" '"sent":0,"waiting":0,"refused":0,'
rm "$work/state/sync.db"*
status "sync.db lost" 0 sync
is "the hub has it once" "$(held)" "1200|1200|1|1200"
records 1201 1300
status "more" 0 sync
is "has come too" "$(held)" "1300|1300|1|1300"

# ---- the hub's own answer, carried on a stick
as=post
epoch=$(chot outbox list --json -c "$work/chot.conf" |
    sed -n '1s/.*"epoch":"\([0-9a-f]*\)".*/\1/p')
zeros=0000000000000000000000000000000000000000000000000000000000000000
printf '{"version":1,"station":"ST-1","epoch":"%s","previous":{"seq":0,"hash":"%s"},"records":[]}' \
    "$epoch" "$zeros" >"$work/empty"
is "asked for its head" "$(send "$work/empty" -H 'Content-Type: application/json')" 200
"$BUILDDIR/tests/tools/bundle" wrap "$work/answer" \
    "$(sed 's/^{/{"station":"ST-1",/' "$work/reply")"
rm "$work/state/sync.db"*
cp "$work/sign.pub" "$work/state/keys/hub-sign.pub"
status "its answer is taken from a stick" 0 \
    chot outbox import "$work/answer" -c "$work/chot.conf"
like "by its signature" "$(cat "$work/out")" 'up to 1300$'
chot-hub sign-key "$work/other" >/dev/null
cp "$work/other.pub" "$work/state/keys/hub-sign.pub"
status "by another's it is not" 65 \
    chot outbox import "$work/answer" -c "$work/chot.conf"

# ---- a card that was restored: other records under known numbers
cp "$work/state/outbox.db" "$work/old.db"
records 1301 1310
sync >/dev/null 2>&1
rm "$work/state/outbox.db"* "$work/state/sync.db"*
cp "$work/old.db" "$work/state/outbox.db"
status "an older card, nothing new" 75 sync
like "is seen" "$(cat "$work/err")" 'copied or restored'
records 1301 1302
status "an older card that went on" 75 sync
like "is seen too" "$(cat "$work/err")" 'copied or restored'
is "and harms nothing" "$(held)" "1310|1310|1|1310"
sync --json >"$work/out" 2>&1
like "as JSON, with the place" "$(cat "$work/out")" '"trouble":"fork",.*"fork":1301'
epoch=$(sed 's/.*"epoch":"\([0-9a-f]*\)".*/\1/' "$work/out")
# What the station passes on, while its run goes on.
{ echo "hello 1 $run"; echo "fork 1301 $epoch"; echo "hello 1 $run"; } |
    "$BUILDDIR/tests/tools/recorder" serve "$work/state/outbox.db" ST-1 \
	"$work/site.pub" >"$work/answers" 2>/dev/null
like "the recorder begins a new epoch" "$(cat "$work/answers")" \
    '^notice outbox copied or restored'
like "and holds what it held of the run" "$(tail -n 1 "$work/answers")" \
    '^hello 1 [0-9a-f]* 2$'
unlike "in another epoch" "$(tail -n 1 "$work/answers")" " $epoch "
ok "the old one is kept" test -s "$work/state/outbox.db.forked-1"
is "the chain is whole" "$(chot outbox verify --json -c "$work/chot.conf")" \
    '{"verified":2}'
is "and opens" "$(chot outbox show --key "$work/keys/site.key" \
    -c "$work/chot.conf" | wc -l)" 2
status "its records come to the hub" 0 sync
is "both, once" "$(held)" "1312|1310|1|1310"
{ echo "hello 1 $run"; echo "fork 3 $epoch"; echo "fork 9 bad"; } |
    "$BUILDDIR/tests/tools/recorder" serve "$work/state/outbox.db" ST-1 \
	"$work/site.pub" >"$work/answers" 2>/dev/null
ok "an old fork is no news" test ! -e "$work/state/outbox.db.forked-2"
rm "$work/state/outbox.db"* "$work/state/sync.db"*
records 1 20
status "another card of the same post" 0 sync
is "is another epoch" "$(held)" "1332|1310|1|1310"

# ---- who may not
chot-hub station revoke ST-1 test >/dev/null
status "access taken away" 77 sync
like "is said" "$(cat "$work/err")" "took this post's access away"
chot-hub station add ST-1 >/dev/null 2>&1
new_certificate post /CN=ST-2
status "a post the hub does not know" 77 sync
new_certificate post /CN=ST-1 ca
hub_stop
status "no hub" 75 sync
done_testing
