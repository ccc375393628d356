# SPDX-License-Identifier: GPL-3.0-or-later
# Memory runs out at every request of every command: the answer is the same,
# or there is none and one line says why; never half of one that looks whole.
# CHOT_LONG=1 has all of them; what that is stands in memory-lib.sh.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/memory-lib.sh"
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

# A post that is changed lies where what was made is put away.
made=$work/made.d
sed "s|^state = .*|\tstate = \"$made\"|" "$conf" >"$work/other.conf"
made_list() { # NAME
	sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" \
	    "$SRCDIR/tests/credentials/lists-made.json" |
		sed 's/\\"/"/g; s/\\n/\n/g'
}
made_list german >"$work/german"
made_list signer >"$work/signer"
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

# The hub's answer on a stick: it has the first record.
tool=$BUILDDIR/tests/tools/bundle
"$tool" key "$work/hub-sign"
cp "$work/hub-sign.pub" "$post/state/keys/"
chot outbox list --json -c "$conf" >"$work/records"
of_first() { # FIELD
	sed -n "1s/.*\"$1\":\"\([0-9a-f]*\)\".*/\1/p" "$work/records"
}
"$tool" answer "$work/answer" "$work/hub-sign.key" ST-MEMORY \
    "$(of_first epoch)" 1 "$(of_first hash)"

background "$BUILDDIR/tests/tools/relayboard" "$work/board" lcus >"$work/switched"
until_ok test -e "$work/board"

# The shell would tell of each that was killed.
exec 2>"$work/killed"
try_commands <<'COMMANDS'
--help
config check CONF
config check -c WORK/bad.conf
config print CONF
config template
credential issue --help
credential issue -k SRC/tests/credentials/test-key.pem WORK/slip.json
decode -k SRC/tests/credentials WORK/card
demo
demo <key \021
devices --help
display CONF
display CONF <key \021
drive printer lp:WORK/paper,width=58 <slips
drive relay serial:WORK/board,protocol=lcus <opens
drive relay serial:WORK/none <opens
drive sound lp:WORK/paper <sounds
errand /bin/true
judge -p SRC/contrib/policy/event-door.conf WORK/facts
key list CONF
key badge -c WORK/other.conf
key pin <pin
key seal WORK/made
key sign -c WORK/other.conf
key trust import --signer WORK/signer WORK/german -c WORK/other.conf
key trust list CONF
lookup WORK/post/state/register.db WORK/post/state/keys/register.key <looks
machine / WORK/machine
outbox count CONF
outbox export WORK/made.d -c WORK/no-hub.conf
outbox import WORK/answer -c WORK/other.conf
outbox list CONF
outbox salvage WORK/post/state/outbox.db WORK/made.d -c WORK/no-hub.conf
outbox show --key WORK/site.key CONF
outbox verify CONF
policy check SRC/contrib/policy/event-door.conf
policy explain SRC/contrib/policy/event-door.conf
policy facts
policy simulate SRC/contrib/policy/event-door.conf WORK/judged
policy test SRC/contrib/policy/event-door.conf
read scanner trace:SRC/tests/traces/scanner-cr.trace,speed=0
read thermometer trace:SRC/tests/traces/ascii.trace,speed=0
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
watch CONF <key q
chot-camera images:WORK/pictures
chot-plates --help
chot-sync --look -c WORK/no-hub.conf
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
# HELLO: what the station says to it, three records.
record_three() {
	echo "hello 1 $(printf %x "$1")"
	for i in 1 2 3; do
		echo "put $i {\"schema\":1,\"n\":$i}"
	done
}
: >"$work/log"
template=recorder words="chot recorder" lies=0 run=2
record_three $run >"$work/in"
begin_requests 4 serve
while next_request; do
	run=$((run + 1))
	record_three $run >"$work/in"
	refuse_request || continue
	told_is_kept "$work/got" || {
		lies=$((lies + 1))
		diag "request $n: $(tail -n 1 "$work/got")"
	}
done
end_requests
is "a recorder without memory tells no lie" $lies 0

# The station itself, its children undisturbed: it goes on without, or ends
# (the kiosk starts it again), and the chain on disk is whole.
fault_name=--plain words="chot --plain"
bad=0 undisturbed=0
rm "$work/in"
mkfifo "$work/in"
for_a_moment() { # nobody presses a key
	sleep 0.5 >"$work/in" &
}
for_a_moment
begin_requests 40 chot --plain -c "$conf"
while next_request; do
	for_a_moment
	refuse_request || continue
	# What it says once its screen is there goes into its log.
	{ [ "$ended" -eq 0 ] || [ "$ended" -eq 75 ] || fair "$ended"; } &&
	    chot outbox verify -c "$conf" >/dev/null || {
		bad=$((bad + 1))
		diag "request $n: status $ended $(head -n 1 "$work/said")"
	}
done
end_requests
is "a station without memory ends or goes on" $bad 0
done_testing
