# SPDX-License-Identifier: GPL-3.0-or-later
# What the flows share that let memory run out. Read after lib.sh.
#
# Each request for memory that a program makes is refused in a run of its own:
# CHOT_LONG=1 goes from the first until the program ends by itself. The short
# version refuses callers once, and only some of them.

lib=$BUILDDIR/tests/tools/faultlib.so
LD_PRELOAD=$lib chot --version >/dev/null 2>&1 ||
	skip_all "this build has its own malloc()"
: >"$work/stacks" # who has asked so far

# EVERY: the requests to refuse of those in $work/requests ("N STACK"): of
# callers who ask for the first time each EVERY-th.
requests_to_refuse() {
	awk -v stacks="$work/stacks" -v every="$1" '
	BEGIN {
		while ((getline <stacks) > 0)
			asked[$1] = 1
		close(stacks)
	}
	!asked[$2]++ {
		print $2 >>stacks
		if (++fresh % every == 0)
			print $1
	}' "$work/requests"
}

# VARIABLE=VALUE COMMAND...: with it in the environment of faultlib; $fault_name
# says in which of the processes that are started, all when it is empty.
fault_name=
with_fault() (
	export LD_PRELOAD="$lib" FAULT_LOG="$work/log" "$1"
	[ -z "$fault_name" ] || export FAULT_NAME="$fault_name"
	shift
	"$@"
)

# ---- one program, again and again ---------------------------------------------------

# EVERY COMMAND...: after the last its first requests are looked at, and what
# begins it is ready. $work/in is what it is going to read.
begin_requests() {
	every=$1 n=0 tried=0
	shift
	if [ -z "${CHOT_LONG:-}" ]; then
		rm -f "$work/requests"
		with_fault FAULT_LIST="$work/requests" "$@" <"$work/in" \
		    >"$work/got" 2>&1
		requests_to_refuse "$every" >"$work/numbers"
		exec 5<"$work/numbers"
	fi
	on_terminal_now || serve_requests "$@"
}

# Once started, it has nothing to load again for each request.
serve_requests() { # COMMAND...
	rm -f "$work/each-ask" "$work/each-told"
	mkfifo "$work/each-ask" "$work/each-told"
	with_fault FAULT_EACH="$work/" "$@" <"$work/each-ask" >"$work/each-told" &
	server=$!
	exec 3>"$work/each-ask" 4<"$work/each-told"
}

# The next to refuse into $n, or it fails: behind the last of them. That is
# where nothing struck any more, in the long version.
next_request() {
	if [ -z "${CHOT_LONG:-}" ]; then
		read -r n <&5
	else
		[ "$n" -eq 0 ] || [ -s "$work/log" ] || return
		n=$((n + 1))
	fi
}

# COMMAND...: $n is refused, $ended is its end. Equal ends with equal words have
# the same $sum. Fails when another process than that time made the request.
refuse_request() {
	: >"$work/log"
	if on_terminal_now; then
		with_fault FAULT_MALLOC="$n" "$@" >"$work/got" 2>"$work/said"
		ended=$? sum=$n
		cp "$work/got" "$work/said"
	else
		echo "$n" >&3
		read -r ended sum <&4 || ended=gone sum=$n
	fi
	[ -s "$work/log" ] && tried=$((tried + 1))
}

end_requests() {
	exec 3>&- 4<&- 5<&-
	on_terminal_now || wait "$server"
	diag "$words: $tried requests were refused"
}

# ---- commands -----------------------------------------------------------------------

# Figures of a status, keys, salts and times are others the next time.
figures_apart() { # FILE
	case $words in
	"chot key badge"*) sed 's/ .*//' "$1" ;;
	"chot key seal"*) sed 's/ key [0-9a-f]*/ key/' "$1" ;;
	"chot key trust import"*) sed 's/, of 20.*//' "$1" ;; # today
	"chot key pin"*) sed 's/p=1.*/p=1/' "$1" ;;
	"chot-hub s"*-key*) sed 's/ [0-9a-f]\{16,\}//' "$1" ;;
	"chot status"* | "chot register"* | "chot watch"* | "chot machine"* | \
	"chot-hub notices"* | "chot-hub publish"*)
		sed 's/[0-9][0-9.]*//g' "$1" ;;
	*) cat "$1" ;;
	esac
}

# An answer may say in words that a part of it could not be had.
same_or_said() {
	[ "$(figures_apart "$work/want")" = "$(figures_apart "$work/got")" ] ||
		grep -Eiq '(out of|no|insufficient) memory' "$work/got"
}

# zbar looks at nothing that it gets from malloc(). Its process is there to be
# lost: nothing but what it has seen was printed before.
zbar_fell() {
	case $words in
	chot-camera*) cmp -n "$(stat -c %s "$work/got")" "$work/got" "$work/want" ;;
	*) false ;;
	esac
}

nothing_made() {
	for file in "$work"/made[!.]* "$work"/made.[!d]* "$work"/made.d/*; do
		[ ! -e "$file" ] || return
	done
}

# What it made, one a line with what shows that it is whole.
# What is named .part says itself that it is not.
made() {
	nothing_made || find "$work"/made* -type f ! -name '*.part' ! -name '*.db*' | sort | while read -r file; do
		case ${file##*/} in
		*.tar) echo "$file $(tar tf "$file" 2>&1 | tr '\n' ' ')" ;;
		chot-*) echo "${file##*.} $("$BUILDDIR/tests/tools/bundle" \
		    check "$file" 2>&1)" ;;
		*.svg) echo "$file $(tail -n 1 "$file")" ;; # its code is another
		badge-*) echo "badge $(wc -c <"$file")" ;;
		*) echo "$file $(wc -c <"$file")" ;;
		esac
	done
}

# STATUS: all of it, or none where that is said; nothing is there in half. A key
# to seal with comes with the one that opens, or what is sealed is lost.
made_whole() {
	made >"$work/got_made"
	[ -s "$work/want_made" ] || [ -s "$work/got_made" ] || return 0
	case $1 in
	0) cmp -s "$work/want_made" "$work/got_made" ||
		grep -Eiq '(out of|no|insufficient) memory' "$work/got" ;;
	*) [ -z "$(comm -13 "$work/want_made" "$work/got_made")" ] && {
		[ ! -e "$work/made.pub" ] || [ -e "$work/made.key" ]
	   } ;;
	esac
}

# A slip that is told to be printed is on the paper.
printed_as_told() {
	[ "$input" = /dev/null ] || ! grep -q '^done 1' "$work/got" || cmp -s "$work/paper" "$work/want_paper"
}

# What is started has a screen: $template says so, "<key KEY".
on_terminal_now() {
	case $template in
	*"<key "*) true ;;
	*) false ;;
	esac
}

# Whoever draws on the other screen of a terminal gives it back.
terminal_is_back() {
	[ "$(grep -o '\[?1049h' "$work/got" | wc -l)" -eq \
	    "$(grep -o '\[?1049l' "$work/got" | wc -l)" ]
}

# KEY COMMAND...: on a terminal, the key pressed until it ends.
on_terminal() {
	key=$1
	shift
	# shellcheck disable=SC2059
	while sleep 0.1 && printf "$key"; do :; done |
		timeout 20 script -qefc "$*" /dev/null
}

anew() {
	: >"$work/paper"
	[ -d "$work/made.d" ] && nothing_made || {
		rm -rf "$work"/made*
		mkdir "$work/made.d"
	}
	case $template in
	"key badge "* | "outbox import "*) cp -R "$post/state/." "$work/made.d" ;;
	esac
}

# Without memory libconfuse and its scanner end the process in their own ways.
# The configuration is read apart for that; a pack is not, and what counts there
# is that they end it.
pack_fell() { # STATUS
	case $words in
	*judge* | *policy* | *plain* | *demo* | "chot config check CONF") ;;
	*) return 1 ;;
	esac
	case $1 in
	2) grep -q '^out of dynamic memory in yy' "$work/said" ;;
	134) grep -q 'lexer.l.*Assertion' "$work/said" ;;
	139) grep -q libconfuse "$work/log" ;;
	*) false ;;
	esac
}

# So does glibc when libpq asks it who the user is.
names_fell() { # STATUS
	case $words in
	chot-hub*) ;;
	*) return 1 ;;
	esac
	case $1 in
	134) grep -q 'nss_.*Assertion' "$work/said" ;;
	139) grep -q libc.so "$work/log" ;;
	*) false ;;
	esac
}

# STATUS: is what came of it as it should be?
fair() {
	! on_terminal_now || terminal_is_back || return 1
	case $1 in
	"$undisturbed") on_terminal_now || same_or_said ||
		{ [ "$1" -ne 0 ] && test -s "$work/said"; } ;;
	64 | 65 | 69 | 75 | 77 | 78) test -s "$work/said" ;;
	*) pack_fell "$1" || names_fell "$1" || { [ "$1" -eq 139 ] && zbar_fell; } ;;
	esac
}

# Of some most requests are those of a library, or they take long.
every_of() {
	case $words in
	"chot demo"*) echo 60 ;;
	"chot credential issue -k"* | "chot key pin"*) echo 20 ;;
	*) echo 8 ;;
	esac
}

# It is fair, or was when the same came of another request.
found_fair() {
	case $fair_sums in
	*" $sum "*) ;;
	*) fair "$ended" && fair_sums="$fair_sums$sum " ;;
	esac
}

at_every_request() { # COMMAND...
	cat "$input" >"$work/in"
	anew
	"$@" >"$work/want" 2>"$work/err" <"$work/in"
	undisturbed=$?
	made >"$work/want_made" 2>/dev/null
	cp "$work/paper" "$work/want_paper"
	anew
	unfair=0 fair_sums=" "
	begin_requests "$(every_of)" "$@"
	while [ $unfair -lt 5 ] && next_request; do
		anew
		refuse_request "$@" || continue
		found_fair && made_whole "$ended" && printed_as_told || {
			unfair=$((unfair + 1))
			diag "request $n: status $ended $(head -n 1 "$work/said")"
			on_terminal_now ||
			diag "$(diff "$work/want" "$work/got" | head -n 6)"
			diag "$(diff "$work/want_made" "$work/got_made")"
		}
	done
	end_requests
	[ "$undisturbed" -eq 0 ] || diag "with memory it ends with $undisturbed"
	[ $unfair -eq 0 ]
}

# One command a line: CONF, WORK and SRC stand for what they say, "<FILE" for
# what it reads, "<key KEY" for a terminal.
try_commands() {
	while read -r words; do
		template=$words
		case $words in
		chot-*) ;;
		*) words="chot $words" ;;
		esac
		input=/dev/null
		case $words in
		*" <key "*) key=${words#* <key } words=${words% <key*} ;;
		*" <"*) input=$work/${words#* <} words=${words% <*} ;;
		esac
		fault_name=
		case $template in # who asks, not whom
		watch* | *"<key "*) fault_name=${template%% *} ;;
		esac
		set -- $(echo "$words" | sed "s|CONF|-c $conf|; s|WORK|$work|g; s|SRC|$SRCDIR|g")
		! on_terminal_now || set -- on_terminal "$key" "$@"
		ok "$words" at_every_request "$@"
	done
}
