# SPDX-License-Identifier: GPL-3.0-or-later
# Who works at the post: badges that are really signed, PINs, the lock, the
# leader's word, the shift and its sheet, doubts and training, by keys and by
# a scanner behind a pty.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
conf=$post/chot.conf
seal=$work/site.key
MAI='094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu, Mỹ Xuyên, Sóc Trăng|10052021'
LAN='079190000456||Lê Thị Thử|20071990|Nữ|Quận 3, TP Hồ Chí Minh|10052021'
NAM='001085012345||Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021'

scan() {
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

pin() { # DIGITS: key by key, as a hand types
	for digit in $(printf '%s' "$1" | sed 's/./& /g'); do
		keys "$digit"
	done
	keys Enter
}

records() {
	chot outbox show -c "$conf" --key "$seal" 2>"$work/err"
}

record_with() { # PATTERN COUNT
	[ "$(records | grep -Ec -e "$1")" -eq "$2" ]
}

# ---- a post with officers ------------------------------------------------------

mkdir -p "$post/state/keys" "$post/state/trust" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$seal"
cat >"$conf" <<-E2
	station { id = "ST-QL1A"  name = "Quốc lộ 1A"  language = "en"
	  volume = "echo {} >$work/volume"  power_off = "echo off >$work/off" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  direction = "in"
	  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
	  thermometer = { "serial:$work/thermometer,protocol=ascii" }
	}
E2
openssl genpkey -algorithm ed25519 -out "$work/issuer.pem" 2>/dev/null
openssl pkey -in "$work/issuer.pem" -pubout -out "$post/state/trust/issuer.pem" 2>/dev/null
openssl genpkey -algorithm ed25519 -out "$work/forger.pem" 2>/dev/null

# Lists three days old: the rules say CHECK to that.
now=$(date -u +%Y-%m-%dT%H:%M:00Z)
printf 'id,declared_at,from,to,origin_zone,destination_zone,symptoms\n%s\n%s\n' \
    "094300000123,$now,Mỹ Xuyên,Sóc Trăng,1,1,0" \
    "001085012345,$now,Hà Nội,Sóc Trăng,1,1,0" >"$work/declarations.csv"
printf 'id,status,since,ends,source\n001085012345,F0,%s,%s,CDC\n' \
    "$(date -u -d '-5 days' +%F)" "$(date -u -d '+9 days' +%F)" >"$work/statuses.csv"
printf 'id,state,valid_from,valid_to\n' >"$work/permits.csv"
printf 'plate,kind,green_lane,wanted\n83A12345,car,0,0\n' >"$work/vehicles.csv"
printf 'id,wanted\n094300000199,0\n' >"$work/persons.csv"
chot register import -c "$conf" --made "$(date -u -d '-72 hours' +%Y-%m-%dT%H:%MZ)" \
    "$work/declarations.csv" "$work/statuses.csv" "$work/permits.csv" \
    "$work/vehicles.csv" "$work/persons.csv" >/dev/null || exit 1

# NAME: its secret and mark come from the register's key.
badge() { # WORD ID NAME KEY
	chot key badge -c "$conf" >"$work/$1.made" || exit 1
	printf '{"kind":"badge","iss":"VN-94","exp":"%s","id":"%s","name":"%s","role":"officer","secret":"%s"}\n' \
	    "$(date -u -d '+30 days' +%Y-%m-%dT%H:%M:00Z)" "$2" "$3" \
	    "$(sed -n 's/^secret //p' "$work/$1.made")" |
		chot credential issue -k "$4" >"$work/$1.badge" || exit 1
}

badge binh CB-01 'Trần Văn Bình' "$work/issuer.pem"
badge hoa CB-02 'Lê Thị Hoa' "$work/issuer.pem"
badge forged CB-01 'Trần Văn Bình' "$work/forger.pem"
mark() { sed -n 's/^badge //p' "$work/$1.made"; }
printf 'id,name,role,pin,badge\n%s\n%s\n%s\n' \
    "CB-01,Trần Văn Bình,officer,$(echo 2468 | chot key pin),$(mark binh)" \
    "CB-02,Lê Thị Hoa,leader,$(echo 1357 | chot key pin),$(mark hoa)" \
    "CB-03,Phạm Văn Tám,officer,$(echo 8642 | chot key pin)," >"$work/officers.csv"
status "the list of officers is imported" 0 chot register import -c "$conf" "$work/officers.csv"
like "and counted" "$(cat "$work/out")" '^3 officers'
# Alone: within a salt or a mark, which are random, it may stand by chance.
fails "no PIN lies in the state" grep -rqEw '2468|1357|8642' "$post/state/officers"
status "a PIN that is tried first is refused" 65 sh -c 'echo 1234 | chot key pin'
like "badges are listed" "$(chot key list -c "$conf")" 'under an officer.s badge'
mv "$post/state/keys/register.key" "$work/register.key"
fails "the secret of a badge is in no file of the post" grep -rq \
    "$(sed -n 's/^secret //p' "$work/binh.made")" "$post/state"

pty_start scanner
pty_start thermometer
light=$work/machine/sys/class/backlight/panel
mkdir -p "$light"
echo 100 >"$light/brightness"
echo 200 >"$light/max_brightness"
export CHOT_MACHINE="$work/machine"
start_post() {
	start_tmux 80x24 "exec chot -c $conf"
	wait_for_devices "$conf"
}
start_post

# ---- log-in ----------------------------------------------------------------------

ok "nobody is logged in" wait_for 'Log in: scan the badge'
ok "the names can be picked" wait_for '3 .*Phạm Văn Tám'
ok "which is all that the bottom line offers" wait_for '^ 1-3 pick {20}'
keys Escape
ok "nothing closes the list of a closed post" wait_for '3 .*Phạm Văn Tám'
scan "$MAI"
sleep 0.5
fails "a citizen's code does nothing now" on_screen 'MẪU'
scan "$(cat "$work/forged.badge")"
ok "a badge that nobody trusted signed is refused" wait_for 'Badge: signature'
fails "and asks for no PIN" on_screen 'PIN of'
ok "nor did the citizen's" wait_for 'Log in: scan the badge'

keys 3
ok "a name asks for its PIN" wait_for 'PIN of Phạm Văn Tám'
pin 1111
ok "a wrong PIN is said" wait_for 'does not fit'
pin 2222
ok "and again" wait_for 'does not fit'
pin 3333
ok "then there is a wait" wait_for 'wait [1-5] s'
kill -9 "$(chot status -c "$conf" --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')"
until_ok test -s "$work/tmux.status"
start_post
wait_for '3 .*Phạm Văn Tám' >/dev/null
keys 3
wait_for 'PIN of' >/dev/null
# One more: a count that began anew would not make it wait.
pin 1111
ok "the wait outlives the station" wait_for 'wait [0-9]+ s'
may_try() { ! on_screen 'wait [0-9]+ s'; }
ok "until it is over" until_ok may_try
keys Escape
wait_for '3 .*Phạm Văn Tám' >/dev/null
keys 3
wait_for 'PIN of' >/dev/null
pin 8642
ok "name and PIN log in" wait_for 'Shift 1: Phạm Văn Tám'
keys o
keys Enter
wrong=$(records | grep -Ec '"type": ?"wrong-pin"')
ok "the log-in is recorded" until_ok record_with '"type": ?"log-in".*"how": ?"name"' 1
ok "and so was each wrong PIN" test "$wrong" -ge 3

# ---- the register's key ------------------------------------------------------------

scan "$MAI"
measure thermometer 36.5
ok "without a badge the lists say nothing" wait_for '─ CHECK:'
keys q
scan "$(cat "$work/binh.badge")"
ok "a badge asks for its PIN" wait_for 'PIN of Trần Văn Bình'
pin 2468
ok "badge and PIN log in" wait_for 'Trần Văn Bình'
sleep 3
scan "$NAM"
measure thermometer 36.5
ok "now the lists are read: F0 is STOP" wait_for 'STOP:'
ok "the record says who was at work" until_ok record_with '"type": ?"crossing".*"officer": ?"CB-01"' 1
fails "the key lies in no file" grep -rqF "$(cat "$work/register.key")" "$post"

# ---- the leader's word --------------------------------------------------------------

keys c
ok "letting pass a STOP needs a reason" wait_for 'Choose a reason'
keys 1
ok "and the leader" wait_for 'PIN of Lê Thị Hoa'
pin 2468
ok "not the officer's own PIN" wait_for 'does not fit'
keys Escape
ok "without it nothing is decided" wait_for 'STOP:'
keys c
keys 1
wait_for 'PIN of Lê Thị Hoa' >/dev/null
pin 1357
ok "the leader lets pass" until_ok record_with '"outcome": ?"passed".*"why": ?"emergency".*"against": ?true.*"leader": ?"CB-02"' 1

off_screen() { ! on_screen "$1"; }

# ---- what devices send ---------------------------------------------------------------

# The end of NAM's card: letters and digits are dots.
bytes='[0-9]+ s  20 .. .. .. 20 .. .. .. .. .. 7C .. .. .. .. .. .. .. .. 0D'
bytes=$(printf '%s' "$bytes" | sed 's/\.\./[.][.]/g')
keys j
ok "the devices page tells who may see bytes" wait_for 'J: the last bytes of each'
fails "and shows none to an officer" on_screen '7C|0D'
keys j
ok "they need the leader" wait_for 'PIN of Lê Thị Hoa'
keys Escape
ok "without whom there are none" wait_for 'J: the last bytes of each'
keys j
wait_for 'PIN of Lê Thị Hoa' >/dev/null
pin 1357
ok "who sees their shape, and no person" wait_for "$bytes"
keys Escape
until_ok off_screen '─ Devices '
keys j
ok "once" wait_for 'J: the last bytes of each'
fails "not for whoever comes next" on_screen '7C|0D'
keys Escape
until_ok off_screen '─ Devices '

# ---- doubts --------------------------------------------------------------------------

sleep 3
scan "$MAI"
measure thermometer 36.5
ok "old lists alone make a CHECK" wait_for 'CHECK: 1 reason'
keys q
wait_for 'Ready|READY' >/dev/null
keys p
ok "P is the page of the post" wait_for 'Accept old lists'
keys 5
keys 1
keys 1
keys 4
ok "the leader is asked" wait_for "PIN of Lê Thị Hoa"
pin 1357
ok "it stands in the header, with its end" wait_for 'Old data accepted until [0-9][0-9]:[0-9][0-9]'
ok "it is recorded with reason and name" until_ok record_with '"type": ?"doubt".*"leader": ?"CB-02".*"why": ?"no-network"' 1
sleep 3
scan "$MAI"
measure thermometer 36.5
ok "and makes no CHECK any more" wait_for '── PASS:'
ok "but it is in the record" until_ok record_with '"accepted": ?\{.*"accepted_rules"' 1
sleep 0.5
keys Enter

wait_for 'READY' >/dev/null
keys p
wait_for 'Accept old lists' >/dev/null
keys 5
ok "it can be given up before its time" wait_for '4 +Accept no longer'
keys 4
ok "that is recorded" until_ok record_with '"type": ?"doubt-end"' 1
ok "and the header says it no more" until_ok off_screen 'accepted until'

# ---- training ---------------------------------------------------------------------------

people() { capture | sed -n 's/.*People *\([0-9]*\).*/\1/p'; }
counted() {
	before=$(people)
	[ -n "$before" ]
}
until_ok counted
keys p
wait_for 'Begin training' >/dev/null
keys 6
pin 1357
ok "training is marked" wait_for 'not counted'
like "beside who is at work" "$(capture | head -n 1)" 'Trần Văn Bình +TRAINING '
in_tmux new-window -n citizens "exec chot display -c $conf"
ok "the citizens' display says so too" wait_for '^ *ST-QL1A +TRAINING, not counted'
fails "and names neither officer nor person" on_screen 'Bình|Hoa|NGUYỄN'
in_tmux kill-window -t citizens
ok "the station is as it was" wait_for 'READY'
ok "and in the status" until_ok sh -c "chot status -c '$conf' | grep -q '^training  *yes'"
sleep 3
scan "$LAN"
measure thermometer 36.5
ok "rules are applied" wait_for 'CHECK:'
keys q
ok "its records are marked" until_ok record_with '"type": ?"crossing".*"training": ?true' 1
wait_for 'READY' >/dev/null
is "nobody was counted" "$(people)" "$before"
keys p
wait_for 'End training' >/dev/null
keys 6
pin 1357
ok "and it ends" until_ok record_with '"type": ?"training".*"detail": ?"ends"' 1

# ---- lock ----------------------------------------------------------------------------------

keys z
ok "Z locks" wait_for 'Locked: scan badge'
fails "nothing of the post can be seen" on_screen 'THIS SHIFT'
keys q
keys C-q
keys C-q
ok "no key gets past it" wait_for 'Locked: scan badge'
pin 2468
ok "the PIN opens it again" wait_for 'READY'

# ---- the shift ------------------------------------------------------------------------------

keys p
keys 2
ok "the sheet counts" wait_for 'People +[0-9]+ +0'
keys Escape
kill -9 "$(chot status -c "$conf" --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')"
until_ok test -s "$work/tmux.status"
start_post
ok "after a restart somebody logs in" wait_for 'Log in: scan the badge'
scan "$(cat "$work/binh.badge")"
wait_for 'PIN of Trần Văn Bình' >/dev/null
pin 2468
ok "the shift goes on" wait_for 'Shift 1: Trần Văn Bình'
is "with its counts" "$(people)" "$before"
keys p
keys 3
ok "the next one takes over" wait_for 'Take over'
scan "$(cat "$work/hoa.badge")"
wait_for 'PIN of Lê Thị Hoa' >/dev/null
pin 1357
ok "the sheet is shown" wait_for 'Sheet of the shift'
ok "it names who gave it" wait_for 'Shift 1: Phạm Văn Tám'
keys Escape
ok "a new shift begins" wait_for 'Shift 2: Lê Thị Hoa'
is "at nought" "$(people)" 0
ok "the hand-over is recorded with its figures" until_ok record_with \
    '"type": ?"hand-over".*"taken_by": ?"CB-02".*"sheet": ?\{' 1
ok "and kept as text" until_ok sh -c "grep -q 'People  *$before ' '$post'/state/sheets/*-1.txt"
keys p
keys 4
keys 1
ok "the end of a shift logs out" until_ok record_with '"type": ?"shift-end"' 1
keys Escape
ok "nobody is at work then" wait_for 'Log in: scan the badge'

# ---- the machine ------------------------------------------------------------------------

# Its last read is two seconds ago: that was for another question.
scan "$(cat "$work/binh.badge")"
ok "the badge counts again at once" wait_for 'PIN of Trần Văn Bình'
pin 2468
wait_for 'READY' >/dev/null
keys p
keys 7
ok "the machine's page tells the time" wait_for 'Time +[0-9][0-9]:[0-9][0-9] .*held'
ok "and the brightness" wait_for 'Brightness +50 %'
keys 1
ok "the screen becomes brighter" wait_for 'Brightness +60 %'
is "by the kernel's file" "$(cat "$light/brightness")" 120
keys 4
ok "the volume is set by the site's command" until_ok grep -qx 60 "$work/volume"
keys 7
keys 1
ok "switching off needs the leader" wait_for 'PIN of Lê Thị Hoa'
fails "and has not happened" test -e "$work/off"
pin 1357
ok "then it is done" until_ok test -s "$work/off"
is "the station ends in order" "$(tmux_status)" 0
ok "it is recorded by whom" record_with '"type": ?"power-off".*"leader": ?"CB-02"' 1
verified() {
	chot outbox verify -c "$conf" >/dev/null
}
ok "all records follow one another" verified
done_testing
