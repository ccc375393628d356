# SPDX-License-Identifier: GPL-3.0-or-later
# The bundle for the help desk: what it needs, no person, no secret.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
conf=$post/chot.conf
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$conf" <<-EOF2
	station { id = "ST-SUPPORT"  name = "Support"  language = "en" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "serial:$work/scanner,protocol=line" }
	           thermometer = { "exec:read-it --password=Schwertfisch --token Zander" } }
EOF2

send() {
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

pty_start scanner
start_tmux 80x24 "exec chot -c $conf"
ok "a post at work" wait_for 'READY'
wait_for_devices "$conf"
send '094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu, Mỹ Xuyên, Sóc Trăng|10052021'
ok "somebody comes" wait_for 'NGUYỄN THỊ MẪU'
send 'a code of 094300000123 that nobody understands'
sleep 0.3
# What no program should ever have written.
cat >>"$post/run/station.log" <<-EOF2
	2021-10-15T10:00:00Z warn: card 094300000123 was read
	2021-10-15T10:00:01Z warn: https://admin:hunter2@hub.example/ is slow, pin=4711
	$(printf 'escape \033[2J here')
EOF2
status "a bundle is made" 0 chot support -c "$conf" -o "$work/bundle.tar"
like "and said where" "$(cat "$work/out")" 'bundle.tar: for the help desk'
is "that only its owner reads" "$(stat -c %a "$work/bundle.tar")" 600
status "never over another file" 65 chot support -c "$conf" -o "$work/bundle.tar"
mkdir "$work/x"
ok "it is a tar file" tar -C "$work/x" -xf "$work/bundle.tar"
for part in status.txt status.json configuration.txt versions.txt log.txt files.txt; do
	ok "with $part" test -s "$work/x/chot-support/$part"
done
cat "$work"/x/chot-support/* >"$work/all"
like "the state" "$(cat "$work/all")" '^station +running'
like "the version" "$(cat "$work/all")" '^chot [0-9]'
like "the devices as configured" "$(cat "$work/all")" 'protocol=line'
unlike "no number of a person" "$(cat "$work/all")" '094300000123|365000123|15032000'
unlike "no name" "$(cat "$work/all")" 'M[ẪẫAa][Uu]|NGUY|Nguy|Mỹ Xuyên'
unlike "no password" "$(cat "$work/all")" 'Schwertfisch|Zander|hunter2|4711'
like "but the program" "$(cat "$work/all")" 'exec:read-it ####'
is "no control" "$(tr -d '\n' <"$work/all" | tr -dc '\000-\037\177' | wc -c)" 0
ok "and none of the keys" sh -c "! grep -qFf '$post/state/keys/site.pub' '$work/all'"
chot support -c "$conf" -o - | tar -tf - >"$work/list"
like "or to standard output" "$(cat "$work/list")" 'chot-support/log.txt'
rm -f "$post/run/station.log"
status "without a log as well" 0 chot support -c "$conf" -o "$work/second.tar"
done_testing
