#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot demo has a printer and a relay board: what would be printed can be
# looked at, and the gate's state be read.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
cat >"$work/script" <<'E2'
ready
scan 094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu, Xã Thử Nghiệm, Mỹ Xuyên, Sóc Trăng|10052021
pause 400
temp 38.2
until 100000
E2
dev=$work/demo/dev
start_tmux 80x24 "exec chot demo --lang en --script $work/script --keep $work/demo"
ok "an officer is at work" wait_for 'Shift 1: Trần'
ok "somebody comes with fever" wait_for '─ CHECK'
ok "who is recorded" wait_for 'RECORDED ST-QL1A'
keys i
ok "a slip is drawn" until_ok test -s "$dev/slip-1.png"
keys c
wait_for 'Choose a reason' >/dev/null
keys 1
gate_closed() { grep -qs '^relay 1 off' "$dev/relays"; }
ok "the gate opens and closes" until_ok gate_closed
ok "it is a picture" test "$(head -c 4 "$dev/slip-1.png" | tail -c 3)" = PNG
if [ -x "$CHOT_LIBEXEC/chot-camera" ]; then
	mkdir "$work/slips"
	cp "$dev/slip-1.png" "$work/slips"
	ok "whose code a camera reads" sh -c \
	    "'$CHOT_LIBEXEC/chot-camera' -n 1 'images:$work/slips' | grep -q '^scan qr '"
fi
wait_for READY >/dev/null
keys p
ok "the shift can be looked at" wait_for '[Hh]and over'
keys Escape
wait_for READY >/dev/null
keys z
ok "the post can be locked" wait_for 'PIN of Trần Văn Bình'
keys 2
keys 4
keys 6
keys 8
keys Enter
ok "and opened with the PIN that stands beside the name" wait_for READY
done_testing
