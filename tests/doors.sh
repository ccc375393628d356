#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Watches over the rules of the house that no compiler knows: who may include
# whom, one foreign library in one file a room, pure rooms, one clock, files
# of a size to be read. HACKING.md has the rules; ARCHITECTURE.md the rooms.
set -u
cd "${SRCDIR:-.}" || exit 1
count=0
findings=$(mktemp) || exit 1
trap 'rm -f "$findings"' EXIT

# What a check printed goes to $findings: nothing is good.
report() { # NAME
	count=$((count + 1))
	if [ -s "$findings" ]; then
		echo "not ok $count - $1"
		sed 's/^/# /' "$findings"
	else
		echo "ok $count - $1"
	fi
}

sources=$(find src include tests/unit tests/tools tests/fuzz tests/bench \
    -name '*.[ch]' | sort)
modules=$(find src include -name '*.[ch]' | sort)
rooms=$(find src -mindepth 1 -maxdepth 1 -type d | sed 's|.*/||' | sort)

# Whose doors a room may enter, besides its own and base: data flows one way.
allowed() { # ROOM
	case $1 in
	base) echo ;;
	conf) echo ;;
	reader) echo "conf" ;;
	actuator) echo "conf reader" ;;
	credential) echo ;;
	register) echo "credential" ;;
	policy) echo ;;
	machine) echo ;;
	memory) echo ;;
	watch) echo "policy screen" ;;
	screen) echo policy ;;
	outbox) echo ;;
	sync) echo "conf memory outbox register" ;;
	hub) echo "memory register outbox credential sync" ;;
	station) echo "actuator conf credential machine outbox policy reader register screen" ;;
	command) echo "$rooms" ;;
	*) echo "- no row for room $1 in tests/doors.sh" ;;
	esac
}

includes() { # FILE: what it includes in quotes
	sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$1"
}

check_include() { # ROOM FILE HEADER
	case $3 in
	*/*)
		echo "$2: \"$3\": a path leads past the doors"
		return
		;;
	esac
	[ ! -f "$(dirname "$2")/$3" ] || return # a room's own
	door=${3%.h}
	door=${door%%_*} # a room may have a second door: ROOM_WHAT.h
	[ -f "include/$3" ] || {
		echo "$2: \"$3\" is no door and not in its own folder"
		return
	}
	case " $1 base $(allowed "$1" | tr '\n' ' ') " in
	*" $door "*) return ;;
	esac
	echo "$2: room $1 may not include \"$3\""
}

for room in $rooms; do
	{
		files=$(find "src/$room" -name '*.[ch]' | sort)
		[ ! -f "include/$room.h" ] || files="$files include/$room.h"
		for file in $files; do
			for header in $(includes "$file"); do
				check_include "$room" "$file" "$header"
			done
		done
		[ -f "include/$room.h" ] || [ "$room" = command ] ||
			echo "src/$room has no door include/$room.h"
	} >"$findings"
	report "$room enters other rooms by their doors, and only those it may"
done

for door in include/*.h; do
	room=$(basename "$door" .h)
	[ -d "src/${room%%_*}" ] || echo "$door is a door without a room"
done >"$findings"
report "each door has a room"

# A unit test sees doors, test.h and the parts of rooms.
for file in $(find tests/unit tests/fuzz tests/bench tests/tools -name '*.[ch]'); do
	for header in $(includes "$file"); do
		case $header in
		test.h | ../../src/*/*.h) ;;
		*) [ -f "include/$header" ] || [ -f "$(dirname "$file")/$header" ] ||
			find src -name "$header" | grep -q . ||
			echo "$file: \"$header\"" ;;
		esac
	done
done >"$findings"
report "tests include doors and parts"

# ---- foreign libraries ---------------------------------------------------------

# LIBRARY HEADERS (extended regular expression)
libraries='confuse:confuse\.h
jansson:jansson\.h
libcbor:cbor(/.*)?\.h
libcrypto:openssl/([^s]|s[^s]).*
libssl:openssl/ssl\.h
libcurl:curl/.*
libjpeg:j(peglib|error)\.h
libmicrohttpd:microhttpd\.h
libpng:png\.h
libpq:libpq.*
libqrencode:qrencode\.h
libserialport:libserialport\.h
libsodium:sodium(/.*)?\.h
sqlite:sqlite3\.h
zbar:zbar\.h
zlib:zlib\.h'

echo "$libraries" | while IFS=: read -r name headers; do
	for room in $rooms; do
		users=$(grep -lE "^[ 	]*#[ 	]*include[ 	]*<$headers>" \
		    $(find "src/$room" -name '*.[ch]' ! -path '*/camera/*') \
		    /dev/null)
		[ "$(echo "$users" | grep -c .)" -le 1 ] ||
			echo "$room: $name in $(echo "$users" | tr '\n' ' ')"
	done
done >"$findings"
report "a room keeps each foreign library in one file"

grep -lE '#[ 	]*include[ 	]*<n?curses(w/.*)?\.h>|include <(panel|form|menu)\.h>' \
    $sources | grep -v '^src/screen/' >"$findings"
report "ncurses is in the room screen alone"

grep -lE '#[ 	]*include[ 	]*<(zbar|png|jpeglib)\.h>' $sources |
	grep -Ev '^src/reader/camera/|^tests/' >"$findings"
report "zbar and pictures are in chot-camera alone"

grep -lE '#[ 	]*include[ 	]*<[^>]*\.h>' include/*.h | while read -r door; do
	grep -HnE '#[ 	]*include[ 	]*<(curses|sqlite3|jansson|sodium|zbar|png|confuse|libserialport|cbor|zlib|openssl/.*)\.?h?>' "$door"
done >"$findings"
report "no door shows a foreign library"

# ---- purity --------------------------------------------------------------------

clocks='\b(clock_gettime|gettimeofday|time|localtime|localtime_r|mktime|ftime)[ 	]*\('

# Comments and strings do not count; "clock_time(" and the like neither.
code() { # FILE: its code with line numbers, comments and strings left out
	sed -e 's|"\([^"\\]\|\\.\)*"|""|g' -e 's|/\*.*\*/||' "$1" |
		awk '/\/\*/ { inside = 1; sub(/\/\*.*/, "") }
		    { if (!inside) print NR ":" $0; else if (/\*\//) inside = 0 }'
}

grep_code() { # PATTERN FILE...
	pattern=$1
	shift
	for file in "$@"; do
		code "$file" | grep -E -e "$pattern" | sed "s|^|$file:|"
	done
}

grep_code "$clocks" $(find src include -name '*.[ch]' ! -path 'src/command/*' \
    ! -path src/base/loop.c ! -path 'src/reader/camera/main.c') >"$findings"
report "only loop.c and command read a clock"

pure=$(find src/credential src/policy -name '*.[ch]')
[ ! -f src/station/session.c ] || pure="$pure src/station/session.c"
grep_code '\b(fopen|open|openat|freopen|creat|socket|connect|getenv|system|popen|fork)[ 	]*\(' $pure >"$findings"
report "credential, policy and session are pure: no files, no network"

grep_code '\bpthread_create|thrd_create' $(find src -name '*.c') >"$findings"
report "no threads"

# ---- files ---------------------------------------------------------------------

for file in $sources configure.ac Makefile.am \
    $(find tests contrib .ci -type f \( -name '*.sh' -o -name run -o -name quickstart \)); do
	head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' ||
		echo "$file"
done >"$findings"
report "each source opens with its licence"

for file in $modules; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 500 ] || echo "$file: $lines lines: it is two modules"
done >"$findings"
report "no module is longer than 500 lines"

grep -nE '\b(sleep|usleep|nanosleep)[ 	]*\(' tests/unit/*.[ch] >"$findings"
report "no unit test sleeps"

# ARCHITECTURE.md, the tables of states: the last column names tests.
awk -F ' *[|] *' '
    /^[|] state [|] event [|] then [|] test [|]$/ { rows = 1; next }
    !/^[|]/ { rows = 0 }
    rows && !/^[|]---/ { print $5 == "" ? "none:" $2 : $5 }' ARCHITECTURE.md |
tr -d ' ' | tr ',' '\n' | sort -u | while read -r name; do
	[ -f "tests/flow/$name" ] || grep -q "^test_$name(" tests/unit/*.c ||
		echo "$name: no such test"
done >"$findings"
report "each row of a table of states has its test"

grep -oh '\bTOOLS[A-Z_]* +=.*' Makefile.am | tr ' ' '\n' >"$findings.tools"
for tool in $(grep -oh 'BUILDDIR/tests/tools/[a-z0-9-][a-z0-9-]*\(\.so\)*' tests/flow/*.sh |
    sed 's|BUILDDIR/||' | sort -u); do
	grep -qx "$tool" "$findings.tools" || echo "$tool"
done >"$findings"
rm -f "$findings.tools"
report "what the flows play with is built before them"

grep -nE '[ 	]+$' $sources | head -n 20 >"$findings"
report "no space ends a line"

echo "1..$count"
