#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the hub writes to a post: it stands on the screen, an urgent one until
# it is read, and the hub learns who read what. With PostgreSQL and the hub.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_begin
export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
new_ca ca
new_certificate hub /CN=127.0.0.1
new_certificate ST-1 /CN=ST-1
mkdir -p "$work/keys" "$work/state/keys/publishers" "$work/run"
chot-hub seal-key "$work/keys/site" >/dev/null || exit 1
chot-hub sign-key "$work/lists" >/dev/null || exit 1
chot-hub migrate >/dev/null || exit 1
chot-hub station add ST-1 >/dev/null
# shellcheck disable=SC2046
hub_start $(hub_tls) || exit 1
cp "$work/keys/site.pub" "$work/state/keys/"
cp "$work/lists.pub" "$work/state/keys/publishers/"
conf=$work/chot.conf
cat >"$conf" <<-EOC
	station { id = "ST-1"  name = "Chốt Mẫu"  language = "en" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$work/state"
	run = "$work/run"
	$(hub_section ST-1 'every = 5')
	lane "1" { direction = "in"  scanner = { "serial:$work/scanner,protocol=line" } }
EOC
cat >"$work/officers.csv" <<-EOC
	id,name,role,pin
	an,Nguyễn Văn An,officer,$(echo 2580 | chot key pin)
	binh,Trần Văn Bình,leader,$(echo 4713 | chot key pin)
EOC
chot register import -c "$conf" "$work/officers.csv" >/dev/null || exit 1

publish() {
	chot-hub --sign "$work/lists.key" --list messages publish "$@" \
	    >/dev/null
}
fetch() {
	chot-sync -c "$conf" --now >/dev/null
}
log_in() { # KEY PIN
	wait_for "Trần Văn Bình, shift leader" || return 1
	keys "$1"
	wait_for 'PIN of' || return 1
	for digit in $(echo "$2" | sed 's/./& /g'); do
		keys "$digit"
	done
	wait_for '\*\*\*\*' && keys Enter
}

pty_start scanner
start_tmux 80x24 "exec chot -c $conf"
ok "an officer logs in" log_in 1 2580
ok "and works" wait_for 'READY'
keys m
ok "no message yet" wait_for 'The hub wrote nothing'
keys Escape
ok "back" wait_for 'READY'

i=0
echo "Đường qua cầu Mẫu đóng từ 18:00" >"$work/urgent-road.txt"
{
	echo "How to fill in the new sheet"
	while [ $i -lt 20 ]; do
		i=$((i + 1))
		echo "line $i of it"
	done
} >"$work/sheet.txt"
printf 'Bell\007 and clear \033[2J are no letters' >"$work/odd.txt"
status "three are published" 0 publish "$work/sheet.txt" \
    "$work/urgent-road.txt" "$work/odd.txt"
status "and fetched" 0 fetch
ok "the urgent one is on the screen" wait_for '3 new messages, 1 URGENT \(M\): Đường qua cầu'
ok "the status says so" until_ok sh -c "chot status -c '$conf' |
    grep -q '^messages_new *3'"
keys m
ok "the urgent one comes first" wait_for '1 +\* .*URGENT +Đường'
keys 1
ok "it is shown whole" wait_for 'đóng từ 18:00'
keys Escape
ok "and read" until_ok on_screen '1 +[0-9].*URGENT +Đường'
keys 2
ok "a long one" wait_for 'line 11 of it'
unlike "not to its end" "$(capture)" 'line 12 of it'
ok "goes on" wait_for 'It goes on'
keys Escape
ok "and is not read when it is closed before" wait_for '2 +\* .*How to fill'
keys 2
wait_for 'line 11 of it'
keys Down
ok "its end" wait_for 'line 20 of it'
keys Escape
keys Escape
ok "one is left" wait_for '1 new message \(M\)'
keys m
keys 3
ok "no control reaches the terminal" wait_for 'Bell.*and clear.*are no letters'
keys Escape
keys Escape
ok "all are read" until_ok sh -c "chot status -c '$conf' |
    grep -q '^messages_new *0'"
unlike "nothing is announced" "$(capture)" 'new message'

keys p
wait_for 'Log in another officer'
keys 1
ok "another officer" log_in 2 4713
ok "has read none of it" wait_for '3 new messages, 1 URGENT'
keys C-q
keys C-q
until_ok sh -c "! chot status -c '$conf' | grep -q '^pid'"
stop_tmux
start_tmux 80x24 "exec chot -c $conf"
ok "after a restart" log_in 1 2580
ok "it works" wait_for 'READY'
ok "what was read stays read" until_ok sh -c "chot status -c '$conf' |
    grep -q '^messages_new *0'"
sed -i 's/18:00/17:00/' "$work/urgent-road.txt"
publish "$work/sheet.txt" "$work/urgent-road.txt" "$work/odd.txt" ||
    diag "publish failed"
status "written anew" 0 fetch
ok "it is new again" wait_for '1 new message, 1 URGENT'
head -c 5000 /dev/zero | tr '\0' x >"$work/urgent-long.txt"
publish "$work/urgent-long.txt" || diag "publish failed"
status "one longer than a screen takes" 0 fetch
ok "is named" wait_for '1 URGENT \(M\): urgent-long.txt'
keys m
keys 1
ok "with the way to it" wait_for 'chot register messages'
keys Escape
ok "and is not read here" wait_for '1 +\* .*urgent-long.txt'
keys Escape
status "the receipts go out" 0 fetch
chot-hub messages >"$work/out"
like "the hub knows who read the urgent one" "$(cat "$work/out")" \
    "$(printf 'urgent-road.txt\tST-1\tan\t20..-..-..T..:..:..Z')"
like "and the long one" "$(cat "$work/out")" "$(printf 'sheet.txt\tST-1\tan')"
unlike "nobody who did not" "$(cat "$work/out")" 'binh'
is "each once" "$(wc -l <"$work/out")" 3
stop_tmux
done_testing
