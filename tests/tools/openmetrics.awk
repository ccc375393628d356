# SPDX-License-Identifier: GPL-3.0-or-later
# Reads an OpenMetrics 1.0 text and prints what breaks its rules; nothing is
# good. Families may not be mixed, a counter's samples end in _total, an
# info's in _info, a stateset's have its name as a label and are 0 or 1, a unit
# ends the name, no sample comes twice, # EOF is last.
function bad(why) { print FNR ": " why ": " $0 }
ended { bad("after # EOF") }
/^# EOF$/ { ended = 1; next }
/^# (TYPE|UNIT|HELP) [a-zA-Z_:][a-zA-Z0-9_:]* / || /^# (TYPE|UNIT|HELP) [a-zA-Z_:][a-zA-Z0-9_:]*$/ {
	if ($3 != family) {
		if ($3 in seen) bad("family begun twice")
		seen[$3] = 1; family = $3; type = "unknown"; samples = 0
	}
	if (samples > 0) bad("metadata after samples")
	if (meta[$2 " " $3]++) bad("metadata twice")
	if ($2 == "TYPE") {
		type = $4
		if (type !~ /^(gauge|counter|info|stateset|unknown)$/) bad("type")
	}
	if ($2 == "UNIT" && substr($3, length($3) - length($4)) != "_" $4) bad("unit")
	next
}
/^#/ { bad("comment"); next }
/^$/ { bad("empty line"); next }
{
	if (!match($0, /^[a-zA-Z_:][a-zA-Z0-9_:]*/)) { bad("name"); next }
	name = substr($0, 1, RLENGTH); rest = substr($0, RLENGTH + 1)
	want = type == "counter" ? family "_total" : type == "info" ? family "_info" : family
	if (name != want) bad("not of family " family)
	labels = ""
	if (rest ~ /^\{/) {
		if (!match(rest, /^\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*",?)*\}/)) { bad("labels"); next }
		labels = substr(rest, 1, RLENGTH); rest = substr(rest, RLENGTH + 1)
	}
	if (rest !~ /^ -?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/) bad("number")
	if (type == "counter" && rest ~ /^ -/) bad("negative counter")
	if (type == "stateset" && (index(labels, family "=\"") == 0 || rest !~ /^ [01]$/)) bad("state")
	if (twice[name labels]++) bad("sample twice")
	samples++; total++
}
END { if (!ended) print "no # EOF"; if (total < 5) print "only " total " samples" }
