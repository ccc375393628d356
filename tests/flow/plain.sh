# SPDX-License-Identifier: GPL-3.0-or-later
# The post as lines of text: the same keys, the same records, nothing drawn.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "plain"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-PLAIN"  name = "Plain"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "serial:$work/scanner,protocol=line" } }
EOF2

send() {
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

pty_start scanner
start_tmux 80x100 "chot --plain -c $post/chot.conf | tee $work/said; sleep 60"
ok "it says that it is ready" wait_for '^Ready$'
wait_for_devices "$post/chot.conf"
send '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
ok "the verdict is a line" wait_for '^PASS'
ok "and who it is" wait_for 'NGUYỄN THỊ MẪU'
ok "and that it is recorded" wait_for '^Recorded ST-PLAIN/'
send 'who-knows'
ok "a reason is a line" wait_for '^1\. +Unknown code$'
keys c
ok "a choice is lines" wait_for '^2 On duty$'
keys 2
ok "keys decide" until_ok sh -c "[ \$(chot outbox count -c $post/chot.conf) -ge 4 ]"
ok "what became of it is a line" wait_for 'CHECK.* Let pass'

# ---- whatever an officer does on the screen is done here too ----------------------
hand() { # TEXT: key by key, or it would be a scan
	for one in $(printf '%s' "$1" | sed 's/./& /g'); do
		keys "$one"
	done
}

said() { # PATTERN: in all that was said
	grep -Eq -e "$1" "$work/said"
}

keys 0
ok "a number is typed under its title" wait_for '^> .*: 0$'
hand 01085012345
ok "and opens a person at the twelfth digit" wait_for '^ID 001 085 012 345'
until_ok said '^Recorded .*/5$'
passed() { # Enter acts 400 ms after the verdict
	said '345 .*PASS Let pass' || { keys Enter; return 1; }
}
ok "who passed last is a line" until_ok passed
keys b
ok "a plate" wait_for '^> .*[Pp]late.*: *$'
hand 83a12345
keys Enter
ok "is the vehicle of the next person" until_ok said 'Vehicle 83A-123.45'
keys n
ok "a temperature by hand" wait_for '^> .*[Tt]emperature.*: *$'
type_text 999
keys Enter
ok "what cannot be is said" wait_for '^> .*: 999 .+'
keys Escape
keys k
ok "a declaration is asked field by field" wait_for '^> Name: *$'
hand TranBe
keys Enter
ok "the next field" wait_for '^> Number: *$'
keys Escape
keys t
wait_for '^> .*: *$' >/dev/null
hand 123
keys Enter
ok "the shift is searched" wait_for '[0-9:]+ IN .*123 .*PASS Let pass'
keys Escape
keys e
ok "the charts are numbers" wait_for '^CHECK: [1-9]'
ok "hour by hour" wait_for '^[0-9][0-9]: IN [1-9][0-9]*, OUT 0'
keys Escape
keys h
ok "nobody waits" wait_for '^Nobody waits'
keys Escape
keys p
ok "the page of the post is lines with keys" wait_for '^1 .+'
keys Escape
keys o
ok "the time is typed" wait_for '^> .*[Tt]ime.*: '
keys Enter # as it stands: what is written afterwards needs the time
keys '?'
ok "the keys are printed" until_ok said 'let pass'
keys Escape

record_with() { # PATTERN
	chot outbox show -c "$post/chot.conf" --key "$post/state/keys/site.key" \
	    2>/dev/null | grep -Eq -e "$1"
}

keys l
ok "the logbook asks when it was" wait_for '^Logbook: what was on paper'
# LABEL TEXT [SHOWN]: an Enter that comes with the last letter would be a scanner's.
asked() {
	grep '^> ' "$work/said" | tail -n 1 | grep -Eq -e "^> $1: *$2\$"
}
answer() {
	until_ok asked "$1" '.*'
	hand "$2"
	[ -z "$2" ] || until_ok asked "$1" "${3:-$2}"
	keys Enter
}
answer Time "$(date -u -d '+7 hours -5 minutes' +%H%M)"
answer Number 001085012345
answer Plate 51F67890
answer Direction ''
answer Verdict ''
answer Outcome 2 'Turn back'
answer Note matdien
ok "and is recorded as back-dated" until_ok record_with \
    '"back_dated":true.*"note":"matdien"'
keys s
ok "a surge asks for how long" wait_for '^> .*minutes.*: *$'
hand 12
keys Enter
ok "the time that is left is a line" until_ok said '^Surge, 12 min left'
keys 4
ok "a key is a vehicle" until_ok record_with '"state":"vehicle"'
keys s
ok "and its sums are told at the end" until_ok record_with '"vehicles":1,"people":4'
keys C-q
keys C-q
until_ok sh -c "! chot status -c $post/chot.conf | grep -q running"
unlike "nothing is drawn" "$(cat -v "$work/said")" '\^\['

# ---- who works here ------------------------------------------------------------------

printf 'id,name,role,pin\nCB-01,An,officer,%s\nCB-02,Hoa,leader,%s\n' \
    "$(echo 2468 | chot key pin)" "$(echo 1357 | chot key pin)" >"$work/officers.csv"
chot register import -c "$post/chot.conf" "$work/officers.csv" >/dev/null
stop_tmux
start_tmux 80x100 "chot --plain -c $post/chot.conf | tee $work/said; sleep 60"
ok "a log-in is asked for" wait_for '^Log in: scan the badge, or pick a name'
ok "the names are lines with keys" wait_for '^1 An, officer$'
unlike "before that, nothing is called ready" "$(cat "$work/said")" '^Ready$'
keys 1
ok "the PIN is asked for" wait_for 'PIN of An'
hand 1111
keys Enter
ok "a wrong one is said" until_ok said 'The PIN does not fit'
hand 2468
keys Enter
ok "the right one opens the post" until_ok said '^Shift 1: An$'
unlike "no PIN is told" "$(cat "$work/said")" '2468|1111'
ok "it is recorded" until_ok record_with '"type": ?"log-in".*"name": ?"An"'
keys s
wait_for '^> .*minutes.*: *$' >/dev/null
hand 5
keys Enter
ok "a surge asks for the leader now" until_ok said 'PIN of Hoa'
hand 1357
keys Enter
ok "who opens it" until_ok said '^Surge, 5 min left'
keys s
ok "and closes it by the same key" until_ok said '^Surge over: 0 vehicles'
keys z
ok "Z locks" until_ok said '^Locked: scan badge'
keys q
keys C-q
keys C-q
hand 2468
keys Enter
unlocked() { sed '1,/^Locked: scan badge/d' "$work/said" | grep -q '^Ready$'; }
ok "and no key but the PIN opens it" until_ok unlocked
keys C-q
keys C-q
ok "and it ends" until_ok sh -c "! chot status -c $post/chot.conf | grep -q running"
unlike "nothing was drawn here either" "$(cat -v "$work/said")" '\^\['
done_testing
