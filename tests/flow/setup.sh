# SPDX-License-Identifier: GPL-3.0-or-later
# From nothing to a post that was tried, by questions and answers on a
# terminal, with devices behind ptys; then one step again.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale" LANGUAGE=en
conf=$work/etc/chot.conf
mkdir -p "$work/etc" "$work/state" "$work/run"
cp -r "$SRCDIR/tests/machine/netbook" "$CHOT_MACHINE"

status "the steps are listed" 0 chot setup --list
like "with what they are" "$(cat "$work/out")" '^network +The network'
status "no other" 64 chot setup -c "$conf" fly
chot config template >"$work/template" 2>/dev/null
cat >"$conf" <<-EOF2
	station { id = "NEW"  name = "New"  language = "en" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$work/state"
	run = "$work/run"
	lane "1" { direction = "in" }
EOF2

pty_start gun
export CHOT_SETUP_PORTS="$work/gun"
start_tmux 200x50 "chot setup -c $conf; echo \"ended \$?\"; sleep 60"
ok "language first" wait_for 'Tiếng Việt, 2 English \[2\]: *$'
keys Enter
ok "then the name" wait_for 'Id of this post.*\[NEW\]'
type_text 'ST QL'
keys Enter
ok "which has to be one" wait_for 'Letters, digits'
keys r Enter
ok "so again" wait_for 'again, q: leave: r'
type_text 'ST-QL1A'
keys Enter
ok "and what people call it" wait_for 'Name of this post'
type_text 'Quốc lộ 1A'
keys Enter
ok "the screen's letters" wait_for 'dots below them too'
ok "are shown" on_screen 'ĐƯỢC QUA +KIỂM TRA +DỪNG LẠI'
keys y Enter
ok "the network is looked at" wait_for 'Network: up wlan0'
ok "the hub's sheet" wait_for 'Enter: a post without a hub'
keys Enter
ok "a post without a hub gets its own key" wait_for 'site.key: it opens every record'
ok "devices are looked for" wait_for 'again and again, for ten seconds'
i=0
while [ $i -lt 40 ] && ! on_screen 'lane \(0: none\)'; do
	pty gun hex "$(printf '094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu|10052021\r' |
	    od -An -v -tx1 | tr -d ' \n')" >/dev/null
	sleep 0.4
	i=$((i + 1))
done
ok "one is found and gets a lane" wait_for 'scanner = .*lane \(0: none\) \[1\]'
keys Enter
ok "a scan is tried" wait_for 'Lane 1: scan any code'
sleep 0.5
pty gun hex "$(printf '8934680012345\r' | od -An -v -tx1 | tr -d ' \n')" >/dev/null
ok "and read" wait_for 'read: [0-9]+ bytes'
ok "no thermometer is no reason to stop" wait_for 'There is none'
ok "the end says what to do" wait_for 'ready; start the station'
ok "and succeeds" wait_for 'ended 0'
chot config check "$conf" >/dev/null 2>&1 || chot config check -c "$conf" >"$work/out" 2>&1
chot config print -c "$conf" >"$work/print"
like "the post has its name" "$(cat "$work/print")" 'id *= "ST-QL1A"'
like "in Vietnamese letters" "$(cat "$work/print")" 'name *= "Quốc lộ 1A"'
like "and its scanner" "$(cat "$work/print")" "serial:$work/gun"
ok "there is a key to seal to" test -s "$work/state/keys/site.pub"

# A step again, alone.
printf 'ST-OTHER\nOther\n' | chot setup -c "$conf" name >"$work/out"
is "one step is repeated" "$?" 0
chot config print -c "$conf" >"$work/print"
like "and changes only that" "$(cat "$work/print")" 'id *= "ST-OTHER"'
like "the scanner stays" "$(cat "$work/print")" "serial:$work/gun"
printf 'n\n' | chot setup -c "$conf" console >"$work/out"
is "a screen without its letters is not done" "$?" 75
like "and what to do about it" "$(cat "$work/out")" 'chot-kiosk-setup'
printf 'chot-enrol 1 nonsense\n\n' | chot setup -c "$conf" hub >"$work/out"
is "a hub that does not answer is not done" "$?" 75
like "and said" "$(cat "$work/out")" 'did not take this post in'
done_testing
