#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two scanners of two makes in one lane: each reads for it, and one that is
# pulled out stops nobody.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "two"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-TWO"  name = "Two"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  direction = "in"
	  scanner = { "serial:$work/one,protocol=line", "serial:$work/other,protocol=ssi" }
	}
EOF2
mai='094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
tran='094200000124||Trần Văn Mẫu|15032000|Nam|Mỹ Xuyên, Sóc Trăng|10052021'
le='094200000125||Lê Văn Mẫu|15032000|Nam|Mỹ Xuyên, Sóc Trăng|10052021'

send() { # TEXT: the first scanner reads it
	pty one hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}
obeyed() { [ "$(grep -c '^ok' "$work/other.answers")" -gt "$1" ]; }
tell() { # COMMAND: the second scanner has obeyed when this returns
	told=$(grep -c '^ok' "$work/other.answers")
	echo "$1" >"$work/other.commands"
	until_ok obeyed "$told"
}
recorded() { # PATTERN
	chot outbox show -c "$post/chot.conf" \
	    --key "$post/state/keys/site.key" 2>/dev/null | grep -Eq -e "$1"
}

pty_start one
mkfifo "$work/other.commands"
"$BUILDDIR/tests/tools/serialdevice" "$work/other" scanner ssi \
    <>"$work/other.commands" >"$work/other.answers" 2>"$work/other.lost" &
pids="$pids $!"
until_ok grep -qs '^ok' "$work/other.answers"
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for '─ READY'
wait_for_devices "$post/chot.conf"
until_ok grep -q '^packets' "$work/other.answers"
send "$mai"
ok "the first reads" wait_for 'NGUYỄN THỊ MẪU'
keys c
wait_for '─ READY'
tell "scan $tran"
ok "so does the second, in its own protocol" wait_for 'TRẦN VĂN MẪU'
keys c
ok "who was read by it passes" wait_for '─ READY'
ok "and is recorded" until_ok recorded '094200000124'
tell close
ok "one that is pulled out is told by its number" wait_for 'Scanner 2 lost'
send "$le"
ok "and the other goes on alone" wait_for 'LÊ VĂN MẪU'
keys c
wait_for '─ READY'
tell open
ok "plugged in again it is back" until_ok eval '! on_screen "Scanner 2 lost"'
until_ok eval '[ "$(grep -c "^packets" "$work/other.answers")" -ge 2 ]'
tell "scan 094200000126||Phạm Văn Mẫu|15032000|Nam|Mỹ Xuyên, Sóc Trăng|10052021"
ok "and reads" wait_for 'PHẠM VĂN MẪU'
done_testing
