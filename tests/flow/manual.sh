#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual is sound mdoc, and names every command, option, fact and device
# option that the programs know.
. "$SRCDIR/tests/flow/lib.sh"

if command -v mandoc >/dev/null; then
	for page in "$SRCDIR"/man/*.[1-8]; do
		is "$(basename "$page") is sound" \
		    "$(mandoc -T lint -W warning "$page")" ""
	done
fi

# PAGE PATTERN: a line of its source matches; \& and \- are not looked at.
page_has() {
	sed -e 's/\\&//g' -e 's/\\-/-/g' "$SRCDIR/man/$1" | grep -Eq -e "$2"
}

for command in $(chot --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	ok "chot(1) knows $command" page_has chot.1 "^\\.It Cm $command( |\$)"
	for option in $(chot "$command" --help |
	    grep -oE -- '--[a-z][a-z0-9-]*' | sort -u); do
		[ "$option" != --help ] || continue
		ok "chot(1) knows $command $option" \
		    page_has chot.1 "Fl -${option#--}( |\$)"
	done
done

template=$(chot config template)
for option in $(printf '%s\n' "$template" |
    sed -n 's/^[# 	]*\([a-z_]*\) = .*/\1/p' | sort -u); do
	ok "chot.conf(5) knows $option" \
	    page_has chot.conf.5 "^\\.It Ic (.* , )?$option( |\$)"
done
like "the template is not empty" "$template" 'thermometer = '

for style in $(sed -n 's/^\([a-z-]*\) =.*/\1/p' "$SRCDIR/themes/daylight"); do
	ok "chot-theme(5) knows $style" \
	    page_has chot-theme.5 "^\\.It Cm $style\$"
done

facts=$(chot policy facts | awk '{ print $1 }')
for fact in $facts; do
	ok "chot-policy(5) knows $fact" \
	    page_has chot-policy.5 "^\\.It Va (.* , )?$fact( |\$)"
done
like "there are facts" "$facts" '^temperature$'

for word in $(chot read --help |
    sed -n 's/^  \(protocol=\)*\([a-z][a-z0-9_-]*\)  .*/\2/p'); do
	ok "chot.conf(5) knows $word" page_has chot.conf.5 \
	    "^\\.(It )?Cm (.* , )?$word( |\$|,)"
done
done_testing
