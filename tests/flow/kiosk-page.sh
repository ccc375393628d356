# SPDX-License-Identifier: GPL-3.0-or-later
# The page of the machine at a kiosk, walked by keys: it is reached by log-in
# alone, sets time and network, leaves no way further in, and logs out.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
conf=$post/chot.conf
seal=$work/site.key

pin() { # DIGITS: key by key, as a hand types
	for digit in $(printf '%s' "$1" | sed 's/./& /g'); do
		keys "$digit"
	done
	keys Enter
}

record_with() { # PATTERN COUNT
	[ "$(chot outbox show -c "$conf" --key "$seal" 2>/dev/null |
	    grep -Ec -e "$1")" -eq "$2" ]
}

key_of() { # TEXT: the key of that line of the page
	capture | sed -n "s/.* \([1-9]\)  $1.*/\1/p" | head -n 1
}

choose() { # TEXT
	wait_for " [1-9]  $1" >/dev/null || return 1
	keys "$(key_of "$1")"
}

# ---- a kiosk -------------------------------------------------------------------

mkdir -p "$post/state/keys" "$post/run" "$CHOT_MACHINE"
cp -r "$SRCDIR/tests/machine/netbook/." "$CHOT_MACHINE/"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$seal"
cat >"$post/pack.conf" <<-E2
	version = "kiosk"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "stop"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code" }
	otherwise = "pass"
E2
cat >"$work/nm" <<-'E2'
	#!/bin/sh
	here=${0%/nm}
	printf '%s\n' "$@" >"$here/nm.words"
	env >"$here/nm.env"
	sed -n 's/^NoNewPrivs:[[:space:]]*//p' /proc/self/status >"$here/nm.rights"
	echo "asking the network"
	case $1 in
	modem)
		echo "SIM card: no credit" >&2
		exit 4
		;;
	esac
E2
chmod +x "$work/nm"
cat >"$conf" <<-E2
	station { id = "ST-KIOSK"  name = "Kiosk"  language = "en"  mode = "kiosk"
	  networks = { "Wi-Fi: $work/nm up \$HOME;* 'a b'", "Modem: $work/nm modem" } }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { }
E2
printf 'id,name,role,pin,badge\n%s\n%s\n' \
    "CB-01,Trần Văn Bình,officer,$(echo 2468 | chot key pin)," \
    "CB-02,Lê Thị Hoa,leader,$(echo 1357 | chot key pin)," >"$work/officers.csv"
status "a configuration with networks is good" 0 chot config check -c "$conf"
sed 's|Wi-Fi: |Wi-Fi: sh -c |' "$conf" >"$post/bad.conf"
status "a program without its path is refused" 78 chot config check -c "$post/bad.conf"
like "with the line" "$(cat "$work/err")" ':2: .*whole path'
status "the officers are known" 0 chot register import -c "$conf" "$work/officers.csv"

start_tmux 80x24 "exec chot -c $conf"
ok "citizens see the invitation" wait_for 'HOLD THE CODE'
keys p
ok "the page offers log-in" wait_for ' 1  Log in another officer'
unlike "and nothing of the machine" "$(capture)" 'Machine|shift'
keys Escape
ok "and closes" wait_for 'HOLD THE CODE'

keys p
choose 'Log in another officer'
ok "the names are asked" wait_for 'Trần Văn Bình, officer'
keys Escape
ok "and given up by a key" wait_for 'Nobody is logged in'
keys Escape
ok "another closes the page" wait_for 'HOLD THE CODE'

# ---- an officer's log-in ---------------------------------------------------------

log_in() { # NAME PIN
	keys p
	choose 'Log in another officer' || return 1
	choose "$1" || return 1
	wait_for "PIN of $1" >/dev/null
	pin "$2"
	wait_for 'Machine' >/dev/null
}
ok "an officer logs in by keys" log_in 'Trần Văn Bình' 2468
ok "the page has the machine" choose 'Machine'
ok "the time is not confirmed" wait_for 'Time +[0-9:]+ .*not confirmed'
ok "the network is told" wait_for 'Network +connected'
unlike "nothing is switched off that is not set up" "$(capture)" 'Switch the machine off'

# ---- the time -----------------------------------------------------------------------

ok "the time can be set" choose 'Set the time'
wait_for 'or type 1403' >/dev/null
for digit in 1 4 0 3 2 2 1 0; do
	keys $digit
done
keys Enter
ok "half a date is not taken" wait_for 'Hour and minute, then'
for key in 2 0 1 8 Enter; do
	keys $key
done
ok "nor a time before this program was made" wait_for 'This time cannot be'
for key in BSpace BSpace 3 1 Enter; do
	keys $key
done
ok "an officer needs the leader for it" wait_for 'PIN of Lê Thị Hoa'
keys Escape
ok "without the PIN nothing is set" wait_for 'Set the time'
ok "and nothing recorded" record_with '"type": ?"clock"' 0
keys Enter
wait_for 'PIN of Lê Thị Hoa' >/dev/null
pin 1357
ok "with it the time is the typed one" wait_for 'Time +14:0[3-9] 22/10/2031, confirmed'
ok "recorded with who vouched for it" until_ok record_with \
    '"type": ?"clock".*confirmed 2031-10-22T07:0[3-9]:[0-9]+Z by CB-02' 1
ok "and kept for this boot" test -s "$post/run/clock"

# ---- the network ----------------------------------------------------------------------

ok "the networks" choose 'Network'
ok "one by one" wait_for 'wlan0 +connected'
ok "each with the reason why it is down" wait_for 'eth0 +cable out'
ok "one is chosen" choose 'Wi-Fi'
wait_for 'PIN of Lê Thị Hoa' >/dev/null
pin 1357
ok "and it worked" wait_for 'Wi-Fi: chosen'
is "by the words of the configuration, no shell" "$(cat "$work/nm.words")" \
    "$(printf '%s\n' up '$HOME;*' "'a" "b'")"
unlike "without what this post's environment holds" "$(cat "$work/nm.env")" \
    '^(CHOT_|LANGUAGE|TMUX)'
is "and no way to other rights" "$(cat "$work/nm.rights")" 1
ok "recorded with the leader at work" until_ok record_with \
    '"type": ?"network".*"name": ?"Wi-Fi".*"detail": ?"chosen"' 1
ok "another one" choose 'Modem'
wait_for 'PIN of Lê Thị Hoa' >/dev/null
pin 1357
ok "says why it did not" wait_for 'Modem: not now\. SIM card: no credit'
sed -i 's/^1$/0/' "$CHOT_MACHINE/sys/class/net/wlan0/carrier"
keys Escape
ok "the page closes" wait_for 'HOLD THE CODE'

# ---- log-out ---------------------------------------------------------------------------

ok "with the page the officer is logged out" until_ok record_with '"type": ?"log-out".*Trần Văn Bình' 1
keys p
ok "so that the next key finds a citizen's kiosk" wait_for ' 1  Log in another officer'
unlike "and no machine" "$(capture)" 'Machine'
keys Escape
ok "a leader logs in" log_in 'Lê Thị Hoa' 1357
choose 'Machine'
choose 'Network'
ok "what changed is seen at once" wait_for 'wlan0 +not connected'
ok "with what to do" wait_for 'cable in at both|router on'
choose 'Modem'
ok "a leader's own log-in is enough" wait_for 'Modem: not now'
keys Escape
wait_for 'HOLD THE CODE' >/dev/null
ok "by Esc nobody is logged in any more" until_ok record_with '"type": ?"log-out".*Lê Thị Hoa' 1
log_in 'Trần Văn Bình' 2468
ok "a key logs out as well" choose 'Log out'
ok "at once" until_ok record_with '"type": ?"log-out".*Trần Văn Bình' 2
ok "and the kiosk is the citizens'" wait_for 'HOLD THE CODE'
ok "all records follow one another" chot outbox verify -c "$conf"
done_testing
