#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The hub is asked about who stands at the post: the local verdict stands at
# once, a better answer updates it, a bad one that comes after PASS is told
# and recorded, and a hub that is dead, slow or lies changes nothing.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_begin
export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
new_ca ca
new_certificate hub /CN=127.0.0.1
new_certificate ST-1 /CN=ST-1
mkdir "$work/keys"
chot-hub seal-key "$work/keys/site" >/dev/null || exit 1
chot-hub sign-key "$work/lists" >/dev/null || exit 1
chot-hub migrate >/dev/null || exit 1
chot-hub station add ST-1 >/dev/null
# shellcheck disable=SC2046
hub_start $(hub_tls) || exit 1
port=${url##*:}
mkdir -p "$work/state/keys" "$work/run"
cp "$work/keys/site.pub" "$work/state/keys/"
chot key register "$work/state/keys/register.key" >/dev/null || exit 1
# No publisher's key: this post has the list that was imported, and the hub a
# later one.
# The clock is nobody's doubt here.
grep -v '^rule "clock"' "$SRCDIR/tests/station/post.conf" >"$work/policy.conf"
cat >"$work/chot.conf" <<-EOC
	station { id = "ST-1" language = "en" }
	policy = "$work/policy.conf"
	state = "$work/state"
	run = "$work/run"
	$(hub_section ST-1 'every = 86400')
	lane "1" {
	  direction = "in"
	  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
	  thermometer = { "serial:$work/thermometer,protocol=ascii" }
	}
EOC
echo "id,status,since,ends,source" >"$work/statuses.csv"
for i in $(seq 100 499); do
	echo "094300000$i,F2,$(date -u -d '-9 days' +%F),,CDC Sóc Trăng"
done >>"$work/statuses.csv"
status "the post's own list" 0 chot register import -c "$work/chot.conf" \
    "$work/statuses.csv"
publish() {
	chot-hub --sign "$work/lists.key" \
	    --register-key "$work/state/keys/register.key" publish "$@"
}
# Two versions, so that a row is looked for in both; one is gone again.
sed '/094300000300/s/,F2/,F0/' "$work/statuses.csv" >"$work/first.csv"
status "a list is published" 0 publish "$work/first.csv"
sed -e '/094300000301/s/,F2/,F0/' -e '/094300000302/d' "$work/first.csv" \
    >"$work/second.csv"
status "and what is new" 0 publish "$work/second.csv"
like "as changes" "$(cat "$work/out")" '2 changes'

# ---- the child alone, by hand ------------------------------------------------------------

mkfifo "$work/in"
answers() { # HOME: the child is started and asked by questions
	: >"$work/answers"
	chot-sync --look -c "$work/$1" <"$work/in" >"$work/answers" \
	    2>"$work/look.err" &
	look_pid=$!
	pids="$pids $look_pid"
	exec 5>"$work/in"
	until_ok grep -q hello "$work/answers"
}
no_answers() {
	exec 5>&-
	wait "$look_pid"
}
hashes() { # IDENTITY PLATE: as the look-up child says them
	printf 'hash 1 %s %s\n' "$1" "$2" |
		chot lookup "$work/state/register.db" \
		    "$work/state/keys/register.key" |
		sed -n 's/^hashed 1 //p'
}
look() { # HASHES: asks, and waits for the answer to this question
	question=$(($(grep -cE '^(found|nothing)' "$work/answers") + 1))
	echo "look $question $1 0" >&5
	until_ok grep -Eq "^(found|nothing) $question( |\$)" "$work/answers" &&
		sed -n "s/^\(found\|nothing\) $question\( .*\)*\$/\1\2/p" \
		    "$work/answers"
}
answers chot.conf
like "hashes name nobody" "$(hashes VNM:PIN:094300000300 83A12345)" \
    '^[0-9a-f]{24} [0-9a-f]{24} [0-9a-f]{24}$'
like "of the whole list" "$(look "$(hashes VNM:PIN:094300000300 -)")" \
    '^found .*"status":"F0".*"status_source":"CDC Sóc Trăng"'
like "of what is new" "$(look "$(hashes VNM:PIN:094300000301 -)")" \
    '^found .*"status":"F0"'
like "as it was" "$(look "$(hashes VNM:PIN:094300000299 -)")" \
    '^found .*"status":"F2"'
like "of the first and the last" "$(look "$(hashes VNM:PIN:094300000100 -)"
    look "$(hashes VNM:PIN:094300000499 -)")" '"status":"F2"'
like "of nobody it knows" "$(look "$(hashes VNM:PIN:079190000456 -)")" \
    '^found .*"status":"none"'
like "a vehicle alone" "$(look "$(hashes - 83A12345)")" '^found'
like "it is up" "$(cat "$work/answers")" '^state up'
is "what is no question is not answered" "$(echo "look x" >&5
    echo "look 77 00 - - 0" >&5; look "$(hashes - 83A12345)" >/dev/null
    grep -c ' 77' "$work/answers")" 0
hub_stop
like "a dead hub is no answer" "$(look "$(hashes - 83A12345)"
    look "$(hashes - 83A12345)")" '^nothing'
like "and then it is down" "$(cat "$work/answers")" '^state down'
is "asked no more" "$(look "$(hashes - 83A12345)")" nothing
# shellcheck disable=SC2046
hub_start $(hub_tls) --listen "127.0.0.1:$port" 5>&- || exit 1
up_again() { grep '^state' "$work/answers" | tail -n 1 | grep -q '^state up'; }
PATIENCE=1200 ok "when it is back that is found out" until_ok up_again
like "and it is asked again" "$(look "$(hashes VNM:PIN:094300000300 -)")" F0
no_answers

# ---- a hub that lies ------------------------------------------------------------------------

words=$(hashes VNM:PIN:094300000300 -)
as=ST-1
is "what a hub tells" "$(ask POST /v1/lookup -d "{\"version\":1,
\"station\":\"ST-1\",\"identity\":\"$(echo "$words" | cut -d' ' -f2)\"}")" 200
like "names nobody" "$(cat "$work/reply")" \
    '"list":"statuses","audience":"all",.*"row":"[0-9a-f]+","words":\[\{"number":[0-9]+,"text":"CDC'
unlike "at all" "$(cat "$work/reply")" 094300000300
mkdir "$work/fake"
cp "$work/ca.pem" "$work/fake/ca.crt"
cp "$work/hub.pem" "$work/fake/hub.crt"
cp "$work/hub.key" "$work/fake/hub.key"
"$BUILDDIR/tests/tools/fakehub" "$work/fake" >"$work/fake/out" 2>&1 &
pids="$pids $!"
ok "a hub that can lie" until_ok grep -q '^port' "$work/fake/out"
sed "s|https://[0-9.:]*|https://127.0.0.1:$(sed -n 's/^port //p' \
    "$work/fake/out")|" "$work/chot.conf" >"$work/fake.conf"
lie() { # LINE OF SCRIPT: prints what the child makes of it
	echo "$1" >"$work/fake/script"
	answers fake.conf
	look "$words"
	no_answers
}
told() { # SED SCRIPT: the hub's words with a change
	sed "$1" "$work/reply" >"$work/fake/told"
	lie "say told"
}
like "its words from another's mouth" "$(told '')" '"status":"F0"'
is "a web page" "$(lie 'page 200')" nothing
like "is no hub" "$(cat "$work/answers")" '^state down'
is "a redirect" "$(lie redirect)" nothing
is "ten million bytes" "$(lie big)" nothing
is "nothing at all" "$(lie drop)" nothing
is "an excuse" "$(lie 'status 503 60')" nothing
is "garbage" "$(told 's/^./{{{{/')" nothing
is "cut" "$(told 's/.....$//')" nothing
is "no lists" "$(told 's/"lists"/"list"/')" nothing
is "a version that is none" "$(told 's/"version":[0-9]*,"made"/"version":0,"made"/')" nothing
is "a row that is none" "$(told 's/"row":"[0-9a-f]*"/"row":"ffffffffffffffffffffff"/')" nothing
is "a row too long" "$(told "s/\"row\":\"/&$(printf '%0400d' 0)/")" nothing
is "a row without its words" "$(told 's/"words":\[[^]]*\]/"words":[]/')" nothing
is "a text too long" "$(told "s/\"text\":\"/&$(printf '%0300d' 0)/")" nothing
is "a name with more in it" "$(told 's/"statuses"/"statuses\\n"/')" nothing
unlike "of another key: the post's own list stands" \
    "$(told 's/"check":"./"check":"/;s/"check":"[0-9a-f]*/&0/')" '"status":"F0"'
like "too slow is too late" "$(lie 'slow 3000')" '^nothing'

# ---- at the post -----------------------------------------------------------------------------

pty_start scanner
pty_start thermometer
start_tmux 80x24 "exec chot -c $work/chot.conf"
ok "a station" wait_for_devices "$work/chot.conf"
asker() { pgrep -f -- "--look -c $work/chot.conf"; }
asks() { asker >/dev/null; }
ok "has a child that asks" until_ok asks
looker=$(asker | head -n 1)
card() { # NUMBER NAME
	pty scanner hex "$(printf '%s||%s|15032000|Nữ|Ấp Mẫu|10052021\r' "$@" |
	    od -An -v -tx1 | tr -d ' \n')"
}
warm() { measure thermometer 'T:36.5'; }
records() { # what was recorded, one a line, oldest first
	chot outbox show -c "$work/chot.conf" --key "$work/keys/site.key" \
	    2>/dev/null | grep -v '"type":"log-'
}
last_is() { # COUNT PATTERN: so many, and the last one is that
	[ "$(records | wc -l)" -eq "$1" ] && records | tail -n 1 | grep -q "$2"
}
id_of() { # NUMBER of a record
	records | sed -n "$1p" | grep -o '"id":"ST-1/[^"]*"' | cut -d'"' -f4
}
at_post() { chot status -c "$work/chot.conf" | grep -q "^$1"; }
# A child that is stopped answers late: the verdict stands before it.
kill -STOP "$looker"
card 094300000300 'Nguyễn Thị Mẫu'
warm
ok "the local verdict stands at once" until_ok last_is 1 \
    '"type":"crossing".*"verdict":"pass"'
kill -CONT "$looker"
ok "a better answer updates it" until_ok last_is 2 \
    '"type":"update".*"verdict":"stop"'
ok "so that it is seen" wait_for 'The hub knows more: judged again'
is "of that crossing" "$(records | tail -n 1 | grep -o '"of":"[^"]*"')" \
    "\"of\":\"$(id_of 1)\""
ok "the post says that the hub is asked" until_ok at_post 'hub_lookup  *up'
keys q
ok "turned back" until_ok last_is 3 '"type":"outcome".*"turned-back"'

kill -STOP "$looker"
card 094300000301 'Trần Văn Thử'
warm
ok "another passes" until_ok last_is 4 '"type":"crossing".*"verdict":"pass"'
passes() {
	keys Enter
	last_is 5 '"type":"outcome".*"passed"'
}
ok "before the hub has answered" until_ok passes
kill -CONT "$looker"
ok "which is told" wait_for 'PASSED, NOW STOP: tell the next post .…301.'
ok "and recorded" until_ok last_is 6 '"type":"update".*"verdict":"stop"'
is "of that crossing, too" "$(records | tail -n 1 | grep -o '"of":"[^"]*"')" \
    "\"of\":\"$(id_of 4)\""

hub_stop
card 094300000303 'Phạm Thị Thử'
warm
ok "a dead hub changes no verdict" until_ok last_is 7 \
    '"type":"crossing".*"verdict":"pass"'
passes() {
	keys Enter
	last_is 8 '"type":"outcome".*"passed"'
}
ok "it passes" until_ok passes
card 094300000304 'Lê Thị Thử'
warm
ok "nor the next one's" until_ok last_is 9 '"type":"crossing".*"verdict":"pass"'
ok "the post says so" until_ok at_post 'hub_lookup  *down'
is "nothing came late" "$(records | tail -n 2 | grep -c '"type":"update"')" 0
unlike "no log names anybody" "$(cat "$work/hub.log" "$work/run/"*.log \
    "$work/db/log" "$work/answers")" '0943000003|Nguyễn|Trần'
done_testing
