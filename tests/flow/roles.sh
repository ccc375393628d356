# SPDX-License-Identifier: GPL-3.0-or-later
# Four roles log in by name and PIN: what each may do, and what it may not, as
# the table in chot(1) has it.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
conf=$post/chot.conf
seal=$work/site.key
WOMAN=094300000123 # the rules of this flow: to the health desk
HER=079190000456
THIRD=001185000777
MAN=001085012345   # to be held
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$seal"
cat >"$post/pack.conf" <<-E2
	version = "roles"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "desk" { verdict = "stop"  outcome = "health-desk"  when = "sex = 'female'"  reason = "Cần y tế xử lý"  reason_en = "Health desk to decide" }
	rule "hold" { verdict = "stop"  outcome = "held"  when = "sex = 'male'"  reason = "Giữ lại"  reason_en = "To be held" }
	otherwise = "pass"
E2
cat >"$conf" <<-E2
	station { id = "ST-ROLES"  name = "Thử"  language = "en"
	  power_off = "echo off >$work/off" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  direction = "in"
	  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
	}
E2
printf 'id,name,role,pin\n%s\n%s\n%s\n%s\n' \
    "CB-01,An,officer,$(echo 2468 | chot key pin)" \
    "CB-02,Hoa,leader,$(echo 1357 | chot key pin)" \
    "CB-03,My,medical,$(echo 8642 | chot key pin)" \
    "CB-04,Quan,administrator,$(echo 9753 | chot key pin)" >"$work/officers.csv"
status "the list of officers is imported" 0 chot register import -c "$conf" "$work/officers.csv"

pin() { # DIGITS: key by key, as a hand types
	for digit in $(printf '%s' "$1" | sed 's/./& /g'); do
		keys "$digit"
	done
	keys Enter
}

number() { # DIGITS: the twelfth ends it
	for digit in $(printf '%s' "$1" | sed 's/./& /g'); do
		keys "$digit"
	done
}

pick() { # TEXT: the digit before it, in the window
	wait_for "[1-9]  $1" >/dev/null
	keys "$(capture | sed -n "s/.* \([1-9]\)  $1.*/\1/p" | head -n 1)"
}

record_with() { # PATTERN COUNT
	[ "$(chot outbox show -c "$conf" --key "$seal" 2>/dev/null |
		grep -Ec -e "$1")" -eq "$2" ]
}

off_screen() { ! on_screen "$1"; }

log_in() { # NAME PIN: another officer, from the page of the post
	keys p
	pick 'Log in another officer'
	pick "$1,"
	wait_for "PIN of $1" >/dev/null
	pin "$2"
	until_ok off_screen 'PIN of'
}

pty_start scanner
start_tmux 80x24 "exec chot -c $conf"
wait_for_devices "$conf"

# ---- an officer ------------------------------------------------------------------

pick 'An, officer'
wait_for 'PIN of An' >/dev/null
pin 2468
ok "an officer logs in" wait_for 'Shift 1: An'
number $WOMAN
ok "and decides about people" wait_for 'STOP:'
keys c
ok "for the health desk there is one reason more" wait_for '7  Cleared by the medical'
keys 7
ok "which takes the medical staff" wait_for 'PIN of the medical staff needed'
ok "by name" wait_for 'PIN of My'
pin 1357
ok "not the leader" wait_for 'does not fit'
keys Escape
ok "without them nobody is cleared" wait_for 'STOP:'
keys c
wait_for '7  Cleared' >/dev/null
keys 7
wait_for 'PIN of My' >/dev/null
pin 8642
ok "who was cleared passes" wait_for 'READY'
ok "and the record names who cleared" until_ok record_with \
    '"outcome": ?"passed".*"why": ?"cleared".*"against": ?true.*"medical": ?"CB-03"' 1
ok "as no leader's word" record_with '"leader"' 0

number $MAN
wait_for 'STOP:' >/dev/null
keys c
wait_for 'Choose a reason' >/dev/null
fails "who is held for another reason cannot be cleared" on_screen 'Cleared by'
keys 7
ok "not by the digit either" wait_for 'Choose a reason'
keys 6
ok "the leader can let pass" wait_for 'PIN of Hoa'
keys Escape
wait_for 'STOP:' >/dev/null
keys g
wait_for 'READY' >/dev/null
keys p
pick 'Machine'
pick 'Switch the machine off'
pick 'Switch it off now'
ok "switching off is a leader's or an administrator's" wait_for 'PIN of a leader or administrator'
ok "both can answer" wait_for 'Quan, administrator'
fails "and nobody else" on_screen '(An|My), '
keys Escape
until_ok off_screen 'PIN of a leader'
keys Escape
until_ok off_screen 'Switch'

# ---- an administrator --------------------------------------------------------------

number $MAN
wait_for 'STOP:' >/dev/null
keys p
pick 'Log in another officer'
wait_for 'My, medical' >/dev/null
fails "an administrator does not log in while somebody stands there" on_screen 'Quan,'
keys Escape
until_ok off_screen 'My, medical'
keys Escape
wait_for 'STOP:' >/dev/null
keys g
wait_for 'READY' >/dev/null
keys p
pick 'Hand over'
wait_for 'Take over' >/dev/null
fails "an administrator takes over no shift" on_screen 'Quan'
keys Escape
until_ok off_screen 'Take over: scan'
keys Escape
log_in Quan 9753
ok "an administrator logs in" wait_for 'Quan, administrator'
ok "the record says the role" until_ok record_with '"type": ?"log-in".*"role": ?"administrator"' 1
ok "the lanes are closed" wait_for 'LANES CLOSED'
ok "and the bottom line offers what is left" wait_for 'J devices +P post .*keys'
pty scanner hex "$(printf '%s\r' "$MAN||Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021" | od -An -v -tx1 | tr -d ' \n')"
ok "a scan opens nobody" wait_for 'decides about nobody'
fails "and shows nobody" on_screen 'TRẦN|…345 +.*CHECK'
until_ok off_screen 'decides about nobody'
for key in 0 k n b t l s u h c q; do
	keys $key
done
ok "no key decides or types" wait_for 'decides about nobody'
fails "nor opens a form" on_screen 'Esc +close|Enter +take'
keys p
wait_for 'Log out' >/dev/null
fails "nor are shift, doubts and training theirs" on_screen 'Shift .: Quan|Hand over|End the shift|Accept old|training'
keys Escape
until_ok off_screen 'Log out'
keys j
wait_for 'J: the last bytes' >/dev/null
keys j
ok "what devices send is shown at once" wait_for 'Last bytes'
keys Escape
until_ok off_screen 'Last bytes'

# ---- medical staff -----------------------------------------------------------------------

log_in My 8642
ok "medical staff log in, and the shift goes on" wait_for 'Shift 1: My'
number $HER
ok "they decide about people" wait_for 'STOP:'
keys c
wait_for '7  Cleared' >/dev/null
keys 7
ok "to clear somebody they type their PIN" wait_for 'PIN of My'
pin 8642
ok "and the record has it" until_ok record_with '"medical": ?"CB-03".*"officer": ?"CB-03"|"officer": ?"CB-03".*"medical": ?"CB-03"' 1
wait_for 'READY' >/dev/null
number $MAN
wait_for 'STOP:' >/dev/null
keys c
wait_for 'Choose a reason' >/dev/null
keys 1
ok "what is the leader's stays so" wait_for 'PIN of Hoa'
keys Escape
wait_for 'STOP:' >/dev/null
keys g
wait_for 'READY' >/dev/null
keys p
pick 'Accept old lists'
keys 1
wait_for 'Choose a reason' >/dev/null
keys 1
wait_for 'For how long' >/dev/null
keys 1
ok "old lists too" wait_for 'PIN of Hoa'
keys Escape
until_ok off_screen 'PIN of'
keys Escape
until_ok off_screen 'For how long'
keys j
wait_for 'J: the last bytes' >/dev/null
keys j
ok "and the devices" wait_for 'PIN of a leader or administrator'
keys Escape
wait_for 'J: the last bytes' >/dev/null
keys Escape
until_ok off_screen 'J: the last'

# ---- a leader ----------------------------------------------------------------------------

log_in Hoa 1357
ok "a leader logs in" wait_for 'Shift 1: Hoa'
number $MAN
wait_for 'STOP:' >/dev/null
keys c
wait_for 'Choose a reason' >/dev/null
keys 5
ok "types the own PIN to let pass a STOP" wait_for 'PIN of Hoa'
pin 1357
ok "which is recorded" until_ok record_with '"why": ?"leaders-order".*"leader": ?"CB-02"' 1
wait_for 'READY' >/dev/null
number $THIRD
wait_for 'STOP:' >/dev/null
keys c
wait_for '7  Cleared' >/dev/null
keys 7
ok "but clears nobody" wait_for 'PIN of My'
keys Escape
wait_for 'STOP:' >/dev/null
keys y
wait_for 'READY' >/dev/null
keys p
pick 'Machine'
pick 'Switch the machine off'
pick 'Switch it off now'
ok "and switches off at once" until_ok test -s "$work/off"
is "the station ends in order" "$(tmux_status)" 0
done_testing
