# SPDX-License-Identifier: GPL-3.0-or-later
# Two lanes on one screen: one large, one line; a lane never takes another's
# screen.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "lanes"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-LANES"  name = "Lanes"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { direction = "in"   scanner = { "serial:$work/one,protocol=line" } }
	lane "2" { direction = "out"  scanner = { "serial:$work/two,protocol=line" } }
EOF2

send() { # DEVICE TEXT
	pty "$1" hex "$(printf '%s\r' "$2" | od -An -v -tx1 | tr -d ' \n')"
}

pty_start one
pty_start two
start_tmux 80x24 "exec chot -c $post/chot.conf"
ok "lane 1 is large" wait_for 'LANE 1 IN'
wait_for_devices "$post/chot.conf"
ok "lane 2 is one line" wait_for 'LANE 2 OUT: Ready'
send one 'who-knows-what-this-is'
ok "lane 1 has a CHECK" wait_for '─ CHECK:'
send two '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
ok "lane 2 has a PASS beside it" wait_for 'LANE 2 OUT: PASS [0-9]:[0-9][0-9]'
ok "and lane 1 keeps its screen" on_screen '─ CHECK:'
keys Tab
ok "Tab goes to lane 2" wait_for 'LANE 2 OUT'
ok "which is large now" wait_for 'NGUYỄN THỊ MẪU'
ok "and lane 1 is the line" wait_for 'LANE 1 IN: CHECK'
keys c
ok "its key decides lane 2 alone" wait_for 'LANE 1 IN: CHECK'
keys Tab
ok "lane 1 still waits" wait_for '─ CHECK:'
like "the status tells both" "$(chot status -c "$post/chot.conf")" 'lane 2 +ready'
keys q
ok "and is decided at last" wait_for 'LANE 2 OUT: Ready'
done_testing
