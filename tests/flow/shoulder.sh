# SPDX-License-Identifier: GPL-3.0-or-later
# Somebody looks over the officer's shoulder: a station in one terminal, a
# desk in another, between them an ssh of ours that runs the forced command.
. "$SRCDIR/tests/flow/lib.sh"
command -v tmux >/dev/null || skip_all "tmux is missing"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
conf=$post/chot.conf
MAI='094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu, Mỹ Xuyên, Sóc Trăng|10052021'

# ---- two terminals -----------------------------------------------------------------

desk() { # COMMAND...: of lib.sh, at the desk
	post_socket=$tmux_socket
	tmux_socket=$work/desk
	"$@"
	desk_got=$?
	tmux_socket=$post_socket
	return $desk_got
}
trap 'desk stop_tmux; clean_up' EXIT

look=$work/chot-look
# The one of this build: from outside nobody can say where chot lies.
sed "s|^PATH=.*|PATH='$PATH'|" "$SRCDIR/contrib/watch/chot-look" |
	grep -v '^unset CHOT_' >"$look"
chmod +x "$look"
mkdir "$work/bin" "$work/home"
cat >"$work/bin/ssh" <<EOF2
#!/bin/sh
while [ "\$1" != -- ]; do shift; done
shift 2
cd "$work"
SSH_CONNECTION='192.0.2.7 51000 192.0.2.1 22' \\
    XDG_CONFIG_HOME=$work/home SSH_ORIGINAL_COMMAND="\$*" \\
    exec "$look" \$(cat "$work/key") "\${KEY_NAME-Trần An}"
EOF2
chmod +x "$work/bin/ssh"
PATH=$work/bin:$PATH

look_from() { # SIZE
	rm -f "$work/tmux.status"
	desk start_tmux "$1" "exec chot watch --look st-1 2>$work/desk.err"
}

# ---- a post ----------------------------------------------------------------------------

mkdir -p "$post/state/keys" "$post/run" "$work/home/chot"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$work/site.key"
cat >"$conf" <<EOF2
	station { id = "ST-QL1A"  name = "Quốc lộ 1A"  language = "en" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  direction = "in"
	  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
	}
EOF2
cp "$conf" "$work/home/chot/chot.conf"

records() {
	chot outbox show -c "$conf" --key "$work/site.key" 2>"$work/err"
}
record_with() { # PATTERN COUNT
	[ "$(records | grep -Ec -e "$1")" -eq "$2" ]
}
scan() { # TEXT
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}
start_post() {
	start_tmux 80x24 "exec chot -c $conf"
	wait_for_devices "$conf"
}
patiently() { # COMMAND...: what the post itself takes its time for
	PATIENCE=$((PATIENCE * 3))
	until_ok "$@"
	patience_got=$?
	PATIENCE=$((PATIENCE / 3))
	return $patience_got
}
no_longer() { # PATTERN
	! on_screen "$1"
}

status "without a station there is nothing to see" 69 \
    chot watch --look --json -c "$conf"
like "which is said" "$(cat "$work/err")" 'The station does not run'
pty_start scanner
start_post
ok "a post at work" wait_for 'READY'
ok "nobody looks" no_longer 'WATCHED'
ok "its socket is there" until_ok test -S "$post/run/look"
is "for its group" "$(stat -c %a "$post/run/look")" 660

# ---- a key without the word, and one with it ----------------------------------------------

try() { # WORD...: what sshd would run for such a line
	SSH_ORIGINAL_COMMAND='chot watch --look --json' \
	    XDG_CONFIG_HOME=$work/home "$look" "$@" 2>&1
}
like "a key for watching does not look" "$(try; echo "is $?")" '^is 77'
like "nor with another word" "$(try look An; echo "is $?")" '^is 77'
like "nor without a name" "$(try shoulder; echo "is $?")" '^is 77'
like "nor with an empty one" "$(try shoulder ''; echo "is $?")" '^is 64'
is "of which the post saw nothing" "$(records | grep -c shoulder)" 0
ok "and the officer neither" no_longer 'WATCHED'

echo shoulder >"$work/key"
look_from 100x30
ok "the screen is seen from the desk" desk wait_for 'ST-QL1A Quốc lộ 1A'
ok "with who sees it" desk wait_for 'WATCHED \(P 0 ends it\): Trần An'
ok "below it how to leave" desk wait_for '^ st-1: only looking.*q: leave'
ok "the officer sees it announced" wait_for 'WATCHED \(P 0 ends it\): Trần An'
ok "it was recorded before" record_with \
    '"type": ?"shoulder".*"state": ?"began".*"who": ?"Trần An".*"from": ?"192.0.2.7"' 1
is "with the account" "$(records | grep -Ec "\"uid\": ?$(id -u)\b")" 1

scan "$MAI"
ok "a person at the post" wait_for 'NGUYỄN THỊ MẪU'
ok "is seen at the desk" desk wait_for 'NGUYỄN THỊ MẪU'
ok "and the announcement stands" desk on_screen 'WATCHED'
desk keys '?'
desk keys Enter
desk keys N
keys '?'
ok "the officer's own key" wait_for 'type a plate'
ok "is seen too" desk wait_for 'type a plate'
keys Escape
ok "no key of the desk came" wait_for '^ *3 .*│ NGUYỄN THỊ MẪU|NGUYỄN THỊ MẪU'
ok "no window is open" no_longer '┌─ '

status "a second one has to wait" 75 timeout 60 sh -c \
    "chot watch --look --json -c $conf | grep -q busy && exit 75"

# ---- the officer ends it --------------------------------------------------------------------

keys P
ok "the officer's page offers it first" wait_for '0 +Nobody looks from afar'
keys 0
ok "no longer announced" until_ok no_longer 'WATCHED'
is "the desk is told so" "$(tmux_status)" 75
like "in words" "$(cat "$work/desk.err")" '^chot: st-1: the officer ended it$'
ok "recorded by whom and for how long" until_ok record_with \
    '"shoulder": ?\{"state": ?"ended".*"by": ?"officer","seconds": ?[0-9]+' 1
ok "one who comes again is turned away" sh -c \
    "chot watch --look --json -c $conf | grep -q '\"end\":\"officer\"'"
is "and is no session" "$(records | grep -c '"began"')" 1
keys Escape

# ---- watchers of all kinds --------------------------------------------------------------------

rm -f "$work/tmux.status"
keys C-q
keys C-q
is "the post ends" "$(tmux_status)" 0
fails "and its socket" test -e "$post/run/look"
start_post
ok "the post again" wait_for 'READY'
look_from 60x10
ok "a small terminal sees a part" desk wait_for 'ST-QL1A'
ok "that it is watched too" desk wait_for 'WATCHED'
desk keys q
is "who leaves ends well" "$(tmux_status)" 0
ok "recorded" until_ok record_with '"ended".*"by": ?"watcher"' 1
ok "no longer announced" until_ok no_longer 'WATCHED'

# One that takes no picture: the post works on, and ends it.
mkfifo "$work/never"
"$BUILDDIR/tests/tools/knock" "$post/run/look" <>"$work/never" >/dev/null &
pids="$pids $!"
echo 'hello 1 here slow' >"$work/never"
ok "somebody slow looks" wait_for 'WATCHED.*slow'
scan "$(printf '%s' "$MAI" | sed "s/^094300000123/094300000205/")"
ok "the post goes on" wait_for '094 300 000 205'
ok "who takes nothing is dropped" patiently record_with '"ended".*"by": ?"slow"' 1
ok "no longer announced" until_ok no_longer 'WATCHED'

# What speaks another language, says too much, or nothing.
for hello in 'hello 2 here X' 'hello 1 here' 'GET / HTTP/1.1' '' \
    "$(head -c 3000 /dev/zero | tr '\0' a)"; do
	printf '%s\n' "$hello" >"$work/hello"
	"$BUILDDIR/tests/tools/knock" "$post/run/look" <"$work/hello" \
	    >"$work/out"
	is "refused: $(printf %.16s "$hello")" "$(cat "$work/out")" \
	    '{"end":"not-understood"}'
done
printf 'hello 1 here \033]0;x\007\342\200\256M\n' |
	"$BUILDDIR/tests/tools/knock" "$post/run/look" >"$work/out" &
pids="$pids $!"
ok "a name is cleaned" wait_for 'WATCHED \(P 0 ends it\): .*M'
is "no control stands in a picture" "$(tr -d '\n' <"$work/out" |
	LC_ALL=C tr -dc '\000-\037\177' | wc -c)" 0
ok "it ends with who made it" until_ok no_longer 'WATCHED'

# The station is killed: what began is on the disk, and the desk is told.
look_from 100x30
ok "a look again" desk wait_for 'WATCHED'
kill -9 "$(cat /proc/[0-9]*/stat 2>/dev/null | awk -v ours="$(
	in_tmux list-panes -F '#{pane_pid}')" '$4 == ours { print $1; exit }')"
is "a station that dies ends it" "$(until_ok grep -q st-1: "$work/desk.err"; echo $?)" 0
start_post
ok "the post comes back" wait_for 'READY'
ok "with a socket" until_ok test -S "$post/run/look"
ok "nobody looks any more" no_longer 'WATCHED'
ok "each that began is on the disk" record_with '"state": ?"began"' 5
ok "and the chain holds" chot outbox verify -c "$conf"

# One who comes again and again fills neither the disk nor the queue.
often() {
	echo 'hello 1 here Mallory' >"$work/hello"
	"$BUILDDIR/tests/tools/knock" "$post/run/look" 1 <"$work/hello" |
		grep -q '"end":"often"'
}
began=$(records | grep -c '"began"')
ok "who comes too often is turned away" until_ok often
is "after ten looks" "$(($(records | grep -c '"began"') - began))" 10
fails "and each time" record_with '"began".*Mallory' 11

status "one host" 64 chot watch --look a b
status "no table" 64 chot watch --look --once
status "a name where it is believed" 64 chot watch --look --who An st-1
status "a name" 64 chot watch --look --json --who ' ' -c "$conf"
status "of a size" 64 chot watch --look --json -c "$conf" \
    --who "$(head -c 64 /dev/zero | tr '\0' a)"
status "for a look" 64 chot watch --who An
done_testing
