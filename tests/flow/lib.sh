# SPDX-License-Identifier: GPL-3.0-or-later
# What the flows share: TAP, devices to play, a terminal to look at.
#
#   . "$SRCDIR/tests/flow/lib.sh"
#
# $work is a scratch directory, gone at the end with everything started here.
# Run one by hand in a build tree: make check TESTS=tests/flow/NAME.sh

set -u
: "${SRCDIR:?run me by make check}" "${BUILDDIR:?run me by make check}"
export LC_ALL=C.UTF-8
unset LANGUAGE TMUX SSH_CONNECTION SSH_TTY
work=$(mktemp -d "${TMPDIR:-/tmp}/chot-flow.XXXXXX") || exit 1
# A machine that tells nothing: no battery of ours in the screens.
export CHOT_MACHINE=$work/machine
tap_count=0
tap_planned=
pids=
tmux_socket=$work/tmux

clean_up() {
	# A child that a signal met before it was another program is not the flow.
	[ "$(exec sh -c 'echo $PPID')" = $$ ] || return
	stop_tmux
	for pid in $pids; do # the number of one that ended may be somebody else's
		! grep -qs "^PPid:	$$\$" "/proc/$pid/status" ||
			kill "$pid" 2>/dev/null
	done
	# A flow that made a small disk may have been stopped in the middle.
	awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts |
		while read -r mounted; do umount -l "$mounted"; done
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# ---- TAP ---------------------------------------------------------------------

plan() { # COUNT
	tap_planned=$1
	echo "1..$1"
}

# Without plan: say at the end how many there were.
done_testing() {
	[ -n "$tap_planned" ] || echo "1..$tap_count"
}

skip_all() { # WHY
	echo "1..0 # SKIP $*"
	exit 0
}

diag() { # TEXT: each line as a TAP comment, without controls
	printf '%s\n' "$*" | tr -d '\000-\010\013-\037\177' | sed 's/^/# /'
}

tap_result() { # STATUS NAME
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		echo "not ok $tap_count - $2"
		[ ! -S "$tmux_socket" ] || diag "$(capture)"
	fi
	return "$1"
}

# NAME COMMAND...: the command succeeds.
ok() {
	tap_name=$1
	shift
	"$@"
	tap_result $? "$tap_name"
}

# NAME COMMAND...: the command fails.
fails() {
	tap_name=$1
	shift
	if "$@"; then tap_result 1 "$tap_name"; else tap_result 0 "$tap_name"; fi
}

# NAME GOT WANT: the same text.
is() {
	if [ "$2" = "$3" ]; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1"
		diag "got:    $2"
		diag "wanted: $3"
		return 1
	fi
}

# NAME GOT PATTERN: one line at least matches the extended regular expression.
like() {
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1"
		diag "got:    $2"
		diag "wanted: $3"
		return 1
	fi
}

unlike() { # NAME GOT PATTERN
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		tap_result 1 "$1"
		diag "got:      $2"
		diag "unwanted: $3"
		return 1
	fi
	tap_result 0 "$1"
}

# NAME STATUS COMMAND...: the exit status; output in $work/out and $work/err.
status() {
	tap_name=$1
	tap_want=$2
	shift 2
	"$@" >"$work/out" 2>"$work/err"
	tap_got=$?
	[ $tap_got -eq "$tap_want" ] && tap_result 0 "$tap_name" && return
	tap_result 1 "$tap_name"
	diag "exit status $tap_got, wanted $tap_want: $*"
	diag "$(head -c 2000 "$work/err")"
	return 1
}

# Tenths of a second for a machine that is busy, slow or under a sanitizer.
PATIENCE=${PATIENCE:-200}

# COMMAND...: until it succeeds; fails when patience is at its end.
until_ok() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt "$PATIENCE" ] || return 1
		sleep 0.1
	done
}

# COMMAND...: in the background until the flow ends; its id is in $!.
background() {
	"$@" &
	pids="$pids $!"
}

# NAME: what LD_PRELOAD must say for tests/tools/NAME. A sanitizer comes before
# it; one that is part of the program lets nothing be loaded.
preloaded() {
	[ -f "$BUILDDIR/tests/tools/$1" ] || return 1
	before=$(ldd "$BUILDDIR/chot" | awk '/libasan/ { print $3 ":" }')
	if [ -z "$before" ] && nm "$BUILDDIR/chot" 2>/dev/null |
	    grep -q __asan_init; then
		return 1
	fi
	echo "$before$BUILDDIR/tests/tools/$1"
}

# ---- a serial device to play ------------------------------------------------

# NAME: the device is $work/NAME; see tests/tools/ptypair.c.
pty_start() {
	mkfifo "$work/$1.commands"
	# Opened for both, so that the tool sees no end between two commands.
	"$BUILDDIR/tests/tools/ptypair" "$work/$1" <>"$work/$1.commands" \
	    >"$work/$1.answers" &
	pids="$pids $!"
	until_ok test -s "$work/$1.answers"
}

# Fifos are opened for both ends: with the tool gone, a step fails and none waits.
# NAME COMMAND...: obeyed when this returns; prints the answer of drain.
pty() {
	pty_name=$1
	shift
	pty_before=$(wc -l <"$work/$pty_name.answers")
	printf '%s\n' "$*" 1<>"$work/$pty_name.commands"
	until_ok pty_answered "$pty_name" "$pty_before" || return 1
	pty_answer=$(tail -n 1 "$work/$pty_name.answers")
	case $pty_answer in
	ok) ;;
	got*) echo "${pty_answer#got }" ;;
	*)
		diag "$pty_name: $pty_answer"
		return 1
		;;
	esac
}

pty_answered() { # NAME BEFORE
	[ "$(wc -l <"$work/$1.answers")" -gt "$2" ]
}

# ---- a terminal to look at ----------------------------------------------------

in_tmux() {
	tmux -u -S "$tmux_socket" -f "$work/tmux.conf" "$@" 2>/dev/null
}

# COLUMNSxROWS COMMAND: one string for the shell. TERM inside is $FLOW_TERM.
start_tmux() {
	command -v tmux >/dev/null || skip_all "tmux is missing"
	stop_tmux
	cat >"$work/tmux.conf" <<-EOF
		set -g status off
		set -g escape-time 0
		set -g remain-on-exit on
		set -g default-terminal ${FLOW_TERM:-screen-256color}
	EOF
	# tmux may never learn how a program ended: the shell around it says so.
	printf '%s\n' "$2" >"$work/tmux.sh"
	rm -f "$work/tmux.status"
	in_tmux new-session -d -x "${1%x*}" -y "${1#*x}" \
	    "sh $work/tmux.sh; echo \$? >$work/tmux.status"
}

leaves_no_core() { # PID
	grep -Eq '^Max core file size +0 +0 ' "/proc/$1/limits"
}

stop_tmux() {
	[ ! -S "$tmux_socket" ] || in_tmux kill-server
	rm -f "$tmux_socket"
}

# KEY...: as tmux names them: Enter, Escape, F1, C-c, a. A letter acts only
# when nothing follows it within 40 ms: what comes faster is a scanner.
keys() {
	in_tmux send-keys "$@"
	sleep 0.1
}

type_text() { # TEXT: letter for letter
	in_tmux send-keys -l "$1"
}

resize_tmux() { # COLUMNSxROWS
	in_tmux resize-window -x "${1%x*}" -y "${1#*x}"
}

capture() { # the screen as text, without trailing spaces
	in_tmux capture-pane -p
}

capture_styles() { # the screen with its colours, as escape sequences
	in_tmux capture-pane -p -e
}

on_screen() { # PATTERN
	capture | grep -Eq -e "$1"
}

# PATTERN [TENTHS]: until the screen shows it.
wait_for() {
	PATIENCE=${2:-$PATIENCE} until_ok on_screen "$1" && return
	diag "the screen never showed: $1"
	diag "$(capture)"
	return 1
}

# The program in the terminal has ended; prints its exit status.
tmux_status() {
	until_ok test -s "$work/tmux.status" && cat "$work/tmux.status"
}

# ---- a station -------------------------------------------------------------------

# DEVICE TEXT: a temperature for whoever was scanned. Scanner and thermometer are
# two processes: a reading that came before its scan would be nobody's.
measure() {
	wait_for 'WAITING FOR TEMPERATURE|CHỜ NHIỆT ĐỘ' &&
		pty "$1" hex "$(printf '%s\r' "$2" | od -An -v -tx1 | tr -d ' \n')"
}

devices_heard() { # CONFIGURATION
	chot status -c "$1" 2>/dev/null | grep -q '^device' &&
		! chot status -c "$1" | grep -Eq '^device.* starting *$'
}

# CONFIGURATION: until every reader of the station has opened its device; what
# is sent before is lost, as with a scanner that is not plugged in yet.
wait_for_devices() {
	until_ok devices_heard "$1"
}
