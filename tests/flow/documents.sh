# SPDX-License-Identifier: GPL-3.0-or-later
# One person, several documents: a card and a certificate at a real station
# behind a pty. What agrees is one person, what disagrees is shown field by
# field and is CHECK, and who goes on is recorded.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale" LANGUAGE=
post=$work/post
persons=$SRCDIR/tests/credentials/persons.json
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "papers"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "mismatch" { verdict = "check"  when = "mismatch = 1"  reason = "Giấy tờ không khớp"  reason_en = "Documents disagree" }
	rule "forged" { verdict = "check"  when = "dcc = 'invalid' OR dcc = 'unverified'"  reason = "Không kiểm được"  reason_en = "Certificate not proven" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-PAPER"  name = "Papers"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  direction = "in"
	  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
	}
EOF2

of_persons() { # NAME
	sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$persons"
}
scan() { # TEXT
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}
record_with() { # PATTERN
	chot outbox show -c "$post/chot.conf" --key "$post/state/keys/site.key" \
	    2>"$work/err" | grep -Eqe "$1"
}
card() { # NUMBER NAME BIRTH
	echo "$1||$2|$3|Nữ|Ấp Mẫu, Mỹ Xuyên, Sóc Trăng|10052021"
}
decided() { # PATTERN KEY
	keys "$2"
	until_ok record_with "$1"
}

of_persons certificate >"$work/health"
ok "the issuer's key is imported" chot key trust import --name health-xa \
    -c "$post/chot.conf" "$work/health"
pty_start scanner
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for_devices "$post/chot.conf"
keys o
wait_for 'Confirm the time' && keys Enter
gone() { ! on_screen "$1"; }
ok "the time is confirmed" until_ok gone 'Confirm the time'

# đ is D, a birth date that only knows its month, letters of the issuer alone.
scan "$(card 094300000123 'Đỗ Thị Mẫu' 15032000)"
ok "a card alone is a PASS" wait_for '─ PASS:'
scan "$(of_persons agrees)"
ok "a certificate of the same person is told to be true" wait_for 'signature true'
ok "and is a PASS still" on_screen '─ PASS:'
ok "of one person: the record has both" until_ok \
    record_with '"type":"update".*"kind":"cccd".*"kind":"dcc"'
scan "$(of_persons 'agrees, recovery')"
ok "a second certificate joins" until_ok \
    record_with '"type":"update".*"kind":"cccd".*"kind":"dcc".*"dcc_kind":"vaccination".*"kind":"dcc".*"dcc_kind":"recovery"'
fails "nothing disagrees" record_with disagreements

# A certificate of another birth date.
scan "$(card 094300000456 'Đỗ Thị Mẫu' 15032000)"
ok "the next card confirms the pass" until_ok record_with '"outcome":"passed","by":"next"'
scan "$(of_persons 'another birth')"
ok "a certificate that disagrees is CHECK" wait_for '─ CHECK:.*1 reason'
ok "as the rules say" on_screen 'Documents disagree'
ok "the field stands there with both values" on_screen 'Birth: 2000-03-15 or 2001-03-15'
keys x
ok "and in the look, too" wait_for '^.?.?Birth: 2000-03-15 or 2001-03-15'
keys Escape
ok "it is recorded" until_ok \
    record_with '"disagreements":\[\{"field":"birth","documents":\["cccd","dcc"\],"values":\["2000-03-15","2001-03-15"\]\}\]'
keys c
ok "the officer goes on: a reason is asked" wait_for 'Valid on paper'
ok "and with it the record tells it" decided '"outcome":"passed".*"why":"valid-on-paper","against":true' 3
ok "the lane is free" wait_for READY

# Field by field: a code of another number and sex, and a name.
scan "$(card 094300000789 'Đỗ Thị Mẫu' 15032000)"
ok "another citizen" wait_for '094 300 000 789'
scan '094300000780|DO THI MAU|2000-03-15|0|QIDSAMPLE0009|1'
ok "a code with another number is CHECK" wait_for 'Number: 094300000789 or'
ok "its sex on a line of its own" on_screen 'Sex: Female or Male'
ok "both recorded" until_ok record_with '"disagreements":\[\{"field":"number".*"field":"sex"'
scan "$(of_persons 'another name')"
ok "and the name of a third paper" wait_for 'Name: Đỗ Thị Mẫu or Đỗ Thị Mai'
keys q
ok "turned back" until_ok record_with '"outcome":"turned-back"'
ok "the lane is free again" wait_for READY

# Nothing in common: it is the next citizen's.
scan "$(card 094185000333 'Trần Thị Thử' 01021985)"
ok "a card of somebody else" wait_for '094 185 000 333'
scan "$(of_persons 'somebody else')"
ok "is passed by a certificate of nobody here" wait_for 'LÊ VĂN KHÁC'
ok "which is the next citizen's" until_ok record_with '"type":"crossing".*"documents":\[\{"kind":"dcc"'
fails "and no disagreement of hers" record_with '"disagreements".*094185000333|094185000333.*"disagreements"'
taken() { # KEY: Enter arms 400 ms after the last change
	keys "$1"
	sleep 0.3
	on_screen READY
}
ok "who passes, too" until_ok taken Enter

# A SMART Health Card: its issuer's key set is imported, then not believed.
made() { # NAME
	sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" \
	    "$SRCDIR/tests/credentials/shc-made.json"
}
sed -n '/"jwks_bound"/,/^ }/p' "$SRCDIR/tests/credentials/shc-made.json" |
    sed '1s/.*/{/; $s/,//' >"$work/jwks"
judged() {
	made vaccination | chot decode -k "$post/state/trust" \
	    --at 2021-10-15T00:00Z 2>/dev/null
}
like "nobody knows whose card it is" "$(judged)" '"signature":"unknown-key".*"issuer_trust":"unknown"'
ok "a key set is imported" chot key trust import --name shc-issuer \
    -c "$post/chot.conf" "$work/jwks"
like "it proves the card" "$(judged)" '"signature":"valid".*"issuer_trust":"trusted"'
in_force() {
	keys p
	wait_for 'Certificate keys: 2' && keys Escape
}
ok "the post takes it in while it runs" in_force
scan "$(made vaccination)"
ok "the card passes" wait_for '─ PASS:'
ok "as proven" on_screen 'signature true'
ok "recorded" until_ok record_with '"kind":"shc".*"signature":"valid"'
ok "the lane is free" until_ok taken Enter
ok "its issuer's key is distrusted" chot key trust distrust \
    -c "$post/chot.conf" KTa506y1XcEX_jd9W_4lokox-NQgjEeRZ5t1O0cEYLE
like "it is listed as that" "$(chot key trust list --json -c "$post/chot.conf")" \
    '"KTa506y1XcEX_jd9W_4lokox-NQgjEeRZ5t1O0cEYLE".*"trusted":false'
like "nothing is proven by it any more" "$(judged)" \
    '"key-distrusted".*"signature":"unknown-key".*"issuer_trust":"distrusted"'
keys p
ok "and the post says so" wait_for 'Not trusted here, 1 key'
keys Escape
scan "$(made bare)"
ok "another card of that issuer is CHECK" wait_for '─ CHECK:'
ok "with the reason" on_screen 'Issuer not trusted here'
ok "recorded as that" until_ok record_with '"kind":"shc".*"issuer_trust":"distrusted"'
stop_tmux

# A post whose names of codes are broken works, and says so once.
mkdir -p "$work/data"
ln -s "$SRCDIR/themes" "$work/data/themes"
cp -r "$SRCDIR/contrib" "$work/data/contrib"
chmod -R u+w "$work/data/contrib"
printf '{\n"valueSetId": "cvx" }\n' >"$work/data/contrib/value-sets/cvx.json"
start_tmux 80x24 "CHOT_DATA=$work/data exec chot -c $post/chot.conf"
wait_for_devices "$post/chot.conf"
scan "$(card 094300000666 'Đỗ Thị Mẫu' 15032000)"
ok "with a broken value set the post works" wait_for '094 300 000 666'
is "and its log names file and line, once" "$(grep -c \
    "warn: value sets: .*/cvx.json:1: the set has no values\$" \
    "$post/run/station.log")" 1
stop_tmux
done_testing
