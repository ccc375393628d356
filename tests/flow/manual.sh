#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual is sound mdoc, and names every command and every option.
. "$SRCDIR/tests/flow/lib.sh"

if command -v mandoc >/dev/null; then
	for page in "$SRCDIR"/man/*.[1-8]; do
		is "$(basename "$page") is sound" \
		    "$(mandoc -T lint -W warning "$page")" ""
	done
fi

text() { # PAGE: its words
	sed -e 's/^\.\\".*//' -e 's/\\&//g' -e 's/\\-/-/g' "$SRCDIR/man/$1"
}

for command in $(chot --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	like "chot(1) knows $command" "$(text chot.1)" \
	    "^\\.(Cm|It Cm|Nm chot|Ss) .*$command"
	for option in $(chot "$command" --help |
	    grep -oE -- '--[a-z][a-z-]*' | sort -u); do
		[ "$option" != --help ] || continue
		like "chot(1) knows $command $option" "$(text chot.1)" \
		    "Fl (Fl |-)${option#--}( |$)"
	done
done

for option in $(chot config template | grep -oE '^[# ]*[a-z_]+ *=' |
    tr -d '#= ' | sort -u); do
	like "chot.conf(5) knows $option" "$(text chot.conf.5)" \
	    "^\\.(It )?Ic $option( |\$)"
done
done_testing
