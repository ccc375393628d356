# SPDX-License-Identifier: GPL-3.0-or-later
# The guides: their pictures are of screens that there are, their keys are
# keys, their commands and options are those of the programs, and both
# languages of a guide say the same.
. "$SRCDIR/tests/flow/lib.sh"

guides=$SRCDIR/contrib/guides
keys=$(sed -n '/default_keys\[\]/,/^}/s/^	"[a-z-]* \(.*\)",$/\1/p' \
    "$SRCDIR/src/screen/bindings.c" | tr ' ' '\n')
like "there are keys" "$keys" '^Enter$'

all() { # TAG FILE: what is between the tags, one a line
	grep -o "<$1>[^<]*</$1>" "$2" | sed "s/<[^>]*>//g"
}

for guide in "$guides"/*.html; do
	name=$(basename "$guide" .html)
	language=${name##*-}
	for screen in $(sed -n 's/.*<screen name="\([^"]*\)".*/\1/p' "$guide"); do
		ok "$name: there is a screen $screen" test -s \
		    "$SRCDIR/tests/screens/$screen-$language-80x24.screen"
	done
	is "$name: every key is one" "$(all kbd "$guide" | sort -u |
	    grep -vxF -e "$keys")" ""
	made=$BUILDDIR/guides/$name.html
	is "$name: all pictures are in it" "$(grep -c '<svg ' "$made")" \
	    "$(grep -c '<screen ' "$guide")"
	# A space that is not drawn would stretch what comes after it.
	is "$name: no word begins with a space" \
	    "$(grep -c '<text[^>]*> ' "$made")" 0
	unlike "$name: nothing is fetched from elsewhere" \
	    "$(cat "$made")" '(src|href)='
done

# A command's words: the line of <code> and <pre> that begins with it.
for guide in "$guides"/*.html; do
	all code "$guide"
	sed -n '/<pre>/,/<\/pre>/p' "$guide" | sed 's/<[^>]*>//g; s/#.*//'
done | grep -E '^ *(chot|chot-hub) [a-z]' | sed 's/^ *//' | sort -u >"$work/lines"
while read -r program command rest; do
	if [ "$program" = chot ]; then
		help=$(chot "$command" --help 2>&1)
	else
		help=$(chot-hub --help 2>&1)
		printf '%s\n' "$help" | grep -q "^  $command " || help=
	fi
	like "$program $command is a command" "$help" "usage: $program"
	for word in $rest; do
		case $word in
		--*) like "$program $command $word is an option" "$help" \
		    "(^|[^a-z])$word([^a-z-]|\$)" ;;
		esac
	done
done <"$work/lines"

steps=$(all b "$guides/installer-en.html" | sort)
is "the steps of the set-up are those of chot setup" "$steps" \
    "$(chot setup --list | awk '{ print $1 }' | sort)"

is "an officer's guide has four pages" \
    "$(grep -c '<section>' "$guides/officer-vi.html")" 4
# Where a browser can print: every page of it on one sheet.
for language in vi en; do
	printed=$work/officer-$language.pdf
	if command -v chromium >/dev/null && timeout 60 chromium --headless \
	    --no-sandbox --user-data-dir="$work/browser" --no-pdf-header-footer \
	    --print-to-pdf="$printed" "file://$BUILDDIR/guides/officer-$language.html" \
	    >"$work/out" 2>&1; then
		is "printed, they are four sheets: $language" \
		    "$(grep -ac '/Type /Page$' "$printed")" 4
	fi
done
for tag in kbd section; do
	is "both languages have the same: $tag" \
	    "$(grep -o "<$tag>[^<]*" "$guides/officer-vi.html")" \
	    "$(grep -o "<$tag>[^<]*" "$guides/officer-en.html")"
done
is "and the same pictures" "$(grep -o '<screen [^>]*' "$guides/officer-vi.html")" \
    "$(grep -o '<screen [^>]*' "$guides/officer-en.html")"

# Words of the screen that the guide names are words of the screen.
for word in 'ĐƯỢC QUA' 'KIỂM TRA' 'DỪNG LẠI' 'CHƯA GHI' 'Đã ghi'; do
	ok "the program says $word" grep -q "$word" "$SRCDIR/po/vi.po"
done
# A picture is the screen: the words of its first line are in it.
first=$(sed -n 1p "$SRCDIR/tests/screens/pass-vi-80x24.screen" | tr -s ' │' '\n\n' | sed -n 2p)
like "a picture has the words of its screen" \
    "$(cat "$BUILDDIR/guides/officer-vi.html")" "<text .*$first"
done_testing
