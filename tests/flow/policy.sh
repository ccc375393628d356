#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot policy, and the case table of every pack that is shipped.
n=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packs=$SRCDIR/contrib/policy

# is NAME EXPECTED GOT
is() {
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf 'wanted: %s\ngot: %s\n' "$2" "$3" | sed 's/^/# /'
	fi
}

for pack in "$packs"/*.conf; do
	name=$(basename "$pack")
	chot policy test --every-rule "$pack" >"$work/out" 2>&1
	status=$?
	sed 's/^/# /' "$work/out"
	is "$name: its cases, and each rule firing, not firing, lacking a fact" \
		0 $status
	is "$name: every rule names its source" \
		"$(grep -c '^rule ' "$pack")" \
		"$(chot policy explain --lang en "$pack" | sed -n '/^$/,$p' |
		grep -c '^    source ')"
	! grep -q '^needs .*identity' "$pack" ||
		is "$name: an unknown code is doubt" '"check" 1' "$(printf \
		    '{"clock":"held","now":1640000000,"id_kind":"opaque"}' |
		    chot judge -p "$pack" |
		    sed -n 's/.*"verdict":\("check"\).*"opaque".*/\1 1/p')"
	is "$name: from when it counts" 1 "$(grep -c '^effective ' "$pack")"
	is "$name: every rule has English words" \
		"$(grep -c '^rule ' "$pack")" "$(grep -c '^  *reason_en' "$pack")"
done

is "check says version and count" "$packs/plant-gate.conf: 1 plant gate: 9 rules, good" \
	"$(chot policy check "$packs/plant-gate.conf")"
is "explain in Vietnamese" 1 \
	"$(LANGUAGE=vi chot policy explain "$packs/vietnam-2021.conf" | grep -c '^f0  DỪNG LẠI$')"
is "explain in English" 1 \
	"$(LANGUAGE=vi chot policy explain --lang en "$packs/vietnam-2021.conf" | grep -c '^f0  STOP$')"
is "facts are listed" 56 "$(chot policy facts | wc -l)"

printf 'version = "t"\nrule "a" {\n  verdict = check\n  when = "temprature > 38"\n  reason = x }\n' >"$work/bad.conf"
chot policy check "$work/bad.conf" 2>"$work/err"
is "a bad pack is a matter of configuration" 78 $?
is "file, line, rule and caret" \
	"chot: bad.conf:4: rule a: no such fact: temprature (texts are written 'so')
    temprature > 38
    ^" "$(sed "s,$work/,," "$work/err")"

cp "$packs/plant-gate.conf" "$work/pack.conf"
echo '{"name":"x","facts":{"plate_known":1,"temperature":36},"verdict":"check","reasons":["fever"]}' >"$work/pack.cases"
chot policy test "$work/pack.conf" >"$work/out"
is "a failing case makes 65" 65 $?
is "and says where and what" \
	"pack.cases:1: x: wanted check fever, got pass vehicle" \
	"$(sed -n "1s,$work/,,p" "$work/out")"
chot policy test "$work/pack.conf" "$packs/plant-gate.cases" >/dev/null
is "another table can be named" 0 $?
head -4 "$packs/plant-gate.cases" >"$work/few"
chot policy test "$work/pack.conf" "$work/few" >/dev/null
is "a table with gaps passes by itself" 0 $?
chot policy test --every-rule "$work/pack.conf" "$work/few" >"$work/out"
is "but not when every rule is asked for" "65 1" \
	"$? $(grep -c 'rule fever: no case where it fires' "$work/out")"
rm "$work/pack.cases"
chot policy test "$work/pack.conf" >/dev/null 2>&1
is "no table is no success" 69 $?
base='"clock":"held","now":1629781200,"plate_known":1'
{
	echo "{\"id\":\"ST/1/1\",\"type\":\"crossing\",\"facts\":{$base,\"temperature\":36.5},\"verdict\":\"pass\"}"
	echo "{\"id\":\"ST/1/2\",\"type\":\"outcome\",\"outcome\":\"passed\"}"
	echo "{\"id\":\"ST/1/3\",\"type\":\"crossing\",\"facts\":{$base,\"temperature\":38.5},\"verdict\":\"pass\"}"
	echo "{\"id\":\"ST/1/4\",\"type\":\"crossing\",\"facts\":{$base,\"temperature\":37.6},\"verdict\":\"check\"}"
} >"$work/records"
is "simulate shows whose verdict would be another" \
	'ST/1/3: was pass, now {"verdict":"check","reasons":["fever"],"unknown":[]}
ST/1/4: was check, now {"verdict":"pass","reasons":["vehicle"],"unknown":[]}
2 changed, 1 without a verdict
was pass   now pass 1, check 1, stop 0
was check  now pass 1, check 0, stop 0
was stop   now pass 0, check 0, stop 0' \
	"$(LANGUAGE=en chot policy simulate "$work/pack.conf" <"$work/records")"
echo '{"facts":{"tmp":1},"verdict":"pass"}' >>"$work/records"
chot policy simulate "$work/pack.conf" "$work/records" >/dev/null 2>"$work/err"
is "a record that cannot be read ends it" '65 chot: records:5: no such fact: "tmp"' \
	"$? $(sed "s,$work/,," "$work/err")"
chot policy 2>/dev/null
is "no action is a wrong use" 64 $?
chot policy check 2>/dev/null
is "no pack is a wrong use" 64 $?
chot policy explain --lang fr "$work/pack.conf" 2>/dev/null
is "no such language" 64 $?
chot policy --help >"$work/out"
is "help" "0 1" "$? $(grep -c 'usage: chot policy' "$work/out")"
echo "1..$n"
