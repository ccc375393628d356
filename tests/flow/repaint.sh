# SPDX-License-Identifier: GPL-3.0-or-later
# What the kernel writes over the station on a console goes away again, on the
# officer's screen and on the citizens'.
. "$SRCDIR/tests/flow/lib.sh"

export CHOT_LOCALE="$BUILDDIR/locale" LANGUAGE=en FLOW_TERM=linux
PATIENCE=450 # it comes after 20 s
mkdir -p "$work/state/keys" "$work/run"
chot key seal "$work/state/keys/site" >/dev/null
cat >"$work/conf" <<-EOF2
	station { id = "ST-1"  name = "X"  language = "en" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$work/state"
	run = "$work/run"
	lane "1" { direction = "in" }
EOF2
gone() { ! on_screen 'Out of memory: Killed'; }
disturb() { # as printk does: where the cursor is, scrolling the screen
	pane=$(in_tmux display-message -p '#{pane_tty}')
	printf '\033[H\n\nOut of memory: Killed process 1\n\033[99;1H\n\n' >"$pane"
	wait_for 'Out of memory: Killed'
}
lines() { capture | grep -v '[0-9][0-9]:[0-9][0-9]'; } # but the clock's
start_tmux 80x24 "chot station -c $work/conf"
ok "the station is ready" wait_for READY
lines >"$work/before"
ok "a message of the kernel is over it" disturb
ok "and goes away" until_ok gone
is "the screen is as it was" "$(lines)" "$(cat "$work/before")"
start_tmux 80x24 "chot display -c $work/conf"
ok "the display is there" wait_for '[^ ]'
ok "a message is over it, too" disturb
ok "and goes away there" until_ok gone
done_testing
