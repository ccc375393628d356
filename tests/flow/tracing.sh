#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A case is traced and the wards are told: what a real station recorded, read
# back at the hub by those who may.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
command -v tmux >/dev/null || skip_all "tmux is missing"
db_begin
export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
new_ca ca
new_certificate hub /CN=127.0.0.1
new_certificate ST-1 /CN=ST-1
mkdir "$work/keys"
chot-hub seal-key "$work/keys/site" >/dev/null || exit 1
chot-hub migrate >/dev/null || exit 1
chot-hub station add ST-1 >/dev/null
# shellcheck disable=SC2046
hub_start $(hub_tls) || exit 1

post=$work/post conf=$work/post/chot.conf
mkdir -p "$post/state/keys" "$post/run"
cp "$work/keys/site.pub" "$post/state/keys/"
cat >"$work/pack.conf" <<-EOC
	version = "t" needs_facts = 1 otherwise = "pass"
	needs = { "identity" }
	rule "never" { verdict = "stop" when = "temperature >= 99"
	  reason = "Sốt" unknown = "pass" }
EOC
cat >"$conf" <<-EOC
	station { id = "ST-1" language = "en" }
	policy = "$work/pack.conf"
	state = "$post/state"
	run = "$post/run"
	$(hub_section ST-1 'every = 3600')
	lane "1" {
	  direction = "in"
	  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
	}
EOC
scan() { # NUMBER NAME HOME
	pty scanner hex "$(printf '%s||%s|15032000|Nữ|%s|10052021\r' "$@" |
		od -An -v -tx1 | tr -d ' \n')"
}
trace() { # COMMAND ARGUMENT...
	chot-hub --by 'BS Lan' --why 'F0 12/10' "$@"
}
case=094300000123

# ---- a morning ----------------------------------------------------------------------------

echo "id,name,declared_at,from,to,state
$case,Nguyễn Thị Mẫu,$(date -u +%FT%TZ),\"Mỹ Xuyên, Sóc Trăng\",\"Phường 2, TP Sóc Trăng\",valid" \
    >"$work/declarations.csv"
status "what the case declared" 0 chot register import -c "$conf" \
    "$work/declarations.csv"
pty_start scanner
start_tmux 80x24 "exec chot -c $conf"
wait_for_devices "$conf"
ok "a post" wait_for READY
keys b
type_text 83A12345
keys Enter
ok "a vehicle" wait_for '83A-123\.45'
scan $case 'Nguyễn Thị Mẫu' 'Ấp Mẫu, Xã Thử, Mỹ Xuyên, Sóc Trăng'
ok "the case" wait_for '094 300 000 123'
scan 094300000205 'Lê Thị Cùng' 'Ấp Mẫu, Xã Thử, H. Mỹ Xuyên, Sóc Trăng'
ok "with somebody, which lets the case pass" wait_for '094 300 000 205'
PATIENCE=$((PATIENCE * 3))
ok "who passes as well" wait_for READY
keys b
type_text 51F67890
keys Enter
ok "the next vehicle" wait_for '51F-678\.90'
scan 094085000481 '=Trần Văn "Thử"' 'Hẻm 5, Kế Sách, Sóc Trăng'
ok "somebody behind" wait_for '094 085 000 481'
keys q
ok "turned back" wait_for '481 .*Turn back'
scan 048090000902 'Phạm Văn Xa' 'Ba Đình, Hà Nội'
ok "somebody from far away" wait_for '048 090 000 902'
keys q
ok "turned back, too" wait_for '902 .*Turn back'
keys C-q
keys C-q
is "the post ends" "$(tmux_status)" 0
status "all is sent" 0 chot-sync -c "$conf" --now

# ---- a case ---------------------------------------------------------------------------------

column() { # NAME: of what trace printed
	awk -F'\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++)
	    if ($i == name) n = i; next } { print $n }' "$work/out"
}
status "nobody asks without a name" 64 chot-hub --person $case crossings
status "nor without a reason" 64 chot-hub --person $case --by An crossings
like "which is said" "$(cat "$work/err")" 'kept who asks and why'
status "nor for everybody" 64 trace crossings
is "none of it was kept" "$(chot-hub inspections)" ""

status "where the case was" 0 trace --person $case crossings
is "once" "$(column number)" $case
is "who that is" "$(column name)" 'Nguyễn Thị Mẫu'
is "where" "$(column station)" ST-1
is "let pass" "$(column outcome)" passed
is "in which vehicle" "$(column plate)" 83A12345
is "from where" "$(column from)" 'Mỹ Xuyên, Sóc Trăng'
is "to where" "$(column to)" 'Phường 2, TP Sóc Trăng'
id=$(column id)
ok "by the record's id" sh -c "chot outbox list -c '$conf' | grep -q '' &&
	case $id in ST-1/*/*) ;; *) exit 1; esac"
status "not before" 0 trace --person $case --until 2021-10-01T00:00Z crossings
is "nothing" "$(column id)" ""
status "by its plate" 0 trace --plate '83a-123.45' crossings
is "both aboard" "$(column number | tr '\n' ' ')" "$case 094300000205 "

status "who was near" 0 trace --person '094 300 000 123' contacts
is "those behind as well" "$(column number | tr '\n' ' ')" \
    '094300000205 094085000481 048090000902 '
is "one in the same vehicle" "$(column how | tr '\n' ' ')" 'vehicle post post '
is "how far apart" "$(column minutes | grep -vc '^[012]$')" 0
status "as JSON" 0 trace --person $case --json contacts
like "an object each" "$(head -n 1 "$work/out")" \
    '"how":"vehicle","minutes":[012],.*"number":"094300000205"'
is "each look is kept" "$(chot-hub inspections | cut -f 2-5)" \
"$(chot-hub inspections | sed 's/^[^	]*	BS Lan	\(.*\)	F0 12\/10$/BS Lan	\1	F0 12\/10/')"
is "with how many it showed" "$(chot-hub inspections | cut -f 4 | tr '\n' ' ')" \
    '1 0 2 3 3 '

# What a post says of its time, its person, its crossing may be anything.
sql "insert into record select epoch, seq + 1000, at, received, day, station,
	schema, hash, body || '{\"of\":\"ST-1/zzzzzzzz/1\",\"type\":\"update\",
	\"documents\":[1,null,{\"id\":\"$case\"}],
	\"happened\":\"2021-99-99T99:99:99Z\"}' from record" >/dev/null
status "records that make no sense" 0 trace --person $case contacts
is "change nothing" "$(column number | wc -l)" 3

# ---- the wards --------------------------------------------------------------------------------

cat >"$work/places.csv" <<-EOC
	unit,place
	my-xuyen,"Huyện Mỹ Xuyên, Tỉnh Sóc Trăng"
	st-p2,"P.2, Sóc Trăng"
	ke-sach,"Kế Sách, Sóc Trăng"
EOC
notices() {
	chot-hub --places "$work/places.csv" notices "$work/notices"
}
now() { # what lies in the database has come to rest
	sql "update record set received = received - interval '2 minutes'"
}
lines() { # UNIT PATTERN
	cat "$work/notices/$1"-*.csv | grep -Ec -e "$2"
}
status "too young for a notice" 0 notices
is "nothing is written" "$(ls "$work/notices" 2>/dev/null)" ""
sql "update noticed set upto = upto - interval '1 day'"
now
status "the wards are told" 0 notices
like "of how many" "$(tail -n 1 "$work/out")" '^4 crossings, 5 notices, up to '
is "each in a file" "$(ls "$work/notices" | sed 's/-2.*//' | tr '\n' ' ')" \
    'ke-sach my-xuyen st-p2 unknown '
is "the home and where somebody leaves from" \
    "$(lines my-xuyen ",from home,.*\"passed\".*\"$case\"")" 1
is "where somebody goes to" "$(lines st-p2 ',to,.*"passed".*"Nguyễn Thị Mẫu"')" 1
is "who was turned back" "$(lines ke-sach ',home,.*"turned-back"')" 1
is "no formula, no broken quotes" "$(lines ke-sach "\"'=Trần Văn \"\"Thử\"\"\"")" 1
is "and those of whom nobody is told" "$(lines unknown 'Phạm Văn Xa')" 1
is "for nobody else's eyes" "$(stat -c %a "$work/notices/"ke*)" 600
mark=$(sql "select upto from noticed")
status "again" 0 notices
like "nothing is told twice" "$(tail -n 1 "$work/out")" '^0 crossings, 0 notices'

# Killed between the files and the note that they were written.
sql "update noticed set upto = upto - interval '1 day', begun = '$mark'"
cp -r "$work/notices" "$work/before"
status "a round that was begun" 0 notices
ok "ends where it was to end" diff -r "$work/before" "$work/notices"

echo 'place,unit
"Sóc Trăng",../x' >"$work/places.csv"
status "a unit that is no file's name" 65 notices
like "is told by line" "$(cat "$work/err")" 'places.csv: line 2: a unit has'
printf 'place,unit\nA,a\nA,b\n' >"$work/places.csv"
status "two units of one place" 65 notices
like "is told by name" "$(cat "$work/err")" 'A is there twice'
echo 'name,unit' >"$work/places.csv"
status "no places" 65 notices
like "is told" "$(cat "$work/err")" 'no column named place'
hub_stop
done_testing
