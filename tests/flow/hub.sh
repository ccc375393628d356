#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The hub takes each record once, in order, and only from posts it knows;
# what comes back is what contrib/hub/openapi.yaml says, and all of that.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_begin
post=$BUILDDIR/tests/tools/hubpost

# ---- setting up --------------------------------------------------------------------

status "a hub needs its tables" 78 chot-hub run --listen 127.0.0.1:0 \
    --proxy 127.0.0.1 --keys "$work"
mkdir "$work/keys"
status "keys are made" 0 chot-hub seal-key "$work/keys/site"
status "and never overwritten" 65 chot-hub seal-key "$work/keys/site"
status "a signing key" 0 chot-hub sign-key "$work/sign"
status "nor this one" 65 chot-hub sign-key "$work/sign"
status "tables are made" 0 chot-hub migrate
like "one after the other" "$(tail -n 1 "$work/out")" '^0[0-9][0-9]-'
status "once" 0 chot-hub migrate
is "and then no more" "$(cat "$work/out")" ""
status "a post is added" 0 chot-hub station add ST-1
status "twice is once" 0 chot-hub station add ST-1
status "another" 0 chot-hub station add ST-2
status "a name that is none" 64 chot-hub station add "ST 1;"
status "one that is not there" 65 chot-hub station revoke ST-9
status "no command" 64 chot-hub
status "no such command" 64 chot-hub frob
status "no port" 64 chot-hub run --listen nowhere --proxy 127.0.0.1 \
    --keys "$work/keys"
status "TLS or a proxy" 64 chot-hub run --keys "$work/keys"
status "no keys" 78 chot-hub run --proxy 127.0.0.1 --keys "$work/db"
status "a database that is not there" 75 \
    chot-hub run --proxy 127.0.0.1 --keys "$work/keys" -d "host=$work/none"

new_ca ca
new_ca foreign
new_certificate hub /CN=hub
new_certificate ST-1 "/O=Chot/CN=ST-1"
new_certificate ST-2 "/O=Chot/CN=ST-2"
new_certificate ST-3 "/O=Chot/CN=ST-3"
new_certificate stranger "/O=Chot/CN=ST-1" foreign
new_certificate two "/CN=ST-1/CN=ST-2"
new_certificate odd "/CN=ST 1"
new_certificate old "/O=Chot/CN=ST-1" ca -1

for n in 1 2; do
	mkdir "$work/p$n"
	"$post" fill "$work/p$n/outbox.db" ST-$n "$work/keys/site.pub" 60 ||
		exit 1
done
batch() { # AFTER COUNT [FROM]: of post $p, into a file whose name it prints
	"$post" batch "$work/p$p/outbox.db" "$@" >"$work/batch-$p-$1-$2"
	echo "$work/batch-$p-$1-$2"
}
p=1
hub_start $(hub_tls) --sign "$work/sign.key" || exit 1

# ---- who may ask ---------------------------------------------------------------------

as=ST-1
is "the time" "$(ask GET /v1/time)" 200
ok "is told" reply_has '"version":1,"time":"20[0-9-]*T[0-9:]*Z"'
like "as JSON" "$(cat "$work/headers")" 'Content-Type: application/json'
as=
is "nobody" "$(ask GET /v1/time)" 401
is "nobody's records" "$(send "$(batch 0 5)")" 401
is "nobody's lists" "$(ask GET /v1/register)" 401
is "nobody's status" "$(ask POST /v1/status -d '{}')" 401
for as in stranger two odd old; do
	is "certificate: $as" "$(send "$(batch 0 5)")" 401
done
like "the log says why" "$(cat "$work/hub.log")" 'refused:.*expired'
as=ST-1
is "an older TLS" "$(ask GET /v1/time --tls-max 1.2)" 000
is "another's name" "$(send "$(p=2 && batch 0 5)")" 403
ok "is told so" reply_has '"error":"station"'
as=ST-3
sed 's/"ST-1"/"ST-3"/' "$(batch 0 0)" >"$work/of-3"
is "an unknown post" "$(send "$work/of-3")" 403
ok "is told so" reply_has '"error":"unknown"'
is "nothing was stored" "$(sql 'select count(*) from hub.record')" 0

# ---- records ---------------------------------------------------------------------------

as=ST-1
is "no records ask for the head" "$(send "$(batch 0 0)")" 200
is "which is none" "$(head_seq)" 0
is "ten records" "$(send "$(batch 0 10)")" 200
is "are held" "$(head_seq)" 10
ok "none refused" reply_has '"refused":\[\]'
ok "the head is signed" reply_has \
    '"signature":\{"key":"[0-9a-f]{16}","at":[0-9]+,"value":"[0-9a-f]{128}"'
is "the same again" "$(send "$(batch 0 10)")" 200
is "changes nothing" "$(head_seq) $(sql 'select count(*) from hub.record')" \
    "10 10"
is "an older part again" "$(send "$(batch 2 3)")" 200
is "has the same head" "$(head_seq)" 10
is "one that overlaps" "$(send "$(batch 5 10)")" 200
is "adds what is new" "$(head_seq) $(sql 'select count(*) from hub.record')" \
    "15 15"
is "one from beyond" "$(send "$(batch 20 5)")" 200
is "is not taken" "$(head_seq)" 15
"$post" deflate <"$(batch 15 5)" >"$work/deflated"
is "deflated" "$(send "$work/deflated" -H 'Content-Encoding: deflate')" 200
is "is the same" "$(head_seq)" 20
is "what was sealed is read" "$(sql "select string_agg(body ->> 'n', ',' \
order by seq) from hub.record where seq <= 5")" "1,2,3,4,5"
is "records lie by day" "$(sql "select count(*) = 1 from \
(select distinct tableoid from hub.record) t")" t
list=$(chot-hub station list)
like "the list of posts" "$list" \
    "^ST-1	serves	[0-9a-f]{8}	20	20.*Z	0	0\$"

# ---- what is not as it should be ----------------------------------------------------------

mutate() { # SED-SCRIPT: the next five records, changed
	sed "$1" "$(batch 20 5)" >"$work/mutant"
	echo "$work/mutant"
}
flip='y/0123456789abcdef/1032547698badcfe/'
is "no JSON" "$(printf '{"version"' >"$work/x"; send "$work/x")" 400
is "nothing" "$(: >"$work/x"; send "$work/x")" 400
head -c 5000 /dev/urandom >"$work/x"
is "garbage" "$(send "$work/x")" 400
is "garbage, deflated" "$(send "$work/x" -H 'Content-Encoding: deflate')" 400
is "another encoding" "$(send "$work/x" -H 'Content-Encoding: gzip')" 415
is "a member is missing" "$(send "$(mutate 's/"epoch"/"epoche"/')")" 400
is "a digit is missing" "$(send "$(mutate '3s/"hash":"./"hash":"/')")" 400
is "base64 is broken" "$(send "$(mutate '3s/"sealed":"..../"sealed":"!!!!/')")" 400
is "twice the same member" "$(send "$(mutate '3s/"at":/"seq":23,"at":/')")" 400
is "from a later world" "$(send "$(mutate '1s/"version":1/"version":2/')")" 400
is "from an earlier one" "$(send "$(mutate '1s/"version":1/"version":0/')")" 426
is "one is left out" "$(send "$(mutate '3d')")" 422
ok "which one is told" reply_has '"error":"link".*"seq":23'
is "two change places" "$(send "$(mutate '2{h;d};3G')")" 422
is "a link is broken" "$(send "$(mutate '3s/"prev":"...../"prev":"00000/')")" 422
head -c 4300000 /dev/zero >"$work/x"
is "too long" "$(send "$work/x")" 413
is "too long, unannounced" "$(send "$work/x" -H 'Transfer-Encoding: chunked')" 413
head -c 20000000 /dev/zero | "$post" deflate >"$work/x"
is "too long when inflated" "$(send "$work/x" -H 'Content-Encoding: deflate')" 413
is "nothing of it was stored" "$(sql 'select count(*) from hub.record')" 20
is "a wrong path" "$(ask GET /v2/records)" 404
is "a wrong method" "$(ask PUT /v1/records)" 405
grep -v -e ' 404$' -e ' 405$' "$work/seen" >"$work/x"
mv "$work/x" "$work/seen" # they belong to no path

# ---- quarantine ---------------------------------------------------------------------------

# The bytes are no longer those that the chain was made of: rot on the card.
is "one is rotten" \
    "$(send "$(mutate '3s/"sealed":"..../"sealed":"AAAA/')")" 200
is "it goes on" "$(head_seq)" 25
ok "it is refused" reply_has '"refused":\[\{"seq" ?: ?22, ?"reason" ?: ?"hash"\}\]'
is "and kept" "$(sql "select seq, reason, length(sealed) > 100 \
from hub.quarantine")" "22|hash|t"
is "from a good copy" "$(send "$(batch 20 5)")" 200
ok "it is read" reply_has '"refused":\[\]'
is "and is there once" "$(sql "select count(*), count(distinct seq), \
(select count(*) from hub.quarantine) from hub.record")" "25|25|0"

as=ST-2 p=2
"$post" fill "$work/p2/outbox.db" ST-2 "$work/keys/site.pub" 1
mv "$work/keys/site.key" "$work/site.key"
chot-hub seal-key "$work/keys/other" >/dev/null
hub_stop
is "the hub ends well" "$hub_status" 0
hub_start $(hub_tls) || exit 1
is "a key that is lost" "$(send "$(batch 0 3)")" 200
ok "is told" reply_has '"seq" ?: ?2, ?"reason" ?: ?"key"'
is "the records are acknowledged" "$(head_seq)" 3
cp "$work/site.key" "$work/keys/site.key"
kill -HUP "$hub_pid"
found() { [ "$(send "$(batch 0 3)")" = 200 ] && reply_has '"refused":\[\]'; }
ok "found again, a resend is read" until_ok found
is "and is no longer in quarantine" "$(sql "select count(*) from hub.record \
r join hub.station s on s.no = r.station where s.id = 'ST-2'")" 3
ok "without a signing key there is no signature" \
    sh -c '! grep -q signature "$1"' - "$work/reply"

# Sealed well, but not what chot-record(5) says.
recorder=$BUILDDIR/tests/tools/recorder
mkdir "$work/p3"
printf 'hello 1 5eed\nput 1 {"n":1}\nput 2 {"n":"\\u0000"}\n' |
	"$recorder" serve "$work/p3/outbox.db" ST-3 "$work/keys/site.pub" \
	>"$work/out" 2>&1 || diag "$(cat "$work/out")"
chot-hub station add ST-3
as=ST-3 p=3
is "other bodies" "$(send "$(batch 0 2)")" 200
is "are kept too" "$(head_seq) $(sql "select string_agg(reason, ',') \
from hub.quarantine where key <> '' and station = \
(select no from hub.station where id = 'ST-3')")" "2 body,body"

# ---- forks, gaps, epochs --------------------------------------------------------------------

as=ST-2 p=2
cp -r "$work/p2" "$work/p4" # the card is cloned here
is "the first goes on" "$(send "$(batch 3 57)")" 200
for n in 2 4; do
	"$post" fill "$work/p$n/outbox.db" ST-2 "$work/keys/site.pub" 5
done
is "and on" "$(send "$(batch 60 6)")" 200
is "its clone is found out" "$(p=4 && send "$(p=4 && batch 60 6)")" 409
ok "where it begins" reply_has '"error":"fork".*"seq":62.*"seq":66,"hash"'
is "even when it asks" "$(p=4 && send "$(p=4 && batch 66 0)")" 409
is "the fork is noted" "$(sql 'select times from hub.fork where seq = 62')" 1
sed 's/"epoch":"[0-9a-f]*"/"epoch":"00000001"/' "$(batch 3 2)" >"$work/x"
is "a new epoch begins at its beginning" "$(send "$work/x")" 200
is "and holds nothing yet" "$(head_seq)" 0
"$post" fill "$work/p4/outbox.db" ST-2 "$work/keys/site.pub" 9
p=2
"$post" fill "$work/p2/outbox.db" ST-2 "$work/keys/site.pub" 20
is "what is gone is gone" "$(send "$(batch 70 5 71)")" 200
is "and the hub goes on" "$(head_seq)" 75
is "it is noted" "$(sql 'select after, next from hub.gap')" "66|71"
is "behind the gap" "$(send "$(batch 70 10)")" 200
is "all goes on" "$(head_seq)" 80

# ---- status pages -----------------------------------------------------------------------------

page() { printf '{"version":1,"station":"%s","program":"0.1.0","status":%s}' "$@"; }
is "no lists yet" "$(ask GET /v1/register -G -d since=0)" 200
ok "is said so" reply_has '"latest":0,"pieces":\[\]'
is "lists since nonsense" "$(ask GET /v1/register -G -d since=-1)" 400
is "a status page" "$(ask POST /v1/status -d "$(page ST-2 '{"records":3,
"device 1 scanner":"ok","citizen":"Nguyen Van A","clock":{"a":1},"list x\n":1}')")" 200
is "is kept, what it may say" "$(sql "select page, program from hub.status")" \
    '{"records": 3, "device 1 scanner": "ok"}|0.1.0'
is "another's" "$(ask POST /v1/status -d "$(page ST-1 '{}')")" 403
is "none" "$(ask POST /v1/status -d "$(page ST-2 '[]')")" 400
is "odd JSON" "$(ask POST /v1/status -d "$(page ST-2 '{"a":"\u0000"}')")" 400
page ST-2 "{\"a\":\"$(head -c 70000 /dev/zero | tr '\0' a)\"}" >"$work/x"
is "a long one" "$(ask POST /v1/status -d "@$work/x")" 413
is "who may not watch" "$(ask GET /v1/stations)" 403
status "a post may watch the others" 0 chot-hub station watch ST-2
status "one that is not there" 65 chot-hub station watch ST-77
is "it sees them" "$(ask GET /v1/stations)" 200
ok "all, in order" reply_has '"station" ?: ?"ST-1".*"station" ?: ?"ST-2".*"station" ?: ?"ST-3"'
ok "and how they are" reply_has '"program" ?: ?"0.1.0", ?"status" ?: ?\{"records": ?3'
sql "select hub.station_add('ST-1' || to_char(i, 'FM000')) from generate_series(1, 120) i" >/dev/null
is "many" "$(ask GET /v1/stations)" 200
ok "come in parts" reply_has '"next":"ST-1049"'
is "from an odd place on" "$(curl -s -o /dev/null -w '%{http_code}' \
    --cert "$work/ST-2.pem" --key "$work/ST-2.key" --cacert "$work/ca.pem" \
    "$url/v1/stations?after=%20")" 400
echo "GET /v1/stations 400" >>"$work/seen"
is "nobody" "$(as= ask GET /v1/stations)" 401
sql "delete from hub.station where id like 'ST-1___'"
status "and no longer" 0 chot-hub station watch ST-2 no
is "is what it says" "$(ask GET /v1/stations)" 403
is "encoded otherwise" "$(ask POST /v1/status -d "@$work/x" \
    -H 'Content-Encoding: br')" 415

# ---- look-ups -----------------------------------------------------------------------------------

hash=0123456789abcdef01234567
look() { # [MEMBERS [CURL ARGUMENT...]]
	look_more=${1-}
	[ $# -eq 0 ] || shift
	ask POST /v1/lookup "$@" -d "{\"version\":1,\"station\":\"ST-2\",\
\"program\":\"0.1.0\",\"identity\":\"$hash\"$look_more}"
}
is "a look-up" "$(look)" 200
ok "without lists there is no news" reply_has '"lists":\[\]'
is "with a plate, and versions" "$(look ",\"plate\":\"$hash\",\"have\":[1,2]")" 200
is "a hash too short" "$(look ',"plate":"0123"')" 400
is "too many versions" "$(look ",\"have\":[$(seq -s, 65)]")" 400
is "no hash at all" "$(ask POST /v1/lookup -d '{"version":1,"station":"ST-2"}')" 400
is "another's" "$(ask POST /v1/lookup \
    -d "{\"version\":1,\"station\":\"ST-1\",\"plate\":\"$hash\"}")" 403
is "from an old program" "$(ask POST /v1/lookup \
    -d "{\"version\":0,\"station\":\"ST-2\",\"plate\":\"$hash\"}")" 426
is "of nobody" "$(as= look)" 401
head -c 4300000 /dev/zero >"$work/x"
is "a long one" "$(ask POST /v1/lookup --data-binary "@$work/x")" 413
is "encoded otherwise" "$(look '' -H 'Content-Encoding: br')" 415
# 50 at once, and 5 a second: as if they had been asked.
sql "update hub.look set free = now() + interval '1 hour'"
is "too often" "$(look)" 429
like "when it may again is told" "$(cat "$work/headers")" '^Retry-After: [0-9]'
sql "delete from hub.look"
is "and then it may" "$(look)" 200

# ---- revoked -----------------------------------------------------------------------------------

status "a post is revoked" 0 chot-hub station revoke ST-2 stolen
is "it may not send" "$(send "$(batch 80 5)")" 403
ok "and knows why" reply_has '"error":"revoked"'
is "nor get lists" "$(ask GET /v1/register)" 403
is "nor look anybody up" "$(look)" 403
is "nor say how it is" "$(ask POST /v1/status -d "$(page ST-2 '{}')")" 403
is "but have the time" "$(ask GET /v1/time)" 200
like "the list says so" "$(chot-hub station list)" '^ST-2	revoked	'
chot-hub station add ST-2
is "added again it may" "$(send "$(batch 80 5)")" 200

# ---- without a database ---------------------------------------------------------------------------

db_ctl -m immediate stop
is "no database" "$(send "$(batch 85 5)")" 503
like "later" "$(cat "$work/headers")" '^Retry-After: [0-9]'
is "no lists either" "$(ask GET /v1/register)" 503
is "no look-ups either" "$(look)" 503
is "no pages either" "$(ask GET /v1/stations)" 503
is "no status either" "$(ask POST /v1/status -d "$(page ST-2 '{}')")" 503
is "the time is told" "$(ask GET /v1/time)" 200
db_start
# It mends itself first: until then the answer is "later".
sent_again() { [ "$(send "$(batch 85 5)")" = 200 ]; }
ok "with it again" until_ok sent_again
is "all is well" "$(head_seq)" 86
unlike "the log has nobody's name" "$(cat "$work/hub.log" "$work/db/log")" \
    "Nguy|0000000000[0-9][0-9]\"|$hash"
hub_stop

# ---- behind a proxy ------------------------------------------------------------------------------------

as= url=
hub_start --proxy 127.0.0.1 --minimum 0.2 || exit 1
url=http://${url#https://}
subject() { # SUBJECT [HEADER]
	curl -s -o "$work/reply" -w '%{http_code}' -H "${2-X-Client-Subject}: $1" \
	    "$url/v1/time"
}
is "the proxy names the post" "$(subject 'CN=ST-2,O=Chot')" 200
is "in any order" "$(subject 'O=Chot, CN=ST-2')" 200
is "but no name" "$(subject 'O=Chot')" 401
is "two names" "$(subject 'CN=ST-1,CN=ST-2')" 401
is "a name within another" "$(subject 'O=a\,CN=ST-2')" 401
is "another header" "$(subject 'CN=ST-2' X-Subject)" 401
is "two headers" "$(curl -s -o /dev/null -w '%{http_code}' \
    -H 'X-Client-Subject: CN=ST-2' -H 'X-Client-Subject: CN=ST-1' \
    "$url/v1/time")" 401
is "too old a program" "$(send "$(batch 80 5)" \
    -H 'X-Client-Subject: CN=ST-2')" 426
ok "what it needs is told" reply_has '"minimum":"0.2"'
hub_stop
hub_start --proxy 127.0.0.2 || exit 1
url=http://${url#https://}
is "from elsewhere nobody is heard" "$(subject 'CN=ST-2')" 000
hub_stop

# Two hubs on one database: what one took the other has.
"$post" fill "$work/p$p/outbox.db" ST-2 "$work/keys/site.pub" 10
hub_start --proxy 127.0.0.1 || exit 1
one_pid=$hub_pid one=http://${url#https://}
hub_start --proxy 127.0.0.1 || exit 1
other=http://${url#https://}
for url in $one $other $one $other; do
	at=$(sql "select max(seq) from hub.record r join hub.station s
	    on s.no = r.station where s.id = 'ST-2'")
	is "behind $at, by one of two hubs" "$(send "$(batch "$at" 2)" \
	    -H 'X-Client-Subject: CN=ST-2') $(head_seq)" "200 $((at + 2))"
done
hub_stop
hub_pid=$one_pid
hub_stop

# ---- words ------------------------------------------------------------------------------------------------

# What record.schema.json allows is no quarantine's.
words() { # MEMBER of a record itself, not of what is in it
	sed -n "/^    \"$1\": {/,/}/p" "$SRCDIR/contrib/record.schema.json" |
		tr '\n' ' ' |
		sed -n 's/.*"enum": \[\([^]]*\)\] }.*/\1/p' | tr -d '",'
}
fits() { # MEMBER WORD
	sql "select hub.body_fits('{\"schema\":1,\"type\":\"outcome\",\"of\":\"x\",
	\"run\":\"00000000000000aa\",\"n\":1,\"station\":\"s\",\"lane\":\"1\",
	\"direction\":\"in\",\"at\":\"2021-10-15T00:00:00Z\",\"boot\":\"b\",
	\"monotonic_ms\":1,\"clock\":\"held\",\"facts\":{},\"reasons\":[],
	\"documents\":[],\"pack\":\"p\",\"verdict\":\"pass\",
	\"outcome\":\"passed\",\"by\":\"key\"}'::jsonb ||
	'{\"$1\":\"$2\"}'::jsonb, 1)"
}
for member in type direction clock outcome by; do
	is "$member: the words of record.schema.json fit" \
	    "$(for word in $(words $member); do fits $member "$word"; done |
		sort -u)" t
	# A type of a later program is a record as any other.
	is "$member: others do not" "$(fits $member "$([ $member = type ] &&
		echo Frob! || echo frob)")" f
done
for option in $(chot-hub --help | grep -oE -- '--[a-z][a-z-]*' | sort -u); do
	ok "chot-hub(8) knows $option" grep -qE \
	    "Fl -${option#--}( |\$)|, -${option#--}( |\$)" "$SRCDIR/man/chot-hub.8"
done

# ---- openapi.yaml -----------------------------------------------------------------------------------------

here=' /v1/(time|records|register|lookup|status|stations) '
is "all that is described was answered, and nothing else" \
    "$(answered "$here")" "$(described "$here")"
done_testing
