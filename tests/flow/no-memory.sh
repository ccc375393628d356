# SPDX-License-Identifier: GPL-3.0-or-later
# Memory runs out at every request of every command: the answer is the same,
# or there is none and one line says why; never half of one that looks whole.
# CHOT_LONG=1 tries every request; otherwise some, and those of the start, which
# all commands have in common, only once.
. "$SRCDIR/tests/flow/lib.sh"

lib=$BUILDDIR/tests/tools/faultlib.so
LD_PRELOAD=$lib chot --version >/dev/null 2>&1 ||
	skip_all "this build has its own malloc()"
step=17 first=1
[ -z "${CHOT_LONG:-}" ] || step=1
export TZ=UTC

post=$work/post
conf=$post/chot.conf
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$work/site.key"
cat >"$conf" <<-EOF2
	station { id = "ST-MEMORY"  name = "Memory"  language = "en" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "trace:$SRCDIR/tests/traces/scanner-cr.trace" } }
EOF2
serve() {
	chot recorder "$post/state/outbox.db" ST-MEMORY "$post/state/keys/site.pub"
}
{
	echo "hello 1 5eed"
	echo 'put 1 {"schema":1,"type":"crossing","n":1}'
} | serve >/dev/null
echo '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên|10052021' >"$work/card"
echo '{"temperature":38.5,"id_kind":"cccd"}' >"$work/facts"
printf 'id,status,since,ends,source\n094300000123,F1,2021-10-12,2021-11-02,CDC\n' >"$work/list.csv"
chot register import "$work/list.csv" -c "$conf" >/dev/null # makes its key

echo '{"kind":"slip","record":"ST-QL1A/7f3a91c2/123","people":2,"iat":1634258400}' \
    >"$work/slip.json"
for degrees in 36.5 38.5; do
	echo "{\"type\":\"crossing\",\"facts\":{\"temperature\":$degrees},\"verdict\":\"pass\"}"
done >"$work/judged"
{
	cat "$conf"
	echo 'lane "2" { scaner = "nowhere" }'
} >"$work/bad.conf"

# What some commands read on standard input.
echo 2468 >"$work/pin"
printf 'ST-OTHER\nOther\n' >"$work/name"
echo 'look 1 VNM:PIN:094300000123 - -' >"$work/looks"
echo 'tone 1' >"$work/sounds"
echo 'open 1 200' >"$work/opens"
echo 'slip 1 {"record":"ST-QL1A/7f3a91c2/123","number":1,"lines":["Mời qua"]}' \
    >"$work/slips"

mkdir "$work/pictures"
cp "$SRCDIR/tests/camera/cccd-easy.png" "$work/pictures/"
PGHOST=$work/no-server # a hub without PostgreSQL: the way to it counts
export PGHOST
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$work/post.key" -out "$work/post.pem" -subj /CN=ST-MEMORY 2>/dev/null
{
	cat "$conf"
	echo "hub { url = \"https://127.0.0.1:9\" certificate = \"$work/post.pem\"
	  key = \"$work/post.key\" ca = \"$work/post.pem\"
	  seal = \"$post/state/keys/site.pub\" }"
} >"$work/no-hub.conf"

# Figures of a status, keys, salts and times are others the next time.
figures_apart() { # FILE
	case $words in
	"chot key seal"*) sed 's/ key [0-9a-f]*/ key/' "$1" ;;
	"chot key pin"*) sed 's/p=1.*/p=1/' "$1" ;;
	"chot status"* | "chot register"* | "chot watch"* | "chot machine"*)
		sed 's/[0-9][0-9.]*//g' "$1" ;;
	*) cat "$1" ;;
	esac
}

# An answer may say in words that a part of it could not be had.
same_or_said() {
	[ "$(figures_apart "$work/want")" = "$(figures_apart "$work/got")" ] ||
		grep -q 'out of memory' "$work/got"
}

# zbar looks at nothing that it gets from malloc(). Its process is there to be
# lost: nothing but what it has seen was printed before.
zbar_fell() {
	case $words in
	chot-camera*) cmp -n "$(stat -c %s "$work/got")" "$work/got" "$work/want" ;;
	*) false ;;
	esac
}

# What it made, one a line with what shows that it is whole.
# What is named .part says itself that it is not.
made() {
	find "$work"/made* -type f ! -name '*.part' | sort | while read -r file; do
		case $file in
		*.tar) echo "$file $(tar tf "$file" 2>&1 | tr '\n' ' ')" ;;
		*/chot-*) echo "${file##*.} $("$BUILDDIR/tests/tools/bundle" \
		    check "$file" 2>&1)" ;;
		*) echo "$file $(wc -c <"$file")" ;;
		esac
	done
}

# STATUS: all of it, or none where that is said; nothing is there in half. A key
# to seal with comes with the one that opens, or what is sealed is lost.
made_whole() {
	case $template in
	*WORK/made*) made >"$work/got_made" ;;
	*) return 0 ;;
	esac
	case $1 in
	0) cmp -s "$work/want_made" "$work/got_made" ||
		grep -q 'out of memory' "$work/got" ;;
	*) [ -z "$(comm -13 "$work/want_made" "$work/got_made")" ] && {
		[ ! -e "$work/made.pub" ] || [ -e "$work/made.key" ]
	   } ;;
	esac
}

# A slip that is told to be printed is on the paper.
printed_as_told() {
	[ "$input" = /dev/null ] || ! grep -q '^done 1' "$work/got" || cmp -s "$work/paper" "$work/want_paper"
}

anew() {
	: >"$work/log"
	case $template in
	*WORK/made*) rm -rf "$work"/made* && mkdir "$work/made.d" ;;
	*WORK/paper*) : >"$work/paper" ;;
	esac
}

# STATUS: is what came of it as it should be? libconfuse and its scanner end
# the process in their own ways; what counts is that they end it.
fair() {
	case $1 in
	"$undisturbed") same_or_said ||
		{ [ "$1" -ne 0 ] && test -s "$work/said"; } ;;
	64 | 65 | 69 | 75 | 77 | 78) test -s "$work/said" ;;
	2) grep -q '^out of dynamic memory in yy' "$work/said" ;;
	134) grep -q 'lexer.l.*Assertion' "$work/said" ;;
	139) grep -q libconfuse "$work/log" || zbar_fell ;;
	*) false ;;
	esac
}

# Of some most requests are those of a library, or they take long.
stride_of() {
	case $words in
	"chot demo"*) echo $((step * 30)) ;;
	"chot credential issue -k"* | "chot key pin"*) echo $((step * 5)) ;;
	"chot setup"* | "chot support"* | "chot outbox "[es]*)
		echo $((step * 3)) ;;
	*) echo $step ;;
	esac
}

at_every_request() { # COMMAND...
	: >"$work/paper"
	anew
	"$@" >"$work/want" 2>"$work/err" <"$input"
	undisturbed=$?
	made >"$work/want_made" 2>/dev/null
	cp "$work/paper" "$work/want_paper"
	n=$first unfair=0 stride=$step
	[ $step -eq 1 ] || stride=$(stride_of)
	while [ $unfair -lt 5 ]; do
		anew
		(
			FAULT_LOG=$work/log FAULT_MALLOC=$n LD_PRELOAD=$lib
			export FAULT_LOG FAULT_MALLOC LD_PRELOAD
			[ "$2" != watch ] || export FAULT_NAME=watch # who asks
			exec "$@"
		) >"$work/got" 2>"$work/said" <"$input"
		ended=$?
		[ -s "$work/log" ] || break
		fair $ended && made_whole $ended && printed_as_told || {
			unfair=$((unfair + 1))
			diag "request $n: status $ended $(head -n 1 "$work/said")"
			diag "$(diff "$work/want" "$work/got" | head -n 6)"
			diag "$(diff "$work/want_made" "$work/got_made")"
		}
		n=$((n + stride))
	done
	diag "$words: to request $n"
	[ $unfair -eq 0 ] && [ $n -gt $first ]
}

# The shell would tell of each that was killed.
exec 2>"$work/killed"
while read -r words; do
	template=$words
	case $words in
	chot-hub*) first=1 ;; # it takes little before its own work
	chot-*) ;;
	*) words="chot $words" ;;
	esac
	input=/dev/null
	case $words in
	*" <"*) input=$work/${words#* <} words=${words% <*} ;;
	esac
	case $words in
	"chot key"*) first=1 ;; # it takes little altogether
	esac
	# shellcheck disable=SC2086
	ok "$words" at_every_request \
	    $(echo "$words" | sed "s|CONF|-c $conf|; s|WORK|$work|g; s|SRC|$SRCDIR|g")
	[ $step -eq 1 ] || first=190
done <<'COMMANDS'
--help
config check CONF
config check -c WORK/bad.conf
config print CONF
config template
credential issue --help
credential issue -k SRC/tests/credentials/test-key.pem WORK/slip.json
decode -k SRC/tests/credentials WORK/card
demo
devices --help
display CONF
drive printer lp:WORK/paper,width=58 <slips
drive relay serial:WORK/none <opens
drive sound lp:WORK/paper <sounds
errand /bin/true
judge -p SRC/contrib/policy/event-door.conf WORK/facts
key list CONF
key badge WORK/made
key pin <pin
key seal WORK/made
key trust list CONF
lookup WORK/post/state/register.db WORK/post/state/keys/register.key <looks
machine / WORK/machine
outbox count CONF
outbox export WORK/made.d -c WORK/no-hub.conf
outbox list CONF
outbox salvage WORK/post/state/outbox.db WORK/made.d -c WORK/no-hub.conf
outbox show --key WORK/site.key CONF
outbox verify CONF
policy check SRC/contrib/policy/event-door.conf
policy explain SRC/contrib/policy/event-door.conf
policy facts
policy simulate SRC/contrib/policy/event-door.conf WORK/judged
policy test SRC/contrib/policy/event-door.conf
read scanner trace:SRC/tests/traces/scanner-cr.trace
register import WORK/list.csv CONF
register show 094300000123 CONF
register verify CONF
roster WORK/post/state
setup --list
setup -c WORK/made.conf name <name
status CONF
status --json CONF
support -o WORK/made.tar CONF
sync --help
watch --once CONF
chot-camera images:WORK/pictures
chot-sync --now -c WORK/no-hub.conf
chot-hub migrate
COMMANDS
ok "and the records are as they were" chot outbox verify -c "$conf"

# Whatever it was doing, the recorder has not told a lie: what it called done
# is there, also when it had no memory.
told_is_kept() {
	sed -n 's/^done [0-9]* //p' "$1" | sort >"$work/told"
	chot outbox list -c "$conf" | awk '{ print $1 }' | sort >"$work/kept"
	[ -z "$(comm -23 "$work/told" "$work/kept")" ] &&
		chot outbox verify -c "$conf" >/dev/null 2>&1
}
lies=0 n=$first run=1
while :; do
	rm -f "$work/log"
	run=$((run + 1))
	{
		echo "hello 1 $(printf %x $run)"
		for i in 1 2 3; do
			echo "put $i {\"schema\":1,\"n\":$i}"
		done
	} | (
		FAULT_LOG=$work/log FAULT_MALLOC=$n LD_PRELOAD=$lib
		export FAULT_LOG FAULT_MALLOC LD_PRELOAD
		serve
	) >"$work/answers"
	[ -s "$work/log" ] || break
	told_is_kept "$work/answers" || lies=$((lies + 1))
	n=$((n + step * 4))
done
diag "the recorder was tried to request $n"
is "a recorder without memory tells no lie" $lies 0

# The station itself, its children undisturbed: it goes on without, or ends
# (the kiosk starts it again), and the chain on disk is whole.
bad=0 n=$first step_station=301
[ $step -gt 1 ] || step_station=7
while :; do
	rm -f "$work/log"
	sleep 0.5 | (
		FAULT_LOG=$work/log FAULT_MALLOC=$n LD_PRELOAD=$lib FAULT_NAME=--plain
		export FAULT_LOG FAULT_MALLOC LD_PRELOAD FAULT_NAME
		exec chot --plain -c "$conf"
	) >"$work/got" 2>"$work/said"
	ended=$?
	[ -s "$work/log" ] || break
	# What it says once its screen is there goes into its log.
	{ [ $ended -eq 0 ] || [ $ended -eq 75 ] || fair $ended; } &&
	    chot outbox verify -c "$conf" >/dev/null || {
		bad=$((bad + 1))
		diag "request $n: status $ended $(head -n 1 "$work/said")"
	}
	n=$((n + step_station))
done
diag "the station was tried to request $n"
is "a station without memory ends or goes on" $bad 0
done_testing
