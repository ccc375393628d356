# SPDX-License-Identifier: GPL-3.0-or-later
# The gate opens, once and for a while, after the crossing of who may pass is
# on disk; for nobody else. A slip is printed by a key.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "gate"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code"  public = "Mời gặp cán bộ"  public_en = "See the officer" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-GATE"  name = "Gate"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  scanner = { "serial:$work/scanner,protocol=line" }
	  relay = "serial:$work/relay,protocol=lcus"
	  printer = "serial:$work/printer,protocol=escpos"
	}
EOF2

send() {
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

switched=
relay_saw() { # PATTERN
	switched=$switched$(pty relay drain)
	printf '%s' "$switched" | grep -Eiq -e "$1"
}

printed=
printer_got() { # LEAST: bytes
	printed=$printed$(pty printer drain)
	[ ${#printed} -ge $(($1 * 2)) ]
}

pty_start scanner
pty_start relay
pty_start printer
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for READY
wait_for_devices "$post/chot.conf"
ok "at the start the relay is told to be off" until_ok relay_saw 'A00100A1'
switched=
send 'who-knows-what-this-is'
wait_for '─ CHECK:'
keys q
wait_for READY
sleep 1
fails "who is turned back opens nothing" relay_saw 'A00101A2'
send '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
ok "a verdict alone opens nothing" wait_for 'RECORDED ST-GATE/'
fails "not even when it is recorded" relay_saw 'A00101A2'
keys i
ok "I prints a slip" until_ok printer_got 500
keys c
ok "who may pass opens the gate" until_ok relay_saw 'A00101A2'
ok "and it closes by itself" until_ok relay_saw 'A00101A2.*A00100A1'
pty relay close
ok "a lost gate is said" wait_for 'Gate: '
send 'somebody-else-altogether'
ok "and stops nobody" wait_for '─ CHECK:'
done_testing
