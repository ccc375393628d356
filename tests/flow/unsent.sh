#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Records that wait for days: the screen says so and what to do, until the hub
# has them; at a STOP, whether the duty desk can know. With PostgreSQL and the
# hub.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_begin
export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
new_ca ca
new_certificate hub /CN=127.0.0.1
new_certificate ST-1 /CN=ST-1
mkdir -p "$work/keys" "$work/state/keys" "$work/run"
chot-hub seal-key "$work/keys/site" >/dev/null || exit 1
chot-hub migrate >/dev/null || exit 1
chot-hub station add ST-1 >/dev/null
# shellcheck disable=SC2046
hub_start $(hub_tls) || exit 1
hub_stop
conf=$work/chot.conf
cat >"$work/stop.conf" <<-EOC
	version = "stop"  effective = "2021-01-01"  needs_facts = 1
	needs = { "identity" }
	rule "everybody" { verdict = "stop"  outcome = "turned-back"  when = "1"
	  reason = "Chốt đóng"  reason_en = "The road is closed" }
	otherwise = "pass"
EOC
cat >"$conf" <<-EOC
	station { id = "ST-1"  name = "Chốt Mẫu"  language = "en" }
	policy = "$work/stop.conf"
	state = "$work/state"
	run = "$work/run"
	$(hub_section ST-1 'every = 5')
	lane "1" { direction = "in"  scanner = { "serial:$work/scanner,protocol=line" } }
EOC
# As they lie in an outbox since 2021.
"$BUILDDIR/tests/tools/hubpost" fill "$work/state/outbox.db" ST-1 \
    "$work/keys/site.pub" 5

pty_start scanner
start_tmux 80x24 "exec chot -c $conf"
ok "the post works without its hub" wait_for 'READY'
ok "and says how much waits" wait_for '5 to send'
unlike "how long, it cannot know without a clock" "$(capture)" 'UNSENT'
keys o
wait_for 'the time' && keys Enter
ok "with one it does, and what to do" \
    wait_for 'UNSENT FOR [0-9]+ DAYS: send it by USB stick'
pty scanner text '094300000123\r'
ok "at a STOP, that the duty desk does not know" \
    wait_for 'RECORDED ST-1/[0-9a-f]+/[0-9]+(, decision open)? +Duty desk NOT told yet: offline'
# shellcheck disable=SC2046
hub_start $(hub_tls) --listen "${url#https://}" || exit 1
ok "once the hub has them" until_ok sh -c \
    "chot-sync -c '$conf' --now >'$work/out' 2>&1"
ok "nor is there anything the duty desk does not know" \
    wait_for 'RECORDED ST-1/[0-9a-f]+/[0-9]+(, decision open)? +Duty desk told'
gone() { ! on_screen UNSENT; }
ok "nothing is said any more" until_ok gone
stop_tmux
done_testing
