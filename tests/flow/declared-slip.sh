# SPDX-License-Identifier: GPL-3.0-or-later
# A declaration is typed for somebody without a telephone, printed, and its slip
# is held before a camera: the next post takes it without typing anything.
. "$SRCDIR/tests/flow/lib.sh"

[ -x "$CHOT_LIBEXEC/chot-camera" ] || skip_all "chot-camera is not built"
export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"

cat >"$work/pack.conf" <<-E2
	version = "slip"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "declared" { verdict = "check"  when = "coalesce(declaration, 'none') = 'none'"  reason = "Chưa khai báo"  reason_en = "No declaration" }
	otherwise = "pass"
E2
post_of() { # NAME LANE...
	mkdir -p "$work/$1/state/keys" "$work/$1/state/trust" "$work/$1/run"
	chot key seal "$work/$1/state/keys/site" >/dev/null
	mv "$work/$1/state/keys/site.key" "$work/$1/site.key"
	cat >"$work/$1/chot.conf" <<-E2
		station { id = "$1"  language = "en" }
		policy = "$work/pack.conf"
		state = "$work/$1/state"
		run = "$work/$1/run"
		lane "1" { $2 }
	E2
}
post_of FIRST "scanner = { \"serial:$work/scanner,protocol=line\" } printer = { \"serial:$work/paper,protocol=escpos\" }"
mkdir "$work/held"
post_of NEXT "camera = \"images:$work/held\""
status "the first post signs" 0 chot key sign -c "$work/FIRST/chot.conf"
cp "$work/FIRST/state/trust/"* "$work/NEXT/state/trust/"
pty_start scanner
mkfifo "$work/paper.commands"
"$BUILDDIR/tests/tools/slipprinter" "$work/paper" 576 "$work/paper.pbm" \
    <>"$work/paper.commands" >"$work/paper.out" 2>&1 &
pids="$pids $!"
until_ok grep -q '^ok' "$work/paper.out"

# ---- typed and printed ------------------------------------------------------------------

each() { # TEXT: a finger a letter, as people type
	text=$1
	while [ -n "$text" ]; do
		rest=${text#?}
		in_tmux send-keys -l "${text%"$rest"}"
		sleep 0.06
		text=$rest
	done
}
walk() { # FIELD TEXT SHOWN: the field has what was typed, then the next one
	each "$2"
	ok "$1" wait_for "$1 +$3"
	keys Enter
}
start_tmux 80x24 "exec chot -c $work/FIRST/chot.conf"
ok "a post" wait_for READY
wait_for_devices "$work/FIRST/chot.conf"
keys o # a time that nobody vouched for signs nothing
ok "the time is confirmed" wait_for 'Confirm the time'
keys Enter
ok "by the officer" wait_for 'Clock confirmed'
keys k
wait_for 'Tab: more fields' >/dev/null
keys Tab
ok "all fields" wait_for 'Print a slip'
walk Name 'Nguyeenx Thij Maaux' 'Nguyễn Thị Mẫu'
walk Number 094300000123 '094 300 000 123'
walk Born 15032000 15/03/2000
walk From 'Myx Xuyeen, Socs Trawng' 'Mỹ Xuyên, Sóc Trăng'
walk To 'Phuwowngf 2, Socs Trawng' 'Phường 2, Sóc Trăng'
for field in Telephone Symptoms 'Near a case' Sex Address Plate; do
	keys Enter
done
walk Purpose 'Khams beenhj' 'Khám bệnh'
walk 'Print a slip' 2 yes
ok "it counts here" wait_for 'PASS:'
saved() {
	echo save 1<>"$work/paper.commands"
	sleep 0.2
	[ "$(wc -c <"$work/paper.pbm" 2>/dev/null)" -gt 10000 ]
}
ok "the slip is printed" until_ok saved
unlike "without noise" "$(cat "$work/paper.out")" '^noise'
keys C-q
keys C-q
is "the first post ends" "$(tmux_status)" 0

# ---- before the next post's camera ----------------------------------------------------------

cp "$work/paper.pbm" "$work/held/1.pbm"
rm -f "$work/tmux.status"
start_tmux 80x24 "exec chot -c $work/NEXT/chot.conf"
ok "the next post reads it, and it counts" wait_for 'PASS:'
ok "whose it is" wait_for 'NGUYỄN THỊ MẪU'
ok "the number" wait_for '094 300 000 123'
ok "from where" wait_for 'Mỹ Xuyên, Sóc Trăng'
ok "to where" wait_for 'Phường 2, Sóc Trăng'
keys C-q
keys C-q
is "the next post ends" "$(tmux_status)" 0
recorded() {
	chot outbox show -c "$work/NEXT/chot.conf" --key "$work/NEXT/site.key" \
	    >"$work/records" 2>/dev/null
	grep -E '"kind":"declaration".*"signature":"valid"' "$work/records" |
		grep -q '"name":"Nguyễn Thị Mẫu"'
}
ok "recorded as signed by the first" until_ok recorded
is "once" "$(grep -c '"type":"crossing"' "$work/records")" 1

# A post that does not know who signed it does not believe it.
rm -r "$work/NEXT/state/trust" "$work/NEXT/state/outbox.db"*
rm -f "$work/tmux.status"
start_tmux 80x24 "exec chot -c $work/NEXT/chot.conf"
ok "a stranger's signature is said to be one" \
    wait_for 'Signature could not be checked'
done_testing
