# SPDX-License-Identifier: GPL-3.0-or-later
# A kiosk that nobody attends: commits by itself, shows citizens one of two
# words and never a name; a second terminal shows the same.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
key=$work/site.key
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$key"
cat >"$post/pack.conf" <<-EOF2
	version = "kiosk"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "stop"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-KIOSK"  name = "Kiosk"  language = "vi"  mode = "kiosk" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "serial:$work/scanner,protocol=line" } }
EOF2

send() {
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

outcomes() { # PATTERN COUNT
	[ "$(chot outbox show -c "$post/chot.conf" --key "$key" 2>/dev/null |
	    grep -Ec -e "$1")" -eq "$2" ]
}

# The large words are drawn from cells: the display's state is what is read.
shown() { # PATTERN
	chot status -c "$post/chot.conf" | grep -Eq "lane 1 +$1"
}

pty_start scanner
start_tmux 80x24 "exec chot -c $post/chot.conf"
ok "it invites" wait_for 'GIỮ MÃ CÁCH MÁY'
wait_for_devices "$post/chot.conf"
send '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
ok "a verdict is recorded" until_ok shown 'verdict pass.*recorded'
unlike "nobody is named" "$(capture)" 'NGUYỄN|094'
ok "it commits by itself" until_ok outcomes '"outcome": ?"passed","by": ?"time-out"' 1
ok "and invites the next one" wait_for 'GIỮ MÃ CÁCH MÁY'
send 'what-is-this-code'
ok "a STOP is recorded" until_ok shown 'verdict stop.*recorded'
unlike "no reason, no code is shown" "$(capture)" 'Mã lạ|DỪNG|STOP'
ok "it ends as nobody's decision" until_ok outcomes '"outcome": ?"none"' 1
keys C-q
keys C-q
ok "no key leaves a kiosk" wait_for 'GIỮ MÃ CÁCH MÁY'
station=$(chot status -c "$post/chot.conf" --json | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
ok "it runs on" kill -0 "$station"
in_tmux new-window "exec chot display -c $post/chot.conf"
ok "a second terminal shows the invitation" wait_for 'GIỮ MÃ CÁCH MÁY'
kill "$station"
ok "and says when the station is gone" wait_for '! '
# Beside an officer, where a verdict stands until it is decided: the letters of
# both words, cell by cell, all lines but the last, which has the time. Lines
# of a colour end with a hard space on the terminal.
hard=$(printf '\302\240')
cells() {
	sed -n "1,23{s/$hard/ /g;s/ *\$//;p;}"
}
large() { # SAMPLE
	cells <"$SRCDIR/tests/screens/$1-vi-80x24.screen" >"$work/want"
	capture | cells | cmp -s - "$work/want"
}
sed -i 's/mode = "kiosk"/mode = "attended"/' "$post/chot.conf"
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for 'SẴN SÀNG'
wait_for_devices "$post/chot.conf"
in_tmux new-window "exec chot display -c $post/chot.conf"
wait_for 'GIỮ MÃ CÁCH MÁY'
send 'what-is-this-code'
ok "in large letters: MỜI GẶP CÁN BỘ" until_ok large citizen-stop
in_tmux select-window -t :0
keys q
wait_for 'SẴN SÀNG'
in_tmux select-window -t :1
send '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
ok "in large letters: MỜI QUA" until_ok large citizen-pass
status "an unknown lane is refused" 64 chot display -c "$post/chot.conf" --lane 9
done_testing
