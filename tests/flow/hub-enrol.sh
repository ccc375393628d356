#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A sheet makes a machine a post, once: nobody else learns the secret, no
# other machine can use it, and the machine that was the post before is served
# no more. Certificates are renewed before they end.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
db_begin
post=$BUILDDIR/tests/tools/hubpost
mkdir "$work/keys" "$work/out-pub"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null
chot-hub sign-key "$work/sign" >/dev/null
cp "$work/keys/site.pub" "$work/out-pub/hub.pub"
cp "$work/sign.pub" "$work/out-pub/hub-sign.pub"
new_ca ca
new_ca foreign
new_certificate hub /CN=hub
signer="--ca-key $work/ca.key --hand-out $work/out-pub"

# ---- the table and its sheets -----------------------------------------------------

enrol() { # OPTION...
	chot-hub enrol --ca "$work/ca.pem" --url "$url" --sheets "$work/sheets" \
	    --csv "$work/posts.csv" "$@"
}
csv() { printf "$@" >"$work/posts.csv"; }
url=https://127.0.0.1:1
csv 'id,name\nST-1,"Chốt ""A"", <QL1>"\nST-2,\n'
status "sheets are made" 0 enrol
is "one a post" "$(ls "$work/sheets")" "ST-1.svg
ST-2.svg"
is "for their owner alone" "$(stat -c %a "$work/sheets/ST-1.svg")" 600
like "with the name as text" "$(cat "$work/sheets/ST-1.svg")" \
    'Chốt "A", &lt;QL1&gt;'
is "the posts are there" "$(sql 'select count(*) from hub.station')" 2
unlike "the database has no secret" "$(sql 'select * from hub.ticket')" \
    "$(enrol --plain | sed -n 1p | cut -d' ' -f6)"
is "the last sheet counts" "$(sql 'select count(*) from hub.ticket')" 2
if command -v rsvg-convert >/dev/null && command -v zbarimg >/dev/null; then
	enrol >/dev/null
	rsvg-convert -w 1200 "$work/sheets/ST-1.svg" -o "$work/sheet.png"
	like "a scanner reads it" "$(zbarimg -q --raw "$work/sheet.png")" \
	    '^chot-enrol 1 ST-1 https://127.0.0.1:1 [0-9A-Fa-f]{64} [0-9A-Fa-f]{32} 20'
fi
csv 'name\nx\n'; status "no ids" 65 enrol
csv 'id\nST 1\n'; status "no station's id" 65 enrol
csv 'id\nST-7\nST-8\nST-7\n'; status "one twice" 65 enrol
csv 'id,name\nST-7,"x\n'; status "a quote without end" 65 enrol
csv 'id\n'; status "no posts" 65 enrol
is "of a broken table nothing is made" \
    "$(sql "select count(*) from hub.station where id = 'ST-7'")" 0
csv 'id\nST-1\n'
status "no address" 64 chot-hub enrol --ca "$work/ca.pem" --csv "$work/posts.csv" \
    --sheets "$work/sheets"
status "a plain address" 64 enrol --url http://hub
status "signing without keys to hand out" 64 chot-hub run $(hub_tls) \
    --keys "$work/keys" --ca-key "$work/ca.key"
mkdir "$work/empty"
status "or without the one to seal to" 78 chot-hub run $(hub_tls) \
    --keys "$work/keys" --ca-key "$work/ca.key" --hand-out "$work/empty" \
    --listen 127.0.0.1:0 --workers 1
status "with another's key" 78 chot-hub run $(hub_tls) --keys "$work/keys" \
    --ca-key "$work/foreign.key" --hand-out "$work/out-pub" \
    --listen 127.0.0.1:0 --workers 1

# ---- a machine becomes a post ---------------------------------------------------------

hub_start $(hub_tls) $signer --sign "$work/sign.key" --days 1 --workers 1 ||
	exit 1
csv 'id,name\nST-1,"Chốt ""A"""\nST-2,Chốt B\n'
enrol --plain >"$work/tickets"
ticket() { sed -n "$1p" "$work/tickets"; }
join() { # MACHINE [OPTION...]: the ticket on standard input
	machine=$1
	shift
	chot sync --enrol --state "$work/$machine" "$@"
}
change() { # FIELD WORD: of the first ticket
	ticket 1 | awk -v f="$1" -v w="$2" '{ $f = w; print }'
}
tell() { # FILE: and what is said about it
	join m0 <"$work/x" 2>&1
}
echo frob >"$work/x"; status "no ticket" 65 tell
ticket 1 | cut -c 1-120 >"$work/x"; status "half a ticket" 65 tell
change 4 http://127.0.0.1 >"$work/x"; status "an address without TLS" 65 tell
change 5 "$(printf '0%.0s' $(seq 64))" >"$work/x"
status "another CA's hub" 77 tell
like "is found out" "$(cat "$work/out")" 'somebody is in between'
change 6 "$(printf '0%.0s' $(seq 32))" >"$work/x"
status "another secret" 77 tell
like "is not known" "$(cat "$work/out")" 'does not know this ticket'
change 3 ST-2 >"$work/x"; status "another post's" 77 tell
ticket 1 >"$work/x"
status "the ticket" 0 tell
like "the configuration is told" "$(cat "$work/out")" \
    'station \{ id = "ST-1"  name = "Chốt A" \}'
is "the key is its own" "$(stat -c %a "$work/m0/keys/post.key")" 600
ok "the hub's keys came" cmp -s "$work/m0/keys/hub.pub" "$work/keys/site.pub"
ok "all of them" cmp -s "$work/m0/keys/hub-sign.pub" "$work/sign.pub"
like "the hub says which it is" \
    "$(openssl x509 -in "$work/m0/keys/post.crt" -noout -subject)" \
    'CN ?= ?ST-1, serialNumber ?= ?1'

configure() { # MACHINE: from what it was told
	mkdir -p "$work/$1/run"
	{
		grep -v '^#' "$work/$1.told"
		echo "policy = \"$SRCDIR/contrib/policy/vietnam-2021.conf\""
		echo "state = \"$work/$1\"  run = \"$work/$1/run\""
	} >"$work/$1.conf"
}
cp "$work/out" "$work/m0.told"
configure m0
status "as it was told it is a configuration" 0 chot config check "$work/m0.conf"
fill() { # MACHINE COUNT
	"$post" fill "$work/$1/outbox.db" ST-1 "$work/keys/site.pub" "$2"
}
sync() { # MACHINE
	chot sync --now --json -c "$work/$1.conf"
}
fill m0 30
status "it sends" 0 sync m0
is "and is heard" "$(sql 'select count(*) from hub.record')" 30

status "the same ticket on another machine" 77 sh -c \
    'chot sync --enrol --state "$1" <"$2"' - "$work/m1" "$work/x"
like "is told" "$(cat "$work/err")" 'used on another machine'

# The answer is lost: the same machine asks again with the same key.
ticket 2 >"$work/x"
join m2 <"$work/x" >"$work/m2.told"
mv "$work/m2/keys/post.key" "$work/m2/keys/post.key.next"
rm "$work/m2/keys/post.crt"
status "an answer that was lost" 0 join m2 <"$work/x"
is "is no other machine" "$(sql "select generation from hub.station
where id = 'ST-2'")" 1

# ---- replaced ------------------------------------------------------------------------------

chot-hub station revoke ST-1 stolen
mkdir -p "$work/m0/keys"
echo key >"$work/m0/keys/register.key"
echo list >"$work/m0/register.db"
fill m0 5
status "a stolen machine is told so" 77 sync m0
is "and has no lists" "$(ls "$work/m0" "$work/m0/keys" | grep -c register)" 0
is "but its queue" "$(chot outbox count -c "$work/m0.conf")" 35
csv 'id\nST-1\n'
enrol --plain >"$work/tickets"
like "a sheet does not serve it again" "$(chot-hub station list)" '^ST-1	revoked'
ticket 1 >"$work/x"
join m3 <"$work/x" >"$work/m3.told"
is "a new machine is the post" "$?" 0
like "and served" "$(chot-hub station list)" '^ST-1	serves'
configure m3
fill m3 3
status "it sends" 0 sync m3
status "the stolen one does not" 77 sync m0
is "nothing of it came" "$(sql 'select count(*) from hub.record')" 33
asks_lists() { # HOME: prints what the hub answers to its certificate
	curl -s -m 30 --cert "$work/$1/keys/post.crt" \
	    --key "$work/$1/keys/post.key" --cacert "$work/ca.pem" \
	    -o "$work/reply" -w '%{http_code}' "$url/v1/register?since=0"
}
is "the machine that is the post gets lists" "$(asks_lists m3)" 200
is "the stolen one does not" "$(asks_lists m0)" 403
like "and learns that it is replaced" "$(cat "$work/reply")" \
    '"error":"revoked"'
sql "update hub.ticket set expires = now() - interval '1 hour'"
status "an old ticket" 77 join m4 <"$work/x"
like "is told" "$(cat "$work/err")" 'expired: ask for a new one'

# ---- renewed --------------------------------------------------------------------------------

serial() { openssl x509 -in "$work/m3/keys/post.crt" -noout -serial; }
first=$(serial)
status "a young certificate stays" 0 sync m3
is "as it is" "$(serial)" "$first"
# One that was made 20 hours ago for a day.
now=$(date +%s)
old_certificate() { # HOURS-FROM HOURS-UNTIL
	mkdir -p "$work/old"
	: >"$work/old/index"
	echo 01 >"$work/old/serial"
	printf '%s\n' '[ca]' 'default_ca=d' '[d]' "database=$work/old/index" \
	    "serial=$work/old/serial" "new_certs_dir=$work/old" \
	    'default_md=sha256' 'policy=p' '[p]' 'commonName=supplied' \
	    'serialNumber=optional' >"$work/old/conf"
	openssl req -new -key "$work/m3/keys/post.key" \
	    -subj /CN=ST-1/serialNumber=2 -out "$work/old/csr" 2>/dev/null
	openssl ca -batch -config "$work/old/conf" -in "$work/old/csr" \
	    -cert "$work/ca.pem" -keyfile "$work/ca.key" -notext \
	    -startdate "$(date -u -d "@$((now + $1 * 3600))" +%Y%m%d%H%M%SZ)" \
	    -enddate "$(date -u -d "@$((now + $2 * 3600))" +%Y%m%d%H%M%SZ)" \
	    -out "$work/m3/keys/post.crt" 2>/dev/null
}
old_certificate -12 12
first=$(serial)
status "at half of its life" 0 sync m3
is "it stays too" "$(serial)" "$first"
old_certificate -20 4
first=$(serial)
hub_stop
hub_start $(hub_tls) --workers 1
sed -i "s|https://[0-9.:]*|$url|" "$work/m3.conf"
status "a hub that makes none" 0 sync m3
is "takes none away" "$(serial)" "$first"
hub_stop
hub_start $(hub_tls) $signer --workers 1
sed -i "s|https://[0-9.:]*|$url|" "$work/m3.conf"
status "past two thirds" 0 sync m3
ok "there is a new one" test "$(serial)" != "$first"
like "of the same machine" \
    "$(openssl x509 -in "$work/m3/keys/post.crt" -noout -subject)" \
    'serialNumber ?= ?2'
is "the old one is kept" \
    "$(openssl x509 -in "$work/m3/keys/post.crt.old" -noout -serial)" "$first"
fill m3 2
status "and it works" 0 sync m3
is "all came" "$(sql 'select count(*) from hub.record')" 35

# ---- what is said to whoever asks --------------------------------------------------------------

as=
is "the CA is told to anybody" "$(ask GET /v1/ca)" 200
is "an odd request" "$(ask POST /v1/enrol -d '{"version":1}')" 400
long() { head -c "$1" /dev/zero | tr '\0' a; }
is "a long one" "$(long 20000 | ask POST /v1/enrol -d @-)" 413
is "one that is packed" "$(ask POST /v1/enrol -d x -H 'Content-Encoding: deflate')" 415
body() { # FIELD VALUE: a request as it should be, with one member otherwise
	openssl req -newkey ${key-ec -pkeyopt ec_paramgen_curve:P-256} -nodes \
	    -keyout "$work/x.key" -subj /CN=other -outform DER \
	    -out "$work/x.der" 2>/dev/null
	printf '{"version":1,"station":"ST-1","secret":"%032d","request":"%s"}' 0 \
	    "$(od -An -v -tx1 "$work/x.der" | tr -d ' \n')" | sed "${1-}"
}
is "a secret nobody has" "$(body | ask POST /v1/enrol -d @-)" 403
is "a key that is too weak" \
    "$(key=rsa:1024 body | ask POST /v1/enrol -d @-)" 400
is "a request that was changed" \
    "$(body 's/"request":"\(.*\)..../"request":"\1abcd/' |
	ask POST /v1/enrol -d @-)" 400
is "renewing as nobody" "$(body | ask POST /v1/renew -d @-)" 401
csv 'id\nST-4\n'
enrol --plain >"$work/tickets"
secret=$(ticket 1 | cut -d' ' -f6)
is "a ticket" "$(body "s/ST-1/ST-4/;s/:\"0*\"/:\"$secret\"/" |
    ask POST /v1/enrol -d @-)" 200
cat "$work/m3/keys/post.crt" >"$work/m3.pem"
cat "$work/m3/keys/post.key" >"$work/m3.key"
as=m3
is "renewing" "$(body | ask POST /v1/renew -d @-)" 200
is "renewing for another" "$(body s/ST-1/ST-2/ | ask POST /v1/renew -d @-)" 403
is "renewing with an odd request" "$(ask POST /v1/renew -d '{}')" 400
is "with a packed one" "$(ask POST /v1/renew -d x -H 'Content-Encoding: br')" 415
is "with a long one" "$(long 5000000 | ask POST /v1/renew -d @-)" 413
db_ctl -m immediate stop
is "without a database" "$(body | ask POST /v1/renew -d @-)" 503
is "no ticket counts" "$(body | ask POST /v1/enrol -d @-)" 503
db_start
as=
body >"$work/stranger"
for _ in $(seq 600); do
	echo "url=$url/v1/ca"
	echo "output=/dev/null"
done >"$work/many"
curl -s --cacert "$work/ca.pem" -K "$work/many" >/dev/null &
crowd=$!
told_to_wait() { [ "$(ask GET /v1/ca)" = 429 ]; }
ok "a crowd is told to wait" until_ok told_to_wait
tickets_wait() { [ "$(ask POST /v1/enrol -d "@$work/stranger")" = 429 ]; }
ok "with tickets, too" until_ok tickets_wait
kill $crowd 2>/dev/null
hub_stop
unlike "the log has no secret" "$(cat "$work/hub.log" "$work/db/log")" "$secret"
hub_start $(hub_tls) --workers 1
is "a hub that makes no certificates" "$(ask GET /v1/ca)" 403
hub_stop
here=' /v1/(ca|enrol|renew) '
is "all that is described was answered, and nothing else" \
    "$(answered "$here")" "$(described "$here")"
done_testing
