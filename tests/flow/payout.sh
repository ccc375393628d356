# SPDX-License-Identifier: GPL-3.0-or-later
# A benefit is paid once: the next scan of the person says so, after a power
# cut too, and the disk says nothing to who has not the key.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
conf=$post/chot.conf
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
chot key register "$post/state/keys/register.key" >/dev/null
cp "$SRCDIR/contrib/policy/benefit-payout.conf" "$post/pack.conf"
cat >"$conf" <<-E2
	station { id = "ST-PAY"  name = "Payout"  language = "en"  mode = "payout" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "serial:$work/scanner,protocol=line" } }
E2
printf 'id,benefit\n094300000123,eligible\n001085012345,eligible\n' >"$work/persons.csv"
ok "who is to be paid comes in as a list" chot register import -c "$conf" "$work/persons.csv"

mai='094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
nam='001085012345||Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021'

# Other codes of the same two: one code twice is the same read for 2.5 s.
mai_again='094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
nam_again='001085012345|365000124|Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021'

send() {
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

start_post() {
	start_tmux 80x24 "exec chot -c $conf"
	wait_for_devices "$conf"
}

# As the power goes: nothing is told, and what lay in memory is gone.
power_cut() {
	kill -9 "$(chot status -c "$conf" --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')"
	until_ok test -s "$work/tmux.status"
	rm -rf "$post/run"
	mkdir "$post/run"
}

# Enter acts 400 ms after the verdict; where nobody stands it does nothing.
entered() {
	on_screen READY || { keys Enter; return 1; }
}

records() {
	chot outbox show -c "$conf" --key "$work/site.key" 2>/dev/null
}

mv "$post/state/keys/site.key" "$work/site.key"
pty_start scanner
start_post
wait_for READY >/dev/null
send "$mai"
ok "who is on the list may be paid" wait_for '── PASS:'
ok "and is, by Enter" until_ok entered
send "$mai_again"
ok "the next scan says when" wait_for 'Given here before'
ok "and stops" wait_for 'STOP: .*TURN BACK|Already paid'
ok "the person is turned back" until_ok entered
power_cut
start_post
wait_for READY >/dev/null
send "$mai"
ok "a power cut forgets nobody" wait_for 'Already paid'
ok "who is turned back again" until_ok entered

send "$nam"
ok "the other one may be paid" wait_for '── PASS:'
ok "and is" until_ok entered
keys u
wait_for 'Change the decision|orrect' >/dev/null
keys 2
ok "a correction within a minute" wait_for 'corrected'
send "$nam_again"
ok "takes that back" wait_for '── PASS:'
ok "and now the money is handed out" until_ok entered
power_cut
start_post
wait_for READY >/dev/null
send "$nam"
ok "the last word counts after a power cut" wait_for 'Already paid'
ok "the record says what was given" \
    sh -c "[ \"\$(grep -c '\"grant\":\"support-2021\"')\" -eq 3 ]" <<E2
$(records)
E2
fails "the disk names nobody who was paid" \
    grep -aqE '094300000123|001085012345' "$post"/state/granted.db*

# The key comes anew: what was noted under the old one cannot be told.
power_cut
rm -f "$post/state/keys/register.key" "$post"/state/register.db*
chot key register "$post/state/keys/register.key" >/dev/null
chot register import -c "$conf" "$work/persons.csv" >/dev/null
start_post
wait_for READY >/dev/null
send "$mai"
ok "under another key it is a doubt" wait_for 'CHECK: '
done_testing
