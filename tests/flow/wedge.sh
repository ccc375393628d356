# SPDX-License-Identifier: GPL-3.0-or-later
# A scanner that types: wherever the focus is its burst is a scan and never
# confirms anything; what lost its letters is said; pastes and unknown
# sequences do nothing; over SSH there are no such scans, and the post says so.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
conf=$post/chot.conf
MAI='094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu, Mỹ Xuyên, Sóc Trăng|10052021'
LAN='079190000456||Lê Thị Thử|20071990|Nữ|Quận 3, TP Hồ Chí Minh|10052021'
NAM='001085012345||Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021'
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-E2
	version = "wedge"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "look" { verdict = "check"  when = "id_kind = 'cccd'"  reason = "Xem thẻ"  reason_en = "Look at the card" }
	otherwise = "pass"
E2
cat >"$conf" <<-E2
	station { id = "ST-WEDGE"  name = "Wedge"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { direction = "in" }
E2

burst() { # TEXT: as a scanner types it, with its Enter; the terminal writes it at once
	type_text "$1
"
}

record_with() { # PATTERN COUNT
	[ "$(chot outbox show -c "$conf" --key "$post/state/keys/site.key" \
	    2>/dev/null | grep -Ec -e "$1")" -eq "$2" ]
}

off_screen() { ! on_screen "$1"; }

# ---- at the machine itself ----------------------------------------------------------

start_tmux 80x24 "exec chot -c $conf"
ok "the post is ready" wait_for '─ READY'
burst "$MAI"
ok "a burst is a scan" wait_for '─ CHECK:'
ok "of a card, with its letters" wait_for 'NGUYỄN THỊ MẪU'
burst "$LAN"
ok "another one waits behind" wait_for '1 person waits'
ok "its letters and its Enter decided nothing" until_ok record_with '"type":"crossing"' 1
ok "no outcome at all" record_with '"type":"outcome"' 0
keys q
ok "a key does" wait_for 'LÊ THỊ THỬ'
keys q
ok "and once more" wait_for '─ READY'

keys n
wait_for 'Esc close' >/dev/null
burst "$NAM"
ok "a burst into a form is a scan" wait_for 'TRẦN VĂN THỬ'
ok "and closes it" until_ok off_screen 'Esc close'
keys q
wait_for '─ READY' >/dev/null
keys k
wait_for 'Declaration' >/dev/null
burst '092087000078||Lý Văn Mẫu|24081987|Nam|Ninh Kiều, Cần Thơ|10052021'
ok "a card fills the form of a declaration" wait_for 'Lý Văn Mẫu'
ok "which stays open" wait_for 'Esc close'
keys Escape
until_ok off_screen 'Esc close'
until_ok on_screen '─ (READY|CHECK)'
if on_screen '─ CHECK'; then keys q; fi
wait_for '─ READY' >/dev/null

# ---- what lost its letters -----------------------------------------------------------

burst '084190000471||Nguy?n Th? M?u|15031990|N?|?p M?u, M? Xuy?n, S?c Tr?ng|10052021'
ok "question marks for letters are said" wait_for "Scanner's character set is wrong: print test page"
ok "and nobody is opened" wait_for 'JUST NOW|THIS SHIFT'
fails "in ruins" on_screen 'NGUY.N TH'
until_ok off_screen 'character set'
# As a keyboard of another country types it: what it has no key for is lost.
burst '084190000472||Nguyn Th Mu|15031990|N|p Mu, M Xuyn, Sc Trng|10052021'
ok "letters that are gone are said as well" wait_for "Scanner's character set is wrong"
until_ok off_screen 'character set'
is "and nothing of either was recorded" "$(chot outbox show -c "$conf" \
    --key "$post/state/keys/site.key" 2>/dev/null | grep -c '0841900004')" 0

# ---- pastes and unknown sequences -------------------------------------------------------

burst "$MAI"
wait_for 'Passed here|─ CHECK' >/dev/null
if on_screen 'Passed here'; then keys Enter; fi
wait_for '─ CHECK:' >/dev/null
in_tmux set-buffer 'q'
in_tmux paste-buffer -p
ok "a paste is refused, and it is said" wait_for 'Pasted text is not taken'
outcomes() {
	chot outbox show -c "$conf" --key "$post/state/keys/site.key" \
	    2>/dev/null | grep -c '"type":"outcome"'
}
before=$(outcomes)
for sequence in '[1;5Q' '[31;7q' 'OQx' '[?25Q' ']0;q'; do
	type_text "$(printf '\033%s' "$sequence")"
done
sleep 0.5 # a sequence that never ends is given up
ok "unknown sequences decide nothing" wait_for '─ CHECK:'
is "and are no keys in part" "$(outcomes)" "$before"
keys q
wait_for '─ READY' >/dev/null
keys C-q
keys C-q
is "the post ends" "$(tmux_status)" 0

# ---- over SSH ---------------------------------------------------------------------------------

start_tmux 80x24 "SSH_CONNECTION='192.0.2.7 51000 192.0.2.1 22' exec chot -c $conf"
ok "over SSH the post says that keyboards do not scan" wait_for 'Over SSH: scans by keyboard are off'
until_ok off_screen 'Over SSH'
burst '094085000481||Trần Thử|15031985|Nam|Ấp Mẫu, Mỹ Xuyên, Sóc Trăng|10052021'
ok "what comes as a burst is refused, and it is said" wait_for 'Over SSH neither pastes nor scans'
fails "nobody is opened" on_screen 'TRẦN THỬ|─ CHECK'
keys j
ok "the page of the devices says it too" wait_for 'Over SSH: scans by keyboard are off'
keys Escape
until_ok off_screen '─ Devices '
for digit in 0 9 4 3 0 0 0 0 0 1 2 3; do
	keys $digit
done
ok "keys are keys" wait_for '── PASS:|Passed here'
keys C-q
keys C-q
is "and it ends" "$(tmux_status)" 0
done_testing
