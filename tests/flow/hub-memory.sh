# SPDX-License-Identifier: GPL-3.0-or-later
# Memory runs out at every request of the hub, its workers' and those of its
# commands: what it told a post that it has, it has; nothing crashes.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/memory-lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_begin
hubpost=$BUILDDIR/tests/tools/hubpost
post=$work/p1 conf=$work/p1/chot.conf
mkdir "$work/keys" "$post"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null &&
	chot-hub sign-key "$work/sign" >/dev/null &&
	chot-hub station add ST-1 || exit 1
"$hubpost" fill "$post/outbox.db" ST-1 "$work/keys/site.pub" 4000 || exit 1
new_ca ca
new_certificate hub /CN=hub
new_certificate ST-1 /CN=ST-1
printf 'id,name\nST-1,One\n' >"$work/posts.csv"
printf 'id,status,since,ends,source\n094300000123,F1,2021-10-12,2021-11-02,CDC\n' \
    >"$work/statuses.csv"
cat >"$conf" <<-EOC
	station { id = "ST-1" }
	state = "$post"
	run = "$post"
EOC
chot register import "$work/statuses.csv" -c "$conf" >/dev/null # makes the key
publish() {
	chot-hub publish --sign "$work/sign.key" \
	    --register-key "$post/keys/register.key" "$work/statuses.csv"
}
ok "a list is published" publish
printf 'unit,place\nst-p2,"P.2, Sóc Trăng"\n' >"$work/places.csv"

# ---- the hub itself -----------------------------------------------------------------

stored() {
	sql "select count(*) from hub.record"
}

# Neither a worker is left nor what PostgreSQL still does for one.
all_ended() {
	! pgrep -f "chot-hub run .*--keys $work/keys" >/dev/null &&
		[ "$(sql "select count(*) from pg_stat_activity
		where backend_type = 'client backend'")" -eq 1 ]
}

# VARIABLE=VALUE SECONDS: a batch is sent while it is so, and an answer waited
# for that long. What is told is in $code.
try_batch() {
	: >"$work/log"
	hub_with="env LD_PRELOAD=$lib FAULT_LOG=$work/log $1" code=none
	"$hubpost" batch "$post/outbox.db" "$sent" 2 >"$work/batch"
	if hub_start $(hub_tls) --workers 1 >"$work/start"; then
		code=$(as=ST-1 send "$work/batch" -m "$2")
	fi
	hub_stop
	hub_with=
	until_ok all_ended
	held=$(stored)
}

# N: its request is refused. A hub that was neither heard nor met a fault was
# slow: it is asked again.
batch_without() {
	for _ in 1 2 3 4 5 6 7 8; do
		try_batch FAULT_MALLOC="$1" 1
		[ "$code" != 200 ] && [ ! -s "$work/log" ] &&
			[ "$held" -eq "$sent" ] || return 0
	done
}

# What was told is true: all or nothing of a batch, never a part of it.
told_the_truth() {
	case $code in
	200) [ "$held" -eq $((sent + 2)) ] && [ "$(head_seq)" -eq "$held" ] ;;
	*) [ "$held" -eq "$sent" ] || [ "$held" -eq $((sent + 2)) ] ;;
	esac
}

# A library that falls without memory takes a worker with it, and the hub makes
# another: libtasn1 does with certificates, glibc when libpq asks who the user is.
nothing_crashed() {
	! grep -v -e '^fault$' -e 'libtasn1\.so' -e 'libc\.so' "$work/log"
}

sent=0 n=0 tried=0 lies=0 served=0
rm -f "$work/requests"
if [ -z "${CHOT_LONG:-}" ]; then
	try_batch FAULT_LIST="$work/requests" 30
	is "a batch is stored" "$code $held" "200 2"
	sent=$held
	requests_to_refuse 40 >"$work/numbers"
	exec 5<"$work/numbers"
fi
while [ $lies -lt 5 ] && next_request; do
	batch_without "$n"
	tried=$((tried + 1))
	[ "$code" != 200 ] || served=$((served + 1))
	told_the_truth && nothing_crashed >/dev/null || {
		lies=$((lies + 1))
		diag "request $n: told $code, $held of $((sent + 2)) are there"
		diag "$(cat "$work/log" "$work/hub.log")"
	}
	sent=$held
done
exec 5<&-
diag "$tried requests were refused; $served times the batch was stored at once"
is "a hub without memory tells no lie" $lies 0
hub_start $(hub_tls) --workers 1
"$hubpost" batch "$post/outbox.db" "$sent" 2 >"$work/batch"
is "the next takes what follows" "$(as=ST-1 send "$work/batch")" 200
hub_stop
sql "select seq, encode(hash, 'hex') from hub.record order by seq" >"$work/held"
"$hubpost" list "$post/outbox.db" | head -n "$(stored)" >"$work/sent"
ok "each record once, as the post has it" cmp "$work/held" "$work/sent"

# ---- its commands -------------------------------------------------------------------

exec 2>"$work/killed"
try_commands <<'COMMANDS'
chot-hub --help
chot-hub bundle --sign WORK/sign.key WORK/made.d/lists
chot-hub contacts --by An --why F0 --person 094300000123
chot-hub crossings --by An --why F0 --plate 51F12345
chot-hub enrol --ca WORK/ca.pem --url https://hub.example --csv WORK/posts.csv --sheets WORK/made.d
chot-hub inspections
chot-hub messages
chot-hub migrate
chot-hub notices --places WORK/places.csv WORK/made.d
chot-hub publish --sign WORK/sign.key --register-key WORK/p1/keys/register.key WORK/statuses.csv
chot-hub seal-key WORK/made
chot-hub sign-key WORK/made
chot-hub station add ST-1
chot-hub station audience ST-1 unit=94
chot-hub station list
chot-hub station revoke ST-1 lost
COMMANDS
done_testing
