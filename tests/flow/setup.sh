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
ok "the keys are tried" wait_for 'The same: *$'
type_text 'qwerty az m 123 |@-_:;/?'
keys Enter
ok "the network is looked at" wait_for 'Network: connected wlan0'
ok "the hub's sheet" wait_for 'Enter: a post without a hub'
keys Enter
ok "a post without a hub gets its own key" wait_for 'site.key: it opens every record'
ok "a post has keys of its own" until_ok test -s "$work/state/keys/sign.key"
ok "the packs are offered, by number" wait_for 'Rules: a number.*vietnam-2021.conf\]: *$'
ok "with the version of each" on_screen ' 7 hcmc-2021-10 +2021-10-01 TP.HCM'
keys Enter
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
ok "a printer is asked for" wait_for 'Printer of lane 1: .*none.* \[0\]'
keys Enter
ok "so is the gate's relay" wait_for 'Relay of lane 1: .*none.* \[0\]'
ok "and no port of another device is asked" on_screen 'No relay board is seen'
keys Enter
ok "a scan is tried" wait_for 'Lane 1: scan any code'
sleep 0.5
pty gun hex "$(printf '8934680012345\r' | od -An -v -tx1 | tr -d ' \n')" >/dev/null
ok "and read" wait_for 'read: 13 bytes'
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

# ---- rules ---------------------------------------------------------------------------

rules() { # ANSWER
	printf '%s\n' "$1" q | chot setup -c "$work/new/chot.conf" rules >"$work/out" 2>&1
}
printf '1\nq\n' | chot setup -c "$work/new/chot.conf" >/dev/null
is "leaving after the first answer is not done" "$?" 75
rules ''
is "on a new machine some rules are the usual ones" "$?" 0
like "which the station finds" "$(chot config print -c "$work/new/chot.conf")" \
    'policy = "/.*/policy/vietnam-2021-10.conf"'
rules 7
like "others are taken by their number" "$(chot config print -c "$work/new/chot.conf")" \
    'policy = "/.*/policy/hcmc-2021-10.conf"'
echo 'rule "x" {' >"$work/broken.conf"
rules "$work/broken.conf"
is "a pack that does not load is not taken" "$?" 75
like "and what is wrong with it is told" "$(cat "$work/out")" 'broken.conf:'
like "the one before stays" "$(chot config print -c "$work/new/chot.conf")" hcmc

# ---- a scanner that types --------------------------------------------------------------

printf 'y\n' | CHOT_SETUP_PORTS=$work/none \
    chot setup -c "$work/new/chot.conf" devices >"$work/out" 2>&1
is "nothing else is found, and that is all" "$?" 0
printf 'n\n\n' | CHOT_SETUP_PORTS=$work/none \
    chot setup -c "$work/new/chot.conf" devices >"$work/out" 2>&1
is "or it is not" "$?" 75
like "then the end says how to go on" "$(tail -n 1 "$work/out")" \
    'still to do: chot setup devices$'
printf '8934680012345\n' | chot setup -c "$work/new/chot.conf" scan >"$work/out"
is "a scanner that types is tried as well" "$?" 0
like "by what it types" "$(cat "$work/out")" 'read: 13 bytes'
start_tmux 80x24 "chot setup -c $conf scan name; echo \"ended \$?\"; sleep 60"
wait_for 'Lane 1: scan any code' >/dev/null
type_text '8934680012345'
keys Enter
wait_for '^8934680012345' >/dev/null
i=0
while [ $i -lt 40 ] && ! on_screen 'Id of this post'; do
	pty gun hex "$(printf '8934680099999\r' | od -An -v -tx1 | tr -d ' \n')" >/dev/null
	sleep 0.4
	i=$((i + 1))
done
ok "what it types while another is tried" wait_for 'read: 13 bytes'
ok "answers no question" wait_for 'Id of this post.*\[ST-OTHER\]: *$'
stop_tmux

# ---- whose keys they are ------------------------------------------------------------

nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
chmod 755 "$work" "$work/etc"
if [ "$(id -u)" -eq 0 ] && nobody "$BUILDDIR/chot" --version >/dev/null 2>&1; then
	sed "s|$work/state|$work/theirs|" "$conf" >"$work/etc/theirs.conf"
	install -d -o 65534 -g 65534 -m 700 "$work/theirs"
	printf '\n' | chot setup -c "$work/etc/theirs.conf" hub keys >"$work/out"
	is "keys are made by root" "$?" 0
	is "for whom the state belongs to" \
	    "$(find "$work/theirs" ! -uid 65534)" ""
	is "alone" "$(stat -c %a "$work/theirs/keys/sign.key")" 600
else
	diag "this is not root, or nobody may not run the program"
fi

# ---- keys -------------------------------------------------------------------------

line='qwerty az m 123 |@-_:;/?'
mkdir -p "$CHOT_MACHINE/usr/bin" "$CHOT_MACHINE/usr/sbin"
tool() { # NAME SCRIPT
	printf '#!/bin/sh\n%s\n' "$2" >"$CHOT_MACHINE/usr/$1"
	chmod +x "$CHOT_MACHINE/usr/$1"
}
by_hand() { # STEP LINE...
	by_hand_step=$1
	shift
	printf '%s\n' "$@" | chot setup -c "$conf" "$by_hand_step" >"$work/out" 2>&1
}
by_hand keymap 'qwertz ay m 123 >"/?Ö:-_' '' ''
is "other keys are not done" "$?" 75
like "and what came is shown" "$(cat "$work/out")" 'qwertz ay m'
tool bin/setupcon "echo \"\$*\" >'$work/setupcon'"
by_hand keymap 'qwertz ay' de "$line"
is "another layout is set" "$?" 0
like "where Debian has it" "$(cat "$CHOT_MACHINE/etc/default/keyboard")" '^XKBLAYOUT="de"$'
like "and at once" "$(cat "$work/setupcon")" '^-k'
by_hand keymap 'qwertz' '../x"' q
is "no word that is no layout" "$?" 75
unlike "comes into the file" "$(cat "$CHOT_MACHINE/etc/default/keyboard")" 'x"'

# ---- a wireless network --------------------------------------------------------------

net=$CHOT_MACHINE/sys/class/net
echo 0 >"$net/wlan0/carrier"
cp "$CHOT_MACHINE/proc/net/route" "$work/route"
: >"$CHOT_MACHINE/proc/net/route"
wifi=$CHOT_MACHINE/etc/network/interfaces.d/chot-wifi
by_hand network '' ''
is "no network is not done" "$?" 75
by_hand network 'Chốt A' 'secret-1' ''
is "nor without the tool" "$?" 75
like "which is named" "$(cat "$work/out")" 'apt install wpasupplicant'
fails "and nothing is written" test -e "$wifi"
key=$(printf '0a%.0s' $(seq 32))
tool bin/wpa_passphrase "read -r word; [ \"\$word\" = secret-1 ] || exit 1
echo '# reading passphrase from stdin'; echo 'network={'
echo \"	ssid=\\\"\$1\\\"\"; echo '	psk=$key'; echo '}'"
tool sbin/ifdown ''
tool sbin/ifup "grep -q 'wpa-psk $key' $wifi || exit 1
echo 1 >$net/\$1/carrier
cat $work/route >$CHOT_MACHINE/proc/net/route"
by_hand network 'Chốt A' short ''
like "a short password is told" "$(cat "$work/out")" '8 to 63'
by_hand network 'a"; up rm' '' ''
is "a name that is more than a name is refused" "$?" 75
by_hand network 'Chốt A' 'secret-1'
is "a network is joined" "$?" 0
like "by name" "$(cat "$wifi")" '^	wpa-ssid Chốt A$'
unlike "the password itself stands nowhere" "$(cat "$wifi")" 'secret'
is "and its key is root's alone" "$(stat -c %a "$wifi")" 600
like "then it is up" "$(cat "$work/out")" 'Network: connected wlan0'

# ---- temperature, printer and slip ------------------------------------------------------

pty_start thermo
mkfifo "$work/paper.commands"
"$BUILDDIR/tests/tools/slipprinter" "$work/paper" 384 "$work/paper.pbm" \
    <>"$work/paper.commands" >"$work/paper.answers" 2>&1 &
pids="$pids $!"
until_ok grep -q '^ok' "$work/paper.answers"
sed -i "s|\(thermometer *=\).*|\1 { \"serial:$work/thermo,protocol=ascii\" }|" "$conf"
: >"$work/measured"
chot setup -c "$conf" temperature </dev/null >"$work/measured" 2>&1 &
measuring=$!
i=0
while [ $i -lt 100 ] && ! grep -q measured "$work/measured"; do
	pty thermo hex 33362e350d0a >/dev/null # once more, until it is heard
	sleep 0.2
	i=$((i + 1))
done
wait $measuring
is "and that is all" "$?" 0
like "as it was shown" "$(cat "$work/measured")" 'measured: 36\.5'

export CHOT_SETUP_PORTS="$work/paper"
by_hand printer 'tcp:printer,protocol=nonsense' ''
is "a printer that is none is not taken" "$?" 75
by_hand printer 1 2
is "one is taken by its number" "$?" 0
like "with the width of its paper" "$(chot config print -c "$conf")" \
    "serial:$work/paper,baud=9600,protocol=escpos,width=80"
by_hand printer 0
by_hand printer 1 1
like "and another time without" "$(chot config print -c "$conf")" \
    "$work/paper,baud=9600,protocol=escpos\""
by_hand slip y
is "a slip comes out" "$?" 0
unlike "without a byte that is no command" "$(cat "$work/paper.answers")" noise
echo save >"$work/paper.commands"
ok "it can be looked at" until_ok test -s "$work/paper.pbm"
like "and is not blank" "$(od -An -v -tx1 "$work/paper.pbm" | tail -n +3)" "[1-9a-f]"
by_hand slip n
is "letters without marks are not done" "$?" 75
echo "paper out" >"$work/paper.commands"
by_hand slip y
is "nor is a slip that did not come" "$?" 75
like "which is said" "$(cat "$work/out")" 'out of paper'
done_testing
