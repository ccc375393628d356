#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The demo's people get the verdicts that contrib/demo/README.md promises.
. "$SRCDIR/tests/flow/lib.sh"

demo=$SRCDIR/contrib/demo
cat >"$work/chot.conf" <<EOF
station { id = "ST-DEMO" name = "Demo" }
state = "$work/state"
run = "$work/run"
EOF

for list in "$demo"/*.csv; do
	[ "$list" = "$demo/officers.csv" ] || set -- "$@" "$list"
done
status "the lists come in" 0 chot register -c "$work/chot.conf" import \
    --made 2021-10-22T09:00+07:00 "$@"
status "and who works here" 0 chot register -c "$work/chot.conf" import \
    "$demo/officers.csv"

# What the station would make of an answer, for a person on foot at 36.5.
facts() {
	chot register -c "$work/chot.conf" show "$1" --json | awk '
	function raw(key) {
		if (!match($0, "\"" key "\":(\"[^\"]*\"|-?[0-9]+)"))
			return ""
		return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
	}
	function fact(name, value) {
		if (value != "")
			printf ",\"%s\":%s", name, value
	}
	{
		now = 1634886000
		printf "{\"now\":%d,\"clock\":\"confirmed\",\"direction\":\"in\"", now
		printf ",\"id_kind\":\"cccd\",\"temperature\":36.5"
		printf ",\"temperature_quality\":\"ok\",\"temperature_number\":1"
		printf ",\"mismatch\":0,\"register_age_h\":5.0,\"vehicle_kind\":\"none\""
		fact("declaration", raw("declaration"))
		if (raw("declared_at") != "")
			fact("declaration_age_h", sprintf("%.3f", (now - raw("declared_at")) / 3600))
		fact("declared_symptoms", raw("symptoms"))
		fact("origin_zone", raw("origin_zone"))
		fact("status", raw("status"))
		fact("status_ends", raw("status_ends"))
		fact("permit", raw("permit"))
		days = raw("permit_days")
		inside = raw("permit") == "\"valid\"" && (days == "" || days ~ /5/) &&
		    (raw("permit_minute_from") == "" ||
		    (raw("permit_minute_from") + 0 <= 840 && raw("permit_minute_until") + 0 >= 840))
		fact("permit_now", inside ? 1 : 0)
		fact("wanted", raw("wanted"))
		fact("exempt", raw("exempt"))
		print "}"
	}'
}

tab=$(printf '\t')
people=0
while IFS=$tab read -r verdict rule card; do
	[ "$verdict" != verdict ] || continue
	id=${card%%|*}
	people=$((people + 1))
	decoded=$(printf '%s\n' "$card" | chot decode --at 2021-10-22T14:00+07:00)
	like "$id is a card" "$decoded" "\"kind\":\"cccd\".*\"identity\":\"VNM:PIN:$id\""
	like "without a warning" "$decoded" '"warnings":\[\]'
	reasons="\\[\"$rule\"\\]"
	[ "$rule" != - ] || reasons='\[\]'
	like "$id gets $verdict $rule" \
	    "$(facts "$id" | chot judge -p "$SRCDIR/contrib/policy/vietnam-2021.conf")" \
	    "\"verdict\":\"$verdict\",\"reasons\":$reasons,\"unknown\":\\[\\]"
	ok "and is in the README" grep -q "^| $id |" "$demo/README.md"
done <"$demo/cards.tsv"
is "all of them" "$people" 16
like "the old number is known too" \
    "$(chot register -c "$work/chot.conf" show 365111222)" "^declaration +valid$"
like "the green lane" "$(chot register -c "$work/chot.conf" show 83C-111.22)" "^green_lane +1$"
like "the wanted truck" "$(chot register -c "$work/chot.conf" show 51D-999.88)" "^vehicle_wanted +1$"
done_testing
