# SPDX-License-Identifier: GPL-3.0-or-later
# The sheet of a shift on paper: from the key to a printer behind a pty, dot
# for dot what the figures say, and the same figures kept as text.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
conf=$post/chot.conf
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-E2
	version = "sheet"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code" }
	otherwise = "pass"
E2
cat >"$conf" <<-E2
	station { id = "ST-SHEET"  name = "Chốt Thử"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  scanner = { "serial:$work/scanner,protocol=line" }
	  printer = { "serial:$work/paper,protocol=escpos" }
	}
E2

pty_start scanner
mkfifo "$work/paper.commands"
"$BUILDDIR/tests/tools/slipprinter" "$work/paper" 384 "$work/paper.pbm" \
    <>"$work/paper.commands" >"$work/paper.out" 2>&1 &
pids="$pids $!"
until_ok grep -q '^ok' "$work/paper.out"
start_tmux 80x24 "exec chot -c $conf"
wait_for_devices "$conf"
pty scanner hex "$(printf '%s\r' '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021' |
    od -An -v -tx1 | tr -d ' \n')"
wait_for '── PASS:' >/dev/null
keys q
ok "somebody was turned back" wait_for 'Turned back +1'
keys p
wait_for 'Hand over' >/dev/null
keys "$(capture | sed -n 's/.* \([1-9]\)  Hand over.*/\1/p')"
ok "the sheet is shown" wait_for 'Sheet of the shift'
ok "it is kept as text" until_ok sh -c "grep -q 'Turned back  *1 ' '$post'/state/sheets/*-1.txt"
sheet=$(echo "$post"/state/sheets/*-1.txt)
like "with the post" "$(head -n 1 "$sheet")" '^ST-SHEET Chốt Thử$'

# The same figures by hand through the same printer's program.
ends=$(sed -n 's/.* to \([0-9:]* [0-9/]*\)$/\1/p' "$sheet")
day=${ends#* }
rows=$(awk 'NF >= 3 && $NF ~ /^[0-9]+$/ && $(NF - 1) ~ /^[0-9]+$/ {
	a = $(NF - 1); b = $NF; $NF = $(NF - 1) = ""; sub(/ +$/, "")
	printf "%s[\"%s\",\"%s / %s\"]", n++ ? "," : "", $0, a, b; next }
    /^Device faults/ { printf ",[\"Device faults\",\"%s\"]", $NF }' "$sheet")
printf 'slip 1 {"title":"Chốt Thử","station":"ST-SHEET","public":"Shift 1: -","time":"%s","rows":[%s],"serial":"%s-1"}\n' \
    "$ends" "$rows" "${day##*/}$(echo "$day" | cut -c 4-5)$(echo "$day" | cut -c 1-2)" |
	chot drive printer "lp:$work/by-hand" >/dev/null
"$BUILDDIR/tests/tools/slipprinter" - 384 "$work/by-hand.pbm" <"$work/by-hand" >/dev/null
ok "that is a sheet" test "$(wc -c <"$work/by-hand.pbm")" -gt 10000
same() {
	echo save 1<>"$work/paper.commands"
	sleep 0.2 # before the next look, whenever this one is written
	cmp -s "$work/paper.pbm" "$work/by-hand.pbm"
}
ok "the printer at the post printed the same, dot for dot" until_ok same
unlike "without noise" "$(cat "$work/paper.out")" '^noise'
done_testing
