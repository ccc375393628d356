#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bench restart - a kiosk's station is killed again and again: how long until
# its page stands on the screen again. The session is the kiosk's own, begun as
# systemd would, after what the unit calls RestartSec and without a limit; what
# agetty and login take beside it is told by contrib/kiosk/try-in-qemu walk.
#
#   make bench-restart [RESTARTS=50]
. "$SRCDIR/tests/flow/lib.sh"

unit=$SRCDIR/contrib/kiosk/root/etc/systemd/system/getty@tty1.service.d/chot-kiosk.conf
pause_s=$(sed -n 's/^RestartSec=//p' "$unit")
restarts=${RESTARTS:-50}
limit_ms=2000

mkdir -p "$work/state/keys" "$work/run"
chot key seal "$work/state/keys/site" >/dev/null
cat >"$work/chot.conf" <<-END
	station { id = "ST-1"  name = "x"  mode = "kiosk"  language = "en" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$work/state"
	run = "$work/run"
	lane "1" { direction = "in"  scanner = { "serial:$work/none,protocol=line" } }
END
cat >"$work/chot" <<-END
	#!/bin/sh
	exec "$BUILDDIR/chot" "\$@" -c "$work/chot.conf"
END
chmod +x "$work/chot"
cat >"$work/supervise" <<-END
	CHOT_TTY=/dev/tty1 CHOT_PAUSE=0 CHOT=$work/chot
	export CHOT_TTY CHOT_PAUSE CHOT
	while :; do
		"$SRCDIR/contrib/kiosk/kiosk-session"
		clear # the page of the old one is not taken for the new one's
		sleep $pause_s
	done
END

station() {
	sed -n 's/^pid //p' "$work/run/status" 2>/dev/null
}

stands() { # OLD: another one runs and has drawn its page
	pid=$(station)
	[ -n "$pid" ] && [ "$pid" != "$1" ] && on_screen 'HOLD THE CODE'
}

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

start_tmux 80x24 "sh $work/supervise"
ok "a page stands" until_ok stands none || exit 1
for _ in $(seq "$restarts"); do
	old=$(station)
	began=$(now_ms)
	kill -KILL "$old"
	until stands "$old" || [ $(($(now_ms) - began)) -gt 30000 ]; do
		sleep 0.01
	done
	took=$(($(now_ms) - began))
	echo "$took"
done >"$work/took"
sort -n "$work/took" | awk -v pause="$pause_s" '{ ms[NR] = $1 } END {
	printf "bench restart: killed %d times, the page stood again after %d ms (median), %d ms at worst; %d s of it are RestartSec\n",
	    NR, ms[int((NR + 1) / 2)], ms[NR], pause }'
worst=$(sort -n "$work/took" | tail -n 1)
ok "each time within $limit_ms ms" test "$worst" -lt "$limit_ms"
ok "and systemd sets no limit to how often" \
    grep -qx 'StartLimitIntervalSec=0' "$unit"
done_testing
