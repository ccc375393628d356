# SPDX-License-Identifier: GPL-3.0-or-later
# The post as lines of text: the same keys, the same records, nothing drawn.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "plain"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-PLAIN"  name = "Plain"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "serial:$work/scanner,protocol=line" } }
EOF2

send() {
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

pty_start scanner
start_tmux 80x60 "chot --plain -c $post/chot.conf | tee $work/said; sleep 60"
ok "it says that it is ready" wait_for '^Ready$'
wait_for_devices "$post/chot.conf"
send '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
ok "the verdict is a line" wait_for '^PASS'
ok "and who it is" wait_for 'NGUYỄN THỊ MẪU'
ok "and that it is recorded" wait_for '^Recorded ST-PLAIN/'
send 'who-knows'
ok "a reason is a line" wait_for '^1\. +Unknown code$'
keys c
ok "a choice is lines" wait_for '^2 On duty$'
keys 2
ok "keys decide" until_ok sh -c "[ \$(chot outbox count -c $post/chot.conf) -ge 4 ]"
keys C-q
keys C-q
until_ok sh -c "! chot status -c $post/chot.conf | grep -q running"
unlike "nothing is drawn" "$(cat -v "$work/said")" '\^\['
done_testing
