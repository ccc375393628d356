# SPDX-License-Identifier: GPL-3.0-or-later
# A venue after a power cut: how many are inside is what it was, though the
# run directory is gone and nothing ended in order.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
conf=$post/chot.conf
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-E2
	version = "door"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "full" { verdict = "stop"  when = "occupancy >= capacity"  unknown = "pass"  reason = "Đã đủ người"  reason_en = "Full" }
	otherwise = "pass"
E2
cat >"$conf" <<-E2
	station { id = "ST-DOOR"  name = "Door"  language = "en"  mode = "venue"  capacity = 2 }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "serial:$work/scanner,protocol=line" } }
E2

send() {
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

kept() { # COUNT: on the disk
	[ "$(cat "$post/state/occupancy" 2>/dev/null)" = "$1" ]
}

# As the power goes: nothing is told, and what lay in memory is gone.
power_cut() {
	kill -9 "$(chot status -c "$conf" --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')"
	until_ok test -s "$work/tmux.status"
	rm -rf "$post/run"
	mkdir "$post/run"
}

start_post() {
	start_tmux 80x24 "exec chot -c $conf"
	wait_for_devices "$conf"
}

pty_start scanner
start_post
ok "it is a venue" wait_for 'inside, of 2'
send '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
wait_for '── PASS:' >/dev/null
send '001085012345||Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021'
ok "the next scan lets the first in" until_ok kept 1
power_cut
ok "a power cut leaves that on the disk" kept 1
start_post
send '079190000456||Lê Thị Thử|20071990|Nữ|Quận 3, TP Hồ Chí Minh|10052021'
wait_for '── PASS:' >/dev/null
sleep 0.5 # Enter acts 400 ms after the verdict
keys Enter
ok "counting goes on from there" until_ok kept 2
power_cut
start_post
send '038085012346||Phạm Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021'
ok "full is full after the next cut" wait_for 'STOP:'
keys q
wait_for 'READY' >/dev/null
roster=$(pgrep -P "$(chot status -c "$conf" --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')" -f ' roster ')
kill -9 "$roster"
keys r
ok "and the child that writes may die" wait_for 'How many|ersons inside|─ .*inside'
keys 0
keys Enter
ok "a count of heads is kept" until_ok kept 0
done_testing
