#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual is sound mdoc, and names every command, option, fact and device
# option that the programs know.
. "$SRCDIR/tests/flow/lib.sh"

if command -v mandoc >/dev/null; then
	for page in "$SRCDIR"/man/*.[1-8] "$SRCDIR/contrib/update/chot-update.8" \
	    "$SRCDIR/contrib/debian/chot-kiosk/chot-kiosk-setup.8"; do
		is "$(basename "$page") is sound" \
		    "$(mandoc -T lint -W warning "$page")" ""
	done
fi

# PAGE PATTERN: a line of its source matches; \& and \- are not looked at.
page_has() {
	sed -e 's/\\&//g' -e 's/\\-/-/g' "$SRCDIR/man/$1" | grep -Eq -e "$2"
}

# The grammar in the manual is the one that tests hold the code to.
sed -n '/^\.Sh GRAMMAR/,/^\.Ed/p' "$SRCDIR/man/chot-credential.7" |
    sed -n '/^message/,/^\.Ed/p' | sed -e '/^\.Ed/d' -e 's/\\-/-/g' \
    -e 's/\\e/\\/g' >"$work/printed"
sed -n '/^message/,$p' "$SRCDIR/contrib/credential.cddl" >"$work/grammar"
ok "chot-credential(7) prints the grammar as it is" \
    cmp "$work/printed" "$work/grammar"

for command in $(chot --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	ok "chot(1) knows $command" page_has chot.1 "^\\.It Cm $command( |\$)"
	for option in $(chot "$command" --help |
	    grep -oE -- '--[a-z][a-z0-9-]*' | sort -u); do
		[ "$option" != --help ] || continue
		ok "chot(1) knows $command $option" \
		    page_has chot.1 "Fl -${option#--}( |\$)"
	done
done

# What a program takes, by its source, its help tells, and the manual knows.
options_of() { # SOURCE
	sed -n 's/^[	]*{ "\([a-z-]*\)", [a-z]*_argument,.*/--\1/p' "$SRCDIR/src/$1"
}
told() { # PROGRAM SOURCE PAGE: its help is in the file help
	for option in $(options_of "$2"); do
		[ "$option" != --version ] && [ "$option" != --help ] || continue
		ok "$1 tells of $option" grep -Eq -e "$option([^a-z-]|\$)" "$work/help"
		ok "$3 knows $1 $option" page_has "$3" "(Fl|,) (Fl )?-${option#--}( |,|\$)"
	done
}
for command in $(chot --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	chot "$command" --help >"$work/help"
	[ "$command" = sync ] || # becomes chot-sync, and takes less than that
		told "$command" "command/cmd_$command.c" chot.1
done
for program in chot-camera:reader/camera/main.c \
    chot-plates:reader/plate_main.c chot-hub:hub/options.c; do
	name=${program%:*}
	[ -x "$BUILDDIR/$name" ] || continue
	"$BUILDDIR/$name" --help >"$work/help"
	page=chot.1
	[ "$name" != chot-hub ] || page=chot-hub.8
	told "$name" "${program#*:}" "$page"
done

# An example each, of what there is: commands with their options.
sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$SRCDIR/man/chot.1" |
    sed -e 's/^\.Dl //' -e 's/\\&//g' -e 's/\\-/-/g' >"$work/examples"
for command in $(chot --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	ok "chot(1) has an example of $command" \
	    grep -Eq "(^|[ |])chot $command( |\$)" "$work/examples"
done
grep -oE 'chot [a-z]+ [^|]*' "$work/examples" >"$work/lines"
while read -r _ command rest; do
	help=$(chot "$command" --help)
	for word in $rest; do
		case $word in
		-?*) like "the example's $command $word is an option" "$help" \
		    "(^|[^a-z-])$word([^a-z-]|\$)" ;;
		esac
	done
done <"$work/lines"
# Those that need no device and no post are typed as they are printed.
mkdir "$work/typed"
cp "$SRCDIR"/contrib/policy/vietnam-2021.* "$work/typed"
sed -e 's/\\(dq/"/g' -e 's/\\en/\\n/g' -e '/^\./d' "$work/examples" |
    awk '{ sub(/^[$] /, ""); typed = typed $0 "\n" }
	/[|,]$/ { next } # goes on
	typed ~ /^openssl|chot (decode|judge|credential|policy test)/ { printf "%s", typed }
	{ typed = "" }' \
	>"$work/typed/examples"
is "there are such examples" \
    "$(grep -cE 'chot (decode|judge|credential|policy)' "$work/typed/examples")" 4
status "and they do what they say" 0 \
    sh -c "cd '$work/typed' && sh -e ./examples"
is "without a word of trouble" "$(grep -vc '^\.*$' "$work/err")" 0
for page in "$SRCDIR"/man/*.[18] "$SRCDIR/contrib/update/chot-update.8" \
    "$SRCDIR/contrib/debian/chot-kiosk/chot-kiosk-setup.8"; do
	ok "$(basename "$page") has an example" \
	    grep -A 9 '^\.Sh EXAMPLES' "$page" -q
	ok "$(basename "$page") tells how to call it" grep -q '^\.Sh SYNOPSIS' "$page"
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
# The tables of chot-credential(7) are those of the code.
credential=$SRCDIR/src/credential
kinds=$(sed -n 's/^\t\[CREDENTIAL_[A-Z_]*\] = "\(.*\)",$/\1/p' "$credential/credential.c")
for kind in $kinds; do
	ok "chot-credential(7) knows $kind" page_has chot-credential.7 "^\\.It $kind Ta "
done
is "and no other kind" "$(sed -n '/^\.It Sy kind/,/^\.El/s/^\.It \([a-z-]*\) Ta .*/\1/p' \
	"$SRCDIR/man/chot-credential.7" | sort)" "$(printf '%s\n' $kinds | sort)"
is "its algorithms" "$(sed -n 's/^\.It \([A-Z][A-Za-z]*[0-9A][0-9A]*\) Ta .*/\1/p' \
	"$SRCDIR/man/chot-credential.7" | tr 'a-z' 'A-Z' | sort -u)" \
	"$(sed -n 's/^\t{ ALG_\([A-Z0-9]*\), .*/\1/p' "$credential/crypto.c" | sort -u)"
for word in $(sed -n 's/.*warn(out, "\([a-z-]*\)").*/\1/p' "$credential"/*.c | sort -u); do
	ok "chot-credential(7) knows the warning $word" \
	    page_has chot-credential.7 "^\\.It Cm (.* , )?$word( |\$)"
	ok "the screen has words for $word" \
	    grep -q "{ \"$word\", N_(" "$SRCDIR/src/station/doubts.c"
done
done_testing
