# SPDX-License-Identifier: GPL-3.0-or-later
# The gate opens and the booth runs, once and for a while, after the crossing
# of who may pass is on disk; for nobody else. Each switching is a record. A
# slip is printed by a key, once unless asked. Citizens hear one tone.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
CARD='094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "gate"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code"  public = "Mời gặp cán bộ"  public_en = "See the officer" }
	rule "number" { verdict = "stop"  outcome = "held"  when = "id_kind = 'number'"  reason = "Số trần"  reason_en = "Bare number" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-GATE"  name = "Gate"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  scanner = { "serial:$work/scanner,protocol=line" }
	  relay = "serial:$work/relay,protocol=lcus,channels=2"
	  booth_seconds = 1
	  booth_channel = 2
	  printer = "serial:$work/paper,baud=115200,protocol=escpos"
	  sound = "exec:cat >/dev/null; echo sounded >>$work/sounds"
	}
EOF2
status "the configuration is in order" 0 chot config check "$post/chot.conf"

send() {
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

switched=
relay_saw() { # PATTERN
	switched=$switched$(pty relay drain)
	printf '%s' "$switched" | grep -Eiq -e "$1"
}
paper_said() { grep -q "^ok $1" "$work/paper.out"; }
paper() { # COMMAND: obeyed when this returns
	echo "$*" 1<>"$work/paper.commands"
	until_ok paper_said "$*"
}
heard() { # TIMES
	[ "$(wc -l <"$work/sounds" 2>/dev/null || echo 0)" -eq "$1" ]
}
records() {
	chot outbox show -c "$post/chot.conf" --key "$post/state/keys/site.key" 2>/dev/null
}
recorded() { # PATTERN [PATTERN]: a record has them
	records | grep -e "$1" | grep -q -e "${2:-}"
}
log_has() { grep -q -e "$1" "$post/state/prints.log"; }

pty_start scanner
pty_start relay
mkfifo "$work/paper.commands"
"$BUILDDIR/tests/tools/slipprinter" "$work/paper" 384 "$work/paper.pbm" \
    <>"$work/paper.commands" >"$work/paper.out" 2>&1 &
pids="$pids $!"
until_ok grep -q '^ok' "$work/paper.out"
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for READY
wait_for_devices "$post/chot.conf"
ok "at the start gate and booth are told to be off" \
    until_ok relay_saw 'A00100A1.*A00200A2'
ok "which is recorded" until_ok recorded '"type": *"switch"' '"reason": *"start"'
switched=
send 'who-knows-what-this-is'
wait_for '─ CHECK:'
ok "a verdict sounds" until_ok heard 1
keys q
wait_for READY
send '094300000123'
wait_for '─ STOP:'
ok "every verdict sounds the same tone" until_ok heard 2
keys c
keys Enter
sleep 1
keys g
wait_for READY
sleep 1
fails "who is turned back or stopped opens nothing" relay_saw 'A0010[1]A2|A00201A3'
send "$CARD"
ok "a verdict alone opens nothing" wait_for 'RECORDED ST-GATE/'
fails "not even when it is recorded" relay_saw 'A00101A2'
keys i
ok "I prints a slip" until_ok log_has ' printed ST-GATE/'
keys i
ok "once: a second time it asks" wait_for 'This slip was printed before'
keys 2
fails "and prints nothing when it is left" log_has ' again '
keys i
wait_for 'This slip was printed before'
keys 1
ok "and again when asked" until_ok log_has ' again ST-GATE/'
keys c
ok "who may pass opens the gate" until_ok relay_saw 'A00101A2'
ok "which closes by itself, and then the booth runs" \
    until_ok relay_saw 'A00101A2.*A00100A1.*A00201A3'
ok "and ends" until_ok relay_saw 'A00201A3.*A00200A2'
ok "the gate's switching is a record" \
    until_ok recorded '"device": *"gate"' '"state": *"on"'
ok "so is the booth's" until_ok recorded '"device": *"booth"' '"state": *"on"'
of=$(records | grep '"device": *"gate"' | grep '"state": *"on"' |
    sed -n 's/.*"of": *"\([^"]*\)".*/\1/p')
like "which names what it was for" \
    "$(chot outbox show -c "$post/chot.conf" --key "$post/state/keys/site.key" "$of" 2>/dev/null)" \
    '"outcome": *"passed"'

while read -r command words; do
	paper "$(echo "$command" | tr _ ' ')"
	ok "on the screen: $words" wait_for "Printer: $words"
done <<-END
	paper_low paper low
	paper_out paper out
END
paper "paper ok"
paper "cover open"
ok "on the screen: cover open" wait_for 'Printer: cover open'
send 'another-unknown-code'
wait_for '─ CHECK:'
wait_for 'RECORDED ST-GATE/'
keys i
ok "a slip that is not taken is said" wait_for "Printer: the printer's cover is open"
paper "cover shut"
paper "offline"
ok "on the screen: offline" wait_for 'Printer: offline'
paper "online"
# It has answered, and hangs now.
paper "stall"
keys i
ok "on the screen: no answer" wait_for 'Printer: does not answer any more'
paper "go"
paper "close"
ok "on the screen: lost" wait_for 'Printer: (lost|No such file)'
keys q
wait_for READY

pty relay close
ok "a lost gate is said" wait_for 'Gate: '
send 'somebody-else-altogether'
ok "and stops nobody" wait_for '─ CHECK:'

# Without a player the terminal's bell rings; with voice = "none" nothing does.
keys C-q
keys C-q
tmux_status >/dev/null
sed -i '/sound = /d; s/booth_seconds = 1/voice = "tone"/; /relay/d; /printer/d' "$post/chot.conf"
start_tmux 80x24 "exec chot -c $post/chot.conf"
in_tmux set -g monitor-bell on
in_tmux set -g bell-action any
in_tmux new-window "sleep 1000"
in_tmux select-window -t :0
wait_for READY
wait_for_devices "$post/chot.conf"
in_tmux select-window -t :1
send 'one-more-unknown-code'
rang() { in_tmux list-windows -F '#{window_index}:#{window_bell_flag}' | grep -q '^0:1'; }
ok "the terminal's bell" until_ok rang

# The two words that citizens may hear: PASS comes in, everything else is to
# meet an officer, so that nobody hears why.
in_tmux kill-window -t :1
keys C-q
keys C-q
tmux_status >/dev/null
mkdir "$post/sounds"
echo come-in >"$post/sounds/moi-qua.wav"
echo meet-officer >"$post/sounds/moi-gap-can-bo.wav"
sed -i "s|voice = \"tone\"|voice = \"words\"  sounds = \"$post/sounds\"\\
	  sound = \"exec:cat >>$work/spoken\"|" "$post/chot.conf"
spoken() { [ "$(cat "$work/spoken" 2>/dev/null)" = "$1" ]; }
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for READY
wait_for_devices "$post/chot.conf"
send 'a-code-that-nobody-knows'
wait_for '─ CHECK:'
ok "spoken: to the officer" until_ok spoken meet-officer
keys q
wait_for READY
send "$CARD"
both='meet-officer
come-in'
ok "spoken: come in" until_ok spoken "$both"
done_testing
