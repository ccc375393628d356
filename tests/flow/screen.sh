#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The screen on a real terminal (tmux): what arrives is what screen_text()
# says, at any size; and the terminal is given back as it was.

dump=${BUILDDIR:-.}/tests/tools/screendump
sock=chot-screen-$$-0
servers=0
hard=$(printf '\302\240')
n=0
failed=0

if ! command -v tmux >/dev/null 2>&1; then
	echo "1..0 # SKIP tmux is not installed"
	exit 0
fi

tmx() {
	tmux -L "$sock" -u -f /dev/null "$@"
}

dir=$(mktemp -d)
trap 'tmx kill-server 2>/dev/null; rm -rf "$dir"' EXIT INT TERM

result() { # 0 or 1, name
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

# What stands on the terminal, without blanks at line ends.
shown() {
	tmx capture-pane -p -t post 2>/dev/null | sed -e "s/$hard/ /g" -e 's/ *$//'
}

# NAME LANGUAGE COLSxROWS: what should stand there.
wanted() {
	"$dump" text "$1" "$2" "$3" | sed -e 's/ *$//'
}

# Waits until the screen is as in $dir/want; two seconds are plenty.
same() {
	tries=0
	while [ $tries -lt 40 ]; do
		shown >"$dir/got"
		cmp -s "$dir/got" "$dir/want" && return 0
		tries=$((tries + 1))
		sleep 0.05
	done
	diff "$dir/want" "$dir/got" | sed 's/^/# /'
	return 1
}

# Waits until a pattern stands on the terminal.
says() {
	tries=0
	while [ $tries -lt 40 ]; do
		shown | grep -q -e "$1" && return 0
		tries=$((tries + 1))
		sleep 0.05
	done
	shown | sed 's/^/# /'
	return 1
}

# COLS ROWS ENVIRONMENT COMMAND...: run in a fresh session.
start() {
	cols=$1 rows=$2
	shift 2
	# A server of its own: the one before may still be going down.
	tmx kill-server 2>/dev/null
	servers=$((servers + 1))
	sock=chot-screen-$$-$servers
	tmx new-session -d -s post -x "$cols" -y "$rows" "$*; sleep 5"
	tmx set -g status off
	tmx resize-window -t post -x "$cols" -y "$rows"
}

post="env -u NO_COLOR -u LC_ALL LANG=C.UTF-8 CHOT_LOCALE=$CHOT_LOCALE CHOT_DATA=$CHOT_DATA ASAN_OPTIONS=detect_leaks=0"

for name in ready pass check stop; do
	for language in vi en; do
		start 80 24 "$post TERM=tmux-256color $dump show $name $language daylight"
		wanted $name $language 80x24 >"$dir/want"
		same
		result $? "$name $language arrives as drawn"
	done
done

for size in "100 26" "132 43" "20 5" "79 24" "80 24"; do
	set -- $size
	tmx resize-window -t post -x "$1" -y "$2"
	wanted stop en "$1x$2" >"$dir/want"
	same
	result $? "follows the terminal to $1x$2"
done

start 80 24 "$post TERM=linux $dump show pass vi night"
wanted pass vi 80x24 >"$dir/want"
same
result $? "eight colours show the same"

start 80 24 "$post TERM=tmux-256color NO_COLOR=1 $dump show stop vi"
wanted stop vi 80x24 >"$dir/want"
same
result $? "NO_COLOR shows the same"
tmx capture-pane -p -e -t post | grep -q -e "$(printf '\033')\[[0-9;]*[34][0-8]"
result $((1 - $?)) "NO_COLOR sends no colour"

start 80 24 "$post LANG=C TERM=vt100 $dump show ready vi"
says 'SAN SANG: MOI NGUOI TIEP THEO'
result $? "without UTF-8 words come without marks"
says 'No UTF-8 here'
result $? "without UTF-8 the screen says so"
shown | LC_ALL=C grep -c '^[ -~]*$' | grep -qx 24
result $? "without UTF-8 only ASCII is sent"

start 80 24 "stty -g >$dir/before; $post TERM=tmux-256color $dump show check vi; stty -g >$dir/after; echo left"
says 'KIỂM TRA'
tmx send-keys -t post q
says '^left'
result $? "leaves the alternate screen"
cmp -s "$dir/before" "$dir/after"
result $? "gives the terminal's modes back"
test "$(tmx display-message -p -t post '#{cursor_flag}')" = 1
result $? "gives the cursor back"

cat >"$dir/crash" <<EOF
stty -g >$dir/before
$post ASAN_OPTIONS=handle_segv=0:detect_leaks=0 TERM=tmux-256color \\
    sh -c 'echo \$\$ >$dir/pid; exec $dump show check vi'
echo status \$?
stty -g >$dir/after
EOF
start 80 24 "sh $dir/crash"
says 'KIỂM TRA'
kill -SEGV "$(cat "$dir/pid")"
says '^status 139'
result $? "dies of a fatal signal as if nobody had caught it"
cmp -s "$dir/before" "$dir/after"
result $? "gives the terminal back after a crash"

start 80 24 "$post TERM=tmux-256color $dump keys"
says 'What the verdict rests on'
tmx send-keys -t post c
says 'action let-pass "c"'
result $? "a key acts"
tmx send-keys -t post 094300000123 Enter
says 'scan none "" 12 094300000123'
result $? "a burst is a scan"
tmx set-buffer "C 094300000123"
tmx paste-buffer -p -t post
says 'paste none'
result $? "a paste is refused"
shown | grep -q 'action enter'
result $((1 - $?)) "and no Enter came of all this"

echo "1..$n"
exit $failed
