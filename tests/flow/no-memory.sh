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

# Figures of a status and times are others the next time.
figures_apart() { # FILE
	case $words in
	"chot status"* | "chot register"*) sed 's/[0-9][0-9.]*//g' "$1" ;;
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

# STATUS: is what came of it as it should be? libconfuse and its scanner end
# the process in their own ways; what counts is that they end it.
fair() {
	case $1 in
	0) [ "$undisturbed" -eq 0 ] && same_or_said ;;
	64 | 65 | 69 | 75 | 77 | 78) test -s "$work/said" ;;
	2) grep -q '^out of dynamic memory in yy' "$work/said" ;;
	134) grep -q 'lexer.l.*Assertion' "$work/said" ;;
	139) grep -q libconfuse "$work/log" || zbar_fell ;;
	*) false ;;
	esac
}

at_every_request() { # COMMAND...
	"$@" >"$work/want" 2>"$work/err" </dev/null
	undisturbed=$?
	n=$first unfair=0
	while [ $unfair -lt 5 ]; do
		rm -f "$work/log"
		(
			FAULT_LOG=$work/log FAULT_MALLOC=$n LD_PRELOAD=$lib
			export FAULT_LOG FAULT_MALLOC LD_PRELOAD
			exec "$@"
		) >"$work/got" 2>"$work/said" </dev/null
		ended=$?
		[ -s "$work/log" ] || break
		if ! fair $ended; then
			unfair=$((unfair + 1))
			diag "request $n: status $ended $(head -n 1 "$work/said")"
			diag "$(diff "$work/want" "$work/got" | head -n 6)"
		fi
		n=$((n + step))
	done
	[ $unfair -eq 0 ] && [ $n -gt $first ]
}

# The shell would tell of each that was killed.
exec 2>"$work/killed"
while read -r words; do
	case $words in
	chot-hub*) first=1 ;; # it takes little before its own work
	chot-*) ;;
	*) words="chot $words" ;;
	esac
	# shellcheck disable=SC2086
	ok "$words" at_every_request \
	    $(echo "$words" | sed "s|CONF|-c $conf|; s|WORK|$work|g; s|SRC|$SRCDIR|g")
	[ $step -eq 1 ] || first=190
done <<'COMMANDS'
--help
config check CONF
config print CONF
config template
credential issue --help
decode -k SRC/tests/credentials WORK/card
devices --help
judge -p SRC/contrib/policy/event-door.conf WORK/facts
key list CONF
outbox count CONF
outbox list CONF
outbox show --key WORK/site.key CONF
outbox verify CONF
policy check SRC/contrib/policy/event-door.conf
policy explain SRC/contrib/policy/event-door.conf
policy facts
policy test SRC/contrib/policy/event-door.conf
read scanner trace:SRC/tests/traces/scanner-cr.trace
register import WORK/list.csv CONF
register show 094300000123 CONF
register verify CONF
status CONF
status --json CONF
sync --help
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
